import pytest

from npcradiomics.publication.figures.patient_labels import numbers_key, panel_titles, point_labels

LONG = [f"Radiologie-Klinikum_Muenchen_Patient-{k:05d}-baseline" for k in (1, 2, 13)]


@pytest.mark.parametrize(
    ("patients", "labels"),
    [
        # The paper's own: REC004 is point 4. Numbers are never cut within.
        (["REC001", "REC002", "REC014"], ["1", "2", "14"]),
        (["REC010", "REC011", "REC012"], ["10", "11", "12"]),
        (["P1", "P2", "X7"], ["P1", "P2", "X7"]),
        (LONG, ["1", "2", "13"]),
        # Without their zeros two names would be alike; without what is shared one would be empty.
        (["P01", "P1", "P2"], ["01", "1", "2"]),
        (["P", "Pa", "Pb"], ["P", "Pa", "Pb"]),
        (["Anna-Maria-A", "Bernadette-B", "Christiane-C"], ["#1", "#2", "#3"]),
    ],
)
def test_point_labels_are_what_tells_patients_apart(patients, labels):
    assert list(point_labels(patients).values()) == labels


def test_titles_are_names_where_they_fit():
    assert panel_titles(["REC001", "Patient-00000014"]) == {
        p: p for p in ("REC001", "Patient-00000014")
    }
    assert list(panel_titles(LONG).values()) == ["…00001…", "…00002…", "…00013…"]
    unlike = ["a" * 20, "b" * 20]
    assert panel_titles(unlike) == {unlike[0]: "#1", unlike[1]: "#2"}


def test_the_key_says_who_the_numbers_are():
    unlike = [letter * 20 for letter in "abc"]
    for labels in (panel_titles(unlike), point_labels(unlike)):
        key = numbers_key(labels, "fig7.tsv")
        assert f"#1 is {unlike[0]}, #3 is {unlike[2]}," in key and "order of fig7.tsv" in key
    assert numbers_key(panel_titles(unlike[:1]), "fig2.tsv").endswith(f": #1 is {unlike[0]}.")
    assert numbers_key(panel_titles(LONG), "fig2.tsv") == numbers_key({"P1": "1"}, "") == ""
