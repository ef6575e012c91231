"""Maps that never saw their patient, the exact p, and the verdict."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse, stats

from npcradiomics.risk import evidence, model
from npcradiomics.risk.cohort import fit_cohort
from npcradiomics.risk.evidence import summarise, verdict_on
from risk_patients import risk_cohort, with_training


@pytest.fixture(scope="module")
def fitted():
    return fit_cohort(risk_cohort(7, effect=1.5), n_refits=19)


def changed(patients, k, **fields):
    """The cohort with other fields of patient k."""
    altered = [*patients]
    altered[k] = replace(patients[k], **fields)
    return altered


def test_a_left_out_map_does_not_know_its_patient():
    """Another recurrence of his, and other features of his in the fit, change no bit of his map; of others' they do.

    Features a million times as large change nobody's map: no scaling is learned from others.
    """
    patients = risk_cohort(7, effect=1.5)
    other = risk_cohort(8, effect=1.5)[2]
    cases = (
        {"observed": other.observed, "draws": other.draws},
        {"features": 100 * other.features + 7, "position": other.position},
        {"features": patients[2].features * 2**20},
    )
    before, *after = (
        fit_cohort(changed(patients, 2, **case), n_refits=1).model for case in ({}, *cases)
    )
    own, others = (before.map_of(patients[k], f"P{k:02d}") for k in (2, 3))
    same = [[np.array_equal(m.map_of(patients[2], "P02"), own) for m in after]]
    same += [[np.array_equal(m.map_of(patients[3], "P03"), others) for m in after]]
    assert same == [[True, True, True], [False, False, True]]


def test_a_patient_without_draws_keeps_his_recurrence(fitted):
    patients = risk_cohort(7, effect=1.5)
    none = sparse.csr_array((0, patients[1].cells.size), dtype=bool)
    found = fit_cohort(changed(patients, 1, draws=none), n_refits=19)
    assert found.patients["n_draws"].tolist() == [19, 0, 19, 19, 19, 19]
    pd.testing.assert_frame_equal(found.scores, fitted.scores)  # of the recurrences themselves
    assert found.null["refit"].nunique() == 20


def test_every_map_is_scored_on_the_recurrence_within_its_error_of_whom_that_is_known(fitted):
    """Of one patient it is the recurrence as drawn, of another half of it for certain: half of a voxel's chance."""
    patients = risk_cohort(7, effect=1.5)
    sharp, half = (patients[k].observed.astype(np.float32) for k in (1, 2))
    patients = changed(changed(patients, 1, blurred=sharp), 2, blurred=(1 + half) / 2)
    found = fit_cohort(patients, n_refits=19)
    within = found.scores["measure"].str.endswith("_blurred")
    pd.testing.assert_frame_equal(found.scores[~within], fitted.scores)
    table = found.scores.pivot(index=["map", "measure"], columns="patient", values="value")
    measures = fitted.scores["measure"].unique()
    for name in evidence.MAPS:
        for measure in measures:
            same = table.loc[(name, f"{measure}_blurred"), "P01"]
            assert same == pytest.approx(table.loc[(name, measure), "P01"])
        # Of a target that is every voxel once and the recurrence once more.
        own, share = table.loc[(name, "coverage_10"), "P02"], half.mean()
        expected = (0.1 + share * own) / (1 + share)
        assert table.loc[(name, "coverage_10_blurred"), "P02"] == pytest.approx(expected)
    rows = found.summary[found.summary["measure"].str.endswith("_blurred")]
    assert set(rows["n"]) == {2} and rows[["p_exact", "p_exact_minus_depth"]].isna().all(axis=None)
    assert len(rows) == len(found.summary) / 2


def test_p_is_a_count_of_refits_and_the_mean_has_its_t_interval(fitted):
    for row in fitted.summary.itertuples():
        own = fitted.null.query("map == @row.map and measure == @row.measure")["mean"].to_numpy()
        values = fitted.scores.query("map == @row.map and measure == @row.measure")["value"]
        assert own[0] == pytest.approx(values.mean())
        assert row.mean == pytest.approx(values.mean())
        if row.map != evidence.RANDOM:
            assert row.p_exact == np.sum(own >= own[0] - 1e-12) / 20
    row = fitted.summary.query("map == 'model' and measure == 'coverage_gtvr'").iloc[0]
    wide = fitted.scores.query("measure == 'coverage_gtvr'").pivot(
        index="patient", columns="map", values="value"
    )
    half = stats.t.ppf(0.975, 5) * wide["model"].std() / np.sqrt(6)
    assert row["high"] - row["mean"] == pytest.approx(half)
    assert row["minus_depth_p"] == pytest.approx(
        stats.ttest_rel(wide["model"], wide["depth"]).pvalue
    )


def test_a_planted_feature_is_found_and_no_other_map_finds_it(fitted):
    rows = fitted.summary.query("measure == 'auc'").set_index("map")
    assert rows.loc["model", "p_exact"] == 1 / 20
    assert rows.loc["model", "p_exact_minus_depth"] == 1 / 20
    assert rows.loc["model", "low"] > 0.6
    assert rows.loc["intensity", "mean"] < rows.loc["model", "mean"] - 0.1
    assert rows.loc["random", "mean"] == 0.5


def test_the_verdict_needs_both_tests_and_a_gain():
    def summary(difference, p, exact):
        base = {
            "measure": "coverage_gtvr",
            "n": 14,
            "minus_depth_low": -0.1,
            "minus_depth_high": 0.3,
        }
        one = base | {"map": "model", "mean": 0.4, "minus_depth": difference, "minus_depth_p": p}
        depth = base | {"map": "depth", "mean": 0.3}
        return pd.DataFrame([one | {"p_exact_minus_depth": exact}, depth])

    assert verdict_on(summary(0.1, 0.05, 0.05), 0.05)[0]
    for row in ((0.1, 0.06, 0.005), (0.1, 0.001, 0.055), (-0.1, 0.001, 0.005)):
        better, words = verdict_on(summary(*row), 0.05)
        assert not better and words.startswith("The map is not better than depth alone")


def test_exact_p_counts_equal_means_and_the_observed_one():
    values = np.array([[[0.5], [0.5], [0.9], [0.1]], [[0.5], [0.5], [0.2], [0.1]]])
    table = summarise({"depth": values * 0, "model": values}, ["auc"]).set_index("map")
    assert table.loc["model", "p_exact"] == 3 / 4  # 0.5, 0.5, 0.55 reach 0.5
    assert table.loc["depth", "p_exact"] == 1


def test_the_frozen_model_is_written_and_read_whole(fitted, tmp_path):
    path = tmp_path / "risk_model.npz"
    model.write(with_training(fitted.model, risk_cohort(7, effect=1.5)), path)
    again = model.read(path)
    new = risk_cohort(9)[0]
    assert np.array_equal(again.map_of(new), fitted.model.map_of(new))
    assert again.verdict == fitted.model.verdict and again.better is fitted.model.better
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(ValueError, match=r"risk_model\.npz: cannot be read as a risk model"):
        model.read(path)
    new = replace(new, feature_names=new.feature_names[1:], features=new.features[:, 1:])
    with pytest.raises(ValueError, match="the places have no feature0"):
        fitted.model.map_of(new)


def test_who_has_no_places_or_no_recurrence_in_the_gtv_is_named_and_not_fitted(fitted):
    patients = risk_cohort(7, n=8, effect=1.5)
    patients = changed(patients, 6, reason="the GTV has 90 voxels")
    patients = changed(patients, 7, observed=patients[7].observed & False)
    found = fit_cohort(patients, n_refits=1)
    reasons = found.patients["reason"].tolist()
    n = patients[7].cells.size
    assert reasons[5:] == ["", "the GTV has 90 voxels", f"0 of the GTV's {n} voxels are recurrent"]
    pd.testing.assert_frame_equal(found.scores, fitted.scores)
    message = f"4 patients with places .* at least 5 are needed; P06: the GTV has 90 voxels; P07: 0 of the GTV's {n}"
    with pytest.raises(ValueError, match=message):
        fit_cohort(patients[2:])
