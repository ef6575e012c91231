"""What differs between two folders of results: planted differences are found, named and measured, and nothing else."""

import json
import subprocess
import sys

import pandas as pd
import pytest

from npcradiomics.jobs.results_differences import compare_results, compare_tables
from repository import ROOT


@pytest.fixture
def both(tmp_path):
    """Two equal folders of a study's results; logs and the time of the run differ."""
    folders = tmp_path / "a", tmp_path / "b"
    for number, folder in enumerate(folders):
        files = {
            "logs/fig3.log": f"{number}",
            "provenance.json": json.dumps(
                {"time": number, "settings": {"extraction": {"n_levels": 256}}}
            ),
            "cohort/features.tsv": "patient\tregion\tGLCM_Energy\n007\trecurrent\t0.5\n"
            "007\tnon_recurrent\t0.25\n1e5\trecurrent\t0.125\n1e5\tnon_recurrent\tNA\n",
            "cohort/excluded.tsv": "patient\trule\treason\n9\tin_field\tno\n",
            "tables/table2.tsv": "feature\tp\tsignificant\tsize_mark\nA\t0.001\tTrue\town\nB\t0.5\tFalse\topen\n",
            "tables/table3.tsv": "feature\tverdict\nA\ttexture\nB\tnot decided\n",
            "tables/table4.tsv": "patient\tclass\ttype\n007\tin field\tA\n1e5\tmarginal\tB\n",
            "cohort/dose.tsv": "patient\tstructure\tvalue\n007\tgtvr\t66.5\n1e5\tgtvr\t64.0\n",
            "patients/007/regions/regions.json": '{"volume_cm3": 4.0}',
            "patients/1e5/regions/regions.json": '{"volume_cm3": 5.0}',
            "figures/fig3.png": "picture",
        }
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
    return folders


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_equal_results_differ_in_nothing(both):
    assert compare_results(*both) == []


def test_settings_patients_rows_and_verdicts_are_told(both):
    a, b = both
    edit(b / "provenance.json", "256", "64")
    edit(b / "cohort/features.tsv", "1e5", "008")
    edit(b / "cohort/excluded.tsv", "9\t", "1e5\t")
    edit(b / "tables/table2.tsv", "False", "True")
    edit(b / "tables/table3.tsv", "B\tnot decided\n", "C\ttexture\n")
    edit(b / "tables/table3.tsv", "A\ttexture", "A\texplained by size or shape")
    assert compare_results(a, b)[:9] == [
        "study:",
        "  settings extraction n_levels: 256 in A, 64 in B",
        "  patients only in A: 1e5",
        "  patients only in B: 008",
        "  excluded patients only in A: 9",
        "  excluded patients only in B: 1e5",
        "  Table 2, significant: B: False in A, True in B",
        "  rows of Table 3 only in A: B",
        "  rows of Table 3 only in B: C",
    ]
    edit(b / "tables/table4.tsv", "marginal\tB", "in field\tA")
    edit(b / "cohort/dose.tsv", "64.0", "66.0")
    told = compare_results(a, b)
    assert "  Table 4, class: 1e5: marginal in A, in field in B" in told
    assert "  Table 4, type: 1e5: B in A, A in B" in told
    place = told.index("  cohort/dose.tsv: differs")
    assert told[place + 1].startswith("    value: 1 of 2 differ, by up to 0.03 relative")
    assert "  Table 3, verdict: A: texture in A, explained by size or shape in B" in (
        compare_results(a, b)
    )


def test_a_row_of_several_sequences_is_named_with_its_sequence(both):
    a, b = both
    for folder in (a, b):
        (folder / "tables/table2.tsv").write_text(
            "sequence\tfeature\tsignificant\nce_t1\tA\tTrue\nadc\tA\tFalse\n", encoding="utf-8"
        )
    edit(b / "tables/table2.tsv", "A\tFalse", "A\tTrue")
    told = "Table 2, significant: adc A: False in A, True in B"
    assert [line.strip() for line in compare_results(a, b) if "Table 2" in line] == [told]


def test_files_are_told_with_the_column_and_its_largest_deviation(both):
    a, b = both
    edit(b / "cohort/features.tsv", "0.25", "0.26")
    edit(b / "cohort/features.tsv", "0.125", "0.100")
    edit(b / "patients/007/regions/regions.json", "4.0", "4.5")
    edit(b / "patients/1e5/regions/regions.json", "5.0", "5.5")
    (b / "figures/fig3.png").unlink()
    assert compare_results(a, b) == [
        "files: 5 files the same, 3 differ",
        "  files only in A: figures/fig3.png",
        "  cohort/features.tsv: differs",
        "    GLCM_Energy: 2 of 4 differ, by up to 0.2 relative, e.g. 0.125 in A, 0.100 in B",
        "  patients/*/regions/regions.json: differs (007, 1e5)",
    ]


def test_deviations_within_the_tolerance_are_none_and_text_always_is_one(both):
    a, b = both
    edit(b / "tables/table2.tsv", "0.001", "0.00100000001")
    assert "by up to 1e-08 relative" in compare_results(a, b, within=1e-9)[-1]
    assert compare_results(a, b, within=1e-6) == []
    edit(b / "tables/table2.tsv", "open", "size")
    assert "  Table 2, size mark: B: open in A, size in B" in compare_results(a, b, within=1e-6)


def test_several_studies_are_told_apart(both, tmp_path):
    for side in ("a", "b"):
        (tmp_path / f"results_{side}").mkdir()
        (tmp_path / side).rename(tmp_path / f"results_{side}" / "heterogeneity")
    a, b = tmp_path / "results_a", tmp_path / "results_b"
    edit(b / "heterogeneity/provenance.json", "256", "64")
    assert compare_results(a, b) == [
        "heterogeneity:",
        "  settings extraction n_levels: 256 in A, 64 in B",
    ]


def table(**columns):
    return pd.DataFrame({name: list(map(str, cells)) for name, cells in columns.items()})


def test_rows_are_matched_by_name_and_not_by_place():
    a = table(feature=["A", "B", "C"], p=[0.1, 0.2, 0.3])
    b = table(feature=["C", "A", "D"], p=[0.3, 0.1, 0.2])
    assert compare_tables(a, b) == (["rows only in A: B", "rows only in B: D"], False)


def test_rows_without_names_are_matched_by_place():
    a, b = table(x=[0.1, 0.1], y=[1, 2]), table(x=[0.1, 0.1], y=[1, 4])
    assert compare_tables(a, b)[0] == [
        "y: 1 of 2 differ, by up to 0.5 relative, e.g. 2 in A, 4 in B"
    ]
    assert compare_tables(a, b.iloc[:1])[0] == ["2 rows in A, 1 in B"]


def test_an_empty_cell_against_a_number_has_no_deviation():
    a, b = table(feature=["A"], p=[""]), table(feature=["A"], p=[0.1])
    assert compare_tables(a, b, within=1.0)[0] == ["p: 1 of 1 differ, e.g. nothing in A, 0.1 in B"]


def test_the_same_number_written_otherwise_is_equal():
    a, b = table(feature=["A", "B"], p=["0.0", "1"]), table(feature=["A", "B"], p=["0", "1.0"])
    assert compare_tables(a, b) == ([], True)


@pytest.mark.parametrize(("make", "code"), [("equal", 0), ("different", 1), ("absent", 2)])
def test_the_exit_code_says_whether_something_differs(both, make, code):
    a, b = both
    if make == "different":
        (b / "figures/fig3.png").write_text("other", encoding="utf-8")
    second = b.parent / "nowhere" if make == "absent" else b
    done = subprocess.run(
        [sys.executable, ROOT / "scripts/compare_results.py", a, second],
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == code
    last = (done.stderr or done.stdout).splitlines()[-1]
    assert last.startswith(
        {0: "nothing differs", 1: "  figures/fig3.png: differs", 2: "compare_results: "}[code]
    )
