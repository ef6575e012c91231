"""Table 3: cells against the tables behind them, and what caption and notes must say."""

import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest

import null_example as example
from npcradiomics.features.definitions import FEATURES
from npcradiomics.files import write_table
from npcradiomics.publication.captions import escape_rst, fill_caption
from npcradiomics.publication.figures.spatial_null import control_panels, null_panels
from npcradiomics.publication.tables.formats import write_docx, write_latex, write_markdown
from npcradiomics.publication.tables.spatial_null import counts_words, table3
from npcradiomics.rounding import p_text, scientific_text
from npcradiomics.spatial_null.comparison import compare_with_null
from npcradiomics.spatial_null.verdict import GEOMETRY, TEXTURE
from repository import ROOT

M = {"n_recombinations": 1000, "seed": 3}
PLANTED = {
    "texture": ["GLCM_Energy"],
    "geometry": ["NGTDM_Busyness", "GLSZM_ZSV"],
    "place": ["Intensity_Variance"],
}


def compared(records, statistics):
    found = compare_with_null(records, statistics, **M)
    options = {"alpha": 0.05, "match": "none", "n_tests": 47, "notice": ""}
    return found, table3(found.features, found.controls, found.patients, found.warnings, **options)


@pytest.fixture(scope="module")
def fourteen():
    return compared(*example.cohort(14, large=2, **PLANTED))


def by_feature(table):
    return {row[0]: row[1:] for row in table.rows}


def test_all_47_features_with_the_numbers_of_the_tables(fourteen):
    found, table = fourteen
    assert [row[0].removesuffix(" *") for row in table.rows] == list(FEATURES)
    row = found.features.set_index("feature").loc["NGTDM_Busyness"]
    cells = by_feature(table)["NGTDM_Busyness *"]
    assert cells[0] == "14" and cells[1] == scientific_text(row["mean_difference"])
    assert cells[2].rstrip("^") == p_text(row["paper_p"]) and cells[3] == f"{row['statistic']:.2f}"
    names = ["p", "p_maxt", "t_p_null", "p_without_large", "surrogate_p", "surrogate_p_maxt"]
    assert cells[4:10] == [p_text(row[name]) for name in names]
    assert cells[10:] == [">100 %", GEOMETRY] and row["share_reproduced"] > 1
    assert by_feature(table)["GLCM_Energy *"][-1] == TEXTURE


def test_a_meaningless_share_is_not_printed():
    records, statistics = example.cohort(5)
    found = compare_with_null(records, statistics, **M)
    features = found.features.assign(
        share_reproduced=np.r_[-123.0, 1.01, -0.004, np.nan, 0.0, 0.714, np.ones(41)]
    )
    options = {"alpha": 0.05, "match": "none", "n_tests": 47, "notice": ""}
    table = table3(features, found.controls, found.patients, [], **options)
    assert [row[-2] for row in table.rows[:7]] == [
        "NA",
        ">100 %",
        "NA",
        "NA",
        "0 %",
        "71 %",
        "100 %",
    ]


def test_column_without_the_large_only_where_there_are_some(fourteen):
    assert "Size-matched: p, small GTVr only" in fourteen[1].header
    assert "Size-matched: p, small GTVr only" not in compared(*example.cohort(4))[1].header


def test_notes_have_rule_counts_and_caveats(fourteen):
    found, table = fourteen
    notes = " ".join(table.footnotes)
    assert counts_words(found.features).startswith(
        "Of 47 features: 1 texture (GLCM_Energy), 2 explained by size or shape, 44 not"
    )
    assert counts_words(found.features) in table.footnotes
    assert (
        "Verdict: texture = p of all features together" in notes
        and "p < 0.00106 (Bonferroni, 47 tests)" in notes
    )
    assert "P01 (70 %), P02 (70 %)" in notes and "Simulated" not in notes
    assert table.caption.startswith(
        "Table 3. Texture or size: the 47 features"
    ) and table.caption.endswith("(n = 14)")


def test_a_rejecting_control_stands_before_the_caption_and_once():
    records, statistics = example.cohort(14)
    for one in records:
        one.covariates[0, 0] += 3
    found, table = compared(records, statistics)
    assert table.caption.startswith(found.warnings[0] + " Table 3.")
    assert found.warnings[0] not in table.footnotes


def test_a_cohort_without_draws_says_so():
    _, table = compared(*example.nothing_drawn(4))
    first = "No patient has draws: nothing can be said of size or shape."
    assert table.caption.startswith(f"{first} Table 3.") and table.caption.endswith("(n = 0)")
    assert first not in table.footnotes
    assert all(row[1] == "0" and row[4] == "NA" for row in table.rows)


@pytest.mark.parametrize("n", [4, 0])
@pytest.mark.filterwarnings("error")
def test_tables_from_disk_give_the_same_table(n, tmp_path):
    found, table = compared(*(example.cohort(n, large=1) if n else example.nothing_drawn(3)))
    tables = []
    for name in ("features", "controls", "patients"):
        write_table(getattr(found, name), tmp_path / name)
        tables.append(pd.read_csv(tmp_path / name, sep="\t", dtype={"patient": str}))
    options = {"alpha": 0.05, "match": "none", "n_tests": 47, "notice": ""}
    assert table3(*tables, found.warnings, **options) == table


def test_panels_are_the_rows_of_the_tables(fourteen):
    found, _ = fourteen
    bins, panels = null_panels(
        found.features, found.distribution, ["NGTDM_Busyness", "GLCM_Energy"]
    )
    assert panels[["name", "null"]].to_numpy().tolist() == [
        ["NGTDM_Busyness", "spatial"],
        ["NGTDM_Busyness", "surrogate"],
        ["GLCM_Energy", "spatial"],
        ["GLCM_Energy", "surrogate"],
    ]
    row = found.features.set_index("feature").loc["GLCM_Energy"]
    assert panels["statistic"].tolist()[2:] == [row["statistic"], row["surrogate_statistic"]]
    assert panels["critical"].tolist()[2:] == [row["critical"], row["surrogate_critical"]]
    np.testing.assert_allclose(bins.groupby(["null", "name"])["share"].sum(), 1)
    bins, panels = control_panels(found.controls, found.distribution)
    assert len(panels) == 5 and set(bins["null"]) == {"control"}


@pytest.mark.parametrize("n", [14, 0])
def test_every_format_takes_it(n, fourteen, tmp_path):
    table = fourteen[1] if n else compared(*example.nothing_drawn(3))[1]
    write_markdown(tmp_path / "t.md", table)
    write_docx(tmp_path / "t.docx", table)
    write_latex(tmp_path / "t.tex", table)
    assert (tmp_path / "t.md").read_text(encoding="utf-8").count("\n| ") >= 48
    if shutil.which("pdflatex"):
        subprocess.run(
            ["pdflatex", "-interaction=batchmode", "t.tex"],
            cwd=tmp_path,
            check=True,
            capture_output=True,
        )


@pytest.mark.parametrize("figure", ["table3", "fig6", "fig7", "fig8"])
def test_captions_ask_for_what_the_scripts_give(figure):
    root = ROOT
    template = (root / "workflow" / "report" / f"{figure}.rst").read_text(encoding="utf-8")
    numbers = {
        "table3": {"caption": "Table 3", "notes": ["a", "b"]},
        "fig6": {
            "n_shown": 7,
            "selection": "",
            "n": 14,
            "alpha": "0.05",
            "rule": "R",
            "warnings": ["W"],
            "n_pages": 2,
        },
        "fig7": {
            "n_patients": 3,
            "counts": "C",
            "warnings": [],
            "clustered": False,
            "key": "#1 is P01",
        },
        "fig8": {
            "n": 3,
            "n_tested": 5,
            "dose": True,
            "alpha": "0.05",
            "untested": ["largest_piece_voxels (the same in all draws)"],
        },
    }[figure]
    text = fill_caption(template, **numbers, first=escape_rst("Draws do not fit."), notice="")
    if figure != "table3":
        assert text.startswith("Draws do not fit.\n\n**Fig")
    assert "{{" not in text and "{%" not in text
