"""Logistic regression against R's glm, closed forms, and separated patients."""

import numpy as np
import pytest

from npcradiomics.response.lasso import prepare
from npcradiomics.response.logistic import fit_firth, fit_logistic
from response_reference import ResponseCase


def test_fit_is_r_s_glm(shared):
    case = ResponseCase(shared, "rs_signal")
    expected = case.table("r_glm")
    features = case.results["glm_features"]
    fit = fit_logistic(prepare(case.train).apply(case.train)[features], case.y_train)
    z, p, low, high = fit.wald()
    np.testing.assert_allclose(fit.coefficients, expected["estimate"], atol=1e-6)
    np.testing.assert_allclose(fit.se, expected["se"], atol=1e-6)
    np.testing.assert_allclose(z, expected["z"], atol=1e-6)
    np.testing.assert_allclose(p, expected["p"], atol=1e-6)
    np.testing.assert_allclose(
        [low, high], [expected["wald_low"], expected["wald_high"]], atol=1e-5
    )
    assert fit.deviance == pytest.approx(case.results["glm"]["deviance"], abs=1e-6)


def test_two_groups_have_the_odds_of_their_table():
    # 3 of 10 and 8 of 12: the slope is the log odds ratio, its variance the sum of the reciprocal
    # counts.
    x = np.repeat([0.0, 1.0], [10, 12])[:, None]
    y = np.concatenate([np.arange(10) < 3, np.arange(12) < 8]).astype(int)
    fit = fit_logistic(x, y)
    assert fit.coefficients == pytest.approx([np.log(3 / 7), np.log(8 / 4) - np.log(3 / 7)])
    assert fit.se[1] == pytest.approx(np.sqrt(1 / 3 + 1 / 7 + 1 / 8 + 1 / 4))


def test_intercept_alone_is_the_share():
    fit = fit_logistic(np.empty((8, 0)), [1, 0, 0, 0, 0, 0, 1, 0])
    assert fit.coefficients == pytest.approx([np.log(2 / 6)])


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        ([1.0, 2, 3, 4, 5, 6], [0, 0, 0, 1, 1, 1], "separate the 6 patients perfectly"),
        ([1.0, 2, 3, 3, 4, 5], [0, 0, 0, 1, 1, 1], "separate some of the 6 patients perfectly"),
    ],
)
def test_separation_is_said_and_gives_no_number(x, y, words):
    fit = fit_logistic(np.array(x)[:, None], y)
    assert words in fit.separated
    assert np.isnan(fit.coefficients).all()


def test_one_far_off_patient_is_no_separation():
    # 3 of 10 and 8 of 12 at -1 and 1, and a patient at 1000 with the likelier response: the two
    # groups alone have a say.
    x = np.concatenate([np.repeat([-1.0, 1.0], [10, 12]), [1000.0]])[:, None]
    y = np.concatenate([np.arange(10) < 3, np.arange(12) < 8, [True]]).astype(int)
    fit = fit_logistic(x, y)
    low, high = np.log(3 / 7), np.log(8 / 4)
    assert fit.separated == ""
    assert fit.coefficients == pytest.approx([(high + low) / 2, (high - low) / 2])
    # Nor is a long offset: the intercept alone can always be found.
    offset = np.where(y == 1, 40.0, -40.0)
    assert fit_logistic(np.empty((23, 0)), y, offset=offset).separated == ""


def test_dependent_and_too_many_features_are_said():
    x = np.arange(8.0)[:, None]
    y = [0, 1, 0, 1, 0, 1, 1, 0]
    assert "3 coefficients" in fit_logistic(np.hstack([x, 2 * x]), y).separated
    assert (
        "cannot be told from 8"
        in fit_logistic(np.random.default_rng(0).normal(size=(8, 8)), y).separated
    )


def test_firth_adds_half_a_patient_to_each_cell_of_a_table():
    # A saturated 2 x 2 table: Firth's estimate is the log odds with 0.5 added to every cell, also
    # where one cell is empty and the patients are separated (Heinze 2002).
    y = np.repeat([1, 0, 1, 0], [7, 0, 3, 9])
    x = np.repeat([1.0, 0.0], [7, 12])[:, None]
    assert fit_logistic(x, y).separated
    fit = fit_firth(x, y)
    low = np.log(3.5 / 9.5)
    np.testing.assert_allclose(fit.coefficients, [low, np.log(7.5 / 0.5) - low], rtol=1e-8)
    # The unpenalised information at that estimate: n p (1 - p) of each group.
    p = np.array([7.5 / 8, 3.5 / 13])
    own = 1 / (np.array([7, 12]) * p * (1 - p))
    np.testing.assert_allclose(fit.se, [np.sqrt(own[1]), np.sqrt(own.sum())], rtol=1e-6)
    np.testing.assert_allclose(np.sqrt(np.diag(fit.covariance)), fit.se)


def test_firth_follows_a_change_of_units():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(50, 3))
    y = (x[:, 0] > 0).astype(int)
    fit, other = fit_firth(x, y), fit_firth(x * [1000.0, 1.0, 0.01] + [5.0, -2.0, 0.0], y)
    np.testing.assert_allclose(
        other.coefficients[1:], fit.coefficients[1:] / [1000.0, 1.0, 0.01], rtol=1e-6
    )
    np.testing.assert_allclose(other.se[1:], fit.se[1:] / [1000.0, 1.0, 0.01], rtol=1e-6)
