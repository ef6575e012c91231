"""The test of a whole curve: small cohorts by enumeration, its error on draws that are exchangeable."""

import itertools
import warnings

import numpy as np
import pytest

from npcradiomics.multiverse.recombination import family_p, test_curve
from npcradiomics.multiverse.significance import PairedRule
from npcradiomics.spatial_null.pools import pool, standardise
from npcradiomics.spatial_null.recombination import recombination_test

SHAPE = (3, 2)  # measured universes, features
UNIVERSES = [(0, "paper"), (1, "paper"), (2, "paper"), (0, "t"), (0, "wilcoxon")]
OPTIONS = {"threshold": 0.05, "n_recombinations": 4000, "seed": 1}


def cohort(rng, n=4, draws=2, effect=0.0):
    """Pools in which a patient's universes go together; the observed row is shifted by effect."""
    pools = []
    for k in range(n):
        shared = rng.normal(size=(draws + 1, 1, SHAPE[1]))
        values = 0.8 * shared + 0.6 * rng.normal(size=(draws + 1, *SHAPE))
        values[0] += effect
        pools.append(pool(f"P{k}", values.reshape(draws + 1, -1)))
    return pools


def every_cohort(pools):
    """All recombinations by brute force: S (cohorts, M, F) and dz, the observed one first."""
    z = [standardise(one.values) for one in pools]
    picks = list(itertools.product(*(range(len(one.values)) for one in pools)))
    s = np.array([sum(z[i][k] for i, k in enumerate(pick)) for pick in picks]) / np.sqrt(len(z))
    raw = np.array([[pools[i].values[k] for i, k in enumerate(pick)] for pick in picks])
    dz = raw.mean(axis=1) / raw.std(axis=1, ddof=1)
    return s.reshape(-1, *SHAPE), dz.reshape(-1, *SHAPE)


def test_every_p_is_the_share_of_all_recombined_cohorts():
    """Eighty-one cohorts of four patients with two draws each, counted one by one."""
    pools = cohort(np.random.default_rng(5), effect=1.2)
    s, dz = every_cohort(pools)
    test = test_curve(pools, SHAPE, UNIVERSES, **OPTIONS | {"n_recombinations": 40_000})
    size, few = np.abs(s), {"abs": 0.011}
    assert np.allclose(test.statistic, s[0])
    assert test.p == pytest.approx((size >= size[0] - 1e-9).mean(axis=0), **few)
    within = size.max(axis=2)[:, :, None]
    assert test.p_maxt == pytest.approx((within >= size[0] - 1e-9).mean(axis=0), **few)
    over_all = size.max(axis=(1, 2))[:, None, None] >= size[0] - 1e-9
    assert test.p_maxt_all == pytest.approx(over_all.mean(axis=0), **few)
    assert test.p_curve == pytest.approx(over_all.mean(axis=0).min(axis=0), **few)
    # The median over universes counts the path three times: its tests are universes.
    medians = np.median(dz[:, [0, 1, 2, 0, 0]], axis=1)
    assert test.median_dz == pytest.approx(medians[0])
    tails = [(medians >= medians[0] - 1e-9).mean(axis=0), (medians <= medians[0] + 1e-9).mean(0)]
    assert test.p_median == pytest.approx(np.minimum(2 * np.minimum(*tails), 1), **few)
    best = np.abs(s[0]).argmax(axis=0)
    for f, u in enumerate(best):
        behind = np.sqrt(((s[:, u, f, None] - s[:, :, f]) ** 2).mean(axis=0))
        expected = np.sign(s[0, u, f]) * (s[0, u, f] - s[0, :, f])
        expected[behind > 0] /= behind[behind > 0]
        assert test.gap[:, f] == pytest.approx(expected, abs=0.02)


def test_the_p_of_the_share_is_that_of_all_recombined_cohorts():
    """Two hundred forty-three cohorts of five patients, each tested in all five universes."""
    pools = cohort(np.random.default_rng(6), n=5, effect=1.5)
    picks = itertools.product(range(3), repeat=5)
    rule, shares = PairedRule(5, 0.1), []
    for pick in picks:
        raw = np.array([one.values[k] for one, k in zip(pools, pick, strict=True)])
        found = {test: part.reshape(SHAPE) for test, part in rule(raw.T)[1].items()}
        shares.append(np.mean([found[test][k] for k, test in UNIVERSES], axis=0))
    shares = np.array(shares)
    options = OPTIONS | {"threshold": 0.1, "n_recombinations": 40_000}
    test = test_curve(pools, SHAPE, UNIVERSES, **options)
    assert np.allclose(test.share, shares[0]) and shares[0].max() > 0
    assert test.p_share == pytest.approx((shares >= shares[0] - 1e-9).mean(axis=0), abs=0.011)


def test_one_universe_is_the_spatial_null():
    """Same picks, so p and p_maxt are equal to the last count."""
    rng = np.random.default_rng(2)
    pools = [pool(f"P{k}", rng.normal(size=(8, 5)) + 1.0 * (np.arange(8) == 0)[:, None]) for k in range(6)]  # fmt: skip
    options = {"n_recombinations": 2000, "seed": 3}
    test = test_curve(pools, (1, 5), [(0, "t")], threshold=0.05, **options)
    known = recombination_test(pools, list("abcde"), **options)
    assert np.allclose(test.statistic[0], known.statistic)
    assert np.array_equal(test.p[0], known.p) and np.array_equal(test.p_maxt[0], known.p_maxt)
    assert np.array_equal(test.p_maxt_all, test.p_maxt)
    assert np.array_equal(family_p(pools, (1, 5), **options), test.p_maxt)


def test_the_share_significant_is_that_of_the_tests():
    """A feature that every test calls significant, one that none does."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=(9, 10, 1, 2))
    values[:, 0, 0, 0] += 30
    values[:, 0, 0, 1] = np.array([-1, 1, -1, 1, -1, 1, -1, 1, 0.1])  # observed, no effect
    pools = [pool(f"P{k}", one.reshape(10, 2)) for k, one in enumerate(values)]
    universes = [(0, "paper"), (0, "t"), (0, "wilcoxon")]
    test = test_curve(pools, (1, 2), universes, **OPTIONS)
    assert test.share.tolist() == [1.0, 0.0]
    assert test.p_share[1] == 1.0


@pytest.mark.parametrize("kind", ["curve", "median", "share"])
def test_the_error_is_that_of_the_level_where_all_rows_are_alike(kind, null_cohorts):
    """Three hundred cohorts without effect: at most 5 % rejected, within chance (0.1 % tail)."""
    p = null_cohorts[kind]
    # Of 300 with 5 % each more than 26 have a probability below 0.001; of two features each.
    assert (p <= 0.05).sum(axis=0).max() <= 27
    if kind == "curve":  # exact: not far below, either
        assert (p <= 0.05).sum() >= 4


@pytest.fixture(scope="module")
def null_cohorts():
    rng = np.random.default_rng(11)
    found = []
    for _ in range(300):
        options = OPTIONS | {"n_recombinations": 199, "seed": int(rng.integers(2**31))}
        found.append(test_curve(cohort(rng, n=6, draws=5), SHAPE, UNIVERSES, **options))
    return {
        "curve": np.array([[test.p_curve.min()] for test in found]),
        "median": np.array([test.p_median for test in found]),
        "share": np.array([test.p_share for test in found]),
    }


def test_a_universe_that_nobody_has_is_not_tested_and_takes_no_part():
    pools = cohort(np.random.default_rng(7), n=5, draws=4)
    gone = [pool(one.patient, np.where(np.arange(6) < 2, np.nan, one.values)) for one in pools]
    test = test_curve(gone, SHAPE, UNIVERSES, **OPTIONS)
    fewer = [pool(one.patient, one.values[:, 2:]) for one in pools]
    known = test_curve(fewer, (2, 2), [(0, "paper"), (1, "paper")], **OPTIONS)
    assert np.isnan(test.statistic[0]).all() and np.isnan(test.p[0]).all()
    for name in ("statistic", "p", "p_maxt", "p_maxt_all"):
        assert np.array_equal(getattr(test, name)[1:], getattr(known, name)), name
    assert np.array_equal(test.median_dz, known.median_dz)
    assert np.array_equal(test.p_median, known.p_median)


def test_patients_who_lack_a_universe_are_left_out_of_it_alone():
    pools = cohort(np.random.default_rng(8), n=6, draws=4)
    one = pools[0]
    less = [pool(one.patient, np.where(np.arange(6) < 2, np.nan, one.values)), *pools[1:]]
    test = test_curve(less, SHAPE, UNIVERSES, **OPTIONS)
    whole = test_curve(pools, SHAPE, UNIVERSES, **OPTIONS)
    assert np.array_equal(test.statistic[1:], whole.statistic[1:])
    z = np.array([standardise(other.values)[0, :2] for other in pools[1:]])
    assert np.allclose(test.statistic[0], z.sum(axis=0) / np.sqrt(5))


def test_two_patients_are_too_few_and_nothing_is_computed_of_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        test = test_curve(cohort(np.random.default_rng(8), n=2), SHAPE, UNIVERSES, **OPTIONS)
    assert test.n_patients == 2
    assert (
        np.isnan(test.p).all() and np.isnan(test.median_dz).all() and np.isnan(test.p_share).all()
    )


def test_without_draws_nothing_is_tested():
    test = test_curve([], SHAPE, UNIVERSES, **OPTIONS)
    assert test.n_patients == 0 and np.isnan(test.p).all() and np.isnan(test.p_curve).all()
    assert np.isnan(family_p([], SHAPE, 1000, 1)).all()
