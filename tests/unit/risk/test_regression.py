"""The regression from second moments, against scikit-learn's on the places themselves."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.model_selection import LeaveOneGroupOut

from npcradiomics.risk import regression
from npcradiomics.risk.regression import PENALTIES, fit, make_bases, moments, standardised
from risk_patients import risk_cohort


def shares_of(one):
    return one.shares(np.vstack([one.observed, one.draws.toarray()]))


@pytest.fixture(scope="module")
def cohort():
    patients = risk_cohort(5, effect=1.5)
    bases = make_bases(len(patients[0].feature_names), seed=1)
    values = [bases.transform(one.features) for one in patients]
    shares = [shares_of(one) for one in patients]
    return values, shares, moments(values, shares)


def test_tuning_and_coefficients_are_those_of_ridge_refitted_on_the_places(cohort):
    """Every fold, basis and penalty by sklearn.linear_model.Ridge; 20 responses, each with its own choice."""
    values, shares, known = cohort
    found = fit(known, [0, 1, 2, 3, 5])
    training = [0, 1, 2, 3, 5]
    group = np.concatenate([np.full(len(shares[i]), i) for i in training])
    weight = np.concatenate([np.full(len(shares[i]), 1 / len(shares[i])) for i in training])
    y = np.concatenate([standardised(shares[i]) for i in training])
    error, models = [], []
    for b in range(len(known.gram)):
        x = np.concatenate([values[i][b] for i in training])

        def refitted(rows, penalty, x=x, b=b):
            n = len(set(group[rows]))
            size = np.trace(x[rows].T @ (x[rows] * weight[rows, None])) / n / x.shape[1]
            ridge = Ridge(alpha=penalty * size * n, fit_intercept=False, solver="cholesky")
            return ridge.fit(x[rows], y[rows], sample_weight=weight[rows])

        for penalty in PENALTIES:
            missed = 0
            for rows, left in LeaveOneGroupOut().split(x, y, group):
                residual = y[left] - refitted(rows, penalty).predict(x[left])
                missed = missed + (residual**2 * weight[left, None]).sum(axis=0)
            error.append(missed)
            models.append((b, refitted(slice(None), penalty).coef_.T))
    best = np.argmin(error, axis=0)
    assert len(set(best)) > 2  # the responses do not all choose the same
    assert [models[k][0] for k in best] == found.basis.tolist()
    assert best.tolist() == (found.basis * len(PENALTIES) + found.penalty).tolist()
    for response, k in enumerate(best):
        basis, coefficients = models[k]
        expected = coefficients[:, response]
        np.testing.assert_allclose(
            found.coefficients[basis][:, response], expected, rtol=1e-7, atol=1e-9
        )


def test_random_features_are_those_of_an_rbf_kernel():
    """Their products are exp(-gamma |a - b|^2) on average; of n features the error is at most (1.5 / n) ** 0.5."""
    points = np.random.default_rng(2).standard_normal((40, 3))
    gamma = regression.WIDTHS[1] / 3
    kernel = np.exp(-gamma * ((points[:, None] - points[None]) ** 2).sum(axis=2))
    values = [make_bases(3, seed).samplers[1].transform(points) for seed in range(200)]
    error = np.mean([one @ one.T for one in values], axis=0) - kernel
    assert np.sqrt((error**2).mean()) < np.sqrt(1.5 / (200 * values[0].shape[1]))


def test_columns_are_normal_scores_within_the_patient():
    columns = np.array([[3.0, 1.0, 5.0], [10.0, 1.0, np.nan], [1000.0, 1.0, 1.0]])
    scores = regression.within_patient(columns)
    # Three values have the ranks 1/6, 1/2, 5/6, whose normal quantile is 0.967422.
    assert scores[:, 0] == pytest.approx([-0.967422, 0, 0.967422], abs=1e-6)
    assert scores[:, 1].tolist() == [0, 0, 0]
    assert scores[:, 2] == pytest.approx([0.674490, 0, -0.674490], abs=1e-6)
    assert np.array_equal(regression.within_patient(columns * 7 + 2), scores)
