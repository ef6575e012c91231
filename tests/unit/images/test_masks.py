"""Contours as masks: spheres carried by known transforms keep their volume and arrive where they should."""

import numpy as np
import pytest
import SimpleITK as sitk

from npcradiomics.images import transforms
from npcradiomics.images.masks import carried_volume, carry_mask, centroid, expand, volume_ml
from small_head import grid, image_of, level, points_of

CENTRE, RADIUS_MM = np.array([4.0, -7.0, 3.0]), 13.365  # 10 mL


def sphere(like: sitk.Image, centre, radius_mm: float) -> sitk.Image:
    return image_of(level(points_of(like), centre, [radius_mm] * 3) < 1, like, np.uint8)


@pytest.fixture(scope="module")
def ball():
    like = grid((96, 96, 30), (1.0, 1.0, 3.0), np.zeros(3), tilt_deg=(4.0, -3.0, 8.0), flip=True)
    return sphere(like, CENTRE, RADIUS_MM)


def test_volume_and_centre_of_a_sphere(ball):
    assert volume_ml(ball) == pytest.approx(10.0, rel=0.01)
    assert centroid(ball) == pytest.approx(CENTRE, abs=0.05)
    by_list = points_of(ball)[sitk.GetArrayViewFromImage(ball).ravel() != 0].mean(axis=0)
    assert centroid(ball) == pytest.approx(by_list, abs=1e-9)


def test_carried_sphere_keeps_its_volume_and_goes_where_the_transform_says(ball):
    reference = grid(
        (90, 80, 24), (1.2, 1.1, 5.0), np.array([20.0, 0.0, 10.0]), tilt_deg=(-5.0, 2.0, 0.0)
    )
    volumes, offsets = [], []
    for shift in np.arange(10) / 2:  # through one slice: the caps move a volume by 7 %
        # Maps points of the reference to points of the mask: the sphere appears at the inverse of
        # its centre.
        transform = transforms.euler(
            np.zeros(3), np.radians([9.0, -7.0, 5.0]), (-18.0, 5.0, -9.0 + shift)
        )
        carried = carry_mask(ball, reference, transform)
        assert carried.GetPixelID() == sitk.sitkUInt8
        assert carried.GetSize() == reference.GetSize()
        expected = np.array(transform.GetInverse().TransformPoint(CENTRE.tolist()))
        offsets.append(centroid(carried) - expected)
        truth = sphere(reference, expected, RADIUS_MM)
        both = sitk.GetArrayFromImage(carried & truth).sum()
        total = sitk.GetArrayFromImage(carried).sum() + sitk.GetArrayFromImage(truth).sum()
        assert 2 * both / total > 0.94
        volumes.append(volume_ml(carried))
    assert volumes == pytest.approx([10.0] * 10, rel=0.08)
    assert np.mean(volumes) == pytest.approx(10.0, rel=0.02)
    assert np.mean(offsets, axis=0) == pytest.approx([0.0, 0.0, 0.0], abs=0.1)
    assert np.abs(offsets).max() < 0.6


def test_carrying_onto_its_own_grid_changes_nothing(ball):
    same = carry_mask(ball * 7, ball, sitk.Transform(3, sitk.sitkIdentity))
    assert (sitk.GetArrayFromImage(same) == sitk.GetArrayFromImage(ball)).all()


def test_half_a_voxel_is_linear_interpolation_at_one_half():
    # Voxels 3 and 4 of a row; shifted by 1/4 voxel the edges are 0.75 and 0.25; by 0.6, 0.4 and
    # 0.6.
    row = sitk.GetImageFromArray(np.pad(np.ones((1, 1, 2), np.uint8), ((1, 1), (1, 1), (3, 3))))
    for shift, expected in ((-0.25, [3, 4]), (-0.6, [4, 5]), (-1.0, [4, 5])):
        carried = carry_mask(row, row, sitk.TranslationTransform(3, (shift, 0.0, 0.0)))
        assert np.flatnonzero(sitk.GetArrayFromImage(carried)[1, 1]).tolist() == expected


def test_volume_report():
    before = sitk.GetImageFromArray(np.ones((2, 10, 10), np.uint8))
    before.SetSpacing((2.0, 2.0, 4.0))  # 3.2 mL
    after = sitk.GetImageFromArray(np.pad(np.ones((1, 10, 10), np.uint8), ((0, 1), (0, 0), (0, 0))))
    after.SetSpacing((2.0, 2.0, 4.0))  # 1.6 mL
    report = carried_volume(before, after)
    assert report == {"before_ml": 3.2, "after_ml": 1.6, "change_percent": -50.0, "small": True}
    assert carried_volume(before, before)["small"] is False


def test_expand_by_distance_not_by_voxels():
    values = np.zeros((7, 21, 21), np.uint8)
    values[3, 10, 10] = 1
    point = sitk.GetImageFromArray(values)
    point.SetSpacing((1.0, 2.0, 5.0))
    z, y, x = np.indices(values.shape)
    distance = np.sqrt((x - 10.0) ** 2 + (2.0 * (y - 10)) ** 2 + (5.0 * (z - 3)) ** 2)
    assert (sitk.GetArrayFromImage(expand(point, 6.0)) == (distance <= 6.0)).all()
    assert (sitk.GetArrayFromImage(expand(point, 0.0)) == values).all()


def test_a_margin_grows_and_shrinks_by_distance_up_to_the_edges_of_the_image():
    """A box of 6 x 20 x 20 voxels of 3 x 0.8 x 0.8 mm: 1 mm is one voxel in the plane."""
    values = np.zeros((14, 60, 64), np.uint8)
    values[4:10, 20:40, 20:40] = 1
    box = sitk.GetImageFromArray(values)
    box.SetSpacing((0.8, 0.8, 3.0))
    counts = [sitk.GetArrayFromImage(expand(box, mm)).sum() for mm in (1, -1, 3, -3.5)]
    # Corners are 1.13 mm away; 3 mm reach one slice up and down, 3.5 mm take one and 4 voxels.
    assert counts[:2] == [6 * (22 * 22 - 4), 6 * 18 * 18]
    assert sitk.GetArrayFromImage(expand(box, 3))[3, 20:40, 20:40].all()
    assert counts[3] == 4 * 12 * 12
    at_the_edge = box[20:, 20:, 4:]
    assert sitk.GetArrayFromImage(expand(at_the_edge, 1)).sum() == 6 * (21 * 21 - 1)
    # What lies beyond the image is not known to be outside.
    assert sitk.GetArrayFromImage(expand(at_the_edge, -1)).sum() == 6 * 19 * 19


def test_nothing_to_carry_is_refused_with_numbers(ball):
    with pytest.raises(ValueError, match="0 voxels"):
        carry_mask(ball * 0, ball, sitk.Transform(3, sitk.sitkIdentity))
    with pytest.raises(ValueError, match=r"carried contour \(\d+\.\d\d mL before\)"):
        carry_mask(ball, ball, sitk.TranslationTransform(3, (500.0, 0.0, 0.0)))
    with pytest.raises(ValueError, match="0 of 276480 voxels"):
        centroid(ball * 0)
