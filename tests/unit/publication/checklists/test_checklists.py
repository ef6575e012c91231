"""Checklists: the published numbers and weights, METRICS' score by hand, and answers that follow what ran."""

import json
import re

import pandas as pd
import pytest
from docx import Document

from methods_example import VERSIONS, paragraphs, settings_of
from npcradiomics.publication.checklists.evidence import (
    NO,
    NOT_APPLICABLE,
    OPEN,
    YES,
    Run,
    answer,
)
from npcradiomics.publication.checklists.filled import fill, grade, readable, score, summary
from npcradiomics.publication.methods.text import sentence_table
from npcradiomics.publication.tables.formats import write_docx
from npcradiomics.response.sample_size import sample_size_note
from repository import ROOT, SHARED

ITEMS = pd.read_csv(ROOT / "workflow/report/checklists.tsv", sep="\t", dtype={"item": str})
STUDIES = {
    "heterogeneity": ["metrics", "clear", "ibsi"],
    "response": ["metrics", "clear", "ibsi", "tripod"],
}
# Who drew, what was approved, what is true of the patients: nobody's but the authors' to say.
OF_THE_AUTHORS = {
    "metrics": "1 2 3 5 6 7 8 28",
    "clear": "1 2 3 4 5 6 7 8 10 11 13 14 16 18 19 20 31 49 50 51 52 53",
    "ibsi": "1 2a 2b 2c 4 5 6 7 10 11 12 13 17 18 19 20 21 22 23 24 25 26 27 28 29 30 35 48a 48b 48d 76",
    "tripod": "1 2 3a 3b 3c 4 5a 5b 6a 6b 6c 8a 8b 8c 9b 9c 14 16 17 18a 18b 18c 18d 18e 19 20a 25 26 27b 27c",
}


def run_of(study, folder, counts=None, software=None, notes=(), **config):
    """What a finished run says of itself, with all tables and figures."""
    settings = settings_of(study, **config)
    known = {"centres": 0, "rtstruct": 0, "new": 0, "new_labelled": 0} | (counts or {})
    text = paragraphs(study, settings, **{k: v for k, v in known.items() if k != "centres"})
    made = ["tables/table1.tsv", "tables/table2.tsv", "tables/table3.tsv", "tables/performance.tsv"]
    made += [
        "figures/fig5.png",
        "cohort/features.tsv",
        "cohort/radscore.tsv",
        "cohort/statistics.tsv",
    ]
    cohort = folder / "cohort"
    cohort.mkdir(exist_ok=True)
    for name in ("dropped_features", "selection", "correlation", "performance"):
        (cohort / f"{name}.tsv").write_text("set\tpatients\ntrain\t30\nvalidation\t12\n")
    (cohort / "model.json").write_text(json.dumps({"notes": list(notes)}))
    record = {
        "settings": settings,
        "software": VERSIONS | (software or {}),
        "outputs": dict.fromkeys(made, "0123456789abcdef" * 4),
    }
    return Run(record, sentence_table(text), known, folder)


def items_of(study, name):
    of_list = ITEMS[ITEMS["checklist"] == name].rename(columns={study: "rule"})
    return of_list[["item", "section", "asks", "weight", "rule"]]


def filled(study, name, folder, **of_run):
    return fill(items_of(study, name), run_of(study, folder, **of_run)).set_index("item")


def test_every_list_has_its_published_number_of_items():
    counts = ITEMS["checklist"].value_counts()
    assert (counts["metrics"], counts["clear"], counts["tripod"]) == (30, 58, 52)
    main = ITEMS.loc[ITEMS["checklist"] == "tripod", "item"].str.extract(r"(\d+)")[0]
    assert main.nunique() == 27
    assert list(ITEMS.loc[ITEMS["checklist"] == "clear", "item"]) == [str(k) for k in range(1, 59)]
    assert not ITEMS.duplicated(["checklist", "item"]).any()


def test_weights_of_metrics_are_the_published_ones():
    weights = items_of("response", "metrics").set_index("item")["weight"]
    assert weights.sum() == pytest.approx(1, abs=1e-9)
    assert (weights["3"], weights["27"], weights["30"]) == (0.0919, 0.0749, 0.0075)
    if not SHARED.is_dir():
        pytest.skip("all thirty weights: ../shared/reference/checklists.md is not here")
    text = (SHARED / "reference/checklists.md").read_text(encoding="utf-8")
    published = dict(re.findall(r"^\| (\d+) \| .* \| (\.\d{4}) \|", text, re.M))
    assert {item: float(weight) for item, weight in published.items()} == weights.to_dict()


def test_score_of_a_case_computed_by_hand():
    """Yes .10 and .20, no .30, open .15, not applicable .25: 0.30/0.75 at worst, 0.45/0.75 at best."""
    table = pd.DataFrame(
        {
            "weight": [0.10, 0.20, 0.30, 0.15, 0.25],
            "answer": [YES, YES, NO, OPEN, NOT_APPLICABLE],
        }
    )
    assert score(table) == pytest.approx((0.4, 0.6))
    assert [grade(share) for share in (0.2, 0.21, 0.4, 0.6, 0.61, 0.81)] == (
        ["very low", "low", "low", "moderate", "good", "excellent"]
    )
    row = summary({"metrics": table}).iloc[0]
    assert (row["items"], row["yes"], row["no"], row["for_you_to_fill"]) == (5, 2, 1, 1)
    assert (row["grade_worst"], row["grade_best"]) == ("low", "moderate")


def test_score_of_the_response_study_is_the_sum_of_its_items(tmp_path):
    """Of one centre's 96 patients with all parts made, by the published weights.

    Yes: 13, 15, 18, 20-26, 29. Open: 1-3, 5-8, 10, 19, 28, 30 and the centres, 4. Not: 9, 17.
    """
    notes = [sample_size_note(96, 32, 396, 1.1)]
    answers = filled("response", "metrics", tmp_path, notes=notes)
    weights = answers["weight"]
    yes = ["13", "15", "18", *(str(k) for k in range(20, 27)), "29"]
    still_open = ["1", "2", "3", "4", "5", "6", "7", "8", "10", "19", "28", "30"]
    assert sorted(answers.index[answers["answer"] == YES], key=int) == yes
    assert sorted(answers.index[answers["answer"] == OPEN], key=int) == still_open
    applying = 1 - 0.0225 - 0.0200
    by_hand = 0.0415 + 0.02 + 0.0599 + 0.0352 + 0.0234 + 0.0176 + 0.0117 + 0.0293 + 0.0176 + 0.0375
    by_hand += 0.0075
    worst, best = score(answers)
    assert worst == pytest.approx(by_hand / applying)
    assert best == pytest.approx((by_hand + weights[still_open].sum()) / applying)


@pytest.mark.parametrize(
    ("study", "name", "item", "before", "change", "after"),
    [
        ("response", "metrics", "12", NO, {"features": {"set": "pyradiomics"}}, YES),
        ("response", "metrics", "4", OPEN, {"counts": {"centres": 1}}, NO),
        ("response", "metrics", "4", OPEN, {"counts": {"centres": 2}}, YES),
        ("response", "metrics", "27", NO, {"counts": {"new_labelled": 9, "new": 9}}, OPEN),
        ("response", "metrics", "29", YES, {"software": {"git_changed_files": ["M a.py"]}}, OPEN),
        ("response", "metrics", "29", YES, {"software": {"git_commit": ""}}, OPEN),
        ("response", "tripod", "12d", NOT_APPLICABLE, {"counts": {"centres": 3}}, OPEN),
        ("response", "tripod", "24", NOT_APPLICABLE, {"counts": {"new_labelled": 9, "new": 9}}, YES),
        ("response", "tripod", "10", YES, {"model": {"measure": "class"}}, NO),
        ("response", "ibsi", "69", NOT_APPLICABLE, {}, NOT_APPLICABLE),
        ("heterogeneity", "ibsi", "49", NOT_APPLICABLE, {"counts": {"rtstruct": 1}}, YES),
        ("heterogeneity", "ibsi", "60", YES, {"multiverse": {"enabled": False}}, NO),
        ("heterogeneity", "metrics", "11", NO, {"intensity": {"normalisation": "n4"}}, NO),
        ("heterogeneity", "metrics", "11", NO, {"intensity": {"normalisation": "n4_zscore"}}, OPEN),
        ("heterogeneity", "ibsi", "46", YES, {"intensity": {"normalisation": "n4_zscore"}}, YES),
    ],
)  # fmt: skip
def test_an_item_follows_its_key(tmp_path, study, name, item, before, change, after):
    assert filled(study, name, tmp_path).loc[item, "answer"] == before
    assert filled(study, name, tmp_path, **change).loc[item, "answer"] == after


def test_values_are_those_of_the_settings(tmp_path):
    answers = filled("heterogeneity", "ibsi", tmp_path, extraction={"n_levels": 64})
    row = answers.loc["56b"]
    assert (row["file"], row["key"], row["value"]) == (
        "provenance.json", "settings: extraction: n_levels", "64",
    )  # fmt: skip
    assert "into 64 grey levels" in answers.loc["56a", "value"]


def test_the_number_of_patients_is_judged_by_rileys_criteria(tmp_path):
    few, enough = sample_size_note(96, 32, 396, 1.1), sample_size_note(40000, 13000, 20, 1.1)
    unknown = sample_size_note(96, 32, 396, None)
    found = [
        filled("response", "metrics", tmp_path, notes=["other", note]).loc["16"]
        for note in (few, enough, unknown)
    ]
    assert [row["answer"] for row in found] == [NO, YES, OPEN]
    assert found[0]["value"] == few


def test_a_table_that_was_not_made_is_no_evidence(tmp_path):
    run = run_of("response", tmp_path)
    run.record["outputs"]["tables/table3.tsv"] = None
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables/table3.tsv").write_text("of an earlier run")
    assert answer("made: tables/table3.tsv", run).answer == NO
    assert answer("made: cohort/selection.tsv", run).answer == YES
    assert answer("made: cohort/nothing.tsv", run).answer == NO


@pytest.mark.parametrize("study", STUDIES)
def test_what_only_the_authors_know_is_left_to_them(tmp_path, study):
    for name in STUDIES[study]:
        answers = filled(study, name, tmp_path, counts={"centres": 2})
        for item in OF_THE_AUTHORS[name].split():
            assert answers.loc[item, "answer"] == OPEN, f"{name} {item}"
        supported = answers[answers["answer"] == YES]
        assert (supported["file"] != "").all() and not supported["value"].isna().any()


def test_a_wrong_rule_is_named(tmp_path):
    with pytest.raises(ValueError, match="no rule 'guess'; there are you, no, na"):
        answer("guess: it", run_of("response", tmp_path))


def test_word_has_every_item_with_its_answer(tmp_path):
    answers = filled("response", "metrics", tmp_path).reset_index()
    table = readable("metrics", answers, "response", "Simulated patients")
    write_docx(tmp_path / "metrics.docx", table)
    document = Document(tmp_path / "metrics.docx")
    rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    shown = {row[0]: (row[2], row[3]) for row in rows if row[0].isdigit()}
    assert shown == {row.item: (f"{row.weight:.4f}", row.answer) for row in answers.itertuples()}
    worst, best = score(answers)
    caption = document.paragraphs[0].text
    assert f"score {100 * worst:.1f} % if none of these holds" in caption
    assert (
        f"{100 * best:.1f} % if all do" in caption and "13 of 30 items for you to fill" in caption
    )
    assert document.paragraphs[-1].text == "Simulated patients."
