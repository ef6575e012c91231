"""Words in one spelling, no value where there is none, and no guess in between."""

import pytest

from npcradiomics.cohort.clinical_values import NO_VALUE, one_spelling, settle
from npcradiomics.cohort.exclusion import read_clinical, select_patients


def rows_of(words):
    return [
        {"patient": f"P{k}", "sex": word} if word else {"patient": f"P{k}"}
        for k, word in enumerate(words)
    ]


def test_one_word_has_one_spelling_the_most_frequent():
    rows = rows_of(["male", "Male", "male", " FEMALE", "female", "female", ""])
    said = settle(rows, ["sex"])
    assert [row.get("sex") for row in rows] == ["male"] * 3 + ["female"] * 3 + [None]
    assert said == ["sex: 'Male' is 'male', ' FEMALE' is 'female'"]


def test_unicode_forms_are_one_word():
    assert one_spelling(["Größe", "Gro\u0308ße", "GRÖSSE"], "ABC", "site") == ["Größe"] * 3


@pytest.mark.parametrize("word", [*sorted(NO_VALUE), "NA", "N/A", "NaN", "NULL", "#N/A"])
def test_words_for_no_value_are_no_category(word):
    rows = rows_of(["male", word])
    assert settle(rows, ["sex"]) == ["sex: 1 cells without a value"]
    assert "sex" not in rows[1]


@pytest.mark.parametrize("word", ["None", "none", "-", "?", "unknown"])
def test_what_may_be_a_value_or_none_is_refused_with_the_patient(word):
    with pytest.raises(
        ValueError,
        match=r"sex: 1 cells may be a value or none \(P1: .*leave an unknown value empty",
    ):
        settle(rows_of(["male", word]), ["sex"])


def test_a_word_for_no_value_among_numbers_is_refused():
    rows = [{"patient": "A", "age": "70"}, {"patient": "B", "age": "NA"}]
    with pytest.raises(ValueError, match=r"B: age is 'NA'\); leave an unknown value empty"):
        settle(rows, ["age"])


def test_exclusion_reads_the_same_words(tmp_path):
    path = tmp_path / "patients.csv"
    path.write_text(
        "patient;sex;age\nNA;Male;70,5\nB;male;\nC;male;60\nD;female;61\n", encoding="utf-8"
    )
    table = read_clinical(path, ["sex", "age"])
    assert table["patient"].tolist() == ["NA", "B", "C", "D"]
    assert table["age"].tolist()[:1] + table["age"].tolist()[2:] == [70.5, 60.0, 61.0]
    assert table["age"].isna().tolist() == [False, True, False, False]
    kept, excluded = select_patients(table, "sex == 'MALE'")
    assert kept["patient"].tolist() == ["D"] and excluded["patient"].tolist() == ["NA", "B", "C"]
