"""Generated sentences read aloud once, whole and with their numbers."""

import math

import pandas as pd

from npcradiomics.publication.tables.spatial_null import counts_words, table3
from npcradiomics.spatial_null.comparison import FEATURE_COLUMNS, PATIENT_COLUMNS
from npcradiomics.spatial_null.controls import CONTROL_COLUMNS
from npcradiomics.spatial_null.verdict import (
    GEOMETRY,
    OPEN,
    TEXTURE,
    caveats,
    control_sentence,
    floor_sentence,
)

NAN = math.nan


def verdicts(*words):
    return pd.DataFrame({"feature": [f"F{i}" for i in range(len(words))], "verdict": words})


def test_the_names_stand_behind_the_word_they_belong_to():
    assert counts_words(verdicts(TEXTURE, OPEN, TEXTURE, GEOMETRY)) == (
        "Of 4 features: 2 texture (F0, F2), 1 explained by size or shape, 1 not decided."
    )
    assert counts_words(verdicts(OPEN, OPEN)) == (
        "Of 2 features: 0 texture, 0 explained by size or shape, 2 not decided."
    )


CONTROLS = [
    {"covariate": "depth_mm", "p_maxt": 0.04, "mean_observed": 5.25, "mean_draws": 3.5},
    {"covariate": "height_mm", "p_maxt": 0.7, "mean_observed": 20.0, "mean_draws": 20.1},
    {"covariate": "largest_piece_voxels", "p_maxt": NAN, "mean_observed": NAN, "mean_draws": NAN},
]


def test_controls_that_could_not_be_tested_are_not_counted():
    assert control_sentence(CONTROLS, 0.05, "none") == (
        "The drawn regions do not lie or look like the recurrences (depth below the tumour's surface"
        " 5.25 in GTVr, 3.50 in the draws, p = 0.0400; family-wise over 2 negative controls): the"
        " spatial null does not fit this cohort and no feature is called texture. Try match: depth."
    )
    alone = control_sentence([CONTROLS[0], CONTROLS[2]], 0.05, "depth")
    assert "family-wise over 1 negative control)" in alone


def test_the_floor_says_what_it_takes():
    assert floor_sentence(1 / 200, 1, 199, 100_000, 0.05 / 47) == (
        "1 patient with 199 draws and 100000 recombinations: no p can be below 0.005, one feature of"
        " many needs 0.00106; it takes 2 patients or n_draws: 939."
    )


def test_caveats_of_one_large_recurrence():
    patient = {
        "patient": "P1",
        "fraction": 0.625,
        "mean_overlap": 0.5,
        "effective_placements": 12.2,
        "reason": "",
        "pieces": "largest piece 80 %",
    }
    sentences = caveats([patient], surrogates=True, match="none")
    assert sentences[:4] == [
        "Draws exist for 1 of 1 patient.",
        "GTVr fills 62 % of the GTV; two draws of a patient share 50 % of their voxels on average, and"
        " a patient's draws are worth 12 different placements. Any two regions that fill a share f of"
        " a tumour have at least 2f - 1 of it in common (null_patients.tsv).",
        "In 1 patient GTVr is more than half of the GTV, where draws can hardly differ from it: P1"
        " (62 %). The results without them stand beside (small GTVr only); verdicts are of all patients.",
        "Draws are connected, GTVr is not in P1 (largest piece 80 %); this is no negative control"
        " where all draws are in one piece.",
    ]


def rows(columns, *records):
    """A table with these columns, missing where a record says nothing."""
    return pd.DataFrame(records).reindex(columns=list(columns))


def small_table3(**more):
    feature = {"n": 14, "paper_test": "t", "paper_p": 0.0002, "paper_significant": True, "p": 0.4}
    feature |= {"mean_difference": 0.5, "statistic": 0.8, "p_maxt": 0.9, "verdict": GEOMETRY}
    controls = rows(
        CONTROL_COLUMNS, *(row | {"p_maxt": min(10 * row["p_maxt"], 1)} for row in CONTROLS)
    )
    patient = {"patient": "P1", "fraction": 0.2, "mean_overlap": 0.1, "effective_placements": 30.0}
    patient |= {"reason": "", "pieces": "", "n_surrogates": 199}
    options = {"alpha": 0.05, "match": "depth", "n_tests": 47, "notice": "Simulated patients"}
    features = rows(FEATURE_COLUMNS, {"feature": "GLSZM_ZSV", **feature, **more})
    return table3(features, controls, rows(PATIENT_COLUMNS, patient), [], **options)


def test_table3_counts_the_same_controls_as_the_sentence():
    notes = small_table3().footnotes
    assert notes[:2] == [
        "Simulated patients.",
        "Of 1 feature: 0 texture, 1 explained by size or shape, 0 not decided.",
    ]
    assert (
        "Negative controls (shape and place of GTVr among the drawn regions) are in Fig 8; the smallest"
        " family-wise p of the 2 that could be tested is 0.4000." in notes
    )


TERMS = ("maxT", "surrogate", "S ", "Raw t", "Draws reproduce", "null")


def test_table3_explains_each_of_its_columns_in_one_line():
    table = small_table3(p_without_large=0.3)
    assert len(set(table.header)) == len(table.header)
    words = {name.partition(": ")[2] or name for name in table.header[2:-1]} - {"p"}
    words |= {name.partition(": ")[0] for name in table.header if ": " in name}
    for name in words:
        meant = name.replace("p, small", "small")
        (line,) = [
            note
            for note in table.footnotes
            if note.startswith(f"{meant}:") or f" {meant}: " in note or f" {meant} of " in note
        ][:1]
        assert len(line) <= 130, line
    printed = " ".join([*table.header, *table.footnotes, table.caption])
    printed = printed.replace("null_patients.tsv", "")
    assert not [term for term in TERMS if term in printed]
