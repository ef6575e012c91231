"""A patient's page in a real browser, opened from disk: tabs, the decision, the viewer, dark, print, a phone."""

import shutil
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import axe_core_python
import pytest

from browser import SOFTWARE_GRAPHICS, Browser
from npcradiomics.features.definitions import FEATURES
from npcradiomics.input_tables import read_cells
from npcradiomics.publication.pages.patient import against_cohort
from patient_page_example import cohort, page
from repository import ROOT

pytestmark = pytest.mark.skipif(
    not (shutil.which("chromium") and shutil.which("chromedriver")),
    reason="needs chromium and chromedriver (Debian: chromium, chromium-driver), which are not on this machine",
)
VIEWER = Path(sys.prefix) / "share/niivue/niivue.umd.js"
AXE = Path(axe_core_python.__file__).with_name("axe.min.js")
LEFT, RIGHT, HOME, END, TAB = "\ue012", "\ue014", "\ue011", "\ue010", "\ue004"
CHOSEN = """
return [document.activeElement.id, document.querySelector("[aria-selected=true]").id,
  [...document.querySelectorAll("[role=tabpanel]")].filter((p) => p.getClientRects().length).map((p) => p.id)];
"""
PANELS = "return [...document.querySelectorAll('.panel')].map((p) => p.getClientRects().length > 0)"
REASON = """<img src=x onerror="document.title='run'"> & "said" so"""
# The contrast (WCAG 2) of each visible text with the first ground behind it that has a colour.
CONTRASTS = """
const light = (c) => c.map((v) => v / 255).map((v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
  .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
const ground = (e) => {
  for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c.slice(0, 3); }
  return [255, 255, 255];
};
return [...document.body.querySelectorAll("*")]
  .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) && e.getClientRects().length
    && !e.closest("script, svg, :disabled"))
  .map((e) => { const [a, b] = [rgb(getComputedStyle(e).color).slice(0, 3), ground(e)].map(light);
    return [(Math.max(a, b) + .05) / (Math.min(a, b) + .05), e.textContent.trim().slice(0, 40)]; })
  .sort((one, other) => one[0] - other[0])[0];
"""


def write(folder, patient):
    """The pages of one patient where a run puts them."""
    rows = against_cohort(cohort(GLSZM_ZSV=[10.0, 1.0, 2.0, 3.0, 4.0]), "P1", None)
    registration, whole = page(patient, features=rows)
    place = folder / "patients" / patient
    (place / "registration").mkdir(parents=True)
    (place / "registration/report.html").write_text(registration, encoding="utf-8")
    (place / "patient.html").write_text(whole, encoding="utf-8")
    return place / "patient.html"


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("results") / "heterogeneity"
    return SimpleNamespace(first=write(folder, "REC001"), second=write(folder, "N" * 37 + "&1'"))


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with Browser(tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest.fixture
def fresh(browser, study):
    """The browser on the first patient's page, without decisions."""
    browser.emulate()
    browser.open(study.first, 1280)
    browser.run("localStorage.clear()")
    browser.open(study.first, 1280)
    return browser


def decide(browser, decision, reason):
    browser.click(f"#review [value={decision}]")
    browser.fill("#review [name=registration_note]", reason)
    browser.click("#review form button")


def test_tabs_by_keyboard(fresh):
    fresh.run("document.getElementById('tab-registration').focus()")
    for key, name in ((RIGHT, "regions"), (END, "draws"), (RIGHT, "registration"), (LEFT, "draws")):
        fresh.press(key)
        assert fresh.run(CHOSEN) == [f"tab-{name}", f"tab-{name}", [f"panel-{name}"]]
    fresh.press(HOME, RIGHT, RIGHT, RIGHT, TAB)
    assert fresh.run(CHOSEN)[0] == "panel-features"
    assert fresh.run("return location.hash") == "#features"
    tabs = "return [...document.querySelectorAll('[role=tab]')].map((t) => [t.getAttribute('aria-controls'), t.tabIndex])"
    names = ("registration", "regions", "dose", "features", "draws")
    assert fresh.run(tabs) == [[f"panel-{n}", 0 if n == "features" else -1] for n in names]


def test_the_flicker_is_in_the_first_tab_and_silent_in_the_others(fresh):
    shown = "return document.getElementById('shown').textContent"
    fresh.press(" ")
    assert fresh.run(shown) == "Recurrence MRI, registered"
    fresh.click("#tab-features")
    fresh.run("document.activeElement.blur()")
    fresh.press("1")
    assert fresh.run(shown) == "Recurrence MRI, registered"
    fresh.click("#tab-registration")
    assert fresh.run("return document.getElementById('bar').getBoundingClientRect().width") > 20
    decide(fresh, "accept", "1 2 3 fcp")  # keys of the flicker, typed as words
    assert fresh.run(shown) == "Recurrence MRI, registered"
    assert (
        fresh.run("return document.getElementById('review-row').value")
        == "REC001\taccept\t1 2 3 fcp\n"
    )


def test_decisions_of_all_pages_come_as_one_table(fresh, study, tmp_path):
    """What a person types comes back letter for letter through the reader of patients tables."""
    decide(fresh, "reject", REASON)
    assert fresh.run("return document.title") == "REC001: in the cohort"
    assert fresh.run("return document.querySelectorAll('#review-list img').length") == 0
    assert (
        fresh.run("return document.querySelector('#review-list td:nth-child(3)').textContent")
        == REASON
    )
    fresh.open(study.second.parent / "registration/report.html", 1280)
    assert fresh.run("return document.getElementById('review-count').textContent") == "1"
    decide(fresh, "accept", "typed")
    fresh.run("document.querySelector('#review [name=registration_note]').value = '=1+1\\tpasted'")
    fresh.click("#review form button")
    fresh.open(study.second, 1280)
    assert fresh.run("return document.getElementById('review-count').textContent") == "2"
    fresh.save_downloads(tmp_path)
    fresh.run("document.querySelector('#review details').open = true")
    fresh.click("#review-download")
    table = tmp_path / "registration_reviews.tsv"
    for _ in range(50):
        if table.exists():
            break
        time.sleep(0.1)
    cells = read_cells(table)
    assert cells.header == ["patient", "registration_review", "registration_note"]
    # A tab would be a cell more, and a spreadsheet would compute what begins with =.
    assert [row for _, row in cells.rows] == [
        ["N" * 37 + "&1'", "accept", "'=1+1 pasted"],
        ["REC001", "reject", REASON],
    ]
    fresh.click("#review-list button")
    assert fresh.run("return document.getElementById('review-count').textContent") == "1"


def test_another_folder_of_results_has_decisions_of_its_own(fresh, tmp_path):
    decide(fresh, "reject", "wrong patient")
    fresh.open(write(tmp_path / "heterogeneity", "REC001"), 1280)
    assert fresh.run("return document.getElementById('review-count').textContent") == "0"


def test_a_decision_without_reason_is_not_kept(fresh):
    decide(fresh, "reject", "  ")
    assert "reason" in fresh.run("return document.getElementById('review-said').textContent")
    assert fresh.run("return document.getElementById('review-count').textContent") == "0"


def test_without_the_viewers_script_one_line_says_so(fresh):
    fresh.run("document.getElementById('viewer').scrollIntoView()")
    said = "return new Promise((done) => setTimeout(() => done(document.getElementById('viewer-said').textContent), 300))"
    for _ in range(20):
        words = fresh.run(said)
        if words.startswith("No planes"):
            break
    assert words.startswith("No planes and 3-D here: ") and words.endswith("shows the same images.")
    assert fresh.run("return document.getElementById('viewer-box').getClientRects().length") == 0


@pytest.mark.skipif(not VIEWER.is_file(), reason="needs NiiVue, which set-up could not fetch")
def test_the_viewer_shows_planes_and_answers(study, tmp_path_factory):
    script = study.first.parents[2] / "viewer/niivue.js"
    script.parent.mkdir()
    shutil.copyfile(VIEWER, script)
    grey = "const v = document.getElementById('viewer').viewer; v.drawScene(); const g = v.gl, p = new Uint8Array(4 * g.drawingBufferWidth * g.drawingBufferHeight); g.readPixels(0, 0, g.drawingBufferWidth, g.drawingBufferHeight, g.RGBA, g.UNSIGNED_BYTE, p); return p.filter((x, i) => i % 4 < 3 && x > 40).length / p.length"
    try:
        with Browser(tmp_path_factory.mktemp("graphics"), SOFTWARE_GRAPHICS) as graphics:
            graphics.open(study.first, 800)
            graphics.run("document.getElementById('viewer').scrollIntoView()")
            for _ in range(100):
                if graphics.run("return !!document.getElementById('viewer').viewer"):
                    break
                time.sleep(0.2)
            words = graphics.run("return document.getElementById('viewer-said').textContent")
            assert words == ""
            assert graphics.run(grey) > 0.1
            volumes = "return document.getElementById('viewer').viewer.volumes.map((v) => [v.name, v.dimsRAS.slice(1), v.opacity])"
            (planning, recurrence) = graphics.run(volumes)
            assert planning[0] == "planning.nii.gz" and recurrence[2] == 0
            assert planning[1] == recurrence[1]
            graphics.run(
                "const s = document.querySelector('[data-layer=recurrence]'); s.value = 40; s.dispatchEvent(new Event('input'))"
            )
            assert graphics.run(volumes)[1][2] == 0.4
            place = "return [...document.getElementById('viewer').viewer.frac2vox(document.getElementById('viewer').viewer.scene.crosshairPos)]"
            before = graphics.run(place)
            graphics.run("document.getElementById('viewer-canvas').focus()")
            graphics.press("\ue00e")  # page up: one slice to the head
            after = graphics.run(place)
            assert [b - a for a, b in zip(before, after, strict=True)] == [0, 0, 1]
    finally:
        shutil.rmtree(script.parent)


def test_all_tabs_are_printed(fresh):
    assert fresh.run(PANELS) == [True, False, False, False, False]
    fresh.emulate("print")
    assert fresh.run(PANELS) == [True] * 5
    assert fresh.run("return document.querySelector('.tabs').getClientRects().length") == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("tab", ["registration", "features"])
def test_text_stands_out_from_its_ground(fresh, scheme, tab):
    """At least 4.5, which WCAG 2 asks for (level AA)."""
    fresh.emulate(prefers_color_scheme=scheme)
    fresh.click(f"#tab-{tab}")
    ground = fresh.run("return getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(13, 17, 23)"}[scheme]
    contrast, words = fresh.run(CONTRASTS)
    assert contrast >= 4.5, words


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_violation(fresh, scheme):
    """All tabs' contents at once, a decision made, everything that folds open."""
    fresh.emulate(prefers_color_scheme=scheme)
    decide(fresh, "reject", REASON)
    fresh.run("""
        document.querySelectorAll("details").forEach((one) => { one.open = true; });
        document.querySelectorAll(".panel").forEach((one) => { one.hidden = false; });""")
    assert fresh.run(PANELS) == [True] * 5
    fresh.run(AXE.read_text(encoding="utf-8") + ";window.axe = axe;")
    passed, found = fresh.run("""
        return axe.run().then((result) => [result.passes.length, result.violations
          .filter((v) => ["serious", "critical"].includes(v.impact))
          .map((v) => v.id + ": " + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 120)).join(" | "))]);""")
    assert passed > 20 and found == []


@pytest.mark.parametrize("width", [375, 1600])
def test_it_fits_into_a_phone_and_a_wide_screen(browser, study, width):
    browser.emulate()
    browser.open(study.second, width)
    for tab in ("registration", "regions", "dose", "features", "draws"):
        browser.click(f"#tab-{tab}")
        # A phone's innerWidth grows with a page that hangs over: the width asked for does not.
        assert browser.run("return document.documentElement.scrollWidth") <= width, tab
    rows = "return document.querySelectorAll('#panel-features tbody tr').length"
    assert browser.run(rows) == len(FEATURES)


def test_nothing_is_asked_of_the_network(fresh):
    asked = "return performance.getEntriesByType('resource').map((r) => r.name).filter((n) => !n.startsWith('data:') && !n.startsWith('blob:'))"
    root = (ROOT / "x").anchor
    assert all(address.startswith(f"file://{root}") for address in fresh.run(asked))
