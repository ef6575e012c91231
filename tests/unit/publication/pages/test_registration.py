"""The page of one patient: self-contained, small, and with every number, limit and verdict in words."""

import html
import re
from dataclasses import replace

import numpy as np
import pytest

from dicom_files import points_of
from npcradiomics.cohort.standing import Standing
from npcradiomics.dose.recurrence import Plan, measure_recurrence
from npcradiomics.images.masks import volume_ml
from npcradiomics.publication.pages.dose import dose_content
from npcradiomics.publication.pages.registration import page_content
from npcradiomics.publication.pages.template import render
from npcradiomics.registration.deformable import compare_carried
from npcradiomics.registration.verdict import not_registered
from registration_example import example, quality
from repository import ROOT
from solid_masks import image_of

IN = Standing("in", "")
TEMPLATE = str(ROOT / "workflow/report/registration_page.html")


def page(
    record=None, stands=IN, simulated=True, pair=None, compared=None, departures="", dose=None
):
    record, pair = record or example().quality, pair or example().pair
    content = page_content(pair, record, stands, simulated, compared, departures, dose)
    return render(TEMPLATE, **content)


def first_words(text):
    """What the page says of the patient before anything else, and the class of its bar."""
    bar, said = re.search(r'<div class="verdict (.*?)">\n(.*?)\n</div>', text, re.S).groups()
    return bar, " ".join(re.sub("<[^>]+>", " ", said).split())


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


def test_rigid_and_deformable_stand_side_by_side(good):
    one = example()
    found = compare_carried(one.pair.gtvr, one.pair.gtv, one.pair.gtv, one.pair.gtv)
    shown = page(pair=replace(one.pair, gtvr_deformable=one.pair.gtv), compared=found)
    rows = [re.sub("<[^>]+>", " ", row).split() for row in re.findall(r"<tr>.*?</tr>", shown, re.S)]
    volumes = [f"{volume_ml(mask):.2f}" for mask in (one.pair.gtvr, one.pair.gtv)]
    assert ["GTVr,", "mL", *volumes] in rows
    share = f"{100 * found['rigid']['in_field_fraction']:.1f}"
    assert ["GTVr", "inside", "the", "95", "%", "isodose", share, "%", "100.0", "%"] in [
        row[2:] for row in rows
    ]
    assert f"Dice of the two {found['dice']:.2f}; the centre moves by" in shown
    outlines = re.findall(r'<path class="gtvr deformed" d="([^"]*)"', shown)
    assert outlines == re.findall(
        r'<path class="gtv" d="([^"]*)"/><path class="gtvr" [^>]*/><path', shown
    )
    assert "deformable" not in good and "deformed" not in good
    stopped = page(compared={"not_known": "the optimiser stopped"})
    assert "Not known: the optimiser stopped." in stopped


def test_discrepancy_in_numbers(good):
    assert "0.40 mm on average, 0.40 mm at most" in good
    unknown = page(pair=replace(example().pair, discrepancy=None))
    assert "Not known: the recurrence MRI could not be registered backwards." in unknown
    assert 'data-mode="discrepancy"' not in unknown


def test_simulated_patients_are_called_so(good):
    assert "Simulated patients: no clinical data" in good
    assert "Simulated" not in page(simulated=False)


def test_settings_that_are_not_the_defaults_stand_above_all(good):
    words = "Not by the default settings: registration parameters samples 9 (default 5)"
    page_of_others = page(departures=words)
    assert f"<p>{words}.</p>" in page_of_others.split('<div class="verdict')[0]
    assert "default settings" not in good


def test_failed_patient_says_what_to_do():
    record = quality("REC001", "failed", backward=(3.2, "failed"))
    undecided = page(record, Standing("refused", "Sentence of backward"))
    assert "until a person has decided" in undecided
    for column in ("registration_review", "registration_note", "initial_transform", "transform"):
        assert f"<code>{column}</code>" in undecided
    accepted = page(record, Standing("in", "registration accepted by a person: <b>matches</b>"))
    bar, said = first_words(accepted)
    assert bar == "is-look"
    assert said.startswith("In the cohort : registration accepted by a person: &lt;b&gt;matches")
    assert "until a person has decided" not in accepted


@pytest.mark.parametrize(
    ("state", "verdict", "bar", "begins"),
    [
        ("in", "pass", "is-pass", "In the cohort Registration ✓ pass · "),
        ("in", "look", "is-look", "In the cohort Registration ? look · "),
        ("rejected", "pass", "is-failed", "Out: rejected by a person : why Registration ✓ pass"),
        ("excluded", "pass", "is-out", "Out: excluded by the config : why Registration ✓ pass"),
        ("not in field", "pass", "is-out", "Out: recurrence not in field : why Registration ✓ "),
        ("failed", "look", "is-failed", "Out: failed : why Registration ? look · "),
    ],
)
def test_the_page_begins_with_where_the_patient_stands(state, verdict, bar, begins):
    text = page(quality("P1", verdict), Standing(state, "" if state == "in" else "why"))
    found, said = first_words(text)
    assert found == bar
    assert said.startswith(begins)


def test_a_recurrence_that_arrived_nowhere_is_said_to_be_missing(good):
    assert "GTVr is nowhere on the planning MRI" not in good
    assert "The slices with most of GTVr." in good
    pair = example().pair
    text = page(pair=replace(pair, gtvr=pair.gtvr * 0))
    assert "GTVr is nowhere on the planning MRI" in first_words(text)[1]
    assert "The slices with most of the GTV." in text


def test_patient_who_could_not_be_registered_has_a_page_too():
    record = example().quality | not_registered("no start lays the region on the moving image")
    assert "no start lays the region" in page(record)


def test_dose_of_the_recurrence_stands_on_the_page():
    """A dose that falls by 2 Gy a mm from the origin: class, D95 and both histograms as the core has them."""
    pair = example().pair
    away = np.linalg.norm(points_of(pair.planning), axis=-1)
    dose = image_of(75.0 - away / 2, pair.planning)
    measured = measure_recurrence(pair.gtv, pair.gtvr, Plan(dose=dose, prescription_gy=70.0))
    text = page(dose=dose_content(measured))
    assert "decided by Akram's rule alone, which counts voxels" in html.unescape(text)
    found = {(r["structure"], r["quantity"], r["unit"]): r["value"] for r in measured.figures}
    said = " ".join(re.sub("<[^>]+>", " ", text).split())
    assert f"{measured.failure['class'].capitalize()} ." in said
    assert f"D95 of GTVr {found['gtvr', 'd95', 'Gy']:.1f} Gy" in said
    assert text.count("<polyline") == 2
    assert "Dose of the recurrence" not in page()


def test_isodose_alone_gives_class_and_share_and_no_histogram():
    pair = example().pair
    measured = measure_recurrence(pair.gtv, pair.gtvr, Plan(isodose95=pair.gtv))
    text = page(dose=dose_content(measured))
    assert "decided by Akram's rule alone, which counts voxels" in html.unescape(text)
    assert "Dose of the recurrence" in text and "<polyline" not in text and "D95 of" not in text
