import numpy as np
import pandas as pd
import pytest

import statistics_reference as reference
from npcradiomics.features.definitions import DEFINITIONS, FEATURES
from npcradiomics.publication.tables.heterogeneity import found_here
from npcradiomics.rounding import p_text
from npcradiomics.statistics import akram2020
from npcradiomics.statistics.comparison import compare_regions


def test_table_1_has_the_printed_numbers_of_features():
    families = [d.family for d in DEFINITIONS]
    counted = {family: families.count(family) for family in dict.fromkeys(families)}
    assert counted == {"Intensity Histogram": 7, "GLCM": 9, "GLRLM": 13, "GLSZM": 13, "NGTDM": 5}
    assert len(set(FEATURES)) == 47


def test_names_are_those_of_the_reference_cohorts_in_order(shared):
    features = reference.read_features(reference.cohort_folder(shared, "n14_table2"))
    assert list(features.columns[2:]) == list(FEATURES)


def test_the_seven_are_in_table_1():
    assert len(akram2020.SEVEN_FEATURES) == 7 and set(akram2020.SEVEN_FEATURES) <= set(FEATURES)


def test_p_of_the_six_t_rows_follows_from_the_printed_mean_and_sd():
    for row in akram2020.TABLE2:
        recomputed = p_text(akram2020.recompute_p(row.mean, row.sd, akram2020.N_PATIENTS))
        assert (recomputed == row.p) == (row.test == "t"), row.feature


def test_recomputed_p_equals_the_reference(shared):
    table = pd.read_csv(shared / "reference/statistics/paper/akram_table2_recomputed.csv")
    for row in table.itertuples():
        assert akram2020.recompute_p(row.m, row.s, 14) == pytest.approx(row.p, rel=1e-9)


def test_recompute_p_closed_form_and_errors():
    # n = 2 has one degree of freedom, a Cauchy variable: t = 1 gives p = 1/2.
    assert akram2020.recompute_p(1.0, np.sqrt(2), 2) == pytest.approx(0.5)
    with pytest.raises(ValueError, match="sd = 0"):
        akram2020.recompute_p(1.0, 0.0, 14)


def _statistics():
    up = np.array([1.0, 2.0, 3.5, 4.0, 5.5, 7.0, 7.5, 9.0, 10.0, 12.0, 11.2])
    none = np.array([1.0, -2.0, 3.5, -4.0, 5.5, -7.0, 7.5, -9.0, 10.0, -12.0, 11.2])
    return compare_regions(
        reference.stacked(
            GLSZM_GLV=up, NGTDM_Busyness=up, GLSZM_LZE=none, GLSZM_ZSV=up * 0, GLCM_Energy=-up
        )
    )


def test_paragraph_names_sign_misses_and_whose_patients():
    statistics = _statistics()
    beside = akram2020.beside_ours(statistics)
    text = found_here(beside, statistics, "simulated")
    assert (
        "Of the 7 features significant in Akram 2020, 2 are significant in this cohort (n = 11, p < 0.00106)."
        in text
    )
    assert "With the paper's sign: GLSZM_GLV (higher in the recurrent region)." in text
    assert "With the opposite sign: NGTDM_Busyness (higher in the recurrent region)." in text
    assert "GLSZM_ZSV (not tested: all 11 differences are zero)" in text
    assert "GLSZM_LZE (higher, p = 0.8" in text
    assert "Intensity_Variance (not in this table)" in text
    assert "not in the paper: GLCM_Energy (lower in the recurrent region)." in text
    assert "These are simulated patients, not the paper's 14" in text
    assert "These are patients of another cohort" in found_here(beside, statistics)


def test_paragraph_refuses_other_words():
    with pytest.raises(ValueError, match="'real', expected simulated or user"):
        found_here(_statistics(), _statistics(), "real")


def test_rows_beside_ours():
    table = akram2020.beside_ours(_statistics())
    assert list(table["feature"]) == [*akram2020.SEVEN_FEATURES, "GLCM_Energy"]
    by_name = table.set_index("feature")
    assert by_name.loc["GLSZM_GLV", "paper_mean"] == 4.06e-2
    assert by_name.loc["GLSZM_GLV", "mean_difference"] == pytest.approx(72.7 / 11)
    assert by_name.loc["GLSZM_GLV", "same_sign"] and not by_name.loc["NGTDM_Busyness", "same_sign"]
    assert pd.isna(by_name.loc["GLCM_Energy", "same_sign"])
    # The Wilcoxon row: its own p is 14/16384, a t-test from the printed numbers gives 0.0209.
    assert by_name.loc["GLSZM_LZE", "paper_p_recomputed"] == pytest.approx(0.0209014, rel=1e-5)
    assert by_name.loc["GLSZM_LZE", "paper_p"] == "0.0009"
