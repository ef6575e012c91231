"""Tables that people make: what Excel writes is read, or refused with row and remedy."""

import zipfile

import pytest

from npcradiomics.input_tables import read_cells, read_features
from npcradiomics.refusal import Refusal

TEXT = "patient\tsite\tnote\nMüller\tGrößhadern\t“a”\nP2\tb, c; d\t\n"
CELLS = [["Müller", "Größhadern", "“a”"], ["P2", "b, c; d", ""]]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
@pytest.mark.parametrize("separator", ["\t", ";", ","])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_what_excel_writes(tmp_path, encoding, separator, ends):
    rows = [line.split("\t") for line in TEXT.splitlines()]
    lines = [
        separator.join(f'"{c}"' if {separator, '"'} & set(c) else c for c in row) for row in rows
    ]
    path = tmp_path / "patients.csv"
    path.write_bytes((ends.join(lines) + ends).encode(encoding))
    cells = read_cells(path)
    assert cells.header == ["patient", "site", "note"]
    assert [row for _, row in cells.rows] == CELLS
    said = {"utf-8": [], "utf-8-sig": [], "cp1252": ["Windows-1252"]}.get(encoding, ["UTF-16"])
    said += {"\t": [], ";": ["semicolons"], ",": ["commas"]}[separator]
    assert all(word in cells.said for word in said) and bool(cells.said) == bool(said)


def test_decimal_commas_empty_columns_and_rows(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("sep=;\npatient;dose;;\n\nA;69,96;;\n;;;\nB;-1,5e2;;\n", encoding="utf-8")
    assert read_cells(path).rows == [(3, ["A", "69.96"]), (5, ["B", "-1.5e2"])]


def sheet(path, rows, sheets=1):
    """A spreadsheet as Excel stores it, written by hand."""
    texts = [str(c) for row in rows for c in row if isinstance(c, str)]
    cells = ""
    for i, row in enumerate(rows, start=1):
        cells += f'<row r="{i}">'
        for j, value in enumerate(row):
            kind = f'<c r="{chr(65 + j)}{i}"'
            if isinstance(value, str):
                cells += f'{kind} t="s"><v>{texts.index(value)}</v></c>'
            elif value is not None:
                cells += f"{kind}><v>{value}</v></c>"
        cells += "</row>"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    names = "".join(f'<sheet name="S{k}" sheetId="{k}" r:id="r{k}"/>' for k in range(1, sheets + 1))
    links = "".join(
        f'<Relationship Id="r{k}" Type="{office}/worksheet" Target="worksheets/sheet{k}.xml"/>'
        for k in range(1, sheets + 1)
    )
    with zipfile.ZipFile(path, "w") as book:
        start = f'<Relationship Id="r" Type="{office}/officeDocument" Target="xl/workbook.xml"/>'
        book.writestr(
            "_rels/.rels", f'<Relationships xmlns="{package}/relationships">{start}</Relationships>'
        )
        book.writestr("[Content_Types].xml", f'<Types xmlns="{package}/content-types"/>')
        book.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{names}</sheets></workbook>',
        )
        relations = f'{links}<Relationship Id="t" Type="{office}/sharedStrings" Target="sharedStrings.xml"/>'
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}/relationships">{relations}</Relationships>',
        )
        items = "".join(f"<si><t>{text}</t></si>" for text in texts)
        book.writestr("xl/sharedStrings.xml", f'<sst xmlns="{main}">{items}</sst>')
        for k in range(1, sheets + 1):
            book.writestr(
                f"xl/worksheets/sheet{k}.xml",
                f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>',
            )
    return path


def test_a_spreadsheet(tmp_path):
    path = sheet(
        tmp_path / "p.xlsx",
        [["patient", "age", None], ["NA", 70.0, None], ["007", 63.5, None], ["ü", None, None]],
    )
    cells = read_cells(path)
    assert cells.header == ["patient", "age"]
    assert [row for _, row in cells.rows] == [["NA", "70"], ["007", "63.5"], ["ü", ""]]
    assert "sheet S1 read" in cells.said
    with pytest.raises(
        Refusal,
        match=r"two\.xlsx: 2 sheets with content \(S1, S2\), 1 is needed; delete the others",
    ):
        read_cells(sheet(tmp_path / "two.xlsx", [["patient"], ["A"]], sheets=2))
    (tmp_path / "broken.xlsx").write_bytes(path.read_bytes()[:300])
    with pytest.raises(Refusal, match=r"broken\.xlsx: cannot be read as a spreadsheet"):
        read_cells(tmp_path / "broken.xlsx")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (
            "patient\tsite\nA\tGröße\n".encode("cp850"),
            "row 2: byte 0x94 is neither UTF-8 nor Windows-1252",
        ),
        ("patient\tsite\nA\tx\nB\tKöln\n".encode("mac_roman"), "row 3: byte 0x9a is neither"),
        (b"patient\nA\0\0\0\n", "is 0); save it"),
        (b"", "0 rows with content"),
        (b"patient\tpatient\nA\tB\n", "row 1: column patient stands twice; delete or rename one"),
        (
            b"patient\tage\nA\t70\tT4\n",
            "row 2: cell 3 holds 'T4', and no column of that place has a name",
        ),
        (b"patient\t\tage\nA\tx\t70\n", "row 2: cell 2 holds 'x'"),
        (b"patient\tage\tstage\nA\t70\n", "row 2: 2 cells, the header has 3; save it"),
        (b"\xff\xfep\0a\0\0\xd8\0\xd8", "no UTF-16 at byte"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_row(tmp_path, data, words):
    path = tmp_path / "patients.tsv"
    path.write_bytes(data)
    with pytest.raises(Refusal) as refused:
        read_cells(path)
    assert str(path) in refused.value.wrong and words in str(refused.value)
    assert "\n" not in str(refused.value) and refused.value.todo


def test_features_by_hand(tmp_path):
    path = tmp_path / "f.csv"
    path.write_text("patient;set;f0;f1\nNA;train;1,5;2\nP2;train;-3;4e1\n", encoding="utf-8")
    table = read_features(path)
    assert table.index.tolist() == ["NA", "P2"]
    assert table.to_dict("list") == {"f0": [1.5, -3.0], "f1": [2.0, 40.0]}
    for text, words in (
        ("name;f0\nA;1\n", "no column patient among 2 (name, f0); name it patient"),
        ("patient;f0\n", "no patients to score, 0 rows"),
        ("patient;f0\nA;1\nA;2\n", "row 3: patient A stands in row 2 already"),
        ("patient;f0\n;1\n", "row 2: patient"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(Refusal) as refused:
            read_features(path)
        assert words.split("; ")[0] in str(refused.value)
