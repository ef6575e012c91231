"""The models beside the rad-score: their columns, complete cases, separation, what is written of them."""

import numpy as np
import pandas as pd
import pytest

from npcradiomics.response.models import (
    MODELS,
    Patients,
    fit_others,
    known_patients,
    models_file,
    scores_of,
)
from npcradiomics.response.regressions import clinical_columns, fit_columns


def test_clinical_values_become_numbers_and_the_first_word_is_the_reference():
    rows = [
        {"patient": "P1", "age": "40", "stage": "T2"},
        {"patient": "P2", "age": "", "stage": "T1"},
        {"patient": "P3", "age": "60.5", "stage": "T3"},
        {"patient": "P4", "age": "50"},
    ]
    table = clinical_columns(rows, ["age"], ["stage"])
    nan = np.nan
    assert list(table) == ["age", "stage: T2", "stage: T3"]
    np.testing.assert_array_equal(table["age"], [40.0, nan, 60.5, 50.0])
    np.testing.assert_array_equal(table["stage: T2"], [1.0, 0.0, 0.0, nan])
    np.testing.assert_array_equal(table["stage: T3"], [0.0, 0.0, 1.0, nan])


def test_a_single_binary_column_has_the_log_odds_of_the_table():
    # 8 of 12 with the trait respond and 3 of 10 without: log odds ratio of a saturated model.
    x = np.repeat([1.0, 0.0], [12, 10])
    y = np.concatenate([np.repeat([1, 0], [8, 4]), np.repeat([1, 0], [3, 7])])
    table = pd.DataFrame({"trait": x, "constant": 5.0})
    table.loc[[0, 21], "trait"] = np.nan  # one with and one without the response: not counted
    model = fit_columns(table, y)
    assert (model.patients, model.events, model.columns) == (20, 10, ["trait"])
    low = np.log(3 / 6)
    np.testing.assert_allclose(model.fit.coefficients, [low, np.log(7 / 4) - low], atol=1e-9)
    score = model.linear_predictor(table)
    assert np.isnan(score[[0, 21]]).all()
    np.testing.assert_allclose(score[[1, 20]], [np.log(7 / 4), low], atol=1e-9)


def test_separated_patients_get_firth_s_answer_and_it_is_said():
    y = np.repeat([1, 0], [7, 12])
    model = fit_columns(pd.DataFrame({"trait": y.astype(float)}), y)
    assert "perfectly" in model.fit.separated
    low = np.log(0.5 / 12.5)
    np.testing.assert_allclose(model.fit.coefficients, [low, np.log(7.5 / 0.5) - low], rtol=1e-7)


def test_too_few_complete_patients_are_counted():
    table = pd.DataFrame({"age": [40.0, np.nan, np.nan], "afp": [1.0, 2.0, 3.0]})
    with pytest.raises(ValueError, match="1 of 3 patients have all of age, afp, and 1 of them"):
        fit_columns(table, np.array([1, 0, 1]))


def patients(n=60, seed=0):
    rng = np.random.default_rng(seed)
    y = (np.arange(n) % 2).astype(int)
    features = pd.DataFrame(rng.normal(size=(n, 8))).add_prefix("texture")
    features["Intensity_Mean"] = rng.normal(size=n) + y
    volume = pd.DataFrame({"log volume": rng.normal(size=n)})
    return Patients(features, volume, pd.DataFrame({"age": rng.normal(50, 9, n)})), y


def test_models_written_out_score_a_patient_by_hand():
    known, y = patients()
    rad_score = known.features["texture0"].to_numpy()
    folds = np.arange(60) // 2 % 5 + 1
    settings = {"folds": 5}
    regressions, first = fit_others(known, y, rad_score, folds, settings)
    assert set(first.preparation.features) == {"Intensity_Mean"}
    scores = scores_of(regressions, first.rad_score, known, rad_score)
    assert list(scores) == list(MODELS)
    written = models_file(regressions, first, known, rad_score)
    one = written["clinical + rad-score"]
    row = one["columns"]["age"], one["columns"]["rad_score"]
    by_hand = (
        one["intercept"]
        + row[0]["coefficient"] * known.clinical["age"][7]
        + row[1]["coefficient"] * rad_score[7]
    )
    assert scores["clinical + rad-score"][7] == pytest.approx(by_hand, rel=1e-12)
    assert (row[1]["min"], row[1]["max"]) == (rad_score.min(), rad_score.max())
    assert row[0]["se"] == pytest.approx(np.sqrt(one["covariance"][1][1]))


def test_the_range_of_a_model_is_that_of_the_patients_it_was_fitted_on():
    known, y = patients()
    known.clinical["afp"] = np.arange(60.0)
    known.clinical.loc[3, ["age", "afp"]] = 200.0, np.nan  # the oldest is no complete case
    rad_score = np.linspace(-1, 1, 60)
    regressions, first = fit_others(known, y, rad_score, np.arange(60) // 2 % 5 + 1, {"folds": 5})
    written = models_file(regressions, first, known, rad_score)
    others = known.clinical["age"].drop(3)
    for name in ("clinical", "clinical + rad-score"):
        assert written[name]["patients"] == 59
        age = written[name]["columns"]["age"]
        assert (age["min"], age["median"], age["max"]) == (
            others.min(),
            others.median(),
            others.max(),
        )
    volume = known.log_volume["log volume"]
    assert written["volume"]["columns"]["log volume"]["median"] == volume.median()


def test_clinical_rows_are_joined_by_name():
    table = pd.DataFrame(
        {
            "patient": ["P1", "P2"],
            "response": ["CR", "SD"],
            "effective": [1, 0],
            "set": ["train", "train"],
            "centre": ["", ""],
            "volume_cm3": [np.e, 1.0],
            "f": [3.0, 4.0],
        }
    )
    clinical = pd.DataFrame({"patient": ["P2", "P1"], "age": [20, 10]})
    known, y = known_patients(table, clinical, "train")
    assert list(known.clinical["age"]) == [10, 20]
    np.testing.assert_allclose(known.log_volume["log volume"], [1.0, 0.0])
    assert list(known.features) == ["f"] and list(y) == [1, 0]
    with pytest.raises(ValueError, match="1 patients without clinical row: P2"):
        known_patients(table, clinical.iloc[1:], "train")
