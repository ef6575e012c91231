"""Where a registration starts from, and where a recurrence lets the tumour be."""

import numpy as np
import pytest

from npcradiomics.images.transforms import euler
from npcradiomics.registration.starts import NearRecurrence
from small_head import grid, image_of, points_of


def box(middle, half):
    """A mask of voxels of 2 mm whose centres lie within ``half`` of ``middle`` along each axis."""
    like = grid((41, 41, 41), (2.0, 2.0, 2.0), np.zeros(3))
    return image_of((np.abs(points_of(like) - middle) <= half).all(axis=1), like, np.uint8)


def test_reach_is_that_of_the_larger_contour_and_the_margin():
    # Voxel centres of a box of +-8 mm: its corners are 8 * sqrt(3) from its centre.
    near = NearRecurrence.of(box((0.0, 0.0, 0.0), 8.0), box((20.0, 0.0, -4.0), 4.0), 10.0)
    assert near.centre_mm == pytest.approx((20.0, 0.0, -4.0))
    assert near.reach_mm == pytest.approx(8.0 * np.sqrt(3.0) + 10.0)
    assert (
        near.reach_mm
        == NearRecurrence.of(box((20.0, 0.0, -4.0), 4.0), box((0.0, 0.0, 0.0), 8.0), 10.0).reach_mm
    )


def test_reached_asks_where_the_tumours_centre_goes():
    near = NearRecurrence(np.array([20.0, 0.0, 0.0]), 15.0)
    tumour = np.array([2.0, 1.0, 0.0])
    assert near.reached(
        euler(tumour, (0.3, -0.2, 0.5), (4.0, -1.0, 0.0))
    )  # a turn does not move its own centre
    assert not near.reached(euler(tumour, (0.0, 0.0, 0.0), (2.0, -1.0, 0.0)))
