"""One table as Markdown, LaTeX and Word. Cells are text (rounding.py makes it); same table, same bytes."""

import datetime
import io
import re
import textwrap
import zipfile
from pathlib import Path
from typing import NamedTuple

import docx.document
import docx.section
import pandas as pd
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from npcradiomics.files import replacing


class Table(NamedTuple):
    """A table as text cells.

    header: one text per column; rows: texts, as many each; footnotes: lines under the table.
    """

    header: list[str]
    rows: list[list[str]]
    caption: str
    footnotes: list[str] = []  # noqa: RUF012 a default of a tuple, never changed


# Numbers stand to the right: 4.06E-02, <0.0001, 0.0009^, -3.6, 12 %, 0.23 to 1.47.
_NUMBER = re.compile(r"[<>]?-?\d[\d.,]*(E[+-]\d+)?( %| to -?\d[\d.]*)?\^?|NA|")
_LATEX = {
    "\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}",
    "≤": r"$\leq$", "≥": r"$\geq$", "×": r"$\times$", "±": r"$\pm$", "−": "$-$",
    "²": r"\textsuperscript{2}", "³": r"\textsuperscript{3}", "°": r"\textdegree{}",
    "–": "--", "—": "---", "’": "'", "“": "``", "”": "''", "…": r"\ldots{}",
    "µ": r"\textmu{}", "μ": r"$\mu$", "σ": r"$\sigma$", "ρ": r"$\rho$",
    "'": r"\textquotesingle{}", '"': r"\textquotedbl{}",
    **{character: "\\" + character for character in "&%$#_{}"},
}  # fmt: skip
_A4_MM = (210, 297)
_MARGIN_MM = 20
_LETTER_MM, _BOLD_MM = 1.75 / 9, 1.95 / 9  # per point of type
_TYPE_POINTS = (9, 8, 7)  # the largest in which no word is broken
_CELL_MARGINS_MM = 4.2  # beside the text of a cell
_PORTRAIT_COLUMNS = 7  # more are set across the page
_LONG_CELL = 60  # letters; a longer text is broken into lines in LaTeX, Word and Markdown do so by themselves
_WORD_DATE = datetime.datetime(2020, 10, 5, tzinfo=datetime.UTC).replace(tzinfo=None)
# The first date a zip file can hold.
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def write_formats(table: Table, markdown: Path, latex: Path, word: Path) -> None:
    """Write a table to three paths, each file whole."""
    for path, write in ((markdown, write_markdown), (latex, write_latex), (word, write_docx)):
        with replacing(path) as temporary:
            write(temporary, table)


def write_markdown(path: Path, table: Table) -> None:
    """Write a pipe table with the caption above and the footnotes below, every special character escaped."""
    _check(table)
    # Not by tabulate, which pads every cell to its column's longest: Table 1 has 400 letters in one.
    aligned = [":--" if left else "--:" for left in set_left(table)]
    lines = [[_markdown(cell) for cell in table.header], aligned]
    lines += [[_markdown(cell) for cell in row] for row in table.rows]
    body = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    parts = [f"**{_markdown(table.caption)}**", body, *map(_markdown, table.footnotes)]
    Path(path).write_text("\n\n".join(parts) + "\n", encoding="utf-8", newline="\n")


def read_markdown(path: str | Path) -> Table:
    """Read a table that `write_markdown` wrote: the printed cells, letter for letter."""
    caption, body, *footnotes = Path(path).read_text(encoding="utf-8").rstrip("\n").split("\n\n")
    header, _, *rows = (
        [_plain(cell) for cell in line[2:-2].split(" | ")] for line in body.split("\n")
    )
    return Table(header, rows, _plain(caption[2:-2]), [_plain(note) for note in footnotes])


def write_latex(path: Path, table: Table) -> None:
    r"""Write a document that pdflatex compiles alone, and that \input takes in.

    The parent loads `standalone` and booktabs for that.

    Raises
    ------
    ValueError
        A character that pdflatex's T1 fonts do not have.
    """
    _check(table)
    columns = "".join(map(_latex_column, _columns(table), set_left(table)))
    cells = pd.DataFrame([map(_latex, row) for row in table.rows], columns=range(len(table.header)))
    cells.columns = [_latex(name) for name in table.header]
    grid = cells.style.hide(axis="index").to_latex(hrules=True, column_format=columns)
    text = "\n".join(
        [
            r"\documentclass[border=4pt,varwidth=257mm]{standalone}",
            r"\usepackage[utf8]{inputenc}",
            r"\usepackage[T1]{fontenc}",
            r"\usepackage{lmodern}",
            r"\usepackage{textcomp}",
            r"\usepackage{booktabs}",
            r"\begin{document}",
            rf"\noindent\textbf{{{_latex(table.caption)}}}\par\medskip",
            rf"\noindent\small{grid.rstrip()}\par\smallskip",
            *(rf"\noindent{{\footnotesize {_latex(note)}\par}}" for note in table.footnotes),
            r"\end{document}",
            "",
        ]
    )
    Path(path).write_text(text, encoding="utf-8", newline="\n")


def write_docx(path: Path, table: Table) -> None:
    """Write a Word document (A4, across if wide) with a three-line table whose header repeats.

    Dates inside are fixed.
    """
    _check(table)
    document = blank_docx(table.caption)
    across = len(table.header) > _PORTRAIT_COLUMNS
    set_page(document.sections[0], across)
    document.add_paragraph().add_run(table.caption).bold = True
    grid = document.add_table(rows=1 + len(table.rows), cols=len(table.header))
    left_of = set_left(table)
    widths, points = _widths_mm(table, max(_A4_MM) if across else min(_A4_MM))
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = Mm(width)  # what LibreOffice goes by; Word by the cells'
    for line, cells in enumerate([table.header, *table.rows]):
        row = zip(grid.rows[line].cells, cells, left_of, widths, strict=True)
        for cell, text, left, width in row:
            cell.width = Mm(width)
            paragraph = cell.paragraphs[0]
            run = paragraph.add_run(text)
            run.bold, run.font.size = line == 0, Pt(points)
            paragraph.paragraph_format.space_after = Pt(1)
            if not left:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _rule(grid.rows[0], "top", "bottom")
    _rule(grid.rows[-1], "bottom")
    for row in grid.rows:
        _set_row(row, "w:cantSplit")
    _set_row(grid.rows[0], "w:tblHeader")
    for note in table.footnotes:
        document.add_paragraph(note)
    save_docx(document, path)


def _set_row(row, name):
    switch = OxmlElement(name)
    switch.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(switch)


def blank_docx(title: str) -> docx.document.Document:
    """An empty Word document in the house's type."""
    document = Document()
    document.styles["Normal"].font.name = "Arial"
    document.styles["Normal"].font.size = Pt(9)
    document.styles["Normal"].paragraph_format.line_spacing = 1.0
    document.styles["Normal"].paragraph_format.space_after = Pt(4)
    document.core_properties.created = document.core_properties.modified = _WORD_DATE
    document.core_properties.title = textwrap.shorten(title, 255, placeholder="...")  # Word's limit
    document.core_properties.author = ""
    return document


def save_docx(document: docx.document.Document, path: Path) -> None:
    """Write a Word document with fixed dates inside: same document, same bytes."""
    stream = io.BytesIO()
    document.save(stream)
    Path(path).write_bytes(_without_dates(stream))


def set_page(section: docx.section.Section, across: bool) -> None:
    """A4 with margins of 20 mm, upright or across."""
    width, height = reversed(_A4_MM) if across else _A4_MM
    section.orientation = WD_ORIENT.LANDSCAPE if across else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(width), Mm(height)
    for side in ("left", "right", "top", "bottom"):
        setattr(section, f"{side}_margin", Mm(_MARGIN_MM))


def _check(table):
    if not table.header:
        raise ValueError("table has no columns")
    for line, row in enumerate([table.header, *table.rows]):
        if len(row) != len(table.header):
            raise ValueError(f"row {line} has {len(row)} cells, the header has {len(table.header)}")
        wrong = [cell for cell in row if not isinstance(cell, str) or "\n" in cell]
        if wrong:
            raise ValueError(f"row {line}: a cell must be text on one line, got {wrong[0]!r}")


def set_left(table: Table) -> list[bool]:
    """Per column: one of names is set left, one that holds nothing but numbers right."""
    return [not all(_NUMBER.fullmatch(cell) for cell in column) for column in _columns(table)]


def _columns(table):
    return list(zip(*table.rows, strict=True)) if table.rows else [("",)] * len(table.header)


def _widths_mm(table, page_mm):
    """Columns of a Word table, and its type in points: room for the longest word, and of what is left as much as their longest cells want."""
    columns = list(zip(table.header, _columns(table), strict=True))
    room = page_mm - 2 * _MARGIN_MM - len(columns) * _CELL_MARGINS_MM
    for points in _TYPE_POINTS:
        words = [
            points * max(_BOLD_MM * _word([head]), _LETTER_MM * _word(cells))
            for head, cells in columns
        ]
        if (rest := room - sum(words)) >= 0:
            break
    else:  # words will be broken, as evenly as can be
        return [_CELL_MARGINS_MM + room * word / sum(words) for word in words], points
    longest = [min(max(map(len, (head, *cells))), _LONG_CELL) for head, cells in columns]
    wanted = [
        max(points * _LETTER_MM * cell - word, 0) + 0.1
        for word, cell in zip(words, longest, strict=True)
    ]
    return [
        _CELL_MARGINS_MM + word + rest * want / sum(wanted)
        for word, want in zip(words, wanted, strict=True)
    ], points


def _word(cells):
    """Letters of the longest word."""
    return max(len(word) for cell in cells for word in re.split("[ -]", cell))


def _latex_column(cells, left):
    if max(map(len, cells)) > _LONG_CELL:
        return r"p{180mm}"
    return "l" if left else "r"


def _markdown(text):
    # CommonMark lets a backslash stand before any ASCII punctuation; < could open HTML, ^ and ~ are
    # pandoc's.
    return re.sub(r"([\\`*_{}\[\]<>#|^~$&])", r"\\\1", text)


def _plain(markdown):
    return re.sub(r"\\(.)", r"\1", markdown)


def _latex(text):
    # A hyphen before a number is a minus sign.
    marked = re.sub(r"(?<![\w.)-])-(?=\d)", "−", text)
    escaped = [_LATEX.get(character, character) for character in marked]
    foreign = [character for character in escaped if len(character) == 1 and ord(character) > 0xFF]
    if foreign:
        raise ValueError(
            f"pdflatex has no {foreign[0]!r} (U+{ord(foreign[0]):04X}), it stands in {text!r}"
        )
    return "".join(escaped)


def _rule(row, *sides):
    for cell in row.cells:
        borders = OxmlElement("w:tcBorders")
        for side in sides:
            line = OxmlElement(f"w:{side}")
            for name, value in (
                ("val", "single"),
                ("sz", "8"),
                ("space", "0"),
                ("color", "000000"),
            ):
                line.set(qn(f"w:{name}"), value)
            borders.append(line)
        cell._tc.get_or_add_tcPr().append(borders)


def _without_dates(stream):
    dated, plain = zipfile.ZipFile(stream), io.BytesIO()
    with zipfile.ZipFile(plain, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in dated.namelist():
            entry = zipfile.ZipInfo(name, _ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, dated.read(name))
    return plain.getvalue()
