"""Rows of figures of a set, tables of curves, and the sentences that go with a model."""

import numpy as np
import pandas as pd
import pytest

from npcradiomics.publication.tables.response import areas_table, performance_table, sentence_of
from npcradiomics.response.assessment import assess_set, calibration_table, roc_table
from npcradiomics.response.radscore import NOTHING_KEPT


@pytest.fixture
def scored():
    rng = np.random.default_rng(8)
    y = (np.arange(60) % 3 == 0).astype(int)
    score = rng.normal(y * 1.5 - 1, 1.0)
    return y, score, 1 / (1 + np.exp(-score))


def test_threshold_is_applied_and_not_chosen_again(scored):
    y, score, probability = scored
    row = assess_set("validation", y, score, probability, 0.4)
    assert row["sensitivity_k"] == np.count_nonzero(score[y == 1] > 0.4)
    assert row["specificity_k"] == np.count_nonzero(score[y == 0] <= 0.4)
    assert (row["threshold"], row["sensitivity_n"], row["specificity_n"]) == (0.4, 20, 40)
    nobody = assess_set("validation", y, score, probability, np.inf)
    assert (nobody["sensitivity"], nobody["specificity"]) == (0, 1)


def test_hosmer_lemeshow_has_two_degrees_less_on_training(scored):
    train, validation = (assess_set(name, *scored, 0.0) for name in ("train", "validation"))
    assert train["hosmer_lemeshow"] == validation["hosmer_lemeshow"]
    assert train["hosmer_lemeshow_p"] < validation["hosmer_lemeshow_p"]


def test_one_score_for_everybody_is_an_answer():
    y = np.array([0, 1] * 10)
    row = assess_set("train", y, np.zeros(20), np.full(20, 0.5), np.inf)
    assert (row["auc"], row["brier"], row["note"]) == (
        0.5,
        0.25,
        "every patient has the same score",
    )
    assert np.isnan(row["slope"])
    table = calibration_table("train", y, np.full(20, 0.5), np.random.default_rng(0))
    assert table["observed"].isna().all()


def test_roc_table_runs_from_corner_to_corner(scored):
    y, score, _ = scored
    table = roc_table("train", y, score)
    assert list(table.iloc[0][["sensitivity", "specificity"]]) == [1, 0]
    assert list(table.iloc[-1][["sensitivity", "specificity"]]) == [0, 1]
    area = np.trapezoid(table["sensitivity"][::-1], 1 - table["specificity"][::-1])
    assert area == pytest.approx(assess_set("train", *scored, 0)["auc"])


def test_sentences_are_said_when_they_must_be():
    assert sentence_of({"score_from": "intercept", "notes": [NOTHING_KEPT]}) == NOTHING_KEPT
    assert sentence_of({"score_from": "logistic", "notes": ["3.0 events per variable"]}) == ""
    words = "no logistic regression: the features separate"
    assert (
        sentence_of({"score_from": "lasso", "notes": ["3.0 events per variable", words]}) == words
    )


def test_printed_performance(scored):
    performance = pd.DataFrame([assess_set(name, *scored, 0.0) for name in ("train", "validation")])
    rows = [
        {
            "figure": f,
            "apparent": 0.9,
            "optimism": 0.15,
            "corrected": 0.75,
            "nested_mean": 0.7,
            "nested_sd": 0.05,
        }
        | {"nested_undefined": 2 if f == "slope" else 0, "bootstrap_undefined": 0}
        for f in ("auc", "brier", "slope", "intercept")
    ]
    summary = pd.DataFrame(rows)
    report = {"permutations": 200, "permuted_nested_auc_mean": 0.5, "nested_auc_p": 0.00497}
    report |= {"permuted_training_auc_median": 0.8, "training_auc_p": 0.2}
    model = {"features": {"a": {}}, "score_from": "logistic", "notes": ["20 patients"]}
    table = performance_table(
        performance, summary, report, model, "Simulated patients: no clinical data"
    )
    assert table.rows[0][:5] == ["AUC", "0.900", "0.150", "0.750", "0.700 ± 0.050"]
    text = " ".join(table.footnotes)
    assert "p = 0.0050" in text
    assert "No calibration slope in 2 nested repetitions" in text
    assert "Simulated patients: no clinical data." in text
    areas = areas_table(performance, summary)
    assert areas["low"][2] == pytest.approx(0.6)
    assert areas["auc"][1] == 0.75
