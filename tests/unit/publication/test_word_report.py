"""The Word document for co-authors: order, print size, citations, and tables as they stand beside the results."""

import matplotlib.pyplot as plt
import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.shared import Mm
from PIL import Image

from npcradiomics.publication.figures.saving import save
from npcradiomics.publication.methods.text import Paragraph
from npcradiomics.publication.tables.formats import Table, write_docx
from npcradiomics.publication.word_report import Figure, write_report

NARROW = Table(
    ["feature", "p"], [["A_b", "0.0412"], ["C", "<0.0001"]], "Table 1. Narrow", ["Note."]
)
WIDE = Table([f"column {k}" for k in range(9)], [[str(k) for k in range(9)]], "Table 2. Wide")
METHODS = [Paragraph("Features", ["As Max [@max1960].", "As both [@lloyd1982; @max1960]."])]
REFERENCES = {"max1960": "Max J. 1960.", "lloyd1982": "Lloyd S. 1982."}


def picture(path, width_mm, height_mm, dpi=300):
    size = [round(mm / 25.4 * dpi) for mm in (width_mm, height_mm)]
    Image.new("L", size, 128).save(path, dpi=(dpi, dpi))
    return path


def write(folder):
    for name, table in (("table1", NARROW), ("table2", WIDE)):
        write_docx(folder / f"{name}.docx", table)
    items = [
        folder / "table1.docx",
        Figure(
            picture(folder / "a.png", 85, 60), "**Fig 1. Small, GLSZM\\_ZSV.**\n\nOf *n* = 3.\n"
        ),
        folder / "table2.docx",
        Figure(picture(folder / "b.png", 170, 278), "**Fig 2. High.**"),
    ]
    path = folder / "report.docx"
    write_report(path, "A study", "Simulated patients", METHODS, REFERENCES, items)
    return path


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    return Document(write(tmp_path_factory.mktemp("word")))


def cells(table):
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_everything_stands_in_the_given_order(document):
    text = [paragraph.text for paragraph in document.paragraphs if paragraph.text]
    assert text == [
        "A study", "Simulated patients.", "Methods", "Features", "As Max [1]. As both [2, 1].",
        "Tables and figures", "Table 1. Narrow", "Note.", "Fig 1. Small, GLSZM_ZSV.", "Of *n* = 3.",
        "Table 2. Wide", "Fig 2. High.", "References", "1. Max J. 1960.", "2. Lloyd S. 1982.",
    ]  # fmt: skip
    heads = {p.text: p.style.name for p in document.paragraphs}
    assert [heads[name] for name in ("A study", "Methods", "Features", "References")] == [
        "Title", "Heading 1", "Heading 2", "Heading 1",
    ]  # fmt: skip


def test_tables_are_those_of_their_own_files(document):
    assert [cells(table) for table in document.tables] == [
        [table.header, *table.rows] for table in (NARROW, WIDE)
    ]


def test_a_wide_table_lies_across_the_page_and_nothing_else_does(document):
    across = [section.orientation == WD_ORIENT.LANDSCAPE for section in document.sections]
    assert across == [False, True, False]
    shorter = [min(section.page_width, section.page_height) for section in document.sections]
    assert shorter == [pytest.approx(Mm(210), abs=Mm(0.1))] * 3


def test_figures_have_the_size_of_print_and_at_most_a_page(document):
    small, high = document.inline_shapes
    assert small.width == pytest.approx(Mm(85), abs=Mm(0.1))
    assert small.height == pytest.approx(Mm(60), abs=Mm(0.1))
    assert high.height == pytest.approx(Mm(205), abs=Mm(0.1))
    assert high.width == pytest.approx(Mm(170 * 205 / 278), abs=Mm(0.2))


def test_pictures_are_described_and_captions_keep_their_bold_words(document):
    assert [shape._inline.docPr.get("descr") for shape in document.inline_shapes] == [
        "Fig 1. Small, GLSZM_ZSV.", "Fig 2. High.",
    ]  # fmt: skip
    (caption,) = (p for p in document.paragraphs if p.text.startswith("Fig 1"))
    assert [run.text for run in caption.runs if run.bold] == ["Fig 1. Small, GLSZM_ZSV."]


def test_the_same_results_give_the_same_bytes(tmp_path):
    assert write(tmp_path).read_bytes() == write(tmp_path).read_bytes()


def test_a_figure_of_several_pages_has_them_one_by_one(tmp_path):
    """Six pages of 100 x 50 mm; a PNG holds four."""
    pages = [plt.figure(figsize=(100 / 25.4, 50 / 25.4)) for _ in range(6)]
    save(pages, tmp_path / "many.png")
    document = tmp_path / "report.docx"
    write_report(
        document, "A", "", METHODS, REFERENCES, [Figure(tmp_path / "many.png", "**Fig 3.**")]
    )
    shapes = Document(document).inline_shapes
    assert len(shapes) == 4
    assert {round(shape.width.mm) for shape in shapes} == {100}
    assert {round(shape.height.mm) for shape in shapes} == {50}
    text = [paragraph.text for paragraph in Document(document).paragraphs]
    assert "The first 4 of 6 pages; many.pdf has all." in text
