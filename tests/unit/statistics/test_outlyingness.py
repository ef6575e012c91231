"""The modified z-score against its definition, worked out by hand."""

import numpy as np
import pytest

from npcradiomics.statistics.outlyingness import LEAST, ODD, modified_z


def test_distance_from_the_median_in_median_absolute_deviations():
    # 1 to 11: median 6, absolute deviations 0, 1, 1, ... 5, 5, their median 3.
    group = np.arange(1.0, 12.0)
    z = modified_z(np.array([6.0, 16.0, -4.0, np.nan]), group)
    np.testing.assert_allclose(z[:3], [0.0, 10 / 3 * 0.6745, -10 / 3 * 0.6745], rtol=1e-12)
    assert np.isnan(z[3])


def test_it_is_the_z_score_of_a_normal_group():
    group = np.random.default_rng(0).normal(5.0, 2.0, 200_000)
    np.testing.assert_allclose(modified_z([3.0, 11.0], group), [-1.0, 3.0], atol=0.02)


def test_odd_ones_do_not_widen_their_own_ruler():
    group = np.arange(1.0, 12.0)
    twice = np.append(group, [1e6] * 3)
    assert modified_z([1e6], twice)[0] > 1000  # of SDs it is 1.6
    assert (1e6 - twice.mean()) / twice.std(ddof=1) < 2


@pytest.mark.parametrize(
    ("share", "odd"), [(0.05, True), (0.22, True), (0.23, False), (0.4, False)]
)
def test_of_values_that_most_share_the_rare_one_is_odd(share, odd):
    n = round(100 * share)
    group = np.array([5.0] * (100 - n) + [6.0] * n)
    z = modified_z([6.0, 5.0], group)
    np.testing.assert_allclose(z, [1 / (share * 1.253314), 0.0], rtol=1e-12)
    assert (z[0] > ODD) == odd


def test_whoever_differs_from_a_group_without_spread_is_infinitely_far():
    np.testing.assert_array_equal(
        modified_z([5.0, 4.0, 6.0], np.full(LEAST, 5.0)), [0.0, -np.inf, np.inf]
    )


def test_too_few_say_nothing():
    few = np.append(np.arange(LEAST - 1.0), [np.nan, np.inf])
    assert np.isnan(modified_z([100.0], few)).all()
    assert np.isfinite(modified_z([100.0], np.arange(float(LEAST)))).all()
