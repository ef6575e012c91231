"""Several sequences in one null: same picks, one family, patients without a sequence, and the level of it."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import null_example as example
from npcradiomics.features.definitions import FEATURES
from npcradiomics.spatial_null.comparison import FEATURE_COLUMNS, compare_with_null
from npcradiomics.spatial_null.pools import differences, pool
from npcradiomics.spatial_null.recombination import recombination_test
from npcradiomics.spatial_null.sequences import side_by_side
from npcradiomics.spatial_null.verdict import TEXTURE

M = {"n_recombinations": 2000, "seed": 3}


def assert_same_but_for_the_sequence(found, alone):
    for name in ("features", "ranks", "distribution", "controls", "patients"):
        own = getattr(found, name)
        pd.testing.assert_frame_equal(
            own.drop(columns="sequence") if "sequence" in own else own, getattr(alone, name)
        )
    assert found.warnings == alone.warnings


def test_one_sequence_is_the_test_without_a_sequence_to_the_last_bit():
    planted = example.cohort(8, texture=["GLCM_Energy"], geometry=["NGTDM_Busyness"], large=2)
    found = compare_with_null(*example.together(ce_t1=planted), **M)
    assert tuple(found.features.columns) == ("sequence", *FEATURE_COLUMNS)
    assert list(found.ranks.columns[:3]) == ["patient", "sequence", "feature"]
    assert found.distribution.columns[0] == "sequence"
    assert_same_but_for_the_sequence(found, compare_with_null(*planted, **M))


def test_a_sequence_said_twice_costs_nothing_because_one_draw_serves_both():
    # Picked apart, the two copies would be two families: p_maxt near 1 - (1 - p_maxt)^2.
    planted = example.cohort(10, texture=["GLCM_Energy"])
    alone = compare_with_null(*planted, **M).features
    found = compare_with_null(*example.together(ce_t1=planted, copy=planted), **M).features
    for _, own in found.groupby("sequence"):
        np.testing.assert_array_equal(own["p_maxt"], alone["p_maxt"])
        np.testing.assert_array_equal(own["p"], alone["p"])
    assert (found["critical"] == alone["critical"].iloc[0]).all()


def test_family_is_all_features_of_all_sequences():
    first, second = example.cohort(6, n_draws=4, seed=1), example.cohort(6, n_draws=4, seed=2)
    found = compare_with_null(*example.together(ce_t1=first, t2=second), **M).features
    # By hand: the picks of the documented streams, z of all 94 columns, the largest |S| of each.
    z, sums = [], np.zeros((2000, 94))
    for a, b in zip(first[0], second[0], strict=True):
        d = np.hstack([differences(a.features), differences(b.features)])
        d = (d - d.mean(axis=0)) / d.std(axis=0)
        picks = np.random.default_rng([3, *a.patient.encode()]).integers(0, len(d), 2000)
        z.append(d[0])
        sums += d[picks]
    observed, largest = np.abs(np.sum(z, axis=0)), np.abs(sums).max(axis=1)
    p = (1 + (largest[:, None] >= observed - 1e-9).sum(axis=0)) / 2001
    np.testing.assert_allclose(found["p_maxt"], p)
    assert list(found["sequence"]) == ["ce_t1"] * 47 + ["t2"] * 47


def test_only_the_sequence_that_shows_it_is_called_texture():
    found = compare_with_null(
        *example.together(
            ce_t1=example.cohort(14, seed=1),
            adc=example.cohort(14, texture=["GLCM_Energy"], seed=2),
        ),
        **M,
    ).features
    texture = found[found["verdict"] == TEXTURE]
    assert texture[["sequence", "feature"]].to_numpy().tolist() == [["adc", "GLCM_Energy"]]


def test_a_patient_without_a_sequence_is_in_for_the_others():
    first, second = example.cohort(9, seed=1), example.cohort(9, seed=2)
    alone = compare_with_null(*first, **M).features
    second[0][3] = None
    second[0][5] = example.record(
        "P06", np.full((1, 2, 47), np.nan), reason="4 % of the GTV lie outside the image"
    )
    found = compare_with_null(*example.together(ce_t1=first, t2=second), **M)
    rows = found.features.set_index(["sequence", "feature"])
    # p of a single feature depends on its own columns and picks alone.
    np.testing.assert_array_equal(rows.loc["ce_t1", "p"], alone["p"])
    assert (rows.loc["ce_t1", "n"] == 9).all() and (rows.loc["t2", "n"] == 7).all()
    pools = [
        pool(one.patient, differences(one.features))
        for k, one in enumerate(second[0])
        if k not in (3, 5)
    ]
    np.testing.assert_array_equal(rows.loc["t2", "p"], recombination_test(pools, FEATURES, **M).p)
    assert (rows.loc["t2", "note"].str.endswith("no t2: P04, P06 left out")).all()
    assert (rows.loc["ce_t1", "note"] == "").all()
    notes = found.patients.set_index("patient")["notes"]
    assert notes["P06"] == "t2: 4 % of the GTV lie outside the image" and notes["P04"] == ""
    assert found.ranks.groupby("sequence")["rank"].count().to_dict() == {"ce_t1": 423, "t2": 329}


def test_a_sequence_that_nobody_has_leaves_the_others_as_they_are():
    first = example.cohort(6, seed=1)
    statistics = first[1].assign(test=None, p=np.nan, significant=False)
    found = compare_with_null(
        *example.together(ce_t1=first, t2=([None] * 6, statistics)), **M
    ).features
    alone = compare_with_null(*first, **M).features
    np.testing.assert_array_equal(found["p_maxt"][:47], alone["p_maxt"])
    assert (found["n"][47:] == 0).all() and found["p_maxt"][47:].isna().all()


def test_without_draws_the_tables_have_their_column_all_the_same():
    records, statistics = example.nothing_drawn(3)
    found = compare_with_null(*example.together(ce_t1=(records, statistics)), **M)
    for table in (found.features, found.ranks, found.distribution):
        assert "sequence" in table.columns
    assert found.ranks.empty and (found.features["n"] == 0).all()


def test_other_draws_in_a_sequence_are_refused_with_the_numbers():
    (first,), (second,) = example.cohort(1, n_draws=9)[0], example.cohort(1, n_draws=8)[0]
    with pytest.raises(ValueError, match="P01: 9 rows of features in t2, 10 expected as in ce_t1"):
        side_by_side({"ce_t1": first, "t2": second})
    second = example.record("P02", first.features)
    with pytest.raises(ValueError, match="the draws in t2 are of patient P02"):
        side_by_side({"ce_t1": first, "t2": second})


def correlated_cohort(rng, n=8, n_draws=24, n_sequences=3, r=0.7, planted=0.0):
    """Draws of patients without an effect, the sequences correlated; planted: in the last one's first feature."""
    shared = rng.normal(size=(n, n_draws + 1, 1, 47))
    own = rng.normal(size=(n, n_draws + 1, n_sequences, 47))
    values = np.sqrt(r) * shared + np.sqrt(1 - r) * own
    values[:, 0, -1, 0] += planted
    return [pool(f"P{i:02d}", one.reshape(n_draws + 1, -1)) for i, one in enumerate(values)]


def test_level_holds_over_correlated_sequences_and_a_difference_of_one_is_found():
    # 200 cohorts: 17 rejections or more have a chance of 2.6 % where the level is 5 %.
    rejected = found = 0
    for seed in range(200):
        for planted in (0.0, 1.6):
            pools = correlated_cohort(np.random.default_rng([23, seed]), planted=planted)
            test = recombination_test(pools, range(3 * 47), n_recombinations=200, seed=seed)
            if planted:
                found += test.p_maxt[2 * 47] <= 0.05
            else:
                rejected += np.min(test.p_maxt) <= 0.05
    assert rejected <= stats.binom.ppf(0.975, 200, 0.05)
    assert found >= 100  # S is 1.6 x the root of 8 = 4.5, the limit over 141 columns about 3.4
