import json

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import statistics_reference as reference
from npcradiomics.statistics.principal_components import principal_components


@pytest.mark.parametrize(("cohort", "selection"), reference.SELECTIONS)
def test_equal_r_on_the_reference_cohorts(shared, cohort, selection):
    folder = reference.cohort_folder(shared, cohort)
    answers = json.loads((folder / "r_multivariate.json").read_text(encoding="utf-8"))
    key = f"pca_{selection}"
    loadings = pd.read_csv(folder / f"{key}_loadings.csv", index_col=0)
    scores = pd.read_csv(folder / f"{key}_scores.csv").rename(columns={"patient_id": "patient"})
    ours = principal_components(reference.read_features(folder), list(loadings.index))
    assert_allclose(ours.explained["share"], answers[key]["explained"], rtol=0, atol=1e-9)
    defined = [f"PC{k + 1}" for k, share in enumerate(answers[key]["explained"]) if share > 1e-10]
    assert_allclose(ours.loadings[defined], loadings[defined], rtol=0, atol=1e-6)
    scores["region"] = scores["region"].map({"GTVr": "recurrent", "GTVnr": "non_recurrent"})
    keys = ["patient", "region"]
    joined = ours.scores.merge(scores, on=keys, validate="one_to_one", suffixes=("", "_r"))
    assert len(joined) == len(scores) == answers[key]["n_rows"]
    assert_allclose(joined[defined], joined[[f"{pc}_r" for pc in defined]], rtol=0, atol=1e-6)


def test_equal_r_on_one_table():
    case = reference.R["components"]
    values = np.array(case["values"])
    table = pd.DataFrame(values, columns=["F_A", "F_B", "F_C"])
    table.insert(0, "patient", np.repeat(["P1", "P2", "P3", "P4"], 2))
    table.insert(1, "region", ["recurrent", "non_recurrent"] * 4)
    ours = principal_components(table, ["F_A", "F_B", "F_C"])
    rotation = np.reshape(case["rotation_by_column"], (3, 3)).T
    sign = np.sign(rotation[np.argmax(np.abs(rotation), axis=0), range(3)])
    pcs = ["PC1", "PC2", "PC3"]
    assert_allclose(ours.explained["variance"], np.square(case["sdev"]), rtol=1e-12)
    assert_allclose(ours.loadings[pcs], rotation * sign, atol=1e-12)
    assert_allclose(
        ours.scores[pcs], np.reshape(case["scores_by_column"], (3, 8)).T * sign, atol=1e-12
    )
    assert_allclose(ours.loadings["sd"], values.std(axis=0, ddof=1))


def test_two_features_by_hand():
    # Scaled features with r = 0.5: variances 1.5 and 0.5, loadings +-1/sqrt(2); the first is
    # positive.
    table = pd.DataFrame({"patient": ["P1", "P1", "P2", "P2"]})
    table["region"] = ["recurrent", "non_recurrent"] * 2
    table["F_A"], table["F_B"] = [1.0, 2, 3, np.nan], [10.0, 30, 20, 0]
    ours = principal_components(table, ["F_A", "F_B"])
    assert_allclose(ours.explained["variance"], [1.5, 0.5])
    assert_allclose(ours.explained["share"], [0.75, 0.25])
    h = np.sqrt(0.5)
    assert_allclose(ours.loadings[["PC1", "PC2"]], [[h, h], [h, -h]])
    assert_allclose(ours.scores[["PC1", "PC2"]], [[-2 * h, 0], [h, -h], [h, h]], atol=1e-12)


def test_a_missing_value_costs_its_row_only():
    nan = np.nan
    table = reference.stacked(F_A=np.array([1.0, nan, 3, 5]), F_B=np.array([1.0, 3, 2, 4]))
    table.loc[table["region"] == "non_recurrent", "F_B"] = [0.0, 1, 0.5, 2]
    ours = principal_components(table.fillna({"F_A": nan}), ["F_A", "F_B"])
    # stacked() makes the other region of a missing difference missing as well: two rows of P02.
    assert ours.excluded.to_dict("records") == [
        {"patient": "P02", "region": "recurrent", "note": "missing F_A"},
        {"patient": "P02", "region": "non_recurrent", "note": "missing F_A"},
    ]
    assert len(ours.scores) == 6
    table.loc[(table["patient"] == "P02") & (table["region"] == "non_recurrent"), "F_A"] = 0.5
    assert len(principal_components(table, ["F_A", "F_B"]).scores) == 7


def test_constant_and_unknown_features_are_refused_by_name():
    table = reference.stacked(F_A=np.arange(3.0), F_B=np.zeros(3)).assign(F_C=0.1)
    assert table["F_C"].std() > 0  # rounding; the values are equal all the same
    for name in ("F_B", "F_C"):
        with pytest.raises(
            ValueError, match=f"constant in the 6 complete rows, cannot be scaled: {name}"
        ):
            principal_components(table, ["F_A", name])
    with pytest.raises(ValueError, match="no feature named F_X"):
        principal_components(table, ["F_A", "F_X"])
