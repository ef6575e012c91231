"""Variance by axis against analyses of variance made by hand."""

import itertools

import numpy as np

from npcradiomics.multiverse.variance import variance_shares


def crossed(**axes):
    return [dict(zip(axes, point, strict=True)) for point in itertools.product(*axes.values())]


def test_a_balanced_design_is_the_analysis_of_variance_by_hand():
    """Two levels of a, three of b, one result each.

    Results 2 4 6 / 4 8 9: mean 5.5; means of a 4, 7: SS 2 x 3 x 1.5^2 = 13.5, df 1; means of b 3, 6,
    7.5: SS 2 (6.25 + 0.25 + 4) = 21, df 2; total SS 35.5; residual 35.5 - 13.5 - 21 = 1, df 2,
    mean square 0.5. Components: a (13.5 - 0.5)/3, b (10.5 - 0.5)/2, residual 0.5.
    """
    universes = crossed(a=[1, 2], b=["x", "y", "z"])
    axes, shares = variance_shares(universes, np.array([[2.0], [4], [6], [4], [8], [9]]))
    components = np.array([13 / 3, 5.0, 0.5])
    assert axes == ["a", "b", "residual"]
    assert np.allclose(shares[:, 0], components / components.sum(), atol=1e-12)


def test_a_component_below_zero_is_none():
    """A mean square of a that is below the residual's: results 0 1 / 1 0, all of it interaction."""
    axes, shares = variance_shares(crossed(a=[1, 2], b=[1, 2]), np.array([[0.0], [1], [1], [0]]))
    assert axes == ["a", "b", "residual"]
    assert shares[:, 0].tolist() == [0.0, 0.0, 1.0]


def test_around_a_path_an_axis_has_the_variance_over_its_own_values():
    """Path 1; a gives 4; b gives 2 and 6: variances of (1, 4) and of (1, 2, 6) are 4.5 and 7."""
    universes = [{"a": 0, "b": 0}, {"a": 1, "b": 0}, {"a": 0, "b": 1}, {"a": 0, "b": 2}]
    axes, shares = variance_shares(universes, np.array([[1.0], [4], [2], [6]]))
    assert axes == ["a", "b", "residual"]
    assert np.allclose(shares[:, 0], np.array([4.5, 7, 0]) / 11.5, atol=1e-12)


def test_an_unbalanced_design_has_its_axes_apart():
    """10 a + b with (2, 1) missing, by hand.

    Of a beside b: 100 (1 + 0 + 1 + 1/4 + 1/4) = 250 over the trace 3; of b beside a: 1 over 2.
    """
    universes = crossed(a=[0, 1, 2], b=[0, 1])[:-1]
    results = np.array([[10.0 * one["a"] + one["b"]] for one in universes])
    _, shares = variance_shares(universes, results)
    components = np.array([250 / 3, 1 / 2, 0])
    assert np.allclose(shares[:, 0], components / components.sum(), atol=1e-12)


def test_results_that_do_not_vary_have_no_shares_and_columns_are_apart():
    universes = crossed(a=[1, 2], b=[1, 2], c=["alone"])
    axes, shares = variance_shares(universes, np.array([[3.0, 0], [3, 0], [3, 1], [3, 1]]))
    assert axes == ["a", "b", "residual"]
    assert shares[:, 0].tolist() == [0, 0, 0] and np.allclose(shares[:, 1], [1, 0, 0])
