"""The recombination null against complete enumeration, integers, scipy and planted exchangeability."""

import itertools
import time

import numpy as np
import pytest
from scipy import stats

from npcradiomics.spatial_null import recombination
from npcradiomics.spatial_null.pools import (
    Pool,
    differences,
    mean_differences,
    pool,
    rank_shares,
    standardise,
)
from npcradiomics.spatial_null.recombination import recombination_test

M = 40_000


def pools_of(values):
    """values: one (b + 1, columns) per patient."""
    return [pool(f"P{i:02d}", np.asarray(v, float)) for i, v in enumerate(values)]


def enumerated(values, scores=lambda v: (v - v.mean(axis=0)) / v.std(axis=0)):
    """(all S, all t of the raw values) over every combination, the first of which is the observed one."""
    picks = np.array(list(itertools.product(*(range(len(v)) for v in values))))
    z = sum(scores(v)[k] for v, k in zip(values, picks.T, strict=True))
    raw = np.stack([v[k] for v, k in zip(values, picks.T, strict=True)])
    return z / np.sqrt(len(values)), stats.ttest_1samp(raw, 0).statistic


def check_share(p, exact, n_recombinations=M):
    """p of n recombinations agrees with the exact share within 4.5 standard errors (and the 1 of 1 + M)."""
    error = np.sqrt(exact * (1 - exact) / n_recombinations) + 1 / n_recombinations
    np.testing.assert_array_less(np.abs(p - exact), 4.5 * error)


@pytest.fixture(scope="module")
def small():
    rng = np.random.default_rng(4)
    values = [
        rng.normal(size=(6, 5)) * 10.0 ** rng.integers(-3, 6, 5) + [[0, 5, 0, 0, 1]]
        for _ in range(4)
    ]
    for one in values:
        one[0, :2] = one[1:, :2].max(axis=0)
    return values


def test_p_and_maxt_are_shares_of_all_combinations(small):
    s, t = enumerated(small)
    found = recombination_test(pools_of(small), "abcde", n_recombinations=M)
    np.testing.assert_allclose(found.statistic, s[0], rtol=1e-12)
    np.testing.assert_allclose(found.t, t[0], rtol=1e-9)
    check_share(found.p, (np.abs(s) >= np.abs(s[0]) - 1e-9).mean(axis=0))
    check_share(found.t_p, (np.abs(t) >= np.abs(t[0]) * (1 - 1e-9)).mean(axis=0))
    largest = np.abs(s).max(axis=1)[:, None]
    check_share(found.p_maxt, (largest >= np.abs(s[0]) - 1e-9).mean(axis=0))
    assert (np.abs(s).max(axis=1) >= found.critical - 1e-9).mean() == pytest.approx(0.05, abs=0.005)


def test_step_down_maxt_as_westfall_and_young_define_it(small):
    s, _ = enumerated(small)
    order = np.argsort(-np.abs(s[0]))
    exact, so_far = np.empty(5), 0.0
    for place, k in enumerate(order):
        largest = np.abs(s[:, order[place:]]).max(axis=1)
        so_far = max(so_far, (largest >= abs(s[0, k]) - 1e-9).mean())
        exact[k] = so_far
    found = recombination_test(pools_of(small), "abcde", n_recombinations=M, correction="step_down")
    check_share(found.p_maxt, exact)
    single = recombination_test(pools_of(small), "abcde", n_recombinations=M)
    assert (found.p_maxt <= single.p_maxt).all() and (found.p_maxt < single.p_maxt).any()
    np.testing.assert_array_equal(found.p, single.p)


def test_normal_scores_enter_the_same_way(small):
    def scores(v):
        z = stats.norm.ppf((stats.rankdata(v, axis=0) - 0.5) / len(v))
        return (z - z.mean(axis=0)) / z.std(axis=0)

    s, _ = enumerated(small, scores)
    found = recombination_test(pools_of(small), "abcde", n_recombinations=M, scores="normal")
    np.testing.assert_allclose(found.statistic, s[0], rtol=1e-12)
    check_share(found.p, (np.abs(s) >= np.abs(s[0]) - 1e-9).mean(axis=0))


def test_equal_sums_in_another_order_count_as_exceedances():
    # Twelve patients with the values 1, 2, 4: how often |sum - 28| >= 6 follows from counting in
    # integers.
    values = [
        np.array([[first], [2.0], [4.0], [1.0]])[[0, *rest]]
        for first, rest in [(4.0, (1, 3)), (2.0, (2, 3))] * 6
    ]
    counts = {0: 1}
    for _ in range(12):
        new = {}
        for total, ways in counts.items():
            for step in (1, 2, 4):
                new[total + step] = new.get(total + step, 0) + ways
        counts = new
    observed = 6 * 4 + 6 * 2
    exact = sum(ways for total, ways in counts.items() if abs(total - 28) >= observed - 28) / 3**12
    strictly = (
        sum(ways for total, ways in counts.items() if abs(total - 28) > observed - 28) / 3**12
    )
    found = recombination_test(pools_of(values), "a", n_recombinations=M)
    check_share(found.p, np.array([exact]))
    assert exact - strictly > 20 * np.sqrt(exact / M)  # a missed tie would show


def test_two_values_each_are_the_sign_test():
    values = [np.array([[k], [-k]]) for k in (0.1, 7.0, 1e5, 3.0, 1e-7)]
    found = recombination_test(pools_of(values), "a", n_recombinations=M)
    assert found.statistic[0] == pytest.approx(np.sqrt(5))
    check_share(found.p, np.array([2 / 2**5]))
    assert found.floor == pytest.approx(2**-5)


def test_t_and_plain_t_are_scipys(small):
    found = recombination_test(pools_of(small), "abcde", n_recombinations=100)
    observed = np.array([one[0] for one in small])
    np.testing.assert_allclose(found.t, stats.ttest_1samp(observed, 0).statistic, rtol=1e-9)
    z = np.array([((one - one.mean(axis=0)) / one.std(axis=0))[0] for one in small])
    plain = stats.ttest_1samp(z, 0)
    np.testing.assert_allclose(found.z_t, plain.statistic, rtol=1e-12)
    np.testing.assert_allclose(found.z_t_p, plain.pvalue, rtol=1e-10)


def test_t_keeps_its_digits_far_from_zero():
    rng = np.random.default_rng(0)
    values = [1e6 + rng.normal(size=(20, 1)) for _ in range(5)]
    found = recombination_test(pools_of(values), "a", n_recombinations=100)
    assert found.t[0] == pytest.approx(
        stats.ttest_1samp([v[0, 0] for v in values], 0).statistic, rel=1e-6
    )


def test_equal_observed_differences_have_an_infinite_t_that_ties_with_itself():
    # Two patients with the values 4, 1 and 4, 2: t is infinite only where both are 4, once in four.
    found = recombination_test(pools_of([[[4.0], [1.0]], [[4.0], [2.0]]]), "a", n_recombinations=M)
    assert np.isinf(found.t[0])
    check_share(found.t_p, np.array([1 / 4]))


def test_result_depends_on_seed_and_names_alone(small, monkeypatch):
    pools = pools_of(small)
    first = recombination_test(pools, "abcde", n_recombinations=3000, seed=1)
    turned = recombination_test(pools[::-1], "abcde", n_recombinations=3000, seed=1)
    monkeypatch.setattr(recombination, "CHUNK", 77)
    chunked = recombination_test(pools, "abcde", n_recombinations=3000, seed=1)
    other = recombination_test(pools, "abcde", n_recombinations=3000, seed=2)
    for name in ("p", "p_maxt", "t_p", "counts", "critical"):
        np.testing.assert_array_equal(getattr(first, name), getattr(turned, name))
        np.testing.assert_array_equal(getattr(first, name), getattr(chunked, name))
    assert (first.p != other.p).any()


def test_exchangeable_cohorts_have_uniform_p_and_keep_the_level():
    rng = np.random.default_rng(11)
    p, smallest = [], []
    for _ in range(300):
        # Heavy tails, unequal variances, correlated features; row 0 is like the others.
        values = [rng.standard_t(3, size=(30, 8)) @ rng.normal(size=(8, 8)) for _ in range(6)]
        found = recombination_test(pools_of(values), "abcdefgh", n_recombinations=999)
        p.append(found.p)
        smallest.append(found.p_maxt.min())
    assert min(stats.kstest(column, "uniform").pvalue for column in np.array(p).T) > 0.05 / 8
    rejected = np.sum(np.array(smallest) <= 0.05)
    assert stats.binomtest(int(rejected), 300, 0.05).pvalue > 0.01


def test_undefined_and_constant_values_are_left_out_with_a_reason():
    rng = np.random.default_rng(2)
    values = [rng.normal(size=(10, 4)) for _ in range(5)]
    values[0][0, 0] = np.nan  # observed undefined
    values[1][3, 1] = np.inf  # one draw undefined: the whole draw goes
    values[2][:, 2] = 7.0  # constant
    values[3][2:9, 3] = np.nan  # most draws undefined
    pools = pools_of(values)
    assert pools[0].left_out == {0: "undefined in the observed region"} and pools[0].n_draws == 9
    assert pools[1].left_out == {} and pools[1].n_draws == 8 and pools[1].n_undefined == 1
    assert pools[2].left_out == {2: "the same in all draws"}
    assert pools[3].left_out == {3: "undefined in 7 of 9 draws"} and pools[3].n_draws == 9
    found = recombination_test(pools, "abcd", n_recombinations=500)
    np.testing.assert_array_equal(found.n, [4, 5, 4, 4])
    kept = [values[i][np.isfinite(values[i][:, 0])] for i in (1, 2, 3, 4)]
    kept[0] = np.delete(values[1], 3, axis=0)
    z = [((v[:, 0] - v[:, 0].mean()) / v[:, 0].std())[0] for v in kept]
    assert found.statistic[0] == pytest.approx(sum(z) / 2)
    assert found.t[0] == pytest.approx(stats.ttest_1samp([v[0, 0] for v in kept], 0).statistic)
    assert np.isfinite([found.p, found.p_maxt, found.t_p, found.z_t_p]).all()


def test_a_feature_no_patient_has_is_nan_and_disturbs_no_other():
    rng = np.random.default_rng(3)
    values = [rng.normal(size=(10, 2)) for _ in range(4)]
    alone = recombination_test(pools_of([v[:, :1] for v in values]), "a", n_recombinations=500)
    for v in values:
        v[:, 1] = np.nan
    found = recombination_test(pools_of(values), "ab", n_recombinations=500)
    for name in ("statistic", "p", "p_maxt", "t", "t_p", "z_t", "z_t_p"):
        assert np.isnan(getattr(found, name)[1]), name
        assert getattr(found, name)[0] == getattr(alone, name)[0], name
    assert found.counts[0].sum() == 500 and found.counts[1].sum() == 0


@pytest.mark.parametrize("correction", ["single_step", "step_down"])
def test_nobody_and_one_patient(correction):
    nobody = recombination_test([], "ab", correction=correction)
    assert np.isnan(nobody.p).all() and (nobody.n == 0).all() and np.isnan(nobody.critical)
    rng = np.random.default_rng(5)
    values = rng.normal(size=(20, 1))
    values[0] = 50
    one = recombination_test(pools_of([values]), "a", n_recombinations=M, correction=correction)
    check_share(one.p, np.array([1 / 20]))
    assert one.floor == pytest.approx(1 / 20) and np.isnan(one.t[0]) and np.isnan(one.t_p[0])


def test_differences_that_are_rounding_are_equal():
    features = np.zeros((4, 2, 2))
    features[:, :, 0] = (
        np.array([[0.3, 0.2], [0.1 + 0.2, 0.2], [0.3, 0.2], [0.3, 0.2 + 1e-17]]) * 1e9
    )
    features[:, 0, 1] = [1, 2, 3, np.nan]
    found = differences(features)
    assert np.ptp(found[:, 0]) == 0
    np.testing.assert_array_equal(found[:, 1], [1, 2, 3, np.nan])


def test_standardise_is_indifferent_to_unit_and_offset_and_survives_large_numbers():
    values = np.array([[3.0], [1.0], [2.0]])
    expected = np.array([[1.0], [-1.0], [0.0]]) * np.sqrt(1.5)
    for factor in (1.0, 1e-280, 1e280):
        np.testing.assert_allclose(standardise(values * factor), expected, atol=1e-12)
    quantile = stats.norm.ppf(5 / 6)
    np.testing.assert_allclose(
        standardise(values, "normal"),
        expected / np.sqrt(1.5) * quantile / np.sqrt(2 / 3) / quantile,
    )


def test_ranks_and_means():
    values = np.array([[2.0, np.nan], [1, 1], [2, 1], [3, 1], [0, 1]])
    np.testing.assert_array_equal(rank_shares(values), [0.625, np.nan])
    pools = [Pool("A", values[:, :1], {}, 0), Pool("B", values[1:, :1], {}, 0)]
    np.testing.assert_allclose(mean_differences(pools, 1), [[1.5], [(1.5 + 5 / 3) / 2]])
    assert np.isnan(mean_differences([], 3)).all()


def test_five_hundred_patients_and_the_time_of_fourteen():
    rng = np.random.default_rng(6)
    many = pools_of(rng.normal(size=(500, 20, 47)))
    found = recombination_test(many, range(47), n_recombinations=2000)
    assert (found.n == 500).all() and 0 < found.p_maxt.min() <= 1
    fourteen = pools_of(rng.normal(size=(14, 200, 47)))
    begin = time.process_time()
    recombination_test(fourteen, range(47), n_recombinations=100_000)
    assert time.process_time() - begin < 5


def test_errors_name_the_patient_and_the_numbers():
    with pytest.raises(ValueError, match="P1: 0 draws"):
        pool("P1", np.ones((1, 3)))
    with pytest.raises(ValueError, match="P1: none of 2 draws"):
        pool("P1", np.array([[1.0, 1], [np.nan, 1], [1, np.nan]]))
    with pytest.raises(ValueError, match="all 3 values are equal"):
        standardise(np.ones((3, 1)))
    with pytest.raises(ValueError, match="scores is 'ranks'"):
        standardise(np.eye(3), "ranks")
    pools = pools_of([np.eye(3)])
    with pytest.raises(ValueError, match="P00 has 3 columns, expected 2"):
        recombination_test(pools, "ab")
    with pytest.raises(ValueError, match="P00 is there twice"):
        recombination_test(pools * 2, "abc")
    with pytest.raises(ValueError, match="n_recombinations is 0"):
        recombination_test(pools, "abc", n_recombinations=0)
    with pytest.raises(ValueError, match="correction is 'holm'"):
        recombination_test(pools, "abc", correction="holm")
