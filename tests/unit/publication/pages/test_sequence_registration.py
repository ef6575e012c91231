"""The tab of a further sequence: the pictures and numbers of its registration, and no word of a recurrence."""

import html
import re

import numpy as np
import pytest
import SimpleITK as sitk

from npcradiomics.cohort.sequences import label_of
from npcradiomics.cohort.standing import Standing
from npcradiomics.images.masks import centroid
from npcradiomics.images.transforms import motion
from npcradiomics.publication.figures.patient import plot_registration
from npcradiomics.publication.pages.registration import page_content, tabs_of
from npcradiomics.publication.pages.sequence_registration import sequence_content, sequence_pair
from npcradiomics.publication.pages.template import render
from npcradiomics.simulation.sequences import simulate_sequence
from registration_example import checks, example
from repository import ROOT

TEMPLATE = str(ROOT / "workflow/report/registration_page.html")


@pytest.fixture(scope="module")
def t2():
    """Pair, record and content of the tab of a simulated T2 by its true transform."""
    patient = example().patient
    grid = {"size": (96, 96, 20), "spacing_mm": (1.6, 1.6, 5.0)}
    image, transform, _ = simulate_sequence("t2", "REC001", 7, **grid)
    there = sitk.Resample(image, patient.planning_mri, transform, sitk.sitkLinear, 0.0)
    record = example().quality | {"sequence": "t2", "note": "", "starts": [], "checks": checks()}
    record |= motion(transform, centroid(patient.gtv))
    del record["gtvr_volume"], record["checks"]["recurrence_inside"]
    pair = sequence_pair(patient.planning_mri, image, there, patient.gtv)
    content = sequence_content(pair, record, ("t2", "adc"), "", "planning_t2", True)
    return pair, record, content


def page(t2, **changed):
    return render(TEMPLATE, **t2[2] | changed)


def words_of(text):
    body = text.partition("<body")[2].partition("<script")[0]
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", body)).split())


def test_it_says_what_is_registered_and_nothing_of_a_recurrence(t2):
    text = page(t2)
    words = words_of(text)
    assert "REC001: registration of the T2 to the planning MRI" in words
    assert "T2 before" in words and "T2 registered" in words
    assert "sequences/t2/registration of this patient: sequence_to_planning.tfm" in words
    # One tab leads to the recurrence; nothing else is of it.
    assert words.count("recurrence") == 1 and "GTVr" not in words
    shift = np.linalg.norm(t2[1]["translation_mm"])
    assert f"length of the shift {shift:.2f} mm" in words
    assert 'id="review"' not in text and "viewer-volumes" not in text


def test_the_page_of_an_adc_says_that_it_may_be_stretched_and_what_is_not_known_of_its_numbers(t2):
    pair, record, content = t2
    told = record | {"sequence": "adc", "note": "the unit is not known"}
    adc = sequence_content(pair, told, ("t2", "adc"), "", "c", True)
    words = "stretched near air by millimetres. No rigid transform undoes that"
    assert words in words_of(render(TEMPLATE, **adc))
    assert "Its numbers: the unit is not known." in words_of(render(TEMPLATE, **adc))
    assert words not in words_of(render(TEMPLATE, **content))


def test_every_reference_has_its_picture_and_gtv_its_outline(t2):
    text = page(t2)
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert set(re.findall(r'<use href="#([^"]+)"', text)) <= set(ids)
    assert len(ids) == len(set(ids))
    outlines = re.findall(r'<path class="gtv" d="([^"]*)"', text)
    assert sum(map(bool, outlines)) > 10
    assert not any(re.findall(r'<path class="gtvr" d="([^"]*)"', text))
    assert len(text.encode()) < 1_000_000


def test_tabs_lead_from_each_page_to_the_others():
    recurrence, t2, _ = tabs_of(["t2", "adc"], "")
    assert (recurrence["here"], t2["here"]) == (True, False)
    assert t2["page"] == "../sequences/t2/registration/report.html"
    back, _, beside = tabs_of(["t2", "adc"], "t2")
    assert back["page"] == "../../../registration/report.html"
    assert beside["page"] == "../../../sequences/adc/registration/report.html"
    assert tabs_of([], "") == []
    assert [label_of(name) for name in ("t2", "ce_t1")] == ["T2", "CE T1"]


def test_the_page_of_the_recurrence_has_tabs_only_where_there_are_sequences():
    one = example()
    content = page_content(one.pair, one.quality, Standing("in", ""), True)
    assert content["tabs"] == []
    pages = [render(TEMPLATE, **content | {"tabs": tabs_of(names, "")}) for names in ([], ["t2"])]
    assert 'class="images"' not in pages[0]
    assert 'href="../sequences/t2/registration/report.html"' in pages[1]


def test_a_sequence_that_is_out_says_why_and_a_doubtful_one_what_to_do(t2):
    out = words_of(page(t2, reason="registration failed: Sentence", verdict="failed"))
    assert "Not measured in this sequence : registration failed: Sentence." in out
    doubtful = words_of(page(t2, verdict="look"))
    assert "write reject into the column planning_t2_review" in doubtful
    assert "reject" not in words_of(page(t2))


def test_the_picture_names_the_sequence(t2):
    figure = plot_registration("REC001", t2[0].round_tumour(15.0), "registration pass", True, "T2")
    titles = [axis.get_title() for axis in figure.axes[:4]]
    assert titles == ["planning MRI", "T2, by its headers", "T2, registered", "checkerboard"]
    assert "GTVr" not in figure.get_suptitle()
