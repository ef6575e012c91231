"""The tab of the risk map: scores in words, the dose beside them, and a page without the map as it was."""

import importlib.util
import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from npcradiomics.publication.pages.risk import own_sentence, report_words, risk_content
from npcradiomics.risk import places
from patient_page_example import page
from repository import ROOT
from risk_patients import risk_cohort

SCORES = {
    "auc": {"model": 0.714, "depth": 0.5, "random": 0.5},
    "coverage_gtvr": {"model": 0.54, "depth": 0.4, "random": 0.25},
    "coverage_gtvr_blurred": {"model": 0.515, "depth": 0.385, "random": 0.25},
    "coverage_10": {"model": 0.2, "depth": 0.1, "random": 0.1},
    "coverage_15": {"model": 0.3, "depth": 0.1, "random": 0.15},
}
RECORD = {
    "patient": "P1",
    "verdict": "The map is not better than depth alone: <so>.",
    "reason": "",
    "level": 70,
    "scores": SCORES,
    "blur": "Within the registration's error: ...",
    "dose": [
        {"structure": "gtvr", "quantity": "d95", "unit": "Gy", "value": 68.04},
        {"structure": "non_recurrent", "quantity": "d95", "unit": "Gy", "value": 70.0},
        {"structure": "gtvr", "quantity": "d95", "unit": "% of prescription", "value": 97.2},
    ],
}


def test_scores_stand_in_a_row_per_boost_and_a_column_per_map():
    found = risk_content(RECORD, [10])
    assert found["header"] == ["risk map", "depth alone", "at random"]
    assert found["rows"] == [
        ("covered by a boost as large as GTVr", ["54 %", "40 %", "25 %"]),
        ("... within the registration's error", ["52 %", "38 %", "25 %"]),
        ("covered by a boost of 10 % of the GTV", ["20 %", "10 %", "10 %"]),
        ("ROC-AUC of the voxels", ["0.71", "0.50", "0.50"]),
    ]
    assert found["dose"] == [("D95, Gy", "68.0", "70.0")]


@pytest.mark.parametrize(
    ("model", "words"),
    [(0.54, "covers 54 % of it, more than"), (0.402, "40 % of it, as much as"), (0.3, "less than")],
)
def test_a_patients_own_score_is_told_against_depth(model, words):
    said = own_sentence({"model": model, "depth": 0.4})
    assert words in said and "by depth alone (40 %)" in said


@pytest.mark.parametrize(("better", "value"), [(True, "yes"), (False, "no")])
def test_the_report_begins_with_the_verdict(better, value):
    said, (number,) = report_words({"better": better, "sentence": "The map is: so."})
    assert said.startswith("The map is: so. Research use only")
    assert number["value"] == value and number["words"].endswith("better than depth alone")


def test_the_tab_is_there_only_with_a_map():
    _, without = page()
    assert "risk" not in without.lower()
    content = risk_content(RECORD, [10]) | {"picture": "data:image/png;base64,AA=="}
    _, text = page(risk=content)
    assert 'id="tab-risk"' in text and 'id="panel-risk"' in text
    assert "The map is not better than depth alone: &lt;so&gt;." in text
    assert "Research use only" in text and "it was not uniform" in text
    rest = text.partition('\n\n<section class="panel" id="panel-risk"')
    assert rest[0].count('<section class="panel"') == without.count('<section class="panel"') == 5


def test_who_has_no_map_has_the_reason():
    record = {"verdict": "The map ...", "reason": "the GTV has 90 voxels", "level": 70}
    _, text = page(risk=risk_content(record, [10]) | {"picture": "data:,"})
    assert "No map of this patient: the GTV has 90 voxels." in text
    assert 'src="data:,"' not in text


def test_who_has_no_places_gets_a_record_and_a_picture_that_say_why(tmp_path):
    """His map, NaN in the GTV, is not read."""
    spec = importlib.util.spec_from_file_location("report", ROOT / "scripts/report_risk.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    none = replace(risk_cohort(5, n=1)[0], reason="the GTV has 90 voxels")
    places.write(none, tmp_path / "places.npz")
    (tmp_path / "verdict.json").write_text(json.dumps({"sentence": "The map ..."}), "utf-8")
    given = {"places": "places.npz", "verdict": "verdict.json"}
    script.main(
        SimpleNamespace(
            input=SimpleNamespace(**{name: tmp_path / file for name, file in given.items()}),
            params=SimpleNamespace(level=70, simulated=False),
            output=SimpleNamespace(record=tmp_path / "report.json", png=tmp_path / "risk.png"),
        )
    )
    record = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert record["reason"] == "the GTV has 90 voxels" and record["verdict"] == "The map ..."
    assert (tmp_path / "risk.png").stat().st_size > 0
