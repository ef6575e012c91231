"""The page of one patient: his place among the others, numbers that anybody can count, and the registration's page in it."""

import html
import re

import numpy as np
import pandas as pd
import pytest

from npcradiomics.cohort.standing import Standing
from npcradiomics.features.definitions import FEATURES
from npcradiomics.publication.pages.patient import (
    against_cohort,
    dose_table,
    neighbours,
    registration_part,
)
from patient_page_example import cohort, page


def row_of(rows, feature):
    return next(row for row in rows if row["definition"].feature == feature)


def words_of(text):
    shown = re.sub("(?s)<script.*?</script>", " ", text)
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", shown)).split())


def test_differences_are_placed_among_the_cohorts():
    """Of 1, 2, 3, 4 and 10: quartiles 2, 3 and 4, fences at -1 and 7."""
    table = cohort(GLCM_Energy=[10.0, 1.0, 2.0, 3.0, 4.0])
    own = row_of(against_cohort(table, "P1", None), "GLCM_Energy")
    assert (own["recurrent"], own["rest"], own["difference"]) == (
        "2.00E+01",
        "1.00E+01",
        "1.00E+01",
    )
    assert (own["place"], own["n"], own["unusual"]) == (5, 5, True)
    expected = {"first": 100 / 9, "median": 200 / 9, "third": 300 / 9, "own": 100.0}
    assert own["strip"] == pytest.approx(expected)
    other = row_of(against_cohort(table, "P5", None), "GLCM_Energy")
    assert (other["place"], other["unusual"]) == (4, False)


def test_equal_differences_count_as_not_above_and_have_no_strip():
    own = row_of(against_cohort(cohort(GLCM_Energy=[2.0] * 5), "P3", None), "GLCM_Energy")
    assert (own["place"], own["n"], own["unusual"], own["strip"]) == (5, 5, False, None)


def test_an_unknown_feature_has_no_place():
    table = cohort(GLCM_Energy=[np.nan, 1.0, 2.0, 3.0, 4.0])
    own = row_of(against_cohort(table, "P1", None), "GLCM_Energy")
    assert (own["difference"], own["place"], own["n"]) == ("NA", None, 4)
    assert row_of(against_cohort(table, "P2", None), "GLCM_Energy")["place"] == 1


def test_ranks_among_own_draws_are_the_patients_own():
    ranks = pd.DataFrame(
        {"patient": ["P1", "P2"], "feature": ["GLCM_Energy"] * 2, "rank": [0.995, 0.1]}
    )
    rows = against_cohort(cohort(), "P2", ranks)
    assert row_of(rows, "GLCM_Energy")["rank"] == "10 %"
    assert row_of(rows, "GLCM_Contrast")["rank"] == "NA"


def test_neighbours_follow_doubt_and_pass_over_who_has_no_page():
    table = pd.DataFrame({"patient": ["a", "b", "c#1", "d"], "doubt_rank": [4, 1, 3, 2]})
    found = neighbours(table, ["a", "b", "c#1"], "c#1")  # b, d, c#1, a
    assert (found["place"], found["of"]) == (2, 3)
    assert found["previous"] == {"patient": "b", "page": "../b/patient.html"}
    assert neighbours(table, list("abd"), "b")["previous"] is None
    assert neighbours(table, ["a", "b", "c#1"], "b")["next"]["page"] == "../c%231/patient.html"


def test_dose_stands_in_a_column_per_structure():
    figures = pd.DataFrame(
        [
            ("gtvr", "d95", "Gy", 71.876, 71.834, 71.893),
            ("gtv", "d95", "Gy", 71.5, np.nan, np.nan),
            ("centroid", "distance_to_isodose95", "mm", 12.04, 11.96, 12.2),
        ],
        columns=["structure", "quantity", "unit", "value", "low", "high"],
    )
    found = dose_table(figures)
    assert found["structures"] == ["GTVr", "GTVr inside the GTV", "rest of the GTV", "GTV"]
    assert found["rows"] == [("D95, Gy", ["71.9 (71.8 to 71.9)", "", "", "71.5"])]
    (words, value), *others = found["centroid"]
    assert value == "12.0 (12.0 to 12.2)" and words.endswith("isodose, positive inside, mm")
    assert not others


def test_the_registration_page_is_in_it_word_for_word():
    whole, text = page()
    assert len(registration_part(whole)) > 0.9 * len(whole)
    assert registration_part(whole) in text
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    with pytest.raises(ValueError, match="no <main"):
        registration_part("<body>an older page</body>")


def test_names_are_text_and_nothing_is_loaded_from_anywhere():
    _, text = page("P&1'")
    assert "<h1>P&amp;1&#39;</h1>" in text
    assert 'href="../P%262/patient.html">Less doubtful: P&amp;2</a>' in text
    addresses = re.findall(r'(?:href|src)="([^"]*)"', text)
    outside = {a for a in addresses if not a.startswith(("data:", "#", "../"))}
    assert not outside


def test_who_is_out_has_a_page_that_says_so():
    _, text = page(stands=Standing("not in field", "8 % of GTVr's <voxels>"))
    said = words_of(text)
    assert "Not in the cohort's features: out: recurrence not in field (8 %" in said
    assert "<voxels>" not in text


def test_features_stand_in_the_table_with_what_they_mean():
    rows = against_cohort(cohort(GLSZM_ZSV=[10.0, 1.0, 2.0, 3.0, 4.0]), "P1", None)
    _, text = page(features=rows)
    assert text.count('<tr class="unusual">') == 1
    line = re.search(r"<tr[^>]*><th title=[^>]*>GLSZM_ZSV</th>.*?</tr>", text, re.S).group(0)
    assert "5 of 5" in line and "Higher: " in line and line.startswith('<tr class="unusual">')
    assert len(re.findall(r"<th title=", text)) == len(FEATURES)
