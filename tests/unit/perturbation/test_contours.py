"""Contours drawn again: planted supervoxels, an edge that everybody sees, volumes to the voxel."""

import numpy as np
import pytest

from ball_arrays import SPACING, ball, dice
from npcradiomics.perturbation.contours import change_volume, random_contour, supervoxels


def test_a_supervoxel_is_taken_as_often_as_it_lies_inside():
    """Five slabs of 40 columns, overlaps 1, 0.9, 0.5, 0.25, 0.1: always, always, p, p, never."""
    labels = np.repeat(np.arange(5), 40)[None, None].repeat(5, axis=1)
    mask = np.zeros(labels.shape, bool)
    for k, share in enumerate((1.0, 0.9, 0.5, 0.25, 0.1)):
        mask[:, :, 40 * k : 40 * k + int(40 * share)] = True
    rng = np.random.default_rng(0)
    taken = np.mean([random_contour(mask, labels, rng)[0, 2, 20::40] for _ in range(1000)], axis=0)
    assert taken[[0, 1, 4]].tolist() == [1.0, 1.0, 0.0]
    assert taken[2] == pytest.approx(0.5, abs=3 * np.sqrt(0.25 / 1000))
    assert taken[3] == pytest.approx(0.25, abs=3 * np.sqrt(0.1875 / 1000))


def test_some_supervoxel_is_always_taken():
    labels = np.arange(4)[None, None].repeat(5, axis=1).repeat(9, axis=2)
    mask = np.zeros(labels.shape, bool)
    mask[0, 2, 20] = True  # one voxel of a supervoxel of 45
    again = random_contour(mask, labels.reshape(1, 5, 36), np.random.default_rng(0))
    assert again.any()


def test_where_the_edge_is_plain_hands_agree_better():
    """A bright ball in the dark; the same contour in noise, where nothing shows it."""
    mask = ball(15.0)
    rng = np.random.default_rng(1)
    noise = rng.normal(0, 1.0, mask.shape)
    plain, hidden = (
        [dice(random_contour(mask, labels, rng), mask) for _ in range(8)]
        for labels in (
            supervoxels(200.0 * mask + noise, mask, SPACING),
            supervoxels(noise, mask, SPACING),
        )
    )
    assert min(plain) > max(hidden)
    assert np.mean(plain) > 0.9
    assert 0.75 < np.mean(hidden) < 0.9


def test_small_contours_are_cut_into_many_supervoxels():
    """1 mL and 14 mL in noise of 1 mm voxels: neither hangs on the coin of a supervoxel or two."""
    for radius in (6.2, 15.0):
        mask = ball(radius, (41, 41, 41), (1.0, 1.0, 1.0))
        image = np.random.default_rng(2).normal(0, 1.0, mask.shape)
        labels = supervoxels(image, mask, (1.0, 1.0, 1.0))
        assert len(np.unique(labels[mask])) >= 50
        assert (labels == supervoxels(image, mask, (1.0, 1.0, 1.0))).all()


@pytest.mark.parametrize("fraction", [-0.3, -0.1, -0.001, 0.0, 0.1, 0.25])
def test_volume_changes_to_the_voxel_and_a_ball_stays_a_ball(fraction):
    mask = ball(15.0)
    changed = change_volume(mask, SPACING, fraction, np.random.default_rng(0))
    assert np.count_nonzero(changed) == round(np.count_nonzero(mask) * (1 + fraction))
    assert (changed <= mask).all() if fraction <= 0 else (changed >= mask).all()
    assert dice(changed, ball(15.0 * (1 + fraction) ** (1 / 3))) > 0.95


def test_a_contour_never_vanishes_and_growth_needs_room():
    lone = np.zeros((3, 3, 3), bool)
    lone[1, 1, 1] = True
    rng = np.random.default_rng(0)
    assert change_volume(lone, SPACING, -0.9, rng).sum() == 1
    with pytest.raises(ValueError, match="27 voxels cannot grow to 30 in an array of 27"):
        change_volume(np.ones((3, 3, 3), bool), SPACING, 0.1, rng)
