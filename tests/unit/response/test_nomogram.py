"""Points and probability of a small model, by hand."""

import numpy as np
import pandas as pd
import pytest

from npcradiomics.response.nomogram import example_patient, nomogram, worked_example

# Linear predictor = -3 + 0.05 age - 1.5 sex + 2 score.
MODEL = {
    "intercept": -3.0,
    "columns": {
        "age": {"coefficient": 0.05, "min": 30.0, "max": 80.0, "se": 0.1, "median": 55.0},
        "sex: male": {"coefficient": -1.5, "min": 0.0, "max": 1.0, "se": 0.1, "median": 0.0},
        "rad_score": {"coefficient": 2.0, "min": -2.0, "max": 3.0, "se": 0.1, "median": 0.0},
    },
}


def test_a_patient_by_hand():
    # Effects over the ranges: 2.5, 1.5 and 10; so 10 are 100 points and a point is 0.1.
    # Age 60: 0.05 x 30 = 1.5, 15 points. Female: 1.5 above male, 15 points. Score 0.5: 2 x 2.5 = 5,
    # 50 points. Total 80. Linear predictor of 0 points: -3 + 0.05 x 30 - 1.5 - 4 = -7; with 80: 1.
    values = pd.Series({"age": 60.0, "sex: male": 0.0, "rad_score": 0.5})
    table = worked_example(nomogram(MODEL), values)
    np.testing.assert_allclose(table["points"], [15.0, 15.0, 50.0, 80.0])
    assert table["probability"].iloc[-1] == pytest.approx(1 / (1 + np.exp(-1.0)), abs=1e-12)
    direct = -3 + 0.05 * 60 + 2 * 0.5
    assert direct == pytest.approx(1.0)


def test_points_are_from_0_to_100_within_the_training_range():
    found = nomogram(MODEL)
    worst = pd.Series({"age": 30.0, "sex: male": 1.0, "rad_score": -2.0})
    best = pd.Series({"age": 80.0, "sex: male": 0.0, "rad_score": 3.0})
    np.testing.assert_allclose(found.points(worst), 0.0)
    np.testing.assert_allclose(found.points(best), [25.0, 15.0, 100.0])
    np.testing.assert_allclose(found.probability(found.total([0.1, 0.5])), [0.1, 0.5])


def test_the_example_is_within_the_range_and_not_clear_cut():
    known = pd.DataFrame(
        {"age": [60.0, 90.0, 50.0], "sex: male": [0.0, 0.0, 1.0], "rad_score": [2.0, -0.8, 1.2]},
        index=["sure", "outside", "open"],
    )
    # Linear predictors 4, -0.1 and 0.4; the second is older than anybody in training.
    assert example_patient(nomogram(MODEL), known) == "open"


@pytest.mark.parametrize("columns", [{}, {"a": {"coefficient": 0.0, "min": 0.0, "max": 1.0}}])
def test_a_model_without_effect_has_no_nomogram(columns):
    assert nomogram({"intercept": 0.3, "columns": columns}) is None
