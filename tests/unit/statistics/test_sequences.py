"""Several sequences: thresholds beside each other, and the correlation of one feature between two of them."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import statistics_reference as reference
from npcradiomics.statistics.comparison import compare_regions
from npcradiomics.statistics.sequences import (
    AGREEMENT_COLUMNS,
    sequence_agreement,
    stack_sequences,
)


def test_each_sequence_keeps_the_papers_threshold_and_has_that_of_all_beside_it():
    tables = {}
    for name, t, n in (("ce_t1", 1.0, 20), ("t2", 4.0, 20), ("adc", 9.0, 17)):
        shape = stats.norm.ppf((np.arange(n) + 0.5) / n)  # normal, so that the t-test is chosen
        energy = shape + t * shape.std(ddof=1) / np.sqrt(n)
        table = reference.stacked(GLCM_Energy=energy, GLCM_Entropy=shape)
        tables[name] = compare_regions(table, n_boot=50)
    both = stack_sequences(tables)
    assert list(both.columns) == [
        *("sequence", *tables["t2"].columns, "threshold_all", "significant_all")
    ]
    assert list(both["sequence"]) == ["ce_t1"] * 2 + ["t2"] * 2 + ["adc"] * 2
    assert list(both["n"]) == [20] * 4 + [17] * 2  # a sequence is missing in three
    assert both["threshold"].unique() == pytest.approx([0.05 / 47])
    assert both["threshold_all"].unique() == pytest.approx([0.05 / (47 * 3)])
    p = both.set_index(["sequence", "feature"])["p"]
    assert p["t2", "GLCM_Energy"] == pytest.approx(2 * stats.t.sf(4, 19))
    assert 0.05 / 141 < p["t2", "GLCM_Energy"] < 0.05 / 47
    assert list(both["significant"]) == [False, False, True, False, True, False]
    assert list(both["significant_all"]) == [False, False, False, False, True, False]
    for name, own in tables.items():
        rows = both[both["sequence"] == name].drop(columns=["sequence", *both.columns[-2:]])
        pd.testing.assert_frame_equal(rows.reset_index(drop=True), own)


def test_one_sequence_has_one_threshold():
    rng = np.random.default_rng(4)
    own = compare_regions(reference.stacked(GLCM_Energy=rng.normal(1, 1, 15)), n_boot=50)
    alone = stack_sequences({"ce_t1": own})
    assert (alone["threshold_all"] == own["threshold"]).all()
    assert (alone["significant_all"] == own["significant"]).all()


def test_agreement_is_fishers_interval_over_the_patients_who_have_both():
    rng = np.random.default_rng(7)
    x = rng.normal(size=15)
    y = 0.8 * x + 0.6 * rng.normal(size=15)
    first = reference.stacked(GLCM_Energy=x, GLCM_Entropy=np.ones(15))
    second = reference.stacked(GLCM_Energy=y, GLCM_Entropy=y)
    gone = sorted(second["patient"].unique())[:3]
    second = second[~second["patient"].isin(gone)].sample(frac=1, random_state=1)
    table = sequence_agreement({"ce_t1": first, "t2": second})
    assert tuple(table.columns) == AGREEMENT_COLUMNS
    energy, entropy = table.to_dict("records")
    r = np.corrcoef(x[3:], y[3:])[0, 1]
    half = 1.959963984540054 / np.sqrt(12 - 3)
    assert (energy["sequence_a"], energy["sequence_b"], energy["n"]) == ("ce_t1", "t2", 12)
    assert energy["r"] == pytest.approx(r)
    assert energy["low"] == pytest.approx(np.tanh(np.arctanh(r) - half), rel=1e-9)
    assert energy["high"] == pytest.approx(np.tanh(np.arctanh(r) + half), rel=1e-9)
    assert np.isnan(entropy["r"]) and entropy["note"] == "constant differences"
    assert sequence_agreement({"ce_t1": first}).empty
    names = [*"abc"]
    three = sequence_agreement(dict.fromkeys(names, first))
    assert list(zip(three["sequence_a"], three["sequence_b"], strict=True))[::2] == [
        *(("a", "b"), ("a", "c"), ("b", "c"))
    ]
    assert three["r"].iloc[0] == three["low"].iloc[0] == pytest.approx(1)
