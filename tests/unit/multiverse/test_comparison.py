"""A made-up cohort in which the truth is known: effects, verdicts, words, what is inert, and Table 5."""

import numpy as np
import pandas as pd
import pytest

from npcradiomics.cohort.configuration import complete_settings, read_schema
from npcradiomics.features.extraction import FEATURE_NAMES as ALL
from npcradiomics.multiverse.comparison import compare_universes
from npcradiomics.multiverse.design import PATH, make_design, measured_universes, study_path
from npcradiomics.multiverse.records import UniverseRecord, label
from npcradiomics.publication.tables.multiverse import table5
from npcradiomics.statistics.comparison import compare_regions
from repository import ROOT

SCHEMA = read_schema(ROOT / "workflow/schemas/heterogeneity_config.schema.yaml")
OWN = study_path(complete_settings({}, SCHEMA, "config"))
AXES = {
    "levels": [32],
    "fit": ["gtv"],
    "quantizer": ["uniform", "optimal"],
    "test": ["t", "wilcoxon"],
}
DESIGN = make_design(OWN, AXES, "around")
FEATURE_NAMES = ALL[:10]
EVERYWHERE, AT_256, NOWHERE = 3, 5, 7  # numbers of features
N_DRAWS, N_SURROGATES, SHIFT = 9, 7, 8.0


def record(rng, patient):
    """Rows alike, but that the observed one is far off in two features: in all universes, at 256 levels."""
    measured, n = measured_universes(DESIGN), len(FEATURE_NAMES)
    rows = 1 + N_DRAWS + N_SURROGATES
    shared = rng.normal(size=(1, rows, 2, n))
    values = 10 + shared + 0.2 * rng.normal(size=(len(measured), rows, 2, n))
    notes = np.array([""] * len(measured), dtype="<U40")
    for k, one in enumerate(measured):
        if one["levels"] == 256:
            values[k, 0, 0, AT_256] += SHIFT
        if one["quantizer"] == "uniform":  # as it is on the path
            values[k] = values[0]
        if one["quantizer"] == "optimal":
            values[k], notes[k] = np.nan, "region has 9 distinct values"
    values[:, 0, 0, EVERYWHERE] += SHIFT
    return UniverseRecord(
        patient=patient,
        reason="",
        universes=np.array([label(one) for one in measured]),
        keys=np.array([str(k) for k in range(len(measured))]),
        notes=notes,
        feature_names=np.array(FEATURE_NAMES),
        features=values[:, : 1 + N_DRAWS],
        surrogate_features=values[:, 1 + N_DRAWS :],
    )


@pytest.fixture(scope="module")
def records():
    rng = np.random.default_rng(4)
    return [record(rng, f"P{k}") for k in range(12)]


OPTIONS = {"alpha": 0.05, "n_tests": 47, "n_recombinations": 1000, "seed": 2}


@pytest.fixture(scope="module")
def compared(records):
    return compare_universes(records, DESIGN, **OPTIONS)


def test_effects_and_tests_are_those_of_the_comparison_of_regions(records, compared):
    """Every universe by its own test, beside statistics.comparison of that universe's features."""
    table = pd.DataFrame(
        {"patient": one.patient, "region": region}
        | dict(zip(FEATURE_NAMES, one.features[0, 0, k], strict=True))
        for one in records
        for k, region in enumerate(("recurrent", "non_recurrent"))
    )
    known = compare_regions(table, n_boot=100, n_tests=47)
    for universe, p in ((PATH, "p"), ("test t", "t_p"), ("test wilcoxon", "wilcoxon_p")):
        own = compared.effects[compared.effects["universe"] == universe]
        assert list(own["feature"]) == list(known["feature"])
        for found, expected in (("dz", "dz"), ("dz_low", "dz_low"), ("p", p), ("n", "n")):
            assert np.allclose(own[found], known[expected], rtol=1e-9), (universe, found)
        assert np.array_equal(own["significant"], known[p] < 0.05 / 47)


def test_verdicts_are_planted(compared):
    verdicts = compared.effects.pivot(index="feature", columns="universe", values="verdict")
    names = [FEATURE_NAMES[k] for k in (EVERYWHERE, AT_256, NOWHERE)]
    measured = [name for name in DESIGN.universes if name != "quantizer optimal"]
    assert (verdicts.loc[names[0], measured] == "texture").all()
    assert verdicts.loc[names[1], "levels 32"] == "not decided"
    assert (verdicts.loc[names[1], ["path", "fit gtv", "test t"]] == "texture").all()
    assert (verdicts.loc[names[2]] == "not decided").all()
    assert (verdicts["quantizer optimal"] == "not decided").all()


def test_words_are_planted(compared):
    features = compared.features.set_index("feature")
    everywhere, at_256 = (features.loc[FEATURE_NAMES[k]] for k in (EVERYWHERE, AT_256))
    assert (everywhere["word"], everywhere["word_axis"]) == ("holds", "")
    assert (at_256["word"], at_256["word_axis"]) == ("depends on", "levels")
    others = features.drop([everywhere.name, at_256.name])
    assert (others["word"] == "does not hold").all()
    assert at_256["axis"] == "levels" and at_256["axis_share"] > 0.9
    # Six universes are measured; in levels 32 it is not significant.
    assert at_256["n_universes"] == 6
    assert at_256["share_significant"] == pytest.approx(5 / 6)
    assert at_256["share_texture"] == pytest.approx(5 / 6)
    assert everywhere["share_sign"] == 1.0 and everywhere["p_share"] < 0.05
    dz = compared.effects[compared.effects["feature"] == at_256.name]["dz"]
    assert (at_256["dz_lowest"], at_256["dz_highest"]) == (dz.min(), dz.max())
    assert compared.sentences[0].startswith(
        "Over 7 universes, of 10 features 1 holds, 1 depends on a choice (grey levels 1) and 8 do not hold."
    )


def test_universes_that_change_nothing_are_told_by_measurement(compared):
    table = compared.universes.set_index("universe")
    assert table.loc[["quantizer uniform", "test t"], "n_equal_features"].tolist() == [10, 10]
    assert table.loc["levels 32", "n_equal_features"] == 0
    assert table.loc["quantizer optimal", "n"] == 0
    assert table.loc["quantizer optimal", "note"] == "region has 9 distinct values"


def test_a_feature_undefined_in_one_of_two_universes_is_not_the_same_in_both(records):
    """Undefined in both is the same; in one alone it is not, whoever else has it."""
    uniform = [one["quantizer"] for one in measured_universes(DESIGN)].index("uniform")
    features = records[0].features.copy()
    features[uniform, 0, 0, 0] = np.nan  # the path has it
    features[[0, uniform], 0, 0, 1] = np.nan  # nor has the path
    one = UniverseRecord(**vars(records[0]) | {"features": features})
    compared = compare_universes([one, *records[1:]], DESIGN, **OPTIONS)
    table = compared.universes.set_index("universe")
    assert table.loc["quantizer uniform", "n_equal_features"] == 9


def test_without_surrogates_and_with_an_obstacle_nothing_is_texture(records):
    bare = [
        UniverseRecord(**vars(one) | {"surrogate_features": one.surrogate_features[:, :0]})
        for one in records
    ]
    assert not (compare_universes(bare, DESIGN, **OPTIONS).effects["verdict"] == "texture").any()
    unfit = compare_universes(records, DESIGN, obstacle="a control rejects", **OPTIONS)
    assert not (unfit.effects["verdict"] == "texture").any()


def test_without_draws_there_are_effects_and_no_words(records):
    bare = [
        UniverseRecord(**vars(one) | {"features": one.features[:, :1], "reason": "no"})
        for one in records
    ]
    compared = compare_universes(bare, DESIGN, **OPTIONS)
    assert (compared.features["word"] == "not tested").all()
    assert compared.features["dz_path"].notna().all()
    assert "No feature could be tested" in compared.sentences[0]


def test_a_universe_that_was_not_measured_is_asked_for(records):
    more = make_design(OWN, AXES | {"levels": [32, 64]}, "around")
    with pytest.raises(KeyError, match='"levels": 64'):
        compare_universes(records, more, **OPTIONS)


def test_table_5_says_it(compared):
    icc = pd.DataFrame(
        {"region": region, "feature": name, "marked": value < 0.75}
        | {f"icc_{kind}{end}": value for kind in ("1_1", "3_1") for end in ("", "_low", "_high")}
        for name in FEATURE_NAMES
        for region, value in (("recurrent", 0.5), ("non_recurrent", 0.9))
    )
    shown = compared.features, compared.universes, compared.sentences
    table = table5(*shown, alpha=0.05, notice="Simulated patients", icc=icc)
    row = dict(zip(table.header, table.rows[AT_256], strict=True))
    assert row["In one word"] == "depends on grey levels" and row["Moved most by"] == "grey levels"
    assert row["Called texture"] == row["Significant"] == "83 %"
    assert row["ICC(1,1); ICC(3,1), recurrent"] == "0.50 (0.50 to 0.50); 0.50 (0.50 to 0.50)^"
    assert row["ICC(1,1); ICC(3,1), non-recurrent"].endswith("0.90)")
    assert table.caption.startswith("Over 7 universes, of 10 features 1 holds")
    notes = " ".join(table.footnotes)
    assert (
        "in all 10 features of all patients measured: quantizer uniform, test t, test wilcoxon."
        in notes
    )
    assert "quantizer optimal: 0 of 12 patients (region has 9 distinct values)" in notes
    assert len(table5(*shown, alpha=0.05, notice="").header) == len(table.header) - 2
