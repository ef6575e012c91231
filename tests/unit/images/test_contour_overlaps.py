"""Contours of one plane: a copy is dropped, a hole stays, and what is neither is refused with its areas."""

import numpy as np
import pytest
import SimpleITK as sitk

from dicom_files import circle, grid
from npcradiomics.images.contour_overlaps import without_copies
from npcradiomics.images.contour_planes import sort_into_planes
from npcradiomics.images.rasterization import rasterize

GRID = grid((64, 64, 20), (1.0, 1.0, 3.0))
TUBE = [circle(12, (0.3, 0.2, z - 13.5)) for z in range(0, 33, 3)]
ISLANDS = [circle(5, (22, 0.2, z - 13.5)) for z in range(0, 33, 3)]
HOLES = [circle(5, (0.3, 0.2, z - 13.5)) for z in range(0, 33, 3)]
DISC = circle(12)[:, :2]


def voxels(contours):
    return sitk.GetArrayFromImage(rasterize(contours, GRID, "GTV"))


@pytest.mark.parametrize(
    "copy",
    [
        TUBE[5],
        np.roll(TUBE[5], 17, axis=0),
        TUBE[5][::-1],
        TUBE[5] + np.array([0.02, 0.01, 0.0]),
        TUBE[5] + np.array([0.0, 0.0, 0.1]),
        circle(12, TUBE[5].mean(axis=0), n=77),
    ],
)
def test_a_contour_that_stands_twice_counts_once(copy, caplog):
    assert np.array_equal(voxels([*TUBE, copy]), voxels(TUBE))
    assert "GTV: 1 of 12 contours stand twice; the copies are left out" in caplog.text


def test_every_contour_thrice(caplog):
    assert np.array_equal(voxels(TUBE * 3), voxels(TUBE))
    assert "22 of 33 contours stand twice" in caplog.text


def test_holes_islands_and_islands_in_holes_stay():
    rings = [circle(r)[:, :2] for r in (12, 8, 4)]
    apart = circle(3, (30, 0, 0))[:, :2]
    assert len(without_copies([*rings, apart], 1.0, "GTV")) == 4
    # Touching along an edge, one hundredth of a millimetre into each other.
    squares = [np.add([[0, 0], [10, 0], [10, 10], [0, 10]], (x, 0.0)) for x in (0, 9.99)]
    assert len(without_copies(squares, 1.0, "GTV")) == 2


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (np.add(DISC, (8.0, 0.0)), r"overlap in part: 26\d\.\d mm2 belong to both, 18\d"),
        (DISC * 0.98, r"lie 0\.2\d mm apart, less than half a pixel \(1\.00 mm\)"),
    ],
)
def test_neither_copy_nor_hole_is_refused(other, words):
    with pytest.raises(ValueError, match=words):
        without_copies([DISC, other], 1.0, "GTV")


def test_a_contour_that_goes_round_twice_is_refused_with_both_areas():
    # 452 mm2: pi r2 of the polygon of 120 corners.
    with pytest.raises(
        ValueError, match=r"encloses 0\.0 mm2 by exclusive or and 904\.\d mm2 by its winding"
    ):
        without_copies([np.concatenate([DISC, DISC])], 1.0, "GTV")
    eight = np.array([[-5, -5], [5, 5], [5, -5], [-5, 5.0]])
    assert len(without_copies([eight], 1.0, "GTV")) == 1


@pytest.mark.parametrize("off", [0.06, 0.1, -0.2])
@pytest.mark.parametrize("parts", [ISLANDS, HOLES, ISLANDS[3:4]])
def test_a_contour_a_little_off_its_plane_is_in_it(parts, off, caplog):
    moved = [part + np.array([0.0, 0.0, off]) for part in parts]
    assert np.array_equal(voxels([*TUBE, *moved]), voxels([*TUBE, *parts]))
    assert f"GTV: {len(parts)} contours lie a little off the others' plane" in caplog.text


@pytest.mark.parametrize("off", [0.7, 1.5, -1.2])
def test_neither_in_the_plane_nor_in_the_next_is_refused(off):
    with pytest.raises(ValueError, match=r"lie \d\.\d\d mm apart, where planes are 3\.00 mm apart"):
        voxels([*TUBE, ISLANDS[4] + np.array([0.0, 0.0, off])])


def test_thin_slices_of_a_ct_are_no_slips_on_a_thick_mri():
    ct = [circle(12, (0, 0, z)) for z in np.arange(0.0, 30.0, 1.0)]
    for slice_mm in (3.0, 5.0, 7.0):
        assert len(sort_into_planes(ct, "GTV", slice_mm).positions) == 30
    jitter = np.random.default_rng(1).normal(0, 0.01, 30)
    moved = [c + np.array([0, 0, j]) for c, j in zip(ct, jitter, strict=True)]
    assert len(sort_into_planes(moved, "GTV", 5.0).positions) == 30
