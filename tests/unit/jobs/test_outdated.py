"""What no longer holds is found by what it was made from, and lies aside until it is made anew."""

import hashlib
import os
from pathlib import Path

import pytest

from npcradiomics.jobs import outdated

# As the workflow records it: what each file of a cohort of P1 and P2 was made from.
MADE_FROM = {
    "patients/P1/regions/recurrent.nii.gz": ["data/P1.nii.gz"],
    "patients/P1/features/recurrent.tsv": ["patients/P1/regions/recurrent.nii.gz"],
    "patients/P1/export": ["patients/P1/regions/recurrent.nii.gz"],
    "patients/P1/registration/report.html": ["data/P1.nii.gz"],
    "patients/P2/regions/recurrent.nii.gz": ["data/P2.nii.gz"],
    "patients/P2/features/recurrent.tsv": ["patients/P2/regions/recurrent.nii.gz"],
    "patients/P2/figures/fig_s1.png": ["patients/P2/regions/recurrent.nii.gz"],
    "cohort/features.tsv": [f"patients/{p}/features/recurrent.tsv" for p in ("P1", "P2")],
    "cohort/registration.html": ["patients/P1/registration/report.html"],
    "patients/P1/sequences/adc/regions/regions.json": ["data/P1_adc.nii.gz"],
    "patients/P1/sequences/adc/registration/report.html": [
        "patients/P1/sequences/adc/regions/regions.json"
    ],
    "patients/P1/sequences/adc/features/recurrent.tsv": [
        "patients/P1/sequences/adc/regions/regions.json"
    ],
    "cohort/sequences.tsv": ["patients/P1/sequences/adc/features/recurrent.tsv"],
    "figures/fig12.png": ["cohort/sequences.tsv"],
    "tables/table2.md": ["cohort/features.tsv"],
    "tables/table1.md": ["table1.rst"],
    "provenance.json": ["tables/table2.md", "tables/table1.md"],
}


@pytest.fixture
def results(tmp_path):
    for name in [*MADE_FROM, "tables/notes of mine.md"]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith("export"):
            (path / "inner").mkdir(parents=True)
            path = path / "inner/structures.dcm"
        path.write_text(f"old {name}", encoding="utf-8")
    return tmp_path


def found(results, unmade=(), left_out=(), changed=(), adc=("P1", "P2")):
    def made_from(path):
        return [
            name if name.startswith("data") else f"{results}/{name}"
            for name in MADE_FROM.get(path.removeprefix(f"{results}/"), [])
        ]

    unmade = {f"{results}/{name}" for name in unmade}
    changed = {f"{results}/{name}" for name in changed}
    return set(
        outdated.find_outdated(
            results,
            unmade,
            left_out,
            {"t2": [], "adc": adc},
            made_from,
            lambda path: path in changed,
        )
    )


def test_what_was_made_from_an_unmade_file_no_longer_holds_also_through_others(results):
    # The run aimed at P1's regions alone; Table 2 is of them all the same, Table 1 of nobody.
    unmade = ["patients/P1/regions/recurrent.nii.gz"]
    assert found(results, unmade) == {
        "patients/P1/export",
        "cohort/features.tsv",
        "tables/table2.md",
        "provenance.json",
    }


def test_who_is_out_since_leaves_tables_and_pictures_but_not_the_page_that_says_why(results):
    assert found(results, left_out=["P2"]) == {
        "patients/P2/figures/fig_s1.png",
        "cohort/features.tsv",
        "tables/table2.md",
        "provenance.json",
    }
    assert found(results, left_out=["P9"]) == set()


def test_a_sequence_that_is_out_leaves_what_was_made_from_its_features_but_not_its_page(results):
    assert found(results, adc=["P2"]) == {"cohort/sequences.tsv", "figures/fig12.png"}
    # Its page goes with what it shows.
    assert found(results, ["patients/P1/sequences/adc/regions/regions.json"]) == {
        "patients/P1/sequences/adc/registration/report.html",
        "cohort/sequences.tsv",
        "figures/fig12.png",
    }


def test_what_was_made_from_another_file_than_is_there_now_no_longer_holds(results):
    # For Figure 3 alone the cohort's features were made anew, without a patient.
    assert found(results, changed=["tables/table2.md"]) == {"tables/table2.md", "provenance.json"}


def test_an_input_is_another_if_its_content_is_not_if_it_was_touched_or_copied(tmp_path):
    made, given, large = (str(tmp_path / name) for name in ("table.md", "features.tsv", "big.nii"))
    for seconds, path in enumerate([given, made, large]):  # nobody has a checksum of a large file
        Path(path).write_text("first", encoding="utf-8")
        os.utime(path, (seconds, seconds))
    then = {given: "sha256:" + hashlib.sha256(b"first").hexdigest()}
    assert not outdated.changed_since(made, [given, large], then)
    os.utime(given, (5, 5))
    assert not outdated.changed_since(made, [given, large, "gone"], then)
    Path(given).write_text("second", encoding="utf-8")
    assert outdated.changed_since(made, [given, large], then)
    assert not outdated.changed_since(str(tmp_path / "never made"), [given], then)


def test_nothing_unmade_and_nobody_out_nothing_moves(results):
    assert found(results) == set()


def test_set_aside_until_it_is_made_anew(results):
    names = ["tables/table2.md", "patients/P1/export", "provenance.json"]
    outdated.set_aside(results, names)
    aside = results / "out_of_date"
    assert not any((results / name).exists() for name in names)
    assert (aside / "patients/P1/export/inner/structures.dcm").is_file()
    said = outdated.sentence(results, names)
    assert said == (
        "made before and no longer true, moved to "
        f"{results}/out_of_date: tables/ (1), patients/ (1), provenance.json"
    )
    (results / "tables/table2.md").write_text("new", encoding="utf-8")
    (results / "patients/P1/export").mkdir()
    outdated.clear(results)
    assert [path.name for path in aside.rglob("*")] == ["provenance.json"]
    # An older one makes room.
    outdated.set_aside(results, ["tables/table2.md"])
    assert (aside / "tables/table2.md").read_text(encoding="utf-8") == "new"
    for name in ("tables/table2.md", "provenance.json"):
        (results / name).write_text("newest", encoding="utf-8")
    outdated.clear(results)
    assert not aside.exists()
