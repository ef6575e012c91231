"""Calibration against R (rms val.prob, lowess, Hosmer-Lemeshow) and against closed forms."""

import numpy as np
import pytest

from npcradiomics.response.calibration import (
    band,
    brier,
    hosmer_lemeshow,
    recalibrate,
    smooth_curve,
)
from npcradiomics.response.discrimination import area
from npcradiomics.response.lasso import prepare
from npcradiomics.response.logistic import fit_logistic
from response_reference import ResponseCase


@pytest.fixture(scope="module")
def case(shared):
    return ResponseCase(shared, "rs_signal")


@pytest.fixture(params=["train", "validation"])
def half(case, request):
    results, rows = case.half(request.param)
    return case.y[rows], case.scores("glm_lp")[rows], case.scores("glm_p")[rows], results


def test_slope_intercept_and_brier_are_val_prob_s(half):
    y, score, probability, expected = half
    found = recalibrate(y, score)
    assert found.slope == pytest.approx(expected["val_prob"]["Slope"], abs=1e-5)
    assert found.intercept == pytest.approx(expected["val_prob"]["Intercept"], abs=1e-5)
    assert brier(y, probability) == pytest.approx(expected["val_prob"]["Brier"], abs=1e-10)
    glm = expected["recalibration"]
    assert [found.slope_low, found.slope_high] == pytest.approx(glm["slope_ci"], abs=1e-5)
    assert found.in_the_large == pytest.approx(glm["calibration_in_the_large"], abs=1e-5)


def test_optimism_is_rms_validate_s(case):
    # rms::validate of the regression on fixed features: 300 samples of its own, so agreement is
    # within their scatter (0.03 by the manifest; the intercept's standard error is 0.022 in 300
    # samples, hence three of these).
    x = prepare(case.train).apply(case.train)[case.results["glm_features"]].to_numpy()
    y, rng, optimism = case.y_train, np.random.default_rng(0), []

    def figures(y, score):
        calibration = recalibrate(y, score)
        slopes = calibration.intercept, calibration.slope
        return np.array([2 * area(y, score) - 1, *slopes, brier(y, 1 / (1 + np.exp(-score)))])

    def fitted(rows):
        fit = fit_logistic(x[rows], y[rows])
        return fit.coefficients[0] + x @ fit.coefficients[1:]

    while len(optimism) < 400:
        drawn = rng.integers(0, y.size, y.size)
        if np.isfinite(score := fitted(drawn)).all():
            optimism.append(figures(y[drawn], score[drawn]) - figures(y, score))
    corrected = figures(y, fitted(np.arange(y.size))) - np.mean(optimism, axis=0)
    expected = dict(
        zip(
            case.results["rms_validate"]["index"],
            case.results["rms_validate"]["index_corrected"],
            strict=True,
        )
    )
    for name, value, tolerance in zip(
        ("Dxy", "Intercept", "Slope", "B"), corrected, (0.03, 0.066, 0.03, 0.03), strict=True
    ):
        assert value == pytest.approx(expected[name], abs=tolerance), name


def test_hosmer_lemeshow_is_r_s(half):
    y, _, probability, expected = half
    expected = expected["hosmer_lemeshow"]
    found = hosmer_lemeshow(y, probability)
    assert found.groups == expected["groups"]
    assert found.chisq == pytest.approx(expected["chisq"], rel=1e-6)
    assert found.p_development == pytest.approx(expected["p_development"], rel=1e-6, abs=1e-300)
    assert found.p_external == pytest.approx(expected["p_external"], rel=1e-6, abs=1e-300)


def test_smooth_curve_is_r_s_lowess(half):
    y, _, probability, expected = half
    found = smooth_curve(y, probability, np.array(expected["lowess"]["x"]))
    np.testing.assert_allclose(found, expected["lowess"]["y"], atol=1e-5)


def test_a_perfect_line_is_calibrated():
    # Groups of 10 patients with exactly the share they were promised.
    probability = np.repeat([0.1, 0.3, 0.5, 0.7, 0.9], 10)
    y = np.concatenate([np.arange(10) < round(10 * p) for p in (0.1, 0.3, 0.5, 0.7, 0.9)]).astype(
        int
    )
    found = recalibrate(y, np.log(probability / (1 - probability)))
    assert [found.slope, found.intercept, found.in_the_large] == pytest.approx([1, 0, 0], abs=1e-9)
    assert brier(y, probability) == pytest.approx(np.mean(probability * (1 - probability)))
    assert hosmer_lemeshow(y, probability, 5).chisq == pytest.approx(0, abs=1e-12)


def test_a_score_twice_too_long_has_slope_one_half():
    rng = np.random.default_rng(2)
    score = rng.normal(size=4000)
    y = (rng.random(4000) < 1 / (1 + np.exp(-score - 0.7))).astype(int)
    found = recalibrate(y, 2 * score)
    assert found.slope == pytest.approx(0.5, abs=0.05)
    assert found.intercept == pytest.approx(0.7, abs=0.1)


def test_hosmer_lemeshow_of_fewer_patients_than_groups_has_one_group_per_patient():
    probability, y = np.array([0.1, 0.2, 0.4, 0.6, 0.9]), np.array([0, 0, 1, 0, 1])
    found = hosmer_lemeshow(y, probability)
    assert found.groups == 5
    assert found.chisq == pytest.approx(
        ((y - probability) ** 2 / (probability * (1 - probability))).sum()
    )


def test_constant_and_separating_scores_are_said():
    y = np.array([0, 0, 1, 1, 0, 1])
    constant = recalibrate(y, np.full(6, -0.3))
    assert np.isnan(constant.slope)
    assert "same score" in constant.note
    assert constant.in_the_large == pytest.approx(0.3)
    separated = recalibrate(y, np.where(y == 1, 2.0, -2.0))
    assert np.isnan(separated.slope)
    assert "separate" in separated.note
    assert np.isnan(hosmer_lemeshow(y, np.full(6, 0.5)).chisq)


def test_band_holds_the_curve_and_narrows_with_patients():
    rng = np.random.default_rng(4)
    at = np.linspace(0.2, 0.8, 7)
    widths = []
    for n in (60, 960):
        p = rng.uniform(0.05, 0.95, n)
        y = (rng.random(n) < p).astype(int)
        low, high = band(y, p, at, 100, np.random.default_rng(0))
        curve = smooth_curve(y, p, at)
        assert np.all((low < curve) & (curve < high))
        widths.append(np.mean(high - low))
    assert widths[0] / widths[1] == pytest.approx(4, rel=0.5)  # as the square root of 16
