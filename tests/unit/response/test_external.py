"""External validation: the model untouched, and what recalibration there finds."""

import numpy as np
import pytest

from npcradiomics.response.external import validate_externally


def patients(n=4000, seed=0):
    """True log odds x; a model that says 1 + 2 x."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    y = (rng.random(n) < 1 / (1 + np.exp(-x))).astype(int)
    return x, y


def test_recalibration_finds_the_planted_shift_and_slope():
    x, y = patients()
    table = validate_externally(y, 1.0 + 2.0 * x, 0.0).set_index("set")
    row = table.loc["recalibrated: intercept and slope"]
    # x = -0.5 + 0.5 score; standard errors at 4,000 patients are 0.04 and 0.02.
    assert row["recalibration_slope"] == pytest.approx(0.5, abs=0.06)
    assert row["recalibration_intercept"] == pytest.approx(-0.5, abs=0.12)
    shift = table.loc["recalibrated: intercept"]
    assert shift["recalibration_slope"] == 1.0
    # At its maximum the mean probability is the share that responded.
    p = 1 / (1 + np.exp(-(shift["recalibration_intercept"] + 1.0 + 2.0 * x)))
    assert p.mean() == pytest.approx(y.mean(), abs=1e-8)
    untouched = table.loc["external"]
    assert untouched["in_the_large"] == pytest.approx(shift["recalibration_intercept"])
    assert untouched["slope"] == pytest.approx(row["recalibration_slope"])
    # Each step explains more, and none ranks patients anew.
    assert untouched["brier"] > shift["brier"] > row["brier"]
    assert table["auc"].nunique() == 1


def test_a_model_that_is_right_needs_none():
    x, y = patients(seed=1)
    table = validate_externally(y, x, 0.0).set_index("set")
    row = table.loc["recalibrated: intercept and slope"]
    assert row["recalibration_slope"] == pytest.approx(1.0, abs=0.12)
    assert row["recalibration_intercept"] == pytest.approx(0.0, abs=0.12)


def test_few_labelled_patients_are_counted():
    with pytest.raises(ValueError, match="4 effective and 6 ineffective labelled"):
        validate_externally(np.repeat([1, 0], [4, 6]), np.arange(10.0), 0.0)
