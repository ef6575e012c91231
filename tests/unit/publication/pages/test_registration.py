"""The page of one patient: self-contained, small, and with every number, limit and verdict in words."""

import re
from dataclasses import replace

import pytest

from npcradiomics.publication.pages.registration import page_content
from npcradiomics.publication.pages.template import render
from npcradiomics.registration.verdict import not_registered
from registration_example import example, quality
from repository import ROOT

TEMPLATE = str(ROOT / "workflow/report/registration_page.html")


def page(record=None, review="", note="", simulated=True, pair=None):
    content = page_content(
        pair or example().pair, record or example().quality, review, note, simulated
    )
    return render(TEMPLATE, **content)


@pytest.fixture(scope="module")
def good():
    return page()


def test_nothing_is_loaded_from_anywhere(good):
    addresses = re.findall(r'(?:href|src)="([^"]*)"', good)
    assert addresses
    outside = {a for a in addresses if not a.startswith(("data:", "#"))}
    assert outside == {"../../../cohort/registration.html"}
    assert "url(http" not in good
    assert "@import" not in good


def test_it_is_small(good):
    assert len(good.encode()) < 1_000_000


def test_it_is_the_same_every_time(good):
    assert page() == good


def test_every_reference_has_its_picture(good):
    ids = set(re.findall(r'\bid="([^"]+)"', good))
    used = set(re.findall(r'<use href="#([^"]+)"', good))
    assert used
    assert used <= ids
    assert len(ids) == len(re.findall(r'\bid="([^"]+)"', good))


def test_checks_stand_there_with_value_limit_and_verdict(good):
    rows = [
        " ".join(re.sub("<[^>]+>", " ", row).split())
        for row in re.findall(r"<tr>.*?</tr>", good, re.S)
    ]
    assert "Registered backwards 0.20 mm at most 2.00 mm ✓ pass Sentence of backward." in rows
    assert "Surroundings in view 100 % at least 75 % ✓ pass Sentence of overlap." in rows
    assert any(row.startswith("contours 0.1, 0.1, 0.1") and row.endswith("chosen") for row in rows)
    assert any("dropped" in row and "25% needed" in row for row in rows)


def test_estimated_error_in_words(good):
    words = " ".join(re.sub("<[^>]+>", " ", good).split())
    assert "Estimated error at the tumour: 1.0 mm (90 of 100 true errors lie between 0.3" in words
    unknown = page(example().quality | {"estimated_error": None})
    assert "Estimated error at the tumour: not known." in unknown


def test_discrepancy_in_numbers(good):
    assert "0.40 mm on average, 0.40 mm at most" in good
    unknown = page(pair=replace(example().pair, discrepancy=None))
    assert "Not known: the recurrence MRI could not be registered backwards." in unknown
    assert 'data-mode="discrepancy"' not in unknown


def test_simulated_patients_are_called_so(good):
    assert "Simulated patients: no clinical data" in good
    assert "Simulated" not in page(simulated=False)


def test_failed_patient_says_what_to_do():
    record = quality("REC001", "failed", backward=(3.2, "failed"))
    undecided = page(record)
    assert "until a person has decided" in undecided
    for column in ("registration_review", "registration_note", "initial_transform", "transform"):
        assert f"<code>{column}</code>" in undecided
    accepted = page(record, "accept", "bone <b>matches</b>")
    assert "accepted by a person" in accepted
    assert "bone &lt;b&gt;matches" in accepted
    assert "until a person has decided" not in accepted


def test_patient_who_could_not_be_registered_has_a_page_too():
    record = example().quality | not_registered("no start lays the region on the moving image")
    assert "no start lays the region" in page(record)
