"""Distance from training: closed forms, and against scipy."""

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import mahalanobis as scipy_mahalanobis

from npcradiomics.response.distance import distance_file, distances


def model_of(values):
    mean, sd = values.mean(axis=0), values.std(axis=0, ddof=1)
    rows = pd.DataFrame({"feature": ["a", "b"], "mean": mean, "sd": sd})
    return {"distance": distance_file((values - mean) / sd)}, rows


def test_distance_is_scipy_s_whatever_the_units():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(50, 2)) @ [[1.0, 0.8], [0.0, 0.6]] * [10.0, 0.1] + [5.0, -3.0]
    model, rows = model_of(values)
    new = pd.DataFrame([[40.0, -3.0], [5.0, -3.2]], columns=["a", "b"])
    found, nearer = distances(model, rows, new)
    inverse = np.linalg.inv(np.cov(values, rowvar=False))
    expected = [scipy_mahalanobis(row, values.mean(axis=0), inverse) for row in new.to_numpy()]
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    own = [scipy_mahalanobis(row, values.mean(axis=0), inverse) for row in values]
    np.testing.assert_allclose(nearer, [np.mean(np.array(own) < d) for d in expected])


def test_far_along_a_correlation_is_near_and_across_it_is_far():
    # Two features that agree: (2, 2) is usual, (2, -2) is not.
    rng = np.random.default_rng(1)
    common = rng.normal(size=200)
    values = np.column_stack([common, common]) + 0.3 * rng.normal(size=(200, 2))
    model, rows = model_of(values)
    new = pd.DataFrame([[2.0, 2.0], [2.0, -2.0]], columns=["a", "b"])
    found, nearer = distances(model, rows, new)
    assert found[0] < 3 < 6 < found[1]
    assert nearer[1] == 1.0


def test_a_model_without_features_or_of_an_older_file_knows_no_distance():
    rows = pd.DataFrame({"feature": [], "mean": [], "sd": []})
    features = pd.DataFrame({"a": [1.0]})
    for model in ({}, {"distance": distance_file(np.empty((9, 0)))}):
        found, nearer = distances(model, rows, features)
        assert np.isnan(found).all() and np.isnan(nearer).all()


def test_mean_of_squared_distances_is_the_number_of_features():
    # Sum of d^2 over the sample is (n - 1) k for the sample's own covariance.
    values = np.random.default_rng(2).normal(size=(40, 2))
    known = distance_file(values)
    assert np.sum(np.square(known["training"])) == pytest.approx(39 * 2)
