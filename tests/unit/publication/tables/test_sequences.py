"""Tables 2 and 3, and one sentence, of a study of several sequences."""

import numpy as np
import pandas as pd
import pytest

import null_example
from npcradiomics.publication.captions import sequence_words, with_sequences
from npcradiomics.publication.tables.heterogeneity import table2, table2_data
from npcradiomics.publication.tables.sequences import (
    found_by_sequence,
    table2_of_further,
    table2_with_sequences,
)
from npcradiomics.publication.tables.spatial_null import counts_words, table3
from npcradiomics.spatial_null.comparison import compare_with_null
from npcradiomics.statistics.volume_effect import size_effects
from npcradiomics.tables import by_sequence


@pytest.fixture(scope="module")
def study():
    """Texture in ADC alone, in 14 patients; statistics, sizes and the null's answer."""
    cohorts = {
        "ce_t1": null_example.cohort(14, n_draws=49, seed=1),
        "adc": null_example.cohort(14, n_draws=49, texture=["GLCM_Energy"], seed=2),
    }
    records, statistics = null_example.together(**cohorts)
    d = np.array([one.features[0, 0] - one.features[0, 1] for one in cohorts["adc"][0]])
    features = null_example.reference.stacked(**dict(zip(null_example.FEATURES, d.T, strict=True)))
    sizes = pd.DataFrame({"patient": sorted(set(features["patient"])), "recurrent_cm3": np.linspace(2, 9, 14), "non_recurrent_cm3": 10.0})  # fmt: skip
    found = compare_with_null(records, statistics, n_recombinations=1000, seed=1)
    return statistics, size_effects(features, sizes), found


def test_table_2_has_a_column_and_the_further_sequences_significant_rows(study):
    statistics, size, _ = study
    of_all = by_sequence(statistics)
    data = {name: table2_data(own, size, True) for name, own in of_all.items()}
    excluded = pd.DataFrame(columns=["patient", "rule", "reason"])
    alone = table2(data["ce_t1"], of_all["ce_t1"], size, excluded, "")
    data["adc"] = table2_of_further(data["adc"])
    table = table2_with_sequences(alone, data, of_all)
    assert table.header == [alone.header[0], "Sequence", *alone.header[1:]]
    n = len(alone.rows)
    for row, own in zip(table.rows[:n], alone.rows, strict=True):
        assert [row[0].rstrip(" *"), *row[2:]] == [own[0].rstrip(" *"), *own[1:]]
        assert row[1] == ("CE T1" if any(own[1:]) else "")
    heading, *further = table.rows[n:]
    assert heading[0] == "Significant in ADC (n = 14)" and not any(heading[1:])
    significant = of_all["adc"].query("significant")
    assert [row[0].rstrip(" *") for row in further] == significant["feature"].tolist()
    # GLCM_Energy, 3 SD higher in 14 patients, is beyond 0.05/94, too.
    energy = next(row for row in further if row[0].startswith("GLCM_Energy"))
    assert energy[0] == "GLCM_Energy **" and energy[1] == "ADC"
    assert energy[-4:] == ["NA"] * 4  # the paper printed no ADC
    assert "** also below 0.000532 = 0.05 over 47 features x 2 sequences" in table.footnotes[0]


def test_table_3_says_whose_each_row_is_and_counts_one_family(study):
    _, _, found = study
    table = table3(found.features, found.controls, found.patients, found.warnings, alpha=0.05, match="none", n_tests=47, notice="")  # fmt: skip
    assert table.header[:3] == ["Feature", "Sequence", "n"] and len(table.rows) == 94
    assert "Size-matched: p, all 94 together" in table.header
    texture = [row[:2] for row in table.rows if row[-1] == "texture"]
    assert texture == [["GLCM_Energy *", "ADC"]]
    assert "the 94 features of CE T1, ADC (one family)" in table.caption
    assert "1 texture (ADC GLCM_Energy)" in counts_words(found.features)


def test_one_sentence_says_what_each_sequence_found(study):
    statistics, _, found = study
    n = {name: int(own["significant"].sum()) for name, own in by_sequence(statistics).items()}
    assert found_by_sequence(statistics, found.features) == (
        f"2 sequences were measured: in CE T1 (n = 14) {n['ce_t1']} of 47 features differ, 0 called texture;"
        f" in ADC (n = 14) {n['adc']} of 47 features differ, 1 called texture."
    )
    one = statistics[statistics["sequence"] == "adc"]
    assert found_by_sequence(one, None) == ""


def test_a_caption_names_the_sequences_only_where_there_are_several(study):
    of_all = by_sequence(study[0])
    words = sequence_words(of_all, {"adc": "2 pages"})
    n = int(of_all["adc"]["significant"].sum())
    assert words["adc"] == f"n = 14, {n} significant feature{'s' * (n != 1)}, 2 pages"
    assert with_sequences("A.\n", {"adc": words["adc"]}) == "A.\n"
    assert with_sequences("A.\n", {"ce_t1": "n = 3", "adc": "n = 2"}) == (
        "A.\n\nSequences, a page each: CE T1 (n = 3); ADC (n = 2). Numbers above are of CE T1.\n"
    )
