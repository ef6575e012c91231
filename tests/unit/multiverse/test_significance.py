"""Yes or no of many columns at once is what the one-feature comparison says."""

import numpy as np
import pytest
from scipy import stats

from npcradiomics.multiverse.significance import (
    PairedRule,
    shapiro_coefficients,
    shapiro_critical,
)
from npcradiomics.statistics.comparison import compare_differences


def samples(n, count, seed=0):
    """Differences between normal and heavy-tailed, (count, n), some of them far from 0."""
    rng = np.random.default_rng(seed)
    tails = np.exp(rng.normal(size=(count, n)) * rng.uniform(0, 1.5, (count, 1)))
    return rng.normal(size=(count, n)) * tails + rng.uniform(0, 1.2, (count, 1))


@pytest.mark.parametrize("n", [3, 4, 5, 7, 11, 12, 14, 60])
def test_every_test_agrees_with_the_comparison_of_one_feature(n):
    threshold, differences = 0.05 / 3, samples(n, 60)
    dz, significant = PairedRule(n, threshold)(differences)
    rows = [compare_differences(one, threshold=threshold) for one in differences]
    assert np.allclose(dz, [row["dz"] for row in rows], rtol=1e-12)
    for test, p in (("paper", "p"), ("t", "t_p"), ("wilcoxon", "wilcoxon_p")):
        assert significant[test].tolist() == [row[p] < threshold for row in rows], test
    if n > 5:  # the comparison is of both answers
        assert 0 < significant["paper"].sum() < 60


@pytest.mark.parametrize("n", [3, 4, 6, 11, 12, 40])
def test_shapiro_wilk_is_scipys(n):
    differences = samples(n, 200, seed=1)
    centred = np.sort(differences - differences.mean(axis=1, keepdims=True), axis=1)
    w = (centred @ shapiro_coefficients(n)) ** 2 / (centred**2).sum(axis=1)
    expected = [stats.shapiro(one) for one in differences]
    assert np.allclose(w, [one[0] for one in expected], atol=2e-9)
    below = w < shapiro_critical(n, 0.1)
    assert below.tolist() == [one[1] < 0.1 for one in expected] and 0 < below.sum() < 200


def test_differences_that_are_all_the_same_have_no_effect():
    dz, significant = PairedRule(5, 0.01)(np.zeros((1, 5)))
    assert dz[0] == 0 and not significant["t"][0]


def test_two_pairs_are_refused():
    with pytest.raises(ValueError, match="2 pairs, 3 needed"):
        PairedRule(2, 0.05)
