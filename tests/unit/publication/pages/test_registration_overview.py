"""The overview: most doubtful first, who waits for a decision, links that lead to the pages."""

import re

import pytest

from npcradiomics.publication.pages.registration_overview import overview_content
from npcradiomics.publication.pages.template import render
from registration_example import quality
from repository import ROOT

TEMPLATE = str(ROOT / "workflow/report/registration_overview.html")
RECORDS = [
    (quality("calm"), "", ""),
    (quality("far", "failed", backward=(30.0, "failed")), "reject", "other patient's scan"),
    (quality("near", "failed", backward=(1.2, "failed")), "", ""),
    (quality("asked", "look", backward=(0.7, "look")), "accept", "<i>fine</i>"),
]


@pytest.fixture(scope="module")
def content():
    patients = [
        {
            "quality": q,
            "review": r,
            "note": n,
            "thumbnail": "data:,",
            "page": f"../patients/{q['patient']}/report.html",
        }
        for q, r, n in RECORDS
    ]
    return overview_content(patients, simulated=False)


def test_order_counts_and_decisions(content):
    assert [card["patient"] for card in content["cards"]] == ["far", "near", "asked", "calm"]
    assert content["verdicts"] == {"failed": 2, "look": 1, "pass": 1}
    assert content["undecided"] == ["near"]
    assert content["left_out"] == ["far"]
    assert content["cards"][1]["worst"]["words"] == "1.20 mm"


def test_page(content):
    page = render(TEMPLATE, **content)
    links = re.findall(r'<h2><a href="([^"]+)">', page)
    assert links == [f"../patients/{name}/report.html" for name in ("far", "near", "asked", "calm")]
    assert "Wait for a person's decision:</b> near." in page
    assert "&lt;i&gt;fine" in page
    assert "Sentence of backward." in page
    assert "Simulated" not in page
