"""Multiple imputation: Rubin's rules, what is drawn, and how a patient to be scored is completed."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.imputation.mice import MICE, MICEData

from npcradiomics.response import imputation
from npcradiomics.response.imputation import Completion, completion_of, impute, pool
from npcradiomics.response.regressions import fit_columns, fit_imputed


def test_pooling_is_rubin_s_by_hand():
    # Estimates 1, 2, 3, 6 with variances 0.5, 1, 1.5, 1: mean 3, within 1, between 14 / 3,
    # total 1 + 5/4 * 14/3 = 41/6.
    estimates, variances = np.array([1.0, 2, 3, 6]), np.array([0.5, 1, 1.5, 1])
    mean, total = pool(estimates[:, None], variances[:, None, None])
    np.testing.assert_allclose(mean, [3.0])
    np.testing.assert_allclose(total, [[41 / 6]])
    # Two coefficients that move together between imputations: the covariance is pooled, too.
    both = np.column_stack([estimates, 2 * estimates])
    _, total = pool(both, np.array([np.diag([v, v]) for v in variances]))
    between = 14 / 3 * np.array([[1, 2], [2, 4]])
    np.testing.assert_allclose(total, np.eye(2) + 1.25 * between)
    mean, total = pool(both[:1], np.eye(2)[None])
    np.testing.assert_allclose((mean, total[0]), ([1.0, 2.0], [1.0, 0.0]))


def drawn(n=150, seed=0):
    """x and z correlated by 0.8, z missing more often where x is large; y depends on both."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    z = 0.8 * x + 0.6 * rng.normal(size=n)
    y = (rng.random(n) < 1 / (1 + np.exp(-x - z))).astype(int)
    table = pd.DataFrame({"x: 1": x, "z value": z})
    table.loc[rng.random(n) < 1 / (1 + np.exp(1 - 1.5 * x)), "z value"] = np.nan
    return table, y


def test_the_fit_is_that_of_statsmodels_mice():
    table, y = drawn()
    found = fit_imputed(table, y, 5, np.random.default_rng(3))
    named = table.set_axis(["c0", "c1"], axis="columns").assign(response=y.astype(float))
    chain = MICEData(named, k_pmm=imputation.DONORS, rng=np.random.default_rng(3))
    kwds = {"init_kwds": {"family": Binomial()}, "fit_kwds": {"tol": 1e-13, "maxiter": 100}}
    model = MICE("response ~ c0 + c1", GLM, chain, **kwds)
    theirs = model.fit(n_burnin=10, n_imputations=5)
    np.testing.assert_allclose(found.fit.coefficients, theirs.params, rtol=1e-9)
    # Both stop where the deviance settles; the second one starts from the fit before.
    np.testing.assert_allclose(found.fit.covariance, theirs.cov_params(), rtol=1e-8)
    assert found.imputed == (5, int(table.isna().sum().sum()))
    assert (found.patients, found.events) == (150, y.sum())


def test_no_missing_value_is_no_imputation():
    table, y = drawn()
    table = table.fillna(0.0)
    found = fit_imputed(table, y, 5, np.random.default_rng(0))
    np.testing.assert_array_equal(found.fit.coefficients, fit_columns(table, y).fit.coefficients)
    assert (found.imputed, found.completion) == ((0, 0), None)


def test_a_column_of_one_value_has_it_everywhere():
    table, y = drawn()
    table["score"], table["stage"] = 0.25, 3.0
    table.loc[[2, 5], "stage"] = np.nan
    for one in impute(table, y, 2, np.random.default_rng(0)):
        assert list(one) == list(table) and not one.isna().any(axis=None)
        assert (one["score"] == 0.25).all() and (one["stage"] == 3.0).all()
    found = fit_imputed(table, y, 2, np.random.default_rng(0))
    assert found.columns == ["x: 1", "z value"]
    assert np.isfinite(found.linear_predictor(table)).all()


def test_imputed_values_bring_back_what_complete_cases_lose():
    # 4000 patients; z, whose mean is 0, is missing where x is large: of those who have it the mean
    # is far below.
    table, y = drawn(4000)
    gone = table["z value"].isna()
    assert table["z value"].mean() < -0.2
    means = [one["z value"].mean() for one in impute(table, y, 3, np.random.default_rng(0))]
    assert np.mean(means) == pytest.approx(0.0, abs=0.06)
    first = impute(table, y, 1, np.random.default_rng(0))[0]
    pd.testing.assert_frame_equal(first[~gone], table[~gone])
    # Predictive mean matching: only values that somebody has.
    assert set(first.loc[gone, "z value"]) <= set(table["z value"].dropna())


def test_a_new_patient_is_completed_by_the_conditional_expectation():
    known = pd.DataFrame({"a": [0.0, 2.0, 4.0, 6.0], "b": [1.0, 0.0, 3.0, 4.0], "c": 5.0})
    completion = completion_of([known, known])
    slope = known["a"].cov(known["b"]) / known["b"].var()
    new = pd.DataFrame({"a": [np.nan, 1.0], "b": [6.0, np.nan], "c": [5.0, np.nan]}, index=[7, 9])
    filled = completion.fill(new)
    # Regression of a on b; c is constant and has its mean.
    assert filled.loc[7, "a"] == pytest.approx(3.0 + slope * (6.0 - 2.0))
    assert filled.loc[9, "b"] == pytest.approx(
        2.0 + known["a"].cov(known["b"]) / known["a"].var() * (1 - 3)
    )
    assert filled.loc[9, "c"] == 5.0 and filled.loc[9, "a"] == 1.0
    nobody = completion.fill(pd.DataFrame([[np.nan] * 3], columns=list("abc")))
    np.testing.assert_allclose(nobody.iloc[0], known.mean())
    assert isinstance(completion, Completion) and new.isna().sum().sum() == 3


def test_a_column_without_values_is_refused_by_name():
    table = pd.DataFrame({"age": [1.0, 2.0], "afp": np.nan})
    with pytest.raises(ValueError, match="no patient of 2 has a value of afp"):
        impute(table, np.array([0, 1]), 2, np.random.default_rng(0))
