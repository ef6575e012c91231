"""Coverage and AUC of a map: against scikit-learn, all orders of tied voxels, closed forms."""

from itertools import permutations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from npcradiomics.risk import scores


def test_auc_is_scikit_learns_with_and_without_ties():
    rng = np.random.default_rng(3)
    recurrent = rng.random(400) < 0.2
    for risk in (rng.random(400) + 0.3 * recurrent, rng.integers(0, 5, 400) / 5.0):
        own = scores.score(risk, recurrent, {})["auc"]
        assert own == pytest.approx(roc_auc_score(recurrent, risk), abs=1e-12)


def test_ties_are_the_mean_over_all_orders():
    """Six voxels, three of them tied: each of the orders among them is counted by hand."""
    risk = np.array([0.9, 0.5, 0.5, 0.5, 0.2, 0.1])
    recurrent = np.array([True, True, False, False, True, False])
    covered = []
    for order in permutations([1, 2, 3]):
        ranked = [0, *order, 4, 5]
        covered.append(recurrent[ranked[:3]].sum() / 3)
    found = scores.score(risk, recurrent, {"half": 50.0, "third": 100 / 3})
    assert found["coverage_gtvr"] == found["half"] == pytest.approx(np.mean(covered), abs=1e-12)
    assert found["third"] == pytest.approx((1 + 1 / 3) / 3, abs=1e-12)


def test_a_map_that_says_nothing_scores_as_random_places_do():
    recurrent = np.arange(50) < 12
    boosts = scores.measures([10, 20, 30])
    same = scores.score(np.full(50, 0.5), recurrent, boosts)
    random = scores.expected_of_random(recurrent, boosts)
    assert same.keys() == random.keys()
    assert same == pytest.approx(random, abs=1e-12)
    assert random["coverage_gtvr"] == 12 / 50 and random["coverage_20"] == 0.2


def test_the_recurrence_itself_is_the_best_map():
    recurrent = np.arange(50) < 12
    found = scores.score(recurrent * 1.0, recurrent, scores.measures([20]))
    assert found["auc"] == found["coverage_gtvr"] == 1
    assert found["coverage_20"] == pytest.approx(10 / 12)
    with pytest.raises(ValueError, match="0 of 50 voxels of the GTV are recurrent"):
        scores.score(recurrent * 1.0, recurrent & False, {})


def test_scaling_is_the_share_of_voxels_below():
    values = np.array([3.0, -1.0, 3.0 + 1e-12, np.nan, 7.0])
    # NaN is the mean of the others, (3 - 1 + 3 + 7) / 4 = 3: three voxels are equal.
    assert scores.ranked(values) == pytest.approx([0.5, 0.1, 0.5, 0.5, 0.9])
