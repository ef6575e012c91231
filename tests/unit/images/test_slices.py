"""Cuts show the head up and the patient's right on the left.

Outlines and edges lie where the mask and the step are.
"""

import re

import numpy as np
import pytest
import SimpleITK as sitk

from npcradiomics.images.slices import (
    cut,
    edges,
    filled_range,
    fullest,
    outline,
    pixel_mm,
    spread,
    to_patient_axes,
)


def landmarks(direction, size):
    """An image with one bright voxel towards each of left (1), back (2) and head (3), whatever its axes."""
    image = sitk.Image(size, sitk.sitkUInt8)
    image.SetDirection(direction)
    middle = image.TransformContinuousIndexToPhysicalPoint([(n - 1) / 2 for n in size])
    image.SetOrigin([-m for m in middle])
    for value, point in ((1, (3.0, 0.0, 0.0)), (2, (0.0, 3.0, 0.0)), (3, (0.0, 0.0, 3.0))):
        image[image.TransformPhysicalPointToIndex(point)] = value
    return sitk.GetArrayFromImage(to_patient_axes(image))


# Direction cosines of LPS, of RAS (two axes flipped), and of a sagittal acquisition stored slice by
# slice.
@pytest.mark.parametrize(
    "direction",
    [(1, 0, 0, 0, 1, 0, 0, 0, 1), (-1, 0, 0, 0, -1, 0, 0, 0, 1), (0, 0, 1, 1, 0, 0, 0, -1, 0)],
)
def test_left_is_right_and_the_head_is_up(direction):
    volume = landmarks([float(d) for d in direction], [9, 9, 9])
    axial, coronal, sagittal = (cut(volume, plane, 4) for plane in ("axial", "coronal", "sagittal"))
    assert axial[4, 7] == 1  # left of the patient: right of the picture
    assert axial[7, 4] == 2  # back: below
    assert coronal[1, 4] == 3  # head: above
    assert coronal[4, 7] == 1
    assert sagittal[1, 4] == 3
    assert sagittal[4, 7] == 2  # nose to the left


def test_pixel_size_follows_the_plane():
    spacing = (5.0, 0.7, 0.5)  # z, y, x
    assert pixel_mm(spacing, "axial") == (0.7, 0.5)
    assert pixel_mm(spacing, "coronal") == (5.0, 0.5)
    assert pixel_mm(spacing, "sagittal") == (5.0, 0.7)


def test_fullest_and_range():
    mask = np.zeros((6, 5, 4), dtype=bool)
    mask[2, 1, 1] = mask[3, 1:4, 1] = mask[4, 2, 1:3] = True
    assert fullest(mask, "axial") == 3
    assert filled_range(mask, "axial") == (2, 4)
    assert filled_range(mask, "coronal") == (1, 3)
    assert filled_range(mask, "sagittal") == (1, 2)
    with pytest.raises(ValueError, match="empty: 0 of 120"):
        filled_range(np.zeros((6, 5, 4), dtype=bool), "axial")


def test_spread_has_both_ends_and_no_more_than_asked():
    assert spread(3, 5, 9) == [3, 4, 5]
    assert spread(0, 100, 5) == [0, 25, 50, 75, 100]
    assert spread(7, 7, 9) == [7]


def test_outline_of_one_pixel():
    assert outline(np.array([[0, 0], [0, 1]]) > 0) == "M1 1H2M1 2H2M1 1V2M2 1V2"


def test_outline_of_nothing_is_empty():
    assert outline(np.zeros((3, 3), dtype=bool)) == ""


def test_outline_encloses_the_mask_and_nothing_else():
    # Walking along a row, the mask changes exactly at the upright segments; the same down a column.
    mask = np.random.default_rng(4).random((13, 17)) > 0.6
    path = outline(mask)
    upright, level = np.zeros((13, 18), dtype=int), np.zeros((14, 17), dtype=int)
    for x, y, kind, end in re.findall(r"M(\d+) (\d+)([HV])(\d+)", path):
        x, y, end = int(x), int(y), int(end)
        if kind == "V":
            upright[y:end, x] += 1
        else:
            level[y, x:end] += 1
    assert upright.max() == level.max() == 1
    np.testing.assert_array_equal(np.cumsum(upright, axis=1)[:, :-1] % 2 == 1, mask)
    np.testing.assert_array_equal(np.cumsum(level, axis=0)[:-1] % 2 == 1, mask)


@pytest.mark.parametrize("pixel", [(1.0, 1.0), (5.0, 1.0)])
def test_edge_of_a_step_lies_at_the_step(pixel):
    values = np.zeros((12, 60))
    values[:, 30:] = 1.0
    found = edges(values, pixel)
    assert found.shape == (round(12 * pixel[0]), 60)
    inner = found[5:-5]
    assert inner.sum(axis=1).min() == 1
    assert set(np.nonzero(inner)[1].tolist()) <= {29, 30}


def test_picture_without_contrast_has_no_edges():
    assert not edges(np.full((20, 20), 0.5), (1.0, 1.0)).any()
