"""One Word document of a study for its authors: methods, tables and figures with captions in the paper's order, references.

Tables are those of the Word files beside the results, element by element: nothing is written a second time.
"""

import copy
import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from npcradiomics.publication.figures.stacked_pages import pages_of
from npcradiomics.publication.methods.text import Paragraph, numbered
from npcradiomics.publication.tables.formats import blank_docx, save_docx, set_page

HIGHEST_MM = 205.0  # of a figure: a page without its margins and a caption
BOLD = re.compile(r"\*\*(.+?)\*\*", re.S)


class Figure(NamedTuple):
    """A picture (PNG) and its caption, reStructuredText with a bold first paragraph."""

    picture: Path
    caption: str


def write_report(
    path: Path,
    title: str,
    notice: str,
    methods: Sequence[Paragraph],
    references: dict[str, str],
    items: Sequence[Path | Figure],
) -> None:
    """Write the document.

    Parameters
    ----------
    path : path
        The file.
    title, notice : str
        What stands first; the notice is of ``notices.cohort_notice``.
    methods : sequence of Paragraph
        With citations by key.
    references : dict
        {key: line}, in the order of their numbers.
    items : sequence
        In the paper's order: a table as the Word file that holds it, or a figure.
    """
    document = blank_docx(title)
    for style, size in (("Title", 18), ("Heading 1", 14), ("Heading 2", 11)):
        font = document.styles[style].font
        font.name, font.size, font.color.rgb = "Arial", Pt(size), RGBColor(0, 0, 0)
        fonts = document.styles[style].element.rPr.rFonts
        for theme in [name for name in fonts.attrib if "Theme" in name]:
            del fonts.attrib[theme]  # it would win over the name
    set_page(document.sections[0], across=False)
    document.add_paragraph(title, style="Title")
    if notice:
        document.add_paragraph().add_run(f"{notice}.").bold = True
    document.add_paragraph("Methods", style="Heading 1")
    for one in methods:
        document.add_paragraph(one.name, style="Heading 2")
        document.add_paragraph(numbered(" ".join(one.sentences), list(references)))
    document.add_paragraph("Tables and figures", style="Heading 1")
    for item in items:
        if isinstance(item, Figure):
            _add_figure(document, item)
        else:
            _add_table(document, item)
    _turn_page(document, across=False)
    document.add_paragraph("References", style="Heading 1")
    for number, line in enumerate(references.values(), start=1):
        document.add_paragraph(f"{number}. {line}")
    save_docx(document, path)


def _add_table(document, path):
    """What stands in the Word file of a table: caption, table, notes; a wide one across the page."""
    source = Document(path)
    _turn_page(document, across=source.sections[0].orientation == WD_ORIENT.LANDSCAPE)
    end = document.element.body.sectPr
    first = True
    for element in source.element.body:
        if element.tag != qn("w:sectPr"):
            end.addprevious(copy.deepcopy(element))
            if first:
                document.paragraphs[-1].paragraph_format.keep_with_next = True
            first = False


def _add_figure(document, figure):
    _turn_page(document, across=False)
    pages, n_pages = pages_of(figure.picture)
    shown = [_add_page(document, page) for page in pages]
    paragraphs = [re.sub(r"\\(.)", r"\1", text) for text in figure.caption.strip().split("\n\n")]
    for picture in shown:
        picture._inline.docPr.set("descr", BOLD.sub(r"\1", paragraphs[0]))
    for text in paragraphs:
        written = document.add_paragraph()
        for k, part in enumerate(BOLD.split(text)):
            written.add_run(part).bold = k % 2 == 1

    if n_pages > len(pages):
        pdf = Path(figure.picture).with_suffix(".pdf").name
        document.add_paragraph(f"The first {len(pages)} of {n_pages} pages; {pdf} has all.")


def _add_page(document, page):
    """A page of a figure as large as it is printed, or as fits; returns the picture."""
    stream = io.BytesIO()
    page.save(stream, format="PNG", dpi=page.info["dpi"])
    holder = document.add_paragraph()
    holder.paragraph_format.keep_with_next = True
    picture = holder.add_run().add_picture(stream)
    section = document.sections[-1]
    widest = section.page_width - section.left_margin - section.right_margin
    factor = min(1.0, widest / picture.width, Mm(HIGHEST_MM) / picture.height)
    picture.width, picture.height = int(picture.width * factor), int(picture.height * factor)
    return picture


def _turn_page(document, across):
    """From here on the page lies across, or does not."""
    section = document.sections[-1]
    if (section.orientation == WD_ORIENT.LANDSCAPE) != across:
        set_page(document.add_section(WD_SECTION.NEW_PAGE), across)
