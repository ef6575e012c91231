"""The sentence on the first screen, on cohorts whose truth is known: the project's own statistics, then the rules."""

import numpy as np
import pandas as pd
from scipy import stats

import null_example
from npcradiomics.features.definitions import FEATURES
from npcradiomics.publication.pages.report_answer import (
    AMBER,
    GREEN,
    RED,
    Null,
    heterogeneity_answer,
)
from npcradiomics.spatial_null.comparison import compare_with_null

TEXTURE, SIZE = ("GLCM_Entropy", "GLSZM_ZSV"), ("NGTDM_Busyness", "NGTDM_Strength", "GLCM_Energy")
NOBODY = pd.DataFrame(columns=["patient", "rule", "reason"])


def answer(
    n=14, doses=None, excluded=NOBODY, doubtful=(), off=(), drawn=True, holding=None, **truth
):
    """The answer of a cohort of n; off: covariates in which every recurrence is 3 SD off its draws."""
    records, statistics = null_example.cohort(n, **truth)
    if not drawn:
        records, _ = null_example.nothing_drawn(n)
    for record in records:
        for name in off:
            record.covariates[0, record.covariate_names.index(name)] += 3.0
    found = compare_with_null(records, statistics, doses=doses, n_recombinations=2000, seed=1)
    null = Null(found.features, found.controls, "none")
    return heterogeneity_answer(statistics, null, excluded, list(doubtful), holding)


def out(**patients):
    return pd.DataFrame([{"patient": p, "rule": r, "reason": r} for p, r in patients.items()])


def test_texture():
    found = answer(texture=TEXTURE)
    assert found.sentences[0] == (
        "In 14 patients, 2 of 47 features of the MRI before treatment differ between the part of the tumour that came"
        " back and the rest of it (risk of even one by chance 5 %)."
    )
    assert found.sentences[1].startswith("It is texture, not only size, in 2 features (")
    assert all(f"{name} higher" in found.sentences[1] for name in TEXTURE)
    assert "paper's test" not in found.sentences[1]
    assert (found.light, found.against) == (GREEN, [])


def test_only_size():
    found = answer(geometry=SIZE)
    assert "14 patients, 3 of 47 features" in found.sentences[0]
    assert found.sentences[1] == (
        "This is size or shape, not texture: regions of the same size drawn elsewhere in the same tumours differ as much"
        " (p above 0.05 for each)."
    )
    assert found.light == GREEN


def test_texture_that_the_papers_test_does_not_find():
    """Two features differ by the paper's test; of the two that are texture one is taken from it."""
    records, statistics = null_example.cohort(14, texture=TEXTURE)
    found = compare_with_null(records, statistics, n_recombinations=2000, seed=1)
    statistics.loc[statistics["feature"] == TEXTURE[1], "significant"] = False
    null = Null(found.features, found.controls, "none")
    said = heterogeneity_answer(statistics, null, NOBODY, []).sentences
    assert "14 patients, 1 of 47 features" in said[0]
    assert said[1].startswith("It is texture, not only size, in 2 features (")
    assert "; 1 of them not by the paper's test, which this does not ask): further" in said[1]


def test_texture_and_size_side_by_side():
    found = answer(texture=TEXTURE[:1], geometry=SIZE)
    assert "4 of 47 features" in found.sentences[0]
    assert found.sentences[1].startswith(
        "It is texture, not only size, in 1 feature (GLCM_Entropy higher)"
    )
    assert found.sentences[1].endswith("; 3 of the others are explained by size or shape.")


def test_nothing_says_what_could_have_been_found():
    found = answer()
    assert "none of 47 features" in found.sentences[0]
    assert found.sentences[1].startswith("Nor is it unlike regions of the same size")
    # The noncentral t: 1.4 SD are found in four of five studies of 14 pairs at 0.05/47, 1.3 are not.
    critical = stats.t.isf(0.05 / len(FEATURES) / 2, 13)
    power = [stats.nct.sf(critical, 13, size * np.sqrt(14)) for size in (1.3, 1.4)]
    assert power[0] < 0.8 <= power[1]
    assert (
        "14 patients four of five studies find a difference only from 1.4 SD on"
        in found.sentences[1]
    )
    assert found.light == GREEN


def test_what_a_random_texture_has_too_is_not_called_texture():
    found = answer(place=TEXTURE)
    assert found.sentences[1] == (
        "None is shown to be texture: 0 are explained by size or shape, 2 are not decided."
    )


def test_a_control_rejects():
    found = answer(texture=TEXTURE, off=["depth_mm"])
    assert found.sentences[1] == "Texture or only size cannot be told here."
    assert found.light == RED
    assert found.against == [
        "The regions drawn for comparison do not lie or look like the recurrences."
    ]


def test_too_few_patients():
    found = answer(n=5, texture=TEXTURE)
    assert found.sentences[1] == (
        "5 patients are too few to tell: what is found holds for these tumours alone."
    )
    assert found.light == RED and found.against[0] == "Too few patients."


def test_patients_missing():
    excluded = out(P90="extract_features", P91="register_recurrence", P92="in_field")
    found = answer(texture=TEXTURE, excluded=excluded)
    assert found.sentences[0].startswith(
        "In 14 of 17 patients (2 missing because a step failed), 2 of 47 features"
    )
    assert (found.light, found.against) == (AMBER, ["2 patients missing because a step failed."])


def test_nothing_could_be_drawn():
    found = answer(texture=TEXTURE, drawn=False)
    assert found.sentences[1] == (
        "Texture or only size cannot be told: no other region of the recurrence's size fits into any of these tumours."
    )
    assert found.light == RED


def test_it_was_colder_there():
    doses = {
        f"P{k + 1:02d}": [90.0, *(99.0 + 0.01 * draw for draw in range(99))] for k in range(14)
    }
    found = answer(texture=TEXTURE, doses={name: pd.Series(row) for name, row in doses.items()})
    assert found.against == [
        "Recurrences lie where the dose was lower: texture is not the only explanation."
    ]
    assert found.light == AMBER and "It is texture" in found.sentences[1]


def test_registrations_in_doubt_are_counted_and_named():
    found = answer(texture=TEXTURE, doubtful=["P03", "P01", "P07", "P09"])
    assert found.against == [
        "The registration of 4 of 14 patients is not beyond doubt (P03, P01, P07 and 1 more)."
    ]
    assert found.light == AMBER


def test_texture_that_hangs_on_a_choice():
    assert answer(texture=TEXTURE, holding={*TEXTURE}).light == GREEN
    found = answer(texture=TEXTURE, holding={TEXTURE[0]})
    assert found.against == [
        "1 of the 2 called texture does not hold over the choices of the analysis (Table 5)."
    ]
    assert found.light == AMBER


def test_texture_or_size_not_asked():
    _, statistics = null_example.cohort(14, texture=TEXTURE)
    found = heterogeneity_answer(statistics, None, NOBODY, [])
    assert found.sentences[1] == "Whether a difference is texture or only size was not asked."
    assert found.light == AMBER
