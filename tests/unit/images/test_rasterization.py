"""Contours to masks: analytic solids on many grids, and the volumes Eclipse itself computed."""

import json

import numpy as np
import pytest
import SimpleITK as sitk

from dicom_files import AXIAL, circle, grid, points_of, tilted
from npcradiomics.dicom import reading
from npcradiomics.images import rasterization
from npcradiomics.images.contour_overlaps import even_odd
from npcradiomics.images.contour_planes import sort_into_planes
from npcradiomics.images.masks import volume_ml
from npcradiomics.images.rasterization import rasterize

GRIDS = {
    "0.7 x 0.7 x 5 mm": ((100, 100, 14), (0.7, 0.7, 5.0), AXIAL),
    "1 mm": ((70, 70, 70), (1.0, 1.0, 1.0), AXIAL),
    "0.7 x 0.7 x 5 mm, tilted": ((100, 100, 16), (0.7, 0.7, 5.0), tilted(12)),
    "1 mm, tilted": ((70, 70, 70), (1.0, 1.0, 1.0), tilted(35)),
    "sagittal": ((70, 70, 30), (1.0, 1.0, 2.5), (0, 0, 1, 1, 0, 0, 0, 1, 0)),
}


def ball(radius, hole, offset, turn, step=3.0):
    """Contours every `step` mm of a ball of `radius` with a ball of `hole` cut out, in planes turned by `turn`."""
    contours = []
    for w in np.arange(-60, 60, step) + offset:
        contours += [
            circle(np.sqrt(r * r - w * w), (0, 0, w)) @ turn.T for r in (radius, hole) if abs(w) < r
        ]
    return contours


@pytest.mark.parametrize("hole", [0.0, 11.0], ids=["solid", "with hole"])
@pytest.mark.parametrize(
    "turn", [AXIAL, tilted(9, (0.2, 1, 0))], ids=["axial contours", "tilted contours"]
)
@pytest.mark.parametrize("name", GRIDS)
@pytest.mark.parametrize("offset", [0.4, 1.5])
def test_balls_have_their_volume_and_place(name, turn, hole, offset):
    size, spacing, direction = GRIDS[name]
    reference = grid(size, spacing, (0.3, -0.2, 0.6), direction)
    mask = rasterize(ball(22.0, hole, offset, np.reshape(turn, (3, 3))), reference, "ball")
    distance = np.linalg.norm(points_of(reference), axis=-1)
    truth = (distance <= 22.0) & (distance > hole)
    found = sitk.GetArrayFromImage(mask) > 0
    dice = 2 * np.count_nonzero(found & truth) / (np.count_nonzero(found) + np.count_nonzero(truth))
    volume = 4 / 3 * np.pi * (22.0**3 - hole**3) / 1000
    assert dice >= 0.96
    assert volume_ml(mask) == pytest.approx(volume, rel=0.03)


def test_prism_has_exactly_its_voxels_and_caps_reach_half_a_plane():
    # Square of 20 mm in 5 planes, 4 mm apart: 20 mm long with end caps, 16 mm without.
    square = np.array([[-10, -10, 0], [10, -10, 0], [10, 10, 0], [-10, 10, 0]], float)
    contours = [square + np.array([0, 0, z]) for z in (-8, -4, 0, 4, 8)]
    reference = grid((60, 60, 60), (0.5, 0.5, 0.5))
    assert volume_ml(rasterize(contours, reference, "prism")) == 8.0
    assert volume_ml(rasterize(contours, reference, "prism", end_caps=False)) == 6.4


def test_two_ways_to_draw_a_hole_are_one():
    outer, inner = circle(20.0, n=80), circle(8.0, n=40)
    keyhole = np.vstack([outer, outer[:1], inner[:1], inner[::-1]])
    reference = grid((60, 60, 8), (1.0, 1.0, 2.0), (0.1, 0.1, 0.0))
    masks = [
        sitk.GetArrayFromImage(
            rasterize(
                [c + np.array([0, 0, z]) for z in (-2, 0, 2) for c in drawn], reference, "ring"
            )
        )
        for drawn in ([outer, inner], [keyhole])
    ]
    assert np.count_nonzero(masks[0] != masks[1]) == 0


def test_even_odd_is_the_crossing_rule_written_out():
    rng = np.random.default_rng(5)
    polygons = [rng.uniform(0, 20, (n, 2)) for n in (3, 7, 12)]
    found = even_odd(polygons, (21, 21))
    for row in range(21):
        for column in range(21):
            crossings = 0
            for polygon in polygons:
                for (x0, y0), (x1, y1) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
                    if (y0 <= row) != (y1 <= row):
                        crossings += x0 + (row - y0) / (y1 - y0) * (x1 - x0) < column
            assert found[row, column] == crossings % 2


def test_one_plane_is_as_thick_as_a_slice():
    reference = grid((40, 40, 5), (1.0, 1.0, 5.0))
    mask = rasterize([circle(10.0, n=400)], reference, "plane")
    assert sitk.GetArrayFromImage(mask).any(axis=(1, 2)).tolist() == [
        False,
        False,
        True,
        False,
        False,
    ]
    assert volume_ml(mask) == pytest.approx(np.pi * 100 * 5 / 1000, rel=0.02)


def test_missing_plane_is_bridged_and_a_long_gap_refused():
    def tube(*left_out):
        return [circle(10.0, (0, 0, z)) for z in range(-15, 16, 3) if z not in left_out]

    reference = grid((40, 40, 40), (1.0, 1.0, 1.0))
    whole = volume_ml(rasterize(tube(), reference, "tube"))
    assert volume_ml(rasterize(tube(0, 3), reference, "tube")) == whole
    with pytest.raises(
        ValueError, match=r"tube: planes missing: contours at -3.00 and 9.00 .* 3.00 mm apart"
    ):
        rasterize(tube(0, 3, 6), reference, "tube")


def test_parts_one_above_the_other_stay_apart():
    low = [circle(8.0, (-15, 0, z)) for z in (-12, -9, -6)]
    high = [circle(8.0, (15, 0, z)) for z in (6, 9, 12)]
    reference = grid((60, 40, 40), (1.0, 1.0, 1.0))
    mask = rasterize(low + high, reference, "nodes")
    found = sitk.GetArrayFromImage(mask)
    x, y = np.meshgrid(np.arange(60) - 29.5, np.arange(40) - 19.5)
    disc = np.count_nonzero(np.hypot(x + 15, y) < 8)
    # Two half plane distances beyond the outer contours: 9 mm each, nine slices.
    assert (
        np.count_nonzero(found, axis=(1, 2)).tolist()
        == [0] * 6 + [disc] * 9 + [0] * 9 + [disc] * 9 + [0] * 7
    )


@pytest.mark.parametrize(
    ("contours", "message"),
    [
        (
            [circle(9.0) + np.outer(np.arange(120) % 2, [0, 0, 1.0])],
            r"1 of 1 contours are not planar.* up to 0.50 mm",
        ),
        (
            [circle(9.0), circle(9.0, (0, 0, 9)) @ np.reshape(tilted(20, (1, 0, 0)), (3, 3))],
            "not planar, or not parallel",
        ),
        (
            [np.array([[0.0, 0, 0], [5, 5, 5], [9, 9, 9]])],
            "the structure is empty: none of 1 contours encloses an area",
        ),
        (
            [circle(9.0, (500, 0, 0))],
            r"no voxel centre of the grid .* round \(500.0, -?0.0, -?0.0\) mm",
        ),
        ([circle(4000.0)], "which is no structure"),
    ],
)
def test_what_is_no_structure_is_refused_by_name(contours, message):
    with pytest.raises(ValueError, match=rf"GTV: .*{message}|GTV: {message}"):
        rasterize(contours, grid((40, 40, 5), (1.0, 1.0, 5.0)), "GTV")


def test_a_wide_structure_on_a_fine_grid_gets_a_coarser_raster(monkeypatch):
    # At 0.15 mm the square of 200 mm is a raster of 1.8 million points; the limit of 12 million is
    # for metres.
    monkeypatch.setattr(rasterization, "MAX_RASTER", 100_000)
    square = np.array([[-100, -100, 0], [100, -100, 0], [100, 100, 0], [-100, 100, 0]], float)
    contours = [square + np.array([0, 0, z]) for z in (-2, 0, 2)]
    reference = grid((420, 3, 5), (0.45, 0.45, 2.0))
    raster = rasterization._Raster(sort_into_planes(contours, "couch", 2.0), reference)
    assert 90_000 < np.prod(raster.shape) < 110_000
    mask = rasterize(contours, reference, "couch")
    assert sitk.GetArrayFromImage(mask).sum(axis=(1, 2)).tolist() == [0, 1260, 1260, 1260, 0]


def test_cut_off_by_the_grid_is_said(caplog):
    # Half of a square's corners lie 5 mm beyond the edge at x = 20 mm.
    square = np.array([[10, -5, 0], [25, -5, 0], [25, 5, 0], [10, 5, 0]], float)
    rasterize(
        [square + np.array([0, 0, z]) for z in (-2, 0, 2)],
        grid((40, 40, 5), (1.0, 1.0, 2.0)),
        "GTV",
    )
    assert "GTV: 6 of 12 contour points lie outside the grid" in caplog.text


def varian_grids(dose):
    return {
        "dose grid": dose,
        "CT grid": grid((512, 512, 98), (1.074219, 1.074219, 3.0), (-0.54, -249.5, 23.06)),
        "1 mm": grid((480, 320, 290), (1.0, 1.0, 1.0), (9.5, -260.5, 22.5)),
    }


def test_volume_and_dose_are_those_eclipse_computed(shared):
    folder = shared / "data/varian_rt"
    eclipse = json.loads((folder / "eclipse_dvh.json").read_text(encoding="utf-8"))
    dose = reading.read_dose(folder / "rtdose.dcm")
    for name in ("Tumor Bed", "Tumor Bed Block"):
        _, volume, above_95, mean_percent = eclipse[name]
        for where, reference in varian_grids(dose).items():
            mask = reading.read_structure(folder / "rtss.dcm", name, reference)
            on_grid = sitk.Resample(
                dose, reference, sitk.Transform(), sitk.sitkLinear, 0.0, sitk.sitkFloat64
            )
            # Eclipse's DVHs are in per cent of the plan's 14 Gy.
            percent = sitk.GetArrayFromImage(on_grid)[sitk.GetArrayFromImage(mask) > 0] / 0.14
            assert volume_ml(mask) == pytest.approx(volume, rel=0.03), (name, where)
            assert percent.mean() == pytest.approx(mean_percent, rel=0.01), (name, where)
            assert 100 * np.mean(percent >= 95) == pytest.approx(
                100 * above_95 / volume, abs=1.5
            ), (name, where)


def test_structure_on_tilted_mr_has_the_volume_two_readers_agree_on(shared):
    folder = shared / "data/oblique_mr_dicom"
    image = reading.read_series(folder / "image")
    mask = reading.read_structure(folder / "1-1.dcm", "GTV_Mass", image)
    assert volume_ml(mask) == pytest.approx(364.75, rel=0.005)
