"""What a journal asks of a figure: width, resolution, text that stays text, and bytes that do not change."""

import re
import zlib

import pytest
from PIL import Image

from npcradiomics.publication.figures import saving, style
from npcradiomics.publication.notices import cohort_notice, simulated_note


def picture(simulated=True):
    figure, axis = style.new_figure(style.COLUMN_WIDTH, style.COLUMN_WIDTH)
    axis.plot([0, 1], [1, 0])
    axis.set_title("GLSZM²")
    style.say_selection(
        figure, "No feature is significant (p < 0.00106); shown are the features of Akram 2020"
    )
    style.say_notice(figure, simulated_note(simulated))
    return figure


@pytest.mark.parametrize(("ending", "n_pages"), [("pdf", 2), ("png", 2), ("svg", 1)])
def test_same_picture_same_bytes(tmp_path, ending, n_pages):
    for name in ("one", "two"):
        saving.save([picture() for _ in range(n_pages)], tmp_path / f"{name}.{ending}")
    assert (tmp_path / f"one.{ending}").read_bytes() == (tmp_path / f"two.{ending}").read_bytes()


def test_png_has_journal_width_and_resolution(tmp_path):
    saving.save(picture(), tmp_path / "one.png")
    image = Image.open(tmp_path / "one.png")
    assert image.width == round(85 / 25.4 * 300 - 0.5)
    assert image.info["dpi"] == pytest.approx((300, 300), abs=0.01)


def test_png_puts_pages_below_each_other(tmp_path):
    saving.save(
        [picture() for _ in range(saving.PNG_PAGES + 1)],
        tmp_path / "pages.png",
        tmp_path / "pages.pdf",
    )
    saving.save(picture(), tmp_path / "one.png")
    pages, one = Image.open(tmp_path / "pages.png"), Image.open(tmp_path / "one.png")
    assert pages.size == (one.width, saving.PNG_PAGES * one.height)
    assert (
        pages.crop((0, one.height, *pages.size)).crop((0, 0, *one.size)).tobytes() == one.tobytes()
    )
    assert (
        len(re.findall(rb"/Type /Page\b", (tmp_path / "pages.pdf").read_bytes()))
        == saving.PNG_PAGES + 1
    )


def test_pdf_text_stays_text_in_embedded_truetype(tmp_path):
    saving.save(picture(), tmp_path / "one.pdf")
    data = (tmp_path / "one.pdf").read_bytes()
    assert b"/Type42" in data or b"/CIDFontType2" in data
    assert b"/FontFile2" in data and b"/Type3" not in data and b"CreationDate" not in data
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.S)
    drawn = b"".join(zlib.decompress(s) for s in streams if s[:1] == b"x")
    # Two bytes a letter, each letter or few in brackets of their own, for kerning.
    letters = b"".join(re.findall(rb"\(((?:\\.|[^()\\])*)\)", drawn)).replace(b"\0", b"")
    assert b"features of Akram 2020" in letters
    assert b"Simulated patients: no clinical data" in letters


def test_the_note_and_the_sentence_stand_in_the_picture():
    words = [
        text.get_text() for text in picture().findobj(lambda artist: hasattr(artist, "get_text"))
    ]
    assert "Simulated patients: no clinical data" in words
    assert any(text.replace("\n", " ").startswith("No feature is significant") for text in words)
    assert "Simulated patients: no clinical data" not in [
        text.get_text()
        for text in picture(simulated=False).findobj(lambda artist: hasattr(artist, "get_text"))
    ]


def test_regions_have_the_same_two_colours_in_every_picture():
    assert style.CONTOUR_COLOURS["gtvr"] == style.REGION_COLOURS["recurrent"]
    assert style.CONTOUR_COLOURS["non_recurrent"] == style.REGION_COLOURS["non_recurrent"]


@pytest.mark.parametrize("width", [style.COLUMN_WIDTH, style.PAGE_WIDTH])
@pytest.mark.parametrize("n_missing", [1, 3, 8])
def test_the_notice_never_runs_over_the_edge(width, n_missing):
    missing = {f"REC{k:03d}": "register_recurrence" for k in range(n_missing)}
    figure, _ = style.new_figure(width, 2.0)
    style.say_notice(figure, cohort_notice(True, 60, missing))
    figure.canvas.draw()
    (words,) = figure.texts
    assert f"Without {n_missing} of 60 patients" in words.get_text()
    assert words.get_window_extent().x0 >= 0
    style.plt.close(figure)


def test_places_are_rounded_because_the_last_bits_of_a_layout_differ_from_time_to_time(tmp_path):
    class Shaking(style.plt.matplotlib.layout_engine.ConstrainedLayoutEngine):
        shake = 0.0

        def execute(self, figure):
            super().execute(figure)
            for axis in figure.axes:  # as the solver does: other last bits each time
                box = axis.get_position(original=True)
                axis._set_position([number + self.shake for number in box.bounds])

    for name, shake in (("one", 0.0), ("two", 3e-13)):
        figure, axes = style.new_figure(style.PAGE_WIDTH, 2.0, ncols=3)
        engine = Shaking()
        engine.shake = shake
        figure.set_layout_engine(engine)
        for axis in axes:
            axis.plot([0, 1], [0, 1])
        saving.save(figure, tmp_path / f"{name}.pdf", tmp_path / f"{name}.png")
    for ending in ("pdf", "png"):
        assert (tmp_path / f"one.{ending}").read_bytes() == (
            tmp_path / f"two.{ending}"
        ).read_bytes()
