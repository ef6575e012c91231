import shutil
import subprocess
import time

import pytest
from docx import Document

from npcradiomics.publication.tables.formats import (
    Table,
    read_markdown,
    write_docx,
    write_latex,
    write_markdown,
)

TABLE = Table(
    header=["Feature", "Mean", "p"],
    rows=[["GLSZM_GLV", "-4.06E-02", "<0.0001"], ["A & B | 100 %", "1.00E+00", "0.0009^"]],
    caption="Table 2. GLSZM_GLV & others, p < 0.05/47",
    footnotes=["^Wilcoxon signed-rank test.", "±2 SD, n ≥ 3, 5 µm, $x_1$ #1 {a} ~b \\c"],
)


def test_markdown(tmp_path):
    write_markdown(tmp_path / "t.md", TABLE)
    lines = (tmp_path / "t.md").read_text(encoding="utf-8").splitlines()
    assert lines[0] == r"**Table 2. GLSZM\_GLV \& others, p \< 0.05/47**"
    assert lines[2:6] == [
        "| Feature | Mean | p |",
        "| :-- | --: | --: |",
        r"| GLSZM\_GLV | -4.06E-02 | \<0.0001 |",
        r"| A \& B \| 100 % | 1.00E+00 | 0.0009\^ |",
    ]


@pytest.mark.parametrize("rows", [TABLE.rows, [["", "", ""], ["a \\", " | ", "|"]], []])
def test_markdown_reads_back_letter_for_letter(tmp_path, rows):
    table = TABLE._replace(rows=rows)
    write_markdown(tmp_path / "t.md", table)
    assert read_markdown(tmp_path / "t.md") == table


def test_latex_escapes_everything(tmp_path):
    write_latex(tmp_path / "t.tex", TABLE)
    text = (tmp_path / "t.tex").read_text(encoding="utf-8")
    assert r"GLSZM\_GLV & $-$4.06E-02 & \textless{}0.0001 \\" in text
    assert r"A \& B \textbar{} 100 \% & 1.00E+00 & 0.0009\textasciicircum{} \\" in text
    assert r"\$x\_1\$ \#1 \{a\} \textasciitilde{}b \textbackslash{}c" in text
    assert r"$\pm$2 SD, n $\geq$ 3, 5 \textmu{}m" in text
    assert text.count("{") == text.count("}")
    assert r"\begin{tabular}{lrr}" in text


def test_latex_breaks_long_cells_and_keeps_columns_of_the_same_name(tmp_path):
    table = Table(["Feature", "p", "p"], [["word " * 20, "0.1", "0.2"]], "Two columns p.")
    write_latex(tmp_path / "t.tex", table)
    text = (tmp_path / "t.tex").read_text(encoding="utf-8")
    assert "\\begin{tabular}{p{180mm}rr}\n\\toprule\nFeature & p & p \\\\\n\\midrule\n" in text
    assert "word  & 0.1 & 0.2 \\\\\n\\bottomrule\n\\end{tabular}\\par\\smallskip" in text


def test_latex_refuses_what_pdflatex_cannot_print(tmp_path):
    with pytest.raises(ValueError, match=r"no '中' \(U\+4E2D\), it stands in '中'"):
        write_latex(tmp_path / "t.tex", TABLE._replace(caption="中"))


def test_latex_compiles(tmp_path):
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed, so the LaTeX table was not compiled")
    write_latex(tmp_path / "table2.tex", TABLE)
    subprocess.run(
        ["pdflatex", "-halt-on-error", "table2.tex"], cwd=tmp_path, check=True, capture_output=True
    )
    assert (tmp_path / "table2.pdf").stat().st_size > 1000


def test_docx_holds_the_text(tmp_path):
    write_docx(tmp_path / "t.docx", TABLE)
    document = Document(tmp_path / "t.docx")
    assert [[cell.text for cell in row.cells] for row in document.tables[0].rows] == [
        TABLE.header,
        *TABLE.rows,
    ]
    paragraphs = [paragraph.text for paragraph in document.paragraphs]
    assert paragraphs == [TABLE.caption, *TABLE.footnotes]


def test_a_caption_longer_than_words_limit_for_titles_stays_whole(tmp_path):
    caption = "The drawn regions do not lie or look like the recurrences. " * 8
    write_docx(tmp_path / "t.docx", Table(header=["x"], rows=[["1"]], caption=caption))
    document = Document(tmp_path / "t.docx")
    assert document.paragraphs[0].text == caption
    assert len(document.core_properties.title) <= 255 and document.core_properties.title.endswith(
        "..."
    )


@pytest.mark.parametrize(("columns", "width_mm"), [(3, 210), (11, 297)])
def test_wide_word_tables_lie_across_a4(tmp_path, columns, width_mm):
    table = Table(header=["x"] * columns, rows=[["1"] * columns], caption="c")
    write_docx(tmp_path / "t.docx", table)
    section = Document(tmp_path / "t.docx").sections[0]
    assert (
        round(section.page_width.mm) == width_mm and round(section.page_height.mm) == 507 - width_mm
    )
    assert (
        round(section.page_width.mm - section.left_margin.mm - section.right_margin.mm)
        == width_mm - 40
    )


@pytest.mark.parametrize("write", [write_markdown, write_latex, write_docx])
def test_same_table_same_bytes(tmp_path, write):
    write(tmp_path / "one", TABLE)
    # Zip files keep times to two seconds.
    time.sleep(2.1 if write is write_docx else 0)
    write(tmp_path / "two", TABLE)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize("write", [write_markdown, write_latex, write_docx])
def test_a_table_without_rows_is_written(tmp_path, write):
    write(tmp_path / "empty", TABLE._replace(rows=[]))
    assert (tmp_path / "empty").stat().st_size > 0


@pytest.mark.parametrize("write", [write_markdown, write_latex, write_docx])
def test_wrong_cells_are_refused(tmp_path, write):
    with pytest.raises(ValueError, match="row 1 has 2 cells, the header has 3"):
        write(tmp_path / "t", TABLE._replace(rows=[["a", "b"]]))
    with pytest.raises(ValueError, match=r"row 1: a cell must be text on one line, got 0\.5"):
        write(tmp_path / "t", TABLE._replace(rows=[["a", "b", 0.5]]))
    assert not (tmp_path / "t").exists()


def test_columns_of_a_word_table_fill_the_page_and_hold_their_longest_word(tmp_path):
    """170 mm between the margins; 4.2 mm of margins in each cell, 1.75 mm a letter of 9 points, 1.95 in a header."""
    table = Table(["feature", "n"], [["Intensity_Variance", "14"], ["a b c d e f", "3"]], "Widths")
    write_docx(tmp_path / "t.docx", table)
    widths = [column.width.mm for column in Document(tmp_path / "t.docx").tables[0].columns]
    assert sum(widths) == pytest.approx(170, abs=0.1)
    assert widths[0] >= 4.2 + 1.75 * len("Intensity_Variance") and widths[1] >= 4.2 + 1.75 * 2
    full = Table(["Intensity_Variance"] * 6 + ["n"], [["1"] * 6 + ["14"]], "Too wide")
    write_docx(tmp_path / "t.docx", full)
    widths = [column.width.mm for column in Document(tmp_path / "t.docx").tables[0].columns]
    assert sum(widths) == pytest.approx(170, abs=0.1)
    # 170 - 7 * 4.2 = 140.6 mm for 6 * 18 letters of the header and 2 of a cell
    assert widths[-1] == pytest.approx(
        4.2 + 140.6 * 2 * 1.75 / (6 * 18 * 1.95 + 2 * 1.75), abs=0.05
    )


@pytest.mark.parametrize(("n_letters", "points"), [(15, 9), (16, 8), (18, 7), (30, 7)])
def test_a_word_table_is_set_in_the_largest_type_in_which_no_word_is_broken(
    tmp_path, n_letters, points
):
    """5 columns have 170 - 5 * 4.2 = 149 mm for the bold words of their header: 15.3 letters of 9 points, 17.2 of 8, 19.6 of 7."""
    write_docx(tmp_path / "t.docx", Table(["x" * n_letters] * 5, [["1"] * 5], "Wide"))
    grid = Document(tmp_path / "t.docx").tables[0]
    assert {cell.paragraphs[0].runs[0].font.size.pt for cell in grid._cells} == {points}
    assert all(row._tr.xpath("./w:trPr/w:cantSplit") for row in grid.rows)
