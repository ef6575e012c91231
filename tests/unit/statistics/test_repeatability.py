"""Intraclass correlations: the printed example, a kept library, planted variances."""

import numpy as np
import pandas as pd
import pingouin
import pytest

from npcradiomics.statistics.repeatability import (
    COLUMNS,
    intraclass_correlations,
    repeatability_of_regions,
)

# Six targets, four judges: Shrout & Fleiss 1979, table 2; table 4 prints the coefficients.
SHROUT_FLEISS = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float
)


def of_pingouin(values):
    """Both coefficients with limits by pingouin, of values (n, k)."""
    n, k = values.shape
    table = pd.DataFrame(
        {
            "target": np.repeat(np.arange(n), k),
            "rater": np.tile(np.arange(k), n),
            "rating": values.ravel(),
        }
    )
    rounding = pingouin.options["round.column.CI95"]
    pingouin.options["round.column.CI95"] = None
    try:
        answer = pingouin.intraclass_corr(table, "target", "rater", "rating").set_index("Type")
    finally:
        pingouin.options["round.column.CI95"] = rounding
    return [
        number
        for kind in ("ICC(1,1)", "ICC(C,1)")
        for number in (answer.at[kind, "ICC"], *answer.at[kind, "CI95"])
    ]


def test_the_printed_example_of_shrout_and_fleiss():
    row = intraclass_correlations(SHROUT_FLEISS[:, :, None], ["rating"]).iloc[0]
    assert round(row["icc_1_1"], 2) == 0.17
    assert round(row["icc_3_1"], 2) == 0.71
    assert (row["n"], row["k"]) == (6, 4)


def test_coefficients_and_limits_are_pingouins():
    rng = np.random.default_rng(3)
    values = rng.normal(size=(14, 20, 5)) + rng.normal(size=(14, 1, 5)) * [0, 0.3, 1, 3, 100]
    values += rng.normal(size=(1, 20, 5))  # measurements differ in their means
    found = intraclass_correlations(values, list("abcde"))
    for i in range(5):
        assert found.iloc[i, 1:7].to_list() == pytest.approx(
            of_pingouin(values[:, :, i]), abs=1e-10
        )


def test_a_patient_without_a_value_is_left_out_for_that_feature_alone():
    rng = np.random.default_rng(4)
    values = rng.normal(size=(9, 6, 3)) + rng.normal(size=(9, 1, 3))
    values[2, 5, 1] = np.nan
    values[7, 0, 1] = np.nan
    found = intraclass_correlations(values, ["a", "b", "c"])
    assert found["feature"].tolist() == ["a", "b", "c"]
    assert found["n"].tolist() == [9, 7, 9]
    kept = np.delete(values, [2, 7], axis=0)
    assert found.iloc[1, 1:7].to_list() == pytest.approx(of_pingouin(kept[:, :, 1]), abs=1e-10)
    assert found.iloc[2, 1:7].to_list() == pytest.approx(of_pingouin(values[:, :, 2]), abs=1e-10)


def test_planted_variances_come_back_and_their_interval_holds_the_truth():
    """Var 3 between patients, 1 within: 0.75; a measurement's own mean lowers ICC(1,1) alone."""
    rng = np.random.default_rng(5)
    shape = (40, 20, 400)  # 400 cohorts as features
    values = rng.normal(size=shape) + np.sqrt(3.0) * rng.normal(size=(40, 1, 400))
    found = intraclass_correlations(values, [str(i) for i in range(400)])
    assert found["icc_3_1"].mean() == pytest.approx(0.75, abs=0.01)
    covered = (found["icc_1_1_low"] <= 0.75) & (found["icc_1_1_high"] >= 0.75)
    assert 0.925 <= covered.mean() <= 0.975  # 95 %, two standard errors of 400 cohorts
    values += np.sqrt(2.0) * rng.normal(size=(1, 20, 1))
    shifted = intraclass_correlations(values, [str(i) for i in range(400)])
    assert shifted["icc_3_1"].to_numpy() == pytest.approx(found["icc_3_1"].to_numpy())
    assert shifted["icc_1_1"].mean() < 0.6


def test_no_error_is_one_and_what_never_varies_has_none():
    values = np.zeros((5, 4, 2))
    values[:, :, 0] = np.arange(5)[:, None]
    found = intraclass_correlations(values, ["perfect", "constant"])
    assert found.iloc[0, 1:7].to_list() == [1.0] * 6
    assert found.iloc[1, 1:7].isna().all()
    lone = intraclass_correlations(values[:1], ["perfect", "constant"])
    assert lone.iloc[:, 1:7].isna().all(axis=None)
    assert lone.columns.tolist() == list(COLUMNS)


def test_regions_and_features_keep_their_names_and_what_lies_below_is_marked():
    rng = np.random.default_rng(6)
    rows = [
        {
            "patient": f"P{i}",
            "region": region,
            "perturbation": k,
            "steady": 10.0 * i + rng.normal(),
            "noisy": rng.normal() if region == "recurrent" else 10.0 * i + rng.normal(),
        }
        for k in (2, 1, 3)
        for i in range(8)
        for region in ("recurrent", "non_recurrent")
    ]
    table = repeatability_of_regions(pd.DataFrame(rows), 0.75)
    assert table[["feature", "region"]].to_numpy().tolist() == [
        ["steady", "recurrent"],
        ["noisy", "recurrent"],
        ["steady", "non_recurrent"],
        ["noisy", "non_recurrent"],
    ]
    assert table["marked"].tolist() == [False, True, False, False]
    assert table["n"].tolist() == [8] * 4
    steady = pd.DataFrame(rows).query("region == 'recurrent'")
    wide = steady.pivot_table("steady", "patient", "perturbation", aggfunc="first")
    assert table.iloc[0]["icc_1_1"] == pytest.approx(of_pingouin(wide.to_numpy())[0])
    lone = repeatability_of_regions(pd.DataFrame(rows).query("patient == 'P1'"), 0.75)
    assert lone["marked"].all()
