"""What is said of the models beside each other, against counting and closed forms."""

import numpy as np
import pandas as pd
import pytest

from npcradiomics.publication.tables.comparison import comparison_table
from npcradiomics.response.comparison import (
    calibration_curves,
    compare_models,
    decision_curves,
    too_extreme,
    verdict,
)
from npcradiomics.response.discrimination import delong_test
from npcradiomics.response.models import MODELS


def scored(seed, n=40, shift=1.0):
    rng = np.random.default_rng(seed)
    y = (np.arange(n) % 2).astype(int)
    scores = {model: rng.normal(size=n) for model in MODELS}
    scores["rad-score"] += shift * y
    return pd.DataFrame({"effective": y} | scores)


def repetitions(names):
    rows = {}
    for place, model in enumerate(MODELS):
        before = "" if model == "rad-score" else f"{model}: "
        rows |= {f"{before}{name}": [value + place, value + place + 0.1] for name, value in names}
    return pd.DataFrame(rows)


def test_figures_of_every_model_are_its_own():
    training, validation = scored(0), scored(1)
    validation.loc[[0, 3], "clinical"] = np.nan
    nested = repetitions([("auc", 0.6), ("brier", 0.2)])
    drawn = repetitions([("auc_resampled", 0.8)]).join(repetitions([("auc_original", 0.75)]))
    table = compare_models(training, validation, nested, drawn).set_index("model")
    assert list(table.index) == list(MODELS)
    for place, model in enumerate(MODELS):
        row = table.loc[model]
        assert row["nested_auc"] == pytest.approx(0.65 + place)
        assert row["training_auc"] - row["corrected_auc"] == pytest.approx(0.05)
        known = validation[validation[model].notna()]
        a, b = (known.loc[known["effective"] == k, model].to_numpy() for k in (1, 0))
        assert row["auc"] == pytest.approx((a[:, None] > b).mean(), abs=1e-12)
        p = 1 / (1 + np.exp(-known[model]))
        assert row["brier"] == pytest.approx(((known["effective"] - p) ** 2).mean())
    assert (table.loc["clinical", ["validation_patients", "difference_patients"]] == 38).all()
    expected = delong_test(
        validation["effective"].to_numpy(),
        validation["rad-score"].to_numpy(),
        validation["volume"].to_numpy(),
    )
    row = table.loc["volume"]
    assert (row["difference"], row["delong_p"]) == (expected.difference, expected.p)
    assert np.isnan(table.loc["rad-score", "delong_p"])


@pytest.mark.parametrize(
    ("shift", "words"),
    [(3.0, "beats"), (0.1, "does not beat"), (-3.0, "is beaten by")],
)
def test_the_sentence_says_what_was_found(shift, words):
    validation = scored(1, n=60, shift=shift)
    nested = repetitions([("auc", 0.6), ("brier", 0.2)])
    drawn = repetitions([("auc_resampled", 0.8)]).join(repetitions([("auc_original", 0.75)]))
    compared = compare_models(scored(0), validation, nested, drawn)
    sentence = verdict(compared)
    begins = (
        f"The rad-score {words} volume alone on the validation set, one set of 60 patients: AUC 0."
    )
    assert sentence.startswith(begins)
    # Of the repetitions above: 0.65, and one more for each model after the rad-score.
    assert sentence.endswith("; nested cross-validation gives 0.650 against 1.650")
    compared.loc[compared["model"] == "volume", ["delong_p", "difference_low"]] = np.nan
    assert verdict(compared).startswith("The rad-score cannot be compared with volume alone on the")
    assert "no variance for a DeLong test" in verdict(compared)


def test_probabilities_that_are_too_extreme_are_named_by_their_slope():
    # 80 patients at log odds of -1 and 1, of whom expit(1) = 73 % respond: 29 of 40. A model that
    # says three times as much has a slope of log(29 / 11) / 3 = 0.323.
    y = np.repeat([1, 0, 1, 0], [29, 11, 11, 29])
    eta = np.repeat([1.0, -1.0], 40)
    validation = pd.DataFrame({"effective": y} | dict.fromkeys(MODELS, eta))
    validation["clinical + rad-score"] = 3 * eta
    nested = repetitions([("auc", 0.6), ("brier", 0.2)])
    drawn = repetitions([("auc_resampled", 0.8)]).join(repetitions([("auc_original", 0.75)]))
    compared = compare_models(scored(0), validation, nested, drawn)
    said = too_extreme(compared)
    assert said.keys() == {"clinical + rad-score"}
    # Standard error of the log odds ratio of that table, on three times two units.
    se = np.sqrt(2 / 29 + 2 / 11) / 6
    low, high = (np.log(29 / 11) / 3 + sign * 1.959964 * se for sign in (-1, 1))
    assert said["clinical + rad-score"] == f"0.32 (95 % CI {low:.2f} to {high:.2f})"
    table = comparison_table(compared, "Sentence", [], "")
    assert any("Clinical columns and rad-score 0.32 (95 % CI" in note for note in table.footnotes)


def test_a_model_that_scores_nobody_in_validation_takes_no_other_along():
    """A clinical column that the other hospital does not have."""
    validation = scored(1)
    validation.loc[validation["effective"] == 1, ["clinical", "clinical + rad-score"]] = np.nan
    nested = repetitions([("auc", 0.6), ("brier", 0.2)])
    drawn = repetitions([("auc_resampled", 0.8)]).join(repetitions([("auc_original", 0.75)]))
    table = compare_models(scored(0), validation, nested, drawn).set_index("model")
    assert table.loc["clinical", "validation_patients"] == 20
    assert table.loc["clinical", ["auc", "brier", "slope", "difference", "delong_p"]].isna().all()
    assert table.loc["clinical", "nested_auc"] == pytest.approx(2.65)
    others = ["rad-score", "volume", "first-order"]
    assert table.loc[others, ["auc", "brier", "slope"]].notna().all(axis=None)
    curves = decision_curves(validation, {0: scored(2)})
    assert set(curves["model"]) == set(others) and curves["net_benefit"].notna().all()
    assert set(calibration_curves(validation)["model"]) == set(others)
    printed = comparison_table(table.reset_index(), "Sentence", [], "").rows
    assert [row[5] for row in printed if row[0] == "Clinical columns"] == ["NA (NA)"]


def test_decision_curves_are_of_the_patients_whom_all_models_score():
    table = scored(2)
    table.loc[[0, 1], "clinical"] = np.nan
    curves = decision_curves(table, {0: table, 1: table.iloc[2:]})
    one = curves[(curves["model"] == "volume") & (curves["threshold"] == 0.5)]
    known = table.iloc[2:]
    treated = known["volume"] > 0
    y = known["effective"] == 1
    benefit = ((treated & y).sum() - (treated & ~y).sum()) / 38
    np.testing.assert_allclose(one["net_benefit"], benefit)
    assert set(one["curve"]) == {"validation", "nested"}


def test_calibration_curves_run_over_the_range_of_each_model():
    table = scored(3)
    curves = calibration_curves(table)
    for model, one in curves.groupby("model"):
        p = 1 / (1 + np.exp(-table[model]))
        assert one["probability"].min() == pytest.approx(p.min())
        assert one["probability"].max() == pytest.approx(p.max())
        assert one["observed"].between(0, 1).all()
