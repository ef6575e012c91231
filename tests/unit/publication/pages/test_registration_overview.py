"""The overview: most doubtful first, who waits for a decision, links that lead to the pages."""

import re

import pytest

from npcradiomics.cohort.standing import Standing
from npcradiomics.publication.pages.registration_overview import overview_content
from npcradiomics.publication.pages.template import render
from registration_example import quality
from repository import ROOT

TEMPLATE = str(ROOT / "workflow/report/registration_overview.html")
IN = Standing("in", "")
RECORDS = [
    (quality("calm"), IN),
    (quality("thrown"), Standing("rejected", "other patient's scan")),
    (quality("near", "failed", backward=(2.2, "failed")), Standing("refused", "2.2 mm")),
    (
        quality("asked", "failed", backward=(3.7, "failed")),
        Standing("in", "registration accepted by a person: <i>fine</i>"),
    ),
    (quality("outside"), Standing("not in field", "8.4% of GTVr")),
    (quality("doubtful", "look", rotation=(20.0, "look")), IN),
]
ORDER = ["broken", "asked", "near", "thrown", "doubtful", "calm", "outside"]


@pytest.fixture(scope="module")
def content():
    patients = [
        {
            "quality": q,
            "standing": stands,
            "thumbnail": "data:,",
            "page": f"../patients/{q['patient']}/report.html",
        }
        for q, stands in RECORDS
    ]
    without = {"broken": Standing("failed", "register_recurrence: gtv.nii.gz: no such file")}
    return overview_content(patients, without, simulated=False)


def test_order_counts_and_decisions(content):
    assert [card["patient"] for card in content["cards"]] == ORDER
    assert content["verdicts"] == {"failed": 2, "look": 1, "pass": 3}
    assert content["undecided"] == ["near"]
    assert content["states"] == [
        ("In the cohort", 3),
        ("Out until a person decides: refused by the checks", 1),
        ("Out: failed", 1),
        ("Out: rejected by a person", 1),
        ("Out: recurrence not in field", 1),
    ]


def test_only_who_is_in_and_passed_is_green(content):
    assert {card["patient"]: card["colour"] for card in content["cards"]} == {
        "broken": "failed",
        "asked": "look",
        "near": "failed",
        "thrown": "failed",
        "doubtful": "look",
        "calm": "pass",
        "outside": "out",
    }


def test_page(content):
    page = render(TEMPLATE, **content)
    links = re.findall(r'<h2><a href="([^"]+)">', page)
    assert links == [f"../patients/{name}/report.html" for name in ORDER[1:]]
    assert "Wait for a person's decision:</b> near." in page
    assert "&lt;i&gt;fine" in page
    assert "Sentence of backward." in page
    assert "Simulated" not in page
    cards = re.findall(r'<li class="verdict card.*?</li>', page, re.S)
    said = {
        name: " ".join(re.sub("<[^>]+>", " ", card).split())
        for name, card in zip(ORDER, cards, strict=True)
    }
    assert said["broken"].startswith(
        "no page broken Out: failed : register_recurrence: gtv.nii.gz: no such file"
    )
    assert said["thrown"].startswith(
        "thrown Out: rejected by a person : other patient&#39;s scan Registration ✓ pass"
    )
    assert said["outside"].startswith(
        "outside Out: recurrence not in field : 8.4% of GTVr Registration ✓ pass"
    )
    assert said["calm"].startswith("calm In the cohort Registration ✓ pass")


def test_a_recurrence_that_arrived_nowhere_is_said_to_be_missing():
    lost = quality("lost")
    lost["gtvr_volume"]["after_ml"] = 0.0
    patient = {"quality": lost, "standing": IN, "thumbnail": "data:,", "page": "lost.html"}
    text = render(TEMPLATE, **overview_content([patient], {}, simulated=False))
    assert "GTVr is nowhere on the planning MRI" in text


def test_settings_that_are_not_the_defaults_are_said():
    words = "Not by the default settings: registration parameters samples 9 (default 5)"
    text = render(TEMPLATE, **overview_content([], {}, False, words))
    assert f"<p>{words}.</p>" in text
    assert "default settings" not in render(TEMPLATE, **overview_content([], {}, False))
