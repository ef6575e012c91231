"""The same motion of every contour: where it lies is told by shifting the masks themselves."""

import numpy as np
import pytest

from hook_in_a_tumour import GTV, POKING, TUMOUR, grown, image
from npcradiomics.images.transforms import euler
from npcradiomics.multiverse.contours import (
    LaidContour,
    Motions,
    Surroundings,
    contours_of,
)

CONTOURS = [POKING, grown(POKING, 1), grown(POKING, -1)]


class Shifts:
    """Motions of whole voxels along y and x, told as `Motions` tells them, of the contour POKING."""

    def __init__(self, *shifts):
        drawn = Motions("P1", TUMOUR, POKING, 1, "none", 0)
        self.gtvr, self.shape = drawn.gtvr, drawn.shape
        voxel = int(np.flatnonzero(TUMOUR.members(POKING))[0])
        at = TUMOUR.places[:, voxel]
        self.moves = []
        for shift in shifts:
            # The voxel that comes to lie on that one is as far from it, the other way.
            start = at - np.array([0, *shift]) - drawn.shape.to_tumour
            self.moves.append((np.array([1.0, 0.0]), np.array([1, 1, 0, voxel]), start))


@pytest.mark.parametrize("contour", CONTOURS)
@pytest.mark.parametrize("shift", [(0, 0), (-3, 2), (2, -4)])
def test_a_shift_moves_every_contour_alike_in_the_tumour_and_beyond(contour, shift):
    around = Surroundings(TUMOUR, GTV, CONTOURS)
    laid = LaidContour(contour, TUMOUR, Shifts(shift), around)
    moved = np.roll(contour, shift, (1, 2))
    inside, outside = (np.count_nonzero(contour & part) for part in (GTV, ~GTV))
    found = laid.inside[1]
    assert found.sum() == inside and laid.outside[1].size == outside
    # As many as at rest, in the tumour and beyond: if the shift brings more of the contour into
    # one of them, all that is found lies in the contour; if less, all of the contour is found.
    for got, there in (
        (found, TUMOUR.members(moved)),
        (np.isin(np.arange(GTV.size), laid.outside[1]), (moved & ~GTV).ravel()),
    ):
        assert np.all(got <= there) or np.all(there <= got)


def test_at_rest_a_contour_is_itself():
    laid = LaidContour(POKING, TUMOUR, Shifts((0, 0)), Surroundings(TUMOUR, GTV, CONTOURS))
    assert np.array_equal(laid.inside[1], laid.inside[0])
    assert np.array_equal(np.sort(laid.outside[1]), np.flatnonzero(POKING & ~GTV))


def test_contours_of_universes_are_moved_and_grown():
    universes = [{"grown_mm": mm, "moved": k} for mm, k in ((0, 0), (1, 0), (0, 1), (0, 2))]
    shifts = [euler((0, 0, 0), (0, 0, 0), shift) for shift in ((1.6, 0, 0), (0, -2.4, 0))]
    made = contours_of(universes, image(POKING), shifts, "")
    assert np.array_equal(made[0, 0], POKING)
    assert np.array_equal(made[1, 0], grown(POKING, 1))
    assert np.array_equal(made[0, 1], np.roll(POKING, 2, 2))
    assert np.array_equal(made[0, 2], np.roll(POKING, -3, 1))


def test_a_contour_without_a_known_error_says_so_and_one_drawn_on_the_planning_mri_stays():
    universes = [{"grown_mm": 0, "moved": 1}]
    unknown = contours_of(universes, image(POKING), [], "the error was not estimated")
    assert unknown[0, 1] == "the error was not estimated"
    stays = contours_of(universes, image(POKING), [], "")
    assert np.array_equal(stays[0, 1], POKING)


def test_nothing_left_of_a_contour_is_told():
    small = np.zeros_like(POKING)
    small[6, 30, 30] = True
    made = contours_of([{"grown_mm": -1, "moved": 0}], image(small), [], "")
    assert made[-1, 0] == "nothing is left of the contour"
