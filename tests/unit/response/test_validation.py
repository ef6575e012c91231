"""Nested cross-validation, bootstrap optimism and permutations: planted signal found, noise called noise."""

import numpy as np
import pandas as pd
import pytest

from npcradiomics.response.discrimination import area
from npcradiomics.response.models import MODELS, Patients
from npcradiomics.response.radscore import fit_model
from npcradiomics.response.validation import numbers_of, repetition
from npcradiomics.response.validation_summary import (
    decision_table,
    p_of,
    permutation_report,
    selection_frequency,
    summarise,
)

SETTINGS = {"folds": 5, "score": "logistic", "lambda_rule": "min"}


def drawn(effect, seed=0, n=80, p=60):
    rng = np.random.default_rng(seed)
    y = (np.arange(n) % 2).astype(int)
    x = rng.normal(size=(n, p))
    x[:, 0] += effect * y
    return pd.DataFrame(x, columns=[f"f{k}" for k in range(p)]), y


def known(features, seed=0):
    """Patients with these features, whose volume and clinical value are noise; one value is missing."""
    rng = np.random.default_rng([seed, 1])
    volume, age = rng.normal(size=(2, len(features)))
    age[3] = np.nan
    # First-order features are told by their names: f5 is one.
    features = features.rename(columns={"f5": "Intensity_Mean"})
    return Patients(features, pd.DataFrame({"log volume": volume}), pd.DataFrame({"age": age}))


def repeated(kind, features, y, count, seed=5):
    rows = [
        {"repetition": k} | repetition(kind, k, known(features), y, seed, SETTINGS)[0]
        for k in range(count)
    ]
    return pd.DataFrame(rows)


def test_a_repetition_depends_on_its_number_alone():
    features, y = drawn(1.0)
    again = [repetition("nested", 3, known(features), y, 5, SETTINGS) for _ in range(2)]
    assert again[0][0] == again[1][0]
    np.testing.assert_array_equal(again[0][1], again[1][1])
    assert repetition("nested", 4, known(features), y, 5, SETTINGS)[0] != again[0][0]


def test_planted_signal_survives_the_nesting():
    features, y = drawn(1.5)
    nested = repeated("nested", features, y, 3)
    # Selection cannot beat the one feature that is planted, and must not lose it among 59 others.
    assert 0.65 < nested["auc"].mean() < area(y, features["f0"])
    assert selection_frequency(nested["selected"], list(features)).loc[0, "feature"] == "f0"


def test_noise_looks_good_on_training_and_is_not_in_nested_cross_validation():
    # 10 cohorts of pure noise: where anything is kept, the training area is far above one half, the
    # nested one is not.
    training, nested = [], []
    for seed in range(10):
        features, y = drawn(0.0, seed)
        fit = fit_model(features, y, np.random.default_rng(seed), **SETTINGS)
        if fit.selected:
            training.append(area(y, fit.rad_score(features)))
        nested.append(repetition("nested", 0, known(features), y, seed, SETTINGS)[0]["auc"])
    assert len(training) >= 2
    assert np.mean(training) > 0.65
    # SD of one nested area is about 0.06: 0.5 within 3 standard errors of 10.
    assert np.mean(nested) == pytest.approx(0.5, abs=0.06)


def test_permutations_of_a_planted_signal_are_below_it():
    features, y = drawn(1.5)
    permuted = repeated("permutation", features, y, 19)
    report = permutation_report(repeated("nested", features, y, 1), permuted, 0.9)
    assert report["nested_auc_p"] == 1 / 20
    assert report["permuted_nested_auc_mean"] == pytest.approx(0.5, abs=0.06)


def test_p_counts_the_observed_one_and_ties():
    assert p_of(0.8, [0.5, 0.9, 0.8, 0.1]) == 3 / 5
    assert p_of(0.95, [0.5] * 199) == 1 / 200


def test_bootstrap_knows_that_training_flatters():
    features, y = drawn(1.0)
    bootstrap = repeated("bootstrap", features, y, 12)
    summary = summarise(
        {"auc": 0.9, "brier": 0.1, "slope": 1.0, "intercept": 0.0},
        repeated("nested", features, y, 2),
        bootstrap,
    )
    table = summary.set_index("figure")
    assert table.loc["auc", "optimism"] > 0.02
    assert table.loc["brier", "optimism"] < 0
    assert table.loc["slope", "corrected"] < 1
    expected = 0.9 - np.mean(bootstrap["auc_resampled"] - bootstrap["auc_original"])
    assert table.loc["auc", "corrected"] == pytest.approx(expected)


def test_few_patients_of_a_response_do_not_stop_a_resample():
    features, y = drawn(0.5, n=44)
    y = (np.arange(44) < 10).astype(int)
    for kind in ("nested", "bootstrap", "permutation"):
        row, _ = repetition(kind, 0, known(features), y, 1, SETTINGS | {"folds": 10})
        assert 0 <= row.get("auc", row.get("auc_original")) <= 1


def test_selection_is_counted_over_all_fits():
    table = selection_frequency(pd.Series(["a;b|a", "|c", None]), ["a", "b", "c", "d"])
    assert list(table["feature"]) == ["a", "b", "c", "d"]
    assert list(table["kept"]) == [2, 1, 1, 0]
    assert set(table["fits"]) == {5}


def test_nested_decision_curve_is_the_mean_over_repetitions():
    scored = pd.DataFrame(
        {
            "set": ["train"] * 4 + ["validation"] * 4,
            "effective": [0, 1] * 4,
            "probability": [0.2, 0.8] * 4,
        }
    )
    predictions = pd.DataFrame(
        {"repetition": [0, 0, 1, 1], "effective": [0, 1] * 2, "rad-score": [-1.0, 1.0, 1.0, -1.0]}
    )
    table = decision_table(scored, predictions).set_index(["curve", "threshold"])
    # One of two treated rightly: 1/2; wrongly at odds 1: -1/2; the mean is 0.
    assert table.loc[("train", 0.5), "model"] == 0.5
    assert table.loc[("nested", 0.5), "model"] == 0
    assert table.loc[("nested", 0.5), "everyone"] == 0


def test_every_model_is_judged_in_the_same_repetition():
    features, y = drawn(1.5)
    row, scores = repetition("nested", 0, known(features), y, 5, SETTINGS)
    assert list(scores) == list(MODELS)
    # The patient without the clinical value has no score where it is needed, and one elsewhere.
    assert list(scores.columns[scores.loc[3].isna()]) == ["clinical", "clinical + rad-score"]
    assert not scores.drop(index=3).isna().any(axis=None)
    table = pd.DataFrame([row])
    assert list(numbers_of(table, "volume")) == ["auc", "brier"]
    assert numbers_of(table, "volume")["auc"][0] == row["volume: auc"]
    assert "selected" in numbers_of(table, "rad-score")


def test_what_knows_the_response_beats_the_rad_score_of_noise_in_the_same_folds():
    features, y = drawn(0.0)
    knowing = known(features)
    knowing.log_volume["log volume"] += 3.0 * y
    row, _ = repetition("nested", 0, knowing, y, 5, SETTINGS)
    # Two normals 3 SD apart: Phi(3 / sqrt 2) = 0.983.
    assert row["volume: auc"] == pytest.approx(0.983, abs=0.03)
    assert row["auc"] < 0.7
