"""The picture of a patient's risk map: what stands in its panels."""

import numpy as np
import SimpleITK as sitk

from npcradiomics.publication.figures.risk_slices import plot_risk
from small_head import grid, image_of, points_of


def test_the_map_is_shown_in_the_tumour_alone_beside_the_blurred_target():
    like = grid((40, 40, 8), (1.0, 1.0, 4.0), np.zeros(3))
    points = points_of(like)
    gtv = np.linalg.norm(points, axis=1) < 12
    gtvr = np.linalg.norm(points - [5, 0, 4], axis=1) < 5
    risk = np.where(gtv, (points[:, 0] + 12) / 24, 0)
    masks = {"gtv": gtv, "gtvr": gtvr, "iso_risk": gtv & (risk > 0.7)}
    masks = {name: image_of(mask, like, np.uint8) for name, mask in masks.items()}
    planning = image_of(points[:, 1], like, np.float32)
    shown = image_of(risk, like, np.float32), image_of(gtvr * 0.5, like, np.float32)
    figure = plot_risk("P1", planning, masks, *shown, 70, True)
    maps = [image for axis in figure.axes for image in axis.images if image.get_clim() == (0, 1)]
    slices = (sitk.GetArrayFromImage(masks["gtv"]) > 0).sum(axis=(1, 2))
    assert maps and len(maps) % 2 == 0
    assert all(image.get_array().count() in slices for image in maps)  # voxels that are not masked
    inside = gtv.reshape(8, 40, 40)
    of_slices = [np.sort(risk.reshape(inside.shape)[z][inside[z]]) for z in range(8)]
    for image in maps[::2]:
        values = np.sort(image.get_array().compressed())
        assert any(values.size == one.size and np.allclose(values, one) for one in of_slices)
    values = np.concatenate([image.get_array().compressed() for image in maps[1::2]])
    assert set(values.tolist()) == {0.0, 0.5}
    (legend,) = figure.legends
    said = [text.get_text() for text in legend.get_texts()]
    assert said == ["GTV", "GTVr", "highest 30 % of the GTV"]
    assert "made without this patient" in " ".join(legend.get_title().get_text().split())
