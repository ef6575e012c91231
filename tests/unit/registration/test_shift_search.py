"""All shifts are searched, and their scores are mutual information counted voxel by voxel."""

import numpy as np
import pytest
import SimpleITK as sitk

from npcradiomics.images.transforms import euler
from npcradiomics.registration.shift_search import _indicators, _scores, best_shifts
from small_head import grid, image_of, points_of

STEP_MM = 5.0
HOW = {
    "step_mm": STEP_MM,
    "bins": 4,
    "turn_deg": 0.0,
    "minimum_overlap": 0.3,
    "distinct_mm": 10.0,
    "most": 2,
}


def bumps(points, seed=0):
    """A sum of 40 Gaussian bumps within 60 mm: nothing about it is symmetric."""
    rng = np.random.default_rng(seed)
    places, heights = rng.uniform(-60, 60, (40, 3)), rng.normal(size=40)
    squares = ((points[:, None] - places) ** 2).sum(axis=2)
    return (heights * np.exp(-squares / (2 * 12.0**2))).sum(axis=1)


def pair(motion, size=(36, 36, 36)):
    """A region of 60 mm and an image in which what lies in it was moved; both on grids of 5 mm."""
    region = grid((13, 13, 13), (STEP_MM,) * 3, np.zeros(3))
    fixed = image_of(bumps(points_of(region)), region, np.float32)
    mask = sitk.Image(region) + 1
    large = grid(size, (STEP_MM,) * 3, np.zeros(3))
    back = np.array([motion.GetInverse().TransformPoint(p) for p in points_of(large)])
    return fixed, mask, image_of(-2.0 * bumps(back), large, np.float32)  # another contrast


def test_a_planted_shift_is_found_whatever_the_headers_say():
    shift = np.array([35.0, -20.0, 25.0])
    fixed, mask, moving = pair(euler(np.zeros(3), translation_mm=shift))
    (found, *_) = best_shifts(fixed, mask, moving, np.zeros(3), **HOW)
    # The region's grid and the image's are half a voxel apart, which is as near as a search in
    # steps can come.
    assert np.abs(np.array(found.GetTranslation()) - shift).max() <= STEP_MM / 2 + 1e-9
    assert found.GetParameters()[:3] == (0.0, 0.0, 0.0)


def test_a_planted_turn_is_found_among_the_seven():
    angles, shift = np.radians([0.0, 0.0, -20.0]), np.array([10.0, 15.0, -25.0])
    fixed, mask, moving = pair(euler(np.array([3.0, -4.0, 5.0]), angles, shift))
    (found, *_) = best_shifts(
        fixed, mask, moving, np.array([3.0, -4.0, 5.0]), **HOW | {"turn_deg": 20.0}
    )
    assert found.GetParameters()[:3] == pytest.approx(angles)
    assert np.abs(np.array(found.GetTranslation()) - shift).max() < STEP_MM


def test_near_leaves_what_lies_further_away_out():
    shift = np.array([35.0, -20.0, 25.0])
    fixed, mask, moving = pair(euler(np.zeros(3), translation_mm=shift))
    (kept, *_) = best_shifts(fixed, mask, moving, np.zeros(3), near=(shift + 5.0, 12.0), **HOW)
    assert np.abs(np.array(kept.GetTranslation()) - shift).max() < STEP_MM
    for found in best_shifts(fixed, mask, moving, np.zeros(3), near=(-shift, 12.0), **HOW):
        assert np.linalg.norm(np.array(found.GetTranslation()) + shift) <= 12.0
    assert best_shifts(fixed, mask, moving, np.zeros(3), near=(40.0 * shift, 12.0), **HOW) == []


def test_scores_are_mutual_information_counted_voxel_by_voxel():
    rng = np.random.default_rng(1)
    first, second = rng.normal(size=(3, 4, 5)), rng.normal(size=(6, 5, 7))
    second[0, :, 2] = np.nan  # off the image
    ours, theirs = _indicators(first, 3), _indicators(second, 3)
    scores = _scores(ours, theirs, 0.5)
    first_bin, second_bin = (
        ours.argmax(axis=0),
        np.where(theirs.any(axis=0), theirs.argmax(axis=0), -1),
    )
    for shift in ((0, 0, 0), (2, 1, 1), (-1, 0, 2), (3, -1, 0)):
        counts = np.zeros((3, 3))
        for place in np.ndindex(first.shape):
            there = tuple(np.add(place, shift))
            if (
                min(there) >= 0
                and (np.array(there) < second.shape).all()
                and second_bin[there] >= 0
            ):
                counts[first_bin[place], second_bin[there]] += 1
        n = counts.sum()
        p, rows, columns = counts / n, counts.sum(axis=1) / n, counts.sum(axis=0) / n
        filled = p > 0
        information = (p[filled] * np.log(p[filled] / np.outer(rows, columns)[filled])).sum()
        share = n / first.size
        expected = (information - 4 / (2 * n)) * share if share >= 0.5 else -np.inf
        assert scores[shift] == pytest.approx(expected, abs=1e-5)
