"""The cohort's tables of the spatial null: planted effects of three kinds, odd patients, odd cohorts."""

import numpy as np
import pandas as pd
import pytest

import null_example as example
from npcradiomics.features.definitions import FEATURES
from npcradiomics.spatial_null.comparison import (
    FEATURE_COLUMNS,
    PATIENT_COLUMNS,
    compare_with_null,
)
from npcradiomics.spatial_null.controls import CONTROL_COLUMNS
from npcradiomics.spatial_null.pools import pool
from npcradiomics.spatial_null.recombination import recombination_test
from npcradiomics.spatial_null.verdict import GEOMETRY, OPEN, TEXTURE

M = {"n_recombinations": 2000, "seed": 3}
PLANTED = {
    "texture": ["GLCM_Energy"],
    "geometry": ["NGTDM_Busyness", "GLSZM_ZSV"],
    "place": ["Intensity_Variance"],
}


@pytest.fixture(scope="module")
def planted():
    return compare_with_null(*example.cohort(14, **PLANTED), **M)


def test_each_planted_effect_gets_its_verdict(planted):
    rows = planted.features.set_index("feature")
    assert rows.loc["GLCM_Energy", "verdict"] == TEXTURE
    assert list(rows.loc[["NGTDM_Busyness", "GLSZM_ZSV"], "verdict"]) == [GEOMETRY] * 2
    assert rows.loc["Intensity_Variance", ["verdict", "note"]].tolist() == [
        OPEN,
        "beyond the spatial null, within the surrogate null",
    ]
    others = rows.drop([name for names in PLANTED.values() for name in names])
    assert (others["verdict"] == OPEN).all() and (others["note"] == "").all()
    assert planted.warnings == []


def test_share_reproduced_is_draws_over_observed(planted):
    rows = planted.features.set_index("feature")
    records, statistics = example.cohort(14, **PLANTED)
    k = FEATURES.index("NGTDM_Busyness")
    d = [one.features[:, 0, k] - one.features[:, 1, k] for one in records]
    share = np.mean([one[1:].mean() for one in d]) / np.mean([one[0] for one in d])
    assert rows.loc["NGTDM_Busyness", "share_reproduced"] == pytest.approx(share)
    assert 0.7 < share < 1.4 and abs(rows.loc["GLCM_Energy", "share_reproduced"]) < 0.1
    np.testing.assert_allclose(rows["paper_p"], statistics.set_index("feature")["p"])


def test_columns_and_rows_are_fixed(planted):
    assert (
        tuple(planted.features.columns) == FEATURE_COLUMNS
        and tuple(planted.features["feature"]) == FEATURES
    )
    assert tuple(planted.controls.columns) == CONTROL_COLUMNS and len(planted.controls) == 6
    assert tuple(planted.patients.columns) == PATIENT_COLUMNS and len(planted.patients) == 14
    assert len(planted.ranks) == 14 * 47 and planted.ranks["rank"].between(0, 1).all()
    shares = planted.distribution.groupby(["null", "name"])["share"].sum()
    np.testing.assert_allclose(shares, 1)
    assert shares.groupby("null").size().to_dict() == {"control": 5, "spatial": 47, "surrogate": 47}


def test_a_control_that_is_the_same_in_all_draws_is_not_tested_but_pieces_are_named():
    records, statistics = example.cohort(5)
    records[2].covariates[0, -1] = 400  # of 500
    found = compare_with_null(records, statistics, **M)
    row = found.controls.set_index("covariate").loc["largest_piece_voxels"]
    assert row["n"] == 0 and np.isnan(row["p"]) and row["note"] == "the same in all draws"
    assert found.patients["pieces"].tolist() == ["", "", "largest piece 80 %", "", ""]


def test_pieces_are_a_control_where_draws_are_in_pieces_too():
    records, statistics = example.cohort(5)
    for k, one in enumerate(records):
        one.covariates[:, -1] = 250 + np.random.default_rng(k).integers(0, 40, len(one.covariates))
    found = compare_with_null(records, statistics, **M)
    row = found.controls.set_index("covariate").loc["largest_piece_voxels"]
    assert row["n"] == 5 and 0 < row["p"] <= 1
    assert found.patients["pieces"].tolist() == [""] * 5


def test_a_rejecting_control_comes_first_and_forbids_texture():
    records, statistics = example.cohort(14, large=1, **PLANTED)
    for one in records:
        one.covariates[0, 0] += 3
    found = compare_with_null(records, statistics, **M)
    assert found.warnings[0].startswith(
        "The drawn regions do not lie or look like the recurrences (depth below"
    )
    rows = found.features.set_index("feature")
    assert not (rows["verdict"] == TEXTURE).any()
    assert (
        rows.loc["GLCM_Energy", "note"] == "beyond the spatial null, but a negative control rejects"
    )
    assert rows.loc["NGTDM_Busyness", "verdict"] == GEOMETRY


def test_without_surrogates_nothing_is_texture():
    records, statistics = example.cohort(14, **PLANTED)
    for one in records:
        one.surrogate_features = one.surrogate_features[:0]
    rows = compare_with_null(records, statistics, **M).features.set_index("feature")
    assert rows.loc["GLCM_Energy", "note"] == "beyond the spatial null, but there are no surrogates"
    assert rows["surrogate_p"].isna().all() and not (rows["verdict"] == TEXTURE).any()


def test_result_without_the_large_is_that_of_the_others_alone():
    records, statistics = example.cohort(9, large=3, **PLANTED)
    found = compare_with_null(records, statistics, **M)
    alone = compare_with_null(records[3:], statistics, **M)
    np.testing.assert_array_equal(found.features["p_without_large"], alone.features["p"])
    np.testing.assert_array_equal(found.features["p_maxt_without_large"], alone.features["p_maxt"])
    assert (found.features["n_without_large"] == 6).all() and alone.features[
        "p_without_large"
    ].isna().all()
    first = found.patients.iloc[0]
    assert first["minimum_overlap"] == pytest.approx(0.4)
    assert first["minimum_overlap_of_region"] == pytest.approx(0.4 / 0.7)


def test_a_patient_without_draws_is_named_and_counts_in_the_surrogate_null_alone():
    records, statistics = example.cohort(6)
    records[1].reason, records[1].features = "only 12 voxels", records[1].features[:1]
    found = compare_with_null(records, statistics, **M)
    assert (found.features["n"] == 5).all() and (found.features["surrogate_n"] == 6).all()
    assert (
        found.patients.loc[1, "reason"] == "only 12 voxels"
        and found.patients.loc[1, "n_draws"] == 0
    )
    assert "P02" not in set(found.ranks["patient"])
    rest = compare_with_null(records[:1] + records[2:], statistics, **M)
    np.testing.assert_array_equal(found.features["p"], rest.features["p"])


def test_a_result_that_one_patient_carries_is_told():
    records, statistics = example.cohort(6)
    k = FEATURES.index("GLRLM_SRE")
    for one in records:  # everybody in the middle of the draws but one far out
        one.features[0, :, k] = 0
    records[0].features[0, 0, k] = 100
    row = compare_with_null(records, statistics, **M).features.set_index("feature").loc["GLRLM_SRE"]
    assert row["p_maxt"] <= 0.05 and row["z_t_p"] > 0.3
    assert "carried by few patients: plain t of their z has p = 0.3" in row["note"]


def test_undefined_features_leave_with_a_note():
    records, statistics = example.cohort(5)
    records[0].features[0, 0, 0] = np.nan
    records[3].features[4, 1, 2] = np.nan
    records[4].features[1:, 0, 7] = records[4].features[1:, 1, 8] = np.nan
    found = compare_with_null(records, statistics, **M)
    rows = found.features.set_index("feature")
    assert rows["n"].value_counts().to_dict() == {5: 44, 4: 3}
    assert rows.loc["Intensity_Mean", "note"].endswith(
        "undefined in the observed region: P01 left out"
    )
    assert rows.loc["GLCM_Energy", "note"].endswith("undefined in 99 of 99 draws: P05 left out")
    assert found.patients["n_undefined"].tolist() == [0, 0, 0, 1, 0]
    assert np.isnan(
        found.ranks.set_index(["patient", "feature"]).loc[("P01", "Intensity_Mean"), "rank"]
    )


def test_nobody_drawn_says_so_and_has_whole_tables():
    found = compare_with_null(*example.nothing_drawn(4), **M)
    assert found.warnings == ["No patient has draws: nothing can be said of size or shape."]
    assert (found.features["verdict"] == OPEN).all() and (found.features["n"] == 0).all()
    assert (found.features["note"] == "not tested against draws").all()
    assert list(found.ranks.columns) == ["patient", "feature", "rank"] and found.ranks.empty
    assert (found.patients["reason"] == "the GTV has 12 voxels").all()


def test_too_few_patients_for_the_level_are_told():
    found = compare_with_null(*example.cohort(1), **M)
    assert len(found.warnings) == 2 and found.warnings[0].startswith("Too few patients to tell")
    assert "no p can be below 0.01" in found.warnings[1]


def test_too_few_patients_are_said_before_draws_that_do_not_fit_them():
    records, statistics = example.cohort(4)
    for one in records:
        one.covariates[0, 0] += 30
    found = compare_with_null(records, statistics, **M)
    few, unfit = found.warnings
    assert few.startswith("Too few patients to tell (n = 4)")
    assert unfit.startswith("The drawn regions do not lie or look like the recurrences")


def test_measures_and_covariates_use_the_picks_of_the_same_seed(planted):
    records, _ = example.cohort(14, **PLANTED)
    pools = [pool(one.patient, one.covariates[:, :5]) for one in records]
    alone = recombination_test(pools, range(5), **M)
    np.testing.assert_array_equal(planted.controls["p"][:5], alone.p)


def test_draws_of_other_features_are_refused():
    records, statistics = example.cohort(3)
    records[1].feature_names = records[1].feature_names[::-1]
    with pytest.raises(
        ValueError, match="P02: the draws have 47 features that are not the 47 of the statistics"
    ):
        compare_with_null(records, statistics, **M)


def test_tables_survive_the_disk(planted, tmp_path):
    path = tmp_path / "features.tsv"
    planted.features.to_csv(path, sep="\t", index=False, na_rep="NA")
    back = pd.read_csv(path, sep="\t")
    np.testing.assert_array_equal(back["p_maxt"], planted.features["p_maxt"])


def test_a_colder_recurrence_is_said_first_and_moves_nothing_else(planted):
    records, statistics = example.cohort(14, **PLANTED)
    rng = np.random.default_rng(5)
    doses = {one.patient: rng.normal(102.0, 1.0, len(one.covariates)) for one in records[:12]}
    for own in doses.values():
        own[0] -= 1.5
    cold = compare_with_null(records, statistics, doses=doses, **M)
    first = cold.warnings[0]
    assert first.startswith("Recurrences lie where the dose was lower (mean 100.")
    assert "n = 12): texture is not the only explanation" in first
    row = cold.controls.iloc[-1]
    values = {patient: own[:, None] for patient, own in doses.items()}
    alone = recombination_test([pool(p, v) for p, v in values.items()], ["dose"], **M)
    assert (row["covariate"], row["n"]) == ("mean_dose_percent", 12)
    assert (row["p"], row["statistic"]) == (alone.p[0], alone.statistic[0]) and row["p"] < 0.01
    assert row["mean_observed"] == pytest.approx(np.mean([own[0] for own in doses.values()]))
    pd.testing.assert_frame_equal(cold.features, planted.features)
    pd.testing.assert_frame_equal(cold.controls.iloc[:-1], planted.controls)
    warm = {patient: 204.0 - own for patient, own in doses.items()}
    assert compare_with_null(records, statistics, doses=warm, **M).warnings == []
