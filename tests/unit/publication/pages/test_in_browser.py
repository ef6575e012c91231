"""The pages in a real browser, opened from disk: pictures load, keys work, text can be read on a desk and on a phone."""

import shutil

import pytest

from browser import Browser
from dicom_files import ramp, series
from npcradiomics.cohort.standing import Standing
from npcradiomics.dicom.draft import draft_rows
from npcradiomics.dicom.inventory import scan
from npcradiomics.dicom.writer import write_rtstruct
from npcradiomics.publication.pages.embedded import data_uri
from npcradiomics.publication.pages.registration import page_content
from npcradiomics.publication.pages.registration_overview import overview_content
from npcradiomics.publication.pages.registration_pictures import MARGIN_MM, Volumes, thumbnail
from npcradiomics.publication.pages.scan_summary import summary_content
from npcradiomics.publication.pages.template import render
from registration_example import example, quality
from repository import ROOT

pytestmark = pytest.mark.skipif(
    not (shutil.which("chromium") and shutil.which("chromedriver")),
    reason="needs chromium and chromedriver (Debian: chromium, chromium-driver), which are not on this machine",
)
IN = Standing("in", "")
REPORT = ROOT / "workflow/report"
SHOWN = "return document.getElementById('shown').textContent"
LAYERS = "return [...document.querySelectorAll('#view use')].map((u) => u.getAttribute('href').split('-').slice(3).join('-'))"
PLACE = "return document.getElementById('place').textContent"
# Every embedded picture, decoded by the browser; the number of those that have no pixels.
BROKEN = """
const addresses = [...document.querySelectorAll("image")].map((i) => i.getAttribute("href"))
  .concat([...document.images].map((i) => i.src));
return Promise.all(addresses.map(async (a) => {
  const picture = new Image(); picture.src = a;
  try { await picture.decode(); } catch { return 1; }
  return picture.naturalWidth > 0 ? 0 : 1;
})).then((bad) => [addresses.length, bad.reduce((a, b) => a + b, 0)]);
"""
# The smallest letters of visible text in CSS pixels, and the width of the page.
READABLE = """
const sizes = [...document.body.querySelectorAll("*")]
  .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) && e.getClientRects().length
    && !e.closest("script"))
  .map((e) => parseFloat(getComputedStyle(e).fontSize));
return [Math.min(...sizes), document.documentElement.scrollWidth];
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("results")
    record = example().quality
    report = folder / "patients/REC001/registration/report.html"
    report.parent.mkdir(parents=True)
    report.write_text(
        render(REPORT / "registration_page.html", **page_content(example().pair, record, IN, True)),
        encoding="utf-8",
    )
    picture = data_uri(
        thumbnail(Volumes(example().pair.round_tumour(MARGIN_MM), example().pair.planning)), "webp"
    )
    patients = [
        {
            "quality": q,
            "standing": stands,
            "thumbnail": picture,
            "page": f"../patients/{q['patient']}/registration/report.html",
        }
        for q, stands in (
            (record, IN),
            (quality("P2", "failed", backward=(3.2, "failed")), Standing("refused", "3.2 mm")),
        )
    ]
    overview = folder / "cohort/registration.html"
    overview.parent.mkdir()
    overview.write_text(
        render(REPORT / "registration_overview.html", **overview_content(patients, {}, True)),
        encoding="utf-8",
    )
    return {"report": report, "overview": overview, "scan": page_of_a_scan(folder)}


def page_of_a_scan(folder):
    """The page of a scan of a real export's shape: a series, a long structure's name, a long file name."""
    dicom = folder / "dicom"
    image, source = series(dicom / ("folder_" * 9), ramp(size=(64, 48, 5)), "P1", "t1 gd " * 9)
    write_rtstruct({"GTV_" * 8: image > 100}, dicom / "rs.dcm", "P1", source)
    found, left_out = scan(dicom)
    content = summary_content(found, *draft_rows(found), dicom)
    content |= {"left_out": left_out.most_common(), "table": "patients.tsv"}
    page = folder / "summary.html"
    page.write_text(render(REPORT / "scan_summary.html", **content), encoding="utf-8")
    return page


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with Browser(tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest.mark.parametrize(("name", "pictures"), [("report", 60), ("overview", 2), ("scan", 1)])
@pytest.mark.parametrize("width", [1280, 390])
def test_pictures_load_and_text_can_be_read(browser, pages, name, pictures, width):
    browser.open(pages[name], width)
    count, broken = browser.run(BROKEN)
    assert count >= pictures
    assert broken == 0
    smallest, wide = browser.run(READABLE)
    assert smallest >= 12
    assert wide <= width


def test_flicker_by_keyboard(browser, pages):
    browser.open(pages["report"], 1280)
    assert browser.run(SHOWN) == "Planning MRI"
    assert browser.run(LAYERS) == ["planning", "contours"]
    browser.press(" ")
    assert browser.run(SHOWN) == "Recurrence MRI, registered"
    assert browser.run(LAYERS) == ["after", "contours"]
    browser.press(" ", "2")
    assert browser.run(LAYERS) == ["before", "contours-before"]
    browser.press(" ", " ")
    assert browser.run(SHOWN) == "Recurrence MRI, before"
    for key, layers in (
        ("4", ["planning", "after"]),
        ("5", ["planning", "edges"]),
        ("6", ["planning", "discrepancy"]),
    ):
        browser.press(key)
        assert browser.run(LAYERS) == [*layers, "contours"]
    browser.press("c")
    assert browser.run(LAYERS) == ["planning", "discrepancy"]


def test_flicker_changes_what_is_seen(browser, pages, tmp_path):
    browser.open(pages["report"], 1280)
    seen = []
    for key in ("1", "2", "3", "4", "5", "6"):
        browser.press(key)
        browser.screenshot(tmp_path / f"{key}.png")
        seen.append((tmp_path / f"{key}.png").read_bytes())
    assert len(set(seen)) == 6


def test_flicker_by_click_and_by_itself(browser, pages):
    browser.open(pages["report"], 1280)
    browser.click("#screen")
    assert browser.run(SHOWN) == "Recurrence MRI, registered"
    browser.click("#screen")
    assert browser.run(SHOWN) == "Planning MRI"
    counted = """
    let changes = 0;
    new MutationObserver(() => { changes += 1; }).observe(document.getElementById("shown"), { childList: true });
    return new Promise((done) => setTimeout(() => done(changes), 2000));
    """
    assert browser.run(counted) == 0  # only on request
    browser.press("f")
    assert 2 <= browser.run(counted) <= 6  # at most three a second
    browser.press("f")
    assert browser.run(counted) == 0


def test_slices_and_planes_by_keyboard_and_from_the_sheet(browser, pages):
    browser.open(pages["report"], 1280)
    first = browser.run(PLACE)
    browser.press("\ue014")  # right arrow
    second = browser.run(PLACE)
    assert second != first
    browser.press("\ue012")  # left arrow
    assert browser.run(PLACE) == first
    browser.press("p")
    assert browser.run(PLACE).startswith("coronal")
    browser.press("p", "p")
    assert browser.run(
        "return document.querySelector('#view use').getAttribute('href')"
    ).startswith("#head-")
    browser.click(".sheet button")
    assert browser.run(PLACE) == browser.run(
        "return document.querySelector('.sheet figcaption').textContent"
    )
    browser.press(" ")
    assert browser.run(SHOWN) == "Recurrence MRI, registered"


def test_overview_leads_to_the_page_and_back(browser, pages):
    browser.open(pages["overview"], 1280)
    assert browser.run("return [...document.querySelectorAll('h2')].map((h) => h.textContent)") == [
        "P2",
        "REC001",
    ]
    browser.click("a[href*=REC001] img")
    assert browser.run("return document.title") == "REC001: in the cohort; registration pass"
    browser.click("nav a")
    assert browser.run("return document.title") == "Registrations of the cohort"
