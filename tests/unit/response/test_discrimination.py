"""ROC, DeLong, Youden and exact intervals against R (pROC 1.18) and against counting pairs."""

import numpy as np
import pytest

from npcradiomics.response.discrimination import (
    area,
    auc_delong,
    delong_test,
    net_benefit,
    rate,
    rates_at,
    roc_curve,
    youden,
)
from response_reference import ResponseCase, curve_of

HALVES = ["train", "validation"]
SCORES = {"radscore": "rad_score", "glm": "glm_lp"}


@pytest.fixture(scope="module")
def case(shared):
    return ResponseCase(shared, "rs_signal")


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("model", SCORES)
def test_area_interval_curve_and_threshold_are_proc_s(case, half, model):
    results, rows = case.half(half)
    y, score, expected = case.y[rows], case.scores(SCORES[model])[rows], results[model]
    result = auc_delong(y, score)
    assert result.auc == pytest.approx(expected["auc"], abs=1e-10)
    assert [result.low, result.high] == pytest.approx(expected["delong_ci"], abs=1e-10)
    thresholds, sensitivity, specificity = curve_of(expected["curve"])
    curve = roc_curve(y, score)
    np.testing.assert_allclose(curve.thresholds, thresholds, rtol=1e-9)
    np.testing.assert_allclose(curve.sensitivity, sensitivity, atol=1e-12)
    np.testing.assert_allclose(curve.specificity, specificity, atol=1e-12)
    assert any(
        youden(y, score)
        == pytest.approx((tie["threshold"], tie["sensitivity"], tie["specificity"]), abs=1e-9)
        for tie in expected["youden_best"]
    )


@pytest.mark.parametrize("half", HALVES)
def test_rates_at_the_training_threshold_are_r_s(case, half):
    results, rows = case.half(half)
    expected = results["at_training_threshold"]
    found = rates_at(case.y[rows], case.scores("glm_lp")[rows], expected["threshold"])
    for mine, theirs in zip(found, (expected["sensitivity"], expected["specificity"]), strict=True):
        assert (mine.k, mine.n) == (theirs["k"], theirs["n"])
        assert [mine.low, mine.high] == pytest.approx(theirs["clopper_pearson"], abs=1e-10)


def pairs(y, score):
    a, b = score[y == 1][:, None], score[y == 0]
    return ((a > b) + 0.5 * (a == b)).astype(float)


def test_area_and_variance_by_counting_every_pair():
    rng = np.random.default_rng(1)
    y = rng.integers(0, 2, 60)
    score = np.round(rng.normal(y, 1.0), 1)  # with ties
    counted = pairs(y, score)
    variance = (
        counted.mean(axis=1).var(ddof=1) / counted.shape[0]
        + counted.mean(axis=0).var(ddof=1) / counted.shape[1]
    )
    result = auc_delong(y, score)
    assert result.auc == pytest.approx(counted.mean(), abs=1e-14)
    assert area(y, score) == pytest.approx(counted.mean(), abs=1e-14)
    assert (result.high - result.low) / 2 == pytest.approx(
        1.959963984540054 * np.sqrt(variance), abs=1e-12
    )


def test_turning_the_score_round_turns_the_area_round():
    y, score = np.array([0, 0, 1, 1, 0]), np.array([1.0, 2, 2, 5, 0])
    assert area(y, -score) == pytest.approx(1 - area(y, score))


def test_youden_by_trying_all_thresholds():
    rng = np.random.default_rng(5)
    y, score = rng.integers(0, 2, 40), rng.normal(size=40)
    best = max((score[y == 1] > t).mean() + (score[y == 0] <= t).mean() for t in score)
    found = youden(y, score)
    assert found.sensitivity + found.specificity == pytest.approx(best)
    assert (score[y == 1] > found.threshold).mean() == found.sensitivity


def test_a_score_that_says_nothing():
    y, score = np.array([0, 1, 0, 1]), np.zeros(4)
    assert auc_delong(y, score) == (0.5, 0.5, 0.5)
    assert youden(y, score) == (np.inf, 0.0, 1.0)


def test_exact_interval_inverts_the_binomial_test():
    from scipy.stats import binom

    found = rate(19, 23)
    assert binom.sf(18, 23, found.low) == pytest.approx(0.025)
    assert binom.cdf(19, 23, found.high) == pytest.approx(0.025)
    # All of n: the lower limit is (alpha/2)^(1/n).
    assert rate(23, 23)[3:] == (pytest.approx(0.025 ** (1 / 23)), 1.0)
    assert rate(0, 5).low == 0.0


def test_net_benefit_by_hand():
    y, p = np.array([1, 1, 0, 0, 0]), np.array([0.9, 0.4, 0.6, 0.1, 0.2])
    model, everyone = net_benefit(y, p, [0.5, 0.25])
    # At 0.5: one true, one false positive, odds 1; at 0.25: two true, one false, odds 1/3.
    np.testing.assert_allclose(model, [0.0, 2 / 5 - 1 / 15])
    np.testing.assert_allclose(everyone, [0.4 - 0.6, 0.4 - 0.6 / 3])


DCURVES_MODEL = [0.3294117647058824, 0.15882352941176475, 0.10000000000000002, -0.08571428571428572]
DCURVES_ALL = [0.29411764705882354, 0.11764705882352944, -0.19999999999999996, -0.7142857142857143]


def test_net_benefit_is_that_of_dcurves():
    # dcurves 1.1.7 (which needs Python below 3.14 and lifelines) on the same ten patients.
    y = np.array([1, 1, 1, 1, 0, 0, 0, 0, 0, 0])
    p = np.array([0.9, 0.6, 0.45, 0.3, 0.7, 0.4, 0.35, 0.2, 0.1, 0.05])
    model, everyone = net_benefit(y, p, [0.15, 0.32, 0.5, 0.65])
    np.testing.assert_allclose(model, DCURVES_MODEL, rtol=1e-12)
    np.testing.assert_allclose(everyone, DCURVES_ALL, rtol=1e-12)


# pROC 1.18.0 (R 4.2.2): roc.test(roc(y, A), roc(y, B), method = "delong", paired = TRUE) of scores
# with ties.
RESPONSES = np.repeat([1, 0], 23)
SCORES_A = """
3.4 -0.1 0.4 0.7 0.1 0.2 1.8 1 1.3 3.3 1.5 3.8 3.4 1.4 3 1.6 0.2 0.8 1.1 2.1 1.9 1.8 2.4
-1.4 1.3 0.2 0.8 0.6 -1 -0.3 -0.9 0.7 0.1 -0.1 -0.4 -0.6 1 -1.1 -0.1 0.3 1.2 -0.7 -0.3 -1.3 -0.4 -0.4
"""
SCORES_B = """
3.3 0.7 0.5 1.5 0 0.3 1.5 2.4 1.6 2.3 -0.6 2.4 2.1 0 1.8 1.2 0.8 1.3 1.1 2.4 1.9 2.3 2.7
0 1.1 -0.8 -0.2 -0.6 -2.1 -1.5 -1.3 -0.2 0 2.4 0.1 -0.3 0.5 -0.9 -0.8 -0.2 0.3 -0.7 -1.9 -0.1 1.4 -0.8
"""
A, B = (np.array(words.split(), float) for words in (SCORES_A, SCORES_B))


def test_paired_delong_test_is_proc_s():
    found = delong_test(RESPONSES, A, B)
    assert found.difference == pytest.approx(0.900756143667297 - 0.891304347826087, abs=1e-12)
    assert found.z == pytest.approx(0.158337151863722, abs=1e-12)
    assert found.p == pytest.approx(0.874191134422153, abs=1e-12)
    assert [found.low, found.high] == pytest.approx(
        [-0.107546515799137, 0.126450107481557], abs=1e-12
    )


def test_paired_delong_test_of_two_scores_that_rank_alike_and_of_a_constant_one():
    assert delong_test(RESPONSES, A, 3 * A + 2).p == 1.0
    # Against a constant score the difference is AUC - 1/2 with the variance of the AUC alone.
    alone, found = auc_delong(RESPONSES, A, 0.95), delong_test(RESPONSES, A, np.zeros(46))
    assert found.difference == pytest.approx(alone.auc - 0.5)
    assert found.low == pytest.approx(alone.low - 0.5)


def test_paired_delong_test_without_variance_is_no_test():
    # Every effective patient above every other, and a score that says nothing: 1 - 0.5, and no SE.
    found = delong_test(RESPONSES, RESPONSES, np.zeros(46))
    assert found.difference == 0.5
    assert np.isnan([found.low, found.high, found.z, found.p]).all()
    assert delong_test(RESPONSES, RESPONSES, 2 * RESPONSES).p == 1.0


@pytest.mark.parametrize(
    ("y", "score", "words"),
    [
        ([1, 1], [0.1, 0.2], "2 effective and 0 ineffective"),
        ([0, 1, 1], [0.1, np.nan, 0.2], "1 of 3 scores are NaN"),
        ([0, 1], [0.1, 0.2, 0.3], "2 responses for 3 scores"),
        ([0, 2], [0.1, 0.2], "0 .ineffective. or 1"),
    ],
)
def test_refusals(y, score, words):
    with pytest.raises(ValueError, match=words):
        auc_delong(y, score)
