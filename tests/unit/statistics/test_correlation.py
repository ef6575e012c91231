import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import statistics_reference as reference
from npcradiomics.statistics.correlation import correlate_differences, pearson


@pytest.mark.parametrize(("cohort", "selection"), reference.SELECTIONS)
def test_equal_r_on_the_reference_cohorts(shared, cohort, selection):
    folder = reference.cohort_folder(shared, cohort)
    r, p, n = (pd.read_csv(folder / f"cor_{selection}_{kind}.csv", index_col=0) for kind in "rpn")
    names = list(r.index)
    ours = correlate_differences(reference.read_features(folder), names)
    matrix = {}
    for kind in "rpn":
        table = ours.pivot_table(kind, "feature_a", "feature_b", aggfunc="first")
        matrix[kind] = table.loc[names, names]
    off = ~np.eye(len(names), dtype=bool)
    assert_array_equal(matrix["n"], n)
    assert_allclose(matrix["r"].to_numpy()[off], r.to_numpy()[off], rtol=0, atol=1e-10)
    assert_allclose(matrix["p"].to_numpy()[off], p.to_numpy()[off], rtol=1e-8)


def test_equal_r_on_one_pair():
    case = reference.R["correlation"]
    ours = pearson(np.array(case["x"]), np.array(case["y"]))
    assert_allclose([ours["r"], ours["p"]], [case["r"], case["p"]], rtol=1e-10)
    scaled = pearson(np.array(case["x"]) * 1e-170, np.array(case["y"]) * 1e150)
    assert_allclose([scaled["r"], scaled["p"]], [case["r"], case["p"]], rtol=1e-10)


def test_three_points_by_hand():
    # x = 1 2 3, y = 1 3 2: r = 1/2; one degree of freedom: t = 1/sqrt(3), p = 1 - 2 atan(t)/pi =
    # 2/3
    ours = pearson(np.array([1.0, 2, 3]), np.array([1.0, 3, 2]))
    assert ours == {"n": 3, "r": pytest.approx(0.5), "p": pytest.approx(2 / 3), "note": ""}


def test_pairwise_complete_constant_and_too_few():
    nan = np.nan
    table = reference.stacked(
        F_A=np.array([1.0, 2, 3, 4, nan]),
        F_B=np.array([2.0, nan, 6, 8, 1]),
        F_C=np.full(5, 2.0),
        F_D=np.array([nan, nan, nan, 1, 2]),
    )
    ours = correlate_differences(table, ["F_A", "F_B", "F_C", "F_D"]).set_index(
        ["feature_a", "feature_b"]
    )
    assert len(ours) == 16
    assert ours.loc[("F_A", "F_B"), "n"] == 3
    assert ours.loc[("F_A", "F_B"), "r"] == pytest.approx(1)
    assert ours.loc[("F_A", "F_C"), "note"] == "constant differences"
    assert ours.loc[("F_D", "F_A"), "note"] == "1 complete pairs, 3 needed"
    assert np.isnan(ours.loc[("F_C", "F_C"), "r"])
    assert tuple(ours.loc[("F_B", "F_B"), ["r", "p"]]) == (1.0, 0.0)
    assert_array_equal(ours.loc[("F_A", "F_B")], ours.loc[("F_B", "F_A")])


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match="no feature named F_X"):
        correlate_differences(reference.stacked(F_A=np.arange(4.0)), ["F_A", "F_X"])
