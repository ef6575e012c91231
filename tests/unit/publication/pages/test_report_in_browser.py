"""The report in a real browser, opened from disk: what stands first, sorting, words that explain themselves, keys, paper."""

import base64
import re
import shutil
import subprocess
from pathlib import Path

import axe_core_python
import pytest

import report_example
from browser import Browser

pytestmark = pytest.mark.skipif(
    not (shutil.which("chromium") and shutil.which("chromedriver")),
    reason="needs chromium and chromedriver (Debian: chromium, chromium-driver), which are not on this machine",
)
AXE = Path(axe_core_python.__file__).with_name("axe.min.js")
TAB, ENTER, ESCAPE = "\ue004", "\ue007", "\ue00c"
ROWS = """
const figure = [...document.querySelectorAll("figure.table")].find((f) => f.textContent.includes(%r));
return [...figure.querySelectorAll("tbody tr:not(.group)")].filter((r) => !r.hidden).map((r) => r.cells[%d].textContent.trim());
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return report_example.write_report(tmp_path_factory.mktemp("study"))


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with Browser(tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest.mark.parametrize(("width", "height"), [(1600, 900), (1280, 720), (375, 812)])
def test_the_answer_stands_on_the_first_screen_and_nothing_hangs_over(browser, page, width, height):
    browser.open(page, width, height)
    answer, bottom, smallest = browser.run("""
        const sizes = [...document.body.querySelectorAll("*")].filter((e) => [...e.childNodes].some(
          (n) => n.nodeType === 3 && n.textContent.trim()) && e.getClientRects().length && !e.closest("script, svg"))
          .map((e) => parseFloat(getComputedStyle(e).fontSize));
        return [document.querySelector(".answer").textContent, document.querySelector(".first").getBoundingClientRect().bottom,
          Math.min(...sizes)];""")
    assert answer.startswith(
        "In 14 of 16 patients (1 missing because a step failed), 2 of 47 features"
    )
    assert bottom <= height and smallest >= 12
    first = browser.run("return document.querySelector('.first').innerText")
    assert "Simulated patients: no clinical data" in first and "To be read with care" in first
    # Unfolded too. A phone's innerWidth grows with a page that hangs over: the width asked for does not.
    browser.run("document.querySelectorAll('details').forEach((one) => { one.open = true; });")
    assert browser.run("return document.documentElement.scrollWidth") <= width


def test_names_and_reasons_are_text(browser, page):
    browser.open(page, 1280)
    assert browser.run(ROWS % ("Not in the statistics", 0)) == [report_example.MARKED, "P92"]
    assert browser.run(ROWS % ("Not in the statistics", 2))[0] == report_example.OUT[0]["reason"]
    assert (
        browser.run("return document.querySelectorAll('main i, main script:not([type])').length")
        == 0
    )
    cards = browser.run(
        "return [...document.querySelectorAll('.mosaic a')].map((a) => [a.textContent.trim(), a.pathname])"
    )
    named = {name: path for name, path in cards}
    assert named[report_example.MARKED].endswith(
        "/patients/%3Ci%3E%26%22P2/registration/report.html"
    )
    assert report_example.LONG in named


def test_the_mosaic_begins_with_the_most_doubtful(browser, page):
    browser.open(page, 1280)
    assert browser.run("return document.querySelector('.mosaic b').textContent") == "P04"


def test_a_column_is_sorted_by_its_button_both_ways_within_its_heading(browser, page):
    browser.open(page, 1280)
    before = browser.run(ROWS % ("Registrations, the checks", 2))
    assert before == sorted(before, key=float) and len(before) == 16
    click = """
        const figure = [...document.querySelectorAll("figure.table")].find((f) => f.textContent.includes(%r));
        figure.querySelectorAll("thead button")[%d].click();
        return figure.querySelectorAll("thead th")[%d].getAttribute("aria-sort");"""
    told = [browser.run(click % ("Registrations, the checks", 2, 2)) for _ in range(2)]
    assert told == ["ascending", "descending"]
    assert browser.run(ROWS % ("Registrations, the checks", 2)) == before[::-1]
    # Numbers as the paper prints them: 4.06E-02, 0.0009^, <0.0001 first, NA last.
    browser.run(click % ("Table 2.", 3, 3))
    seven = [p.rstrip("^") for p in browser.run(ROWS % ("Table 2.", 3))[:7]]
    assert seven == sorted(seven, key=lambda p: -1 if p.startswith("<") else float(p))
    browser.run(click % ("Table 2.", 1, 1))
    assert (means := [float(m) for m in browser.run(ROWS % ("Table 2.", 1))[:7]]) == sorted(means)


def test_rows_are_filtered_and_what_is_shown_is_copied(browser, page):
    browser.open(page, 1280)
    copied = browser.run("""
        navigator.clipboard.writeText = (text) => { window.copied = text; return Promise.resolve(); };
        const figure = [...document.querySelectorAll("figure.table")].find((f) => f.textContent.includes("Table 3."));
        const input = figure.querySelector("input");
        input.value = "glszm texture"; input.dispatchEvent(new Event("input"));
        figure.querySelector(".tools button").click();
        return [window.copied, figure.querySelector("[role=status]").textContent];""")
    header, *rows = copied[0].rstrip("\n").split("\n")
    assert header.split("\t")[:2] == ["Feature", "n"]
    assert [row.split("\t")[0] for row in rows] == ["GLSZM_ZSV *"]


def test_a_word_explains_itself_on_hover_and_focus_and_escape_takes_it_away(browser, page):
    browser.open(page, 1280)
    show = """
        const word = [...document.querySelectorAll("a.term")].find((a) => a.textContent === "GLSZM_ZSV");
        %s
        const tip = document.getElementById("tip");
        return [tip.hidden, tip.textContent, word.getAttribute("aria-describedby")];"""
    hidden, text, described = browser.run(show % "word.focus();")
    assert (hidden, described) == (False, "tip")
    assert "zone size variance (ZSV). Higher means fewer kinds of zones, larger ones." in text
    assert "sum_ij (j p - u)^2 / (Ng M)" in text
    browser.press(ESCAPE)
    assert browser.run(show % "")[0] is True
    hover = 'word.dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));'
    assert browser.run(show % hover)[0] is False
    leave = 'word.dispatchEvent(new MouseEvent("mouseout", { bubbles: true }));'
    assert browser.run(show % leave)[0] is True


def test_the_curve_tells_the_universe_by_slider_and_by_pointer(browser, page):
    browser.open(page, 1280)
    told = "return document.querySelector('.curve output').textContent"
    # The feature that is significant on the path stands first, its universes from the lowest dz on.
    assert browser.run("return document.querySelector('.curve select').value") == "GLSZM_ZSV"
    assert browser.run(told) == (
        "The study's own path: dz -0.25 (95 % CI -0.75 to 0.25), p < 0.0001, significant; texture."
        " GLSZM_ZSV over all universes: depends on grey levels."
    )
    browser.run("document.querySelector('.curve input').focus();")
    browser.press("\ue014")  # right arrow
    assert browser.run(told).startswith(
        "grey levels 64: dz 0.75 (95 % CI 0.25 to 1.25), p = 0.2500; not decided."
    )
    browser.run("""
        const drawing = document.querySelector(".curve svg"), box = drawing.getBoundingClientRect();
        drawing.dispatchEvent(new PointerEvent("pointermove", { clientX: box.left + 160, clientY: box.top + 50 }));""")
    assert browser.run(told).startswith("The study's own path")
    rows = browser.run(
        "return [...document.querySelectorAll('.curve svg text')].map((t) => t.textContent)"
    )
    assert {"grey levels: 32", "64", "256"} <= set(rows) and not any(
        "quantizer" in row for row in rows
    )
    assert browser.run("return document.querySelectorAll('.curve svg circle').length") == 1


def test_by_keyboard_alone_to_the_sections_and_into_a_folded_one(browser, page):
    browser.open(page, 1280)
    browser.press(TAB, ENTER)
    assert browser.run("return location.hash") == "#sections"
    browser.run("document.querySelector('nav a[href=\"#provenance\"]').focus();")
    assert browser.run("return document.getElementById('provenance').open") is False
    # The page hears of the new address in a task of its own, behind the key's.
    browser.run("""
        window.heard = new Promise((done) => window.addEventListener("hashchange",
          (event) => { if (event.newURL.endsWith("#provenance")) done(); }));""")
    browser.press(ENTER)
    browser.run("return window.heard.then(() => true)")
    assert browser.run("return document.getElementById('provenance').open") is True
    browser.run("document.querySelector('#provenance summary').focus();")
    browser.press(ENTER)
    assert browser.run("return document.getElementById('provenance').open") is False


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_violation(browser, page, scheme):
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.command("Emulation.setEmulatedMedia", features=features)
    browser.open(page, 1280)
    browser.run(AXE.read_text(encoding="utf-8") + ";window.axe = axe;")
    browser.run("document.querySelectorAll('details').forEach((one) => { one.open = true; });")
    passed, found = browser.run("""
        return axe.run().then((result) => [result.passes.length, result.violations.filter((v) => ["serious", "critical"].includes(v.impact))
          .map((v) => v.id + ": " + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 120)).join(" | "))]);""")
    browser.command("Emulation.setEmulatedMedia", features=[])
    assert passed > 20 and found == []


def test_paper_has_the_folded_parts_too(browser, page, tmp_path):
    browser.open(page, 1280)
    pdf = base64.b64decode(browser.command("Page.printToPDF")["data"])
    assert pdf.startswith(b"%PDF") and len(re.findall(rb"/Type\s*/Page\b", pdf)) >= 4
    assert browser.run("return document.querySelectorAll('details:not([open])').length") > 0
    if shutil.which("pdftotext"):
        (tmp_path / "report.pdf").write_bytes(pdf)
        text = subprocess.run(
            ["pdftotext", "-enc", "UTF-8", tmp_path / "report.pdf", "-"],
            capture_output=True,
            encoding="utf-8",
        ).stdout
        assert "Where it comes from" in text and "0" * 64 in text and "In 14 of 16 patients" in text


def test_no_request_leaves_the_file(browser, page):
    text = page.read_text(encoding="utf-8")
    loaded = re.findall(
        r"(?:src|srcset|poster|data)=\"([^\"]{0,40})|url\(([^)]{0,40})|@import", text
    )
    assert all(a.startswith("data:") for a, b in loaded if a) and not [b for _, b in loaded if b]
    assert re.findall(r"<link|<iframe|<object|<embed", text) == []
    # And the browser refuses to: the page's own policy, tried from inside.
    browser.open(page, 1280)
    refused = browser.run("""
        return new Promise((done) => {
          document.addEventListener("securitypolicyviolation", (event) => done(event.violatedDirective));
          new Image().src = "https://example.org/x.png";
          setTimeout(() => done("nothing refused"), 3000);
        });""")
    assert refused == "img-src"
