"""Tables that people make, mostly with Excel: every cell as text, or features as numbers."""

import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from npcradiomics.refusal import Refusal

SPREADSHEETS = (".xlsx", ".xlsm", ".xls", ".ods")
SAVE_AS = 'save it from Excel as "CSV UTF-8", "Unicode Text" or .xlsx'
# Between two letters Windows-1252 has none of these; MS-DOS (cp850) and Macintosh files have
# umlauts there.
_NO_LETTER = re.compile(rb"[A-Za-z\xc0-\xff][\x80-\x8b\x8d\x8f-\x91\x93-\x9d\x9f][A-Za-z\xc0-\xff]")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+([eE][+-]?\d+)?")


@dataclass(frozen=True)
class Cells:
    """A table as text: `header`, `rows` as (row number in the file, cells), and `said`, how it was read, "" if plainly."""

    header: list[str]
    rows: list[tuple[int, list[str]]]
    said: str


def read_cells(path: str | Path) -> Cells:
    """Read a table that a person made, every cell as text in one Unicode form (NFC), stripped.

    Parameters
    ----------
    path : path
        Text separated by tabs, semicolons or commas, in UTF-8, UTF-16 or Windows-1252; or a
        spreadsheet's only sheet with content (.xlsx, .xls, .ods).

    Returns
    -------
    Cells
        Empty rows and columns without name and content are left out. In a table separated by
        semicolons `1,5` is 1.5.

    Raises
    ------
    ValueError
        In one line, with the file, the row and what to save it as: another encoding, a damaged
        spreadsheet, several sheets, no header, a column stands twice or has values and no name, a
        row of more cells than the header.
    """
    path = Path(path)
    if not path.is_file():
        raise Refusal(
            f"{path}: no such table",
            "correct the path, or the key of the config that names it",
        )
    lines, said = _sheet(path) if path.suffix.casefold() in SPREADSHEETS else _text(path)
    rows = [(number, [_clean(cell) for cell in line]) for number, line in enumerate(lines, start=1)]
    rows = [(number, cells) for number, cells in rows if any(cells)]
    if not rows:
        raise Refusal(
            f"{path}: 0 rows with content, a header is needed",
            "write the columns' names into the first row",
        )
    (_, header), *rows = rows
    header = header[: max(i for i, name in enumerate(header) if name) + 1]
    if len(header) == 1 and " " in header[0]:
        raise Refusal(
            f"{path}, row 1: no tab found, the header is one cell: {header[0]!r}",
            "separate the cells with one tab each, not with spaces",
        )
    for name in dict.fromkeys(header):
        if name and header.count(name) > 1:
            raise Refusal(
                f"{path}, row 1: column {name} stands twice",
                "delete or rename one",
            )
    for number, cells in rows:
        if len(cells) < len(header):
            raise Refusal(
                f"{path}, row {number}: {len(cells)} cells, the header has {len(header)}",
                SAVE_AS,
            )
        wrong = [i for i, cell in enumerate(cells) if cell and not (i < len(header) and header[i])]
        if wrong:
            raise Refusal(
                f"{path}, row {number}: cell {wrong[0] + 1} holds {cells[wrong[0]]!r}, "
                f"and no column of that place has a name ({len(header)} columns)",
                "name it in row 1 or empty it",
            )
    named = [i for i, name in enumerate(header) if name]
    return Cells(
        [header[i] for i in named],
        [(number, [cells[i] for i in named]) for number, cells in rows],
        said,
    )


def read_features(path: str | Path, words: Sequence[str] = ()) -> "pandas.DataFrame":  # noqa: F821
    """Read a table of features that a person may have made: names as text, all other columns numbers.

    words: columns that stay text, where there are such. Returns a DataFrame indexed by patient. Raises ValueError with file, row and column: as
    read_cells, no column patient, no rows, a patient without name or twice, a cell that is no
    finite number.
    """
    import numpy as np
    import pandas as pd

    cells = read_cells(path)
    if "patient" not in cells.header:
        raise Refusal(
            f"{path}: no column patient among {len(cells.header)} ({', '.join(cells.header[:5])})",
            "add one",
        )
    if not cells.rows:
        raise Refusal(
            f"{path}: no patients to score, 0 rows",
            "add a row per patient (key `new_patients` of the config)",
        )
    table = pd.DataFrame([row for _, row in cells.rows], columns=cells.header).set_index("patient")
    first = {}
    for number, patient in zip((number for number, _ in cells.rows), table.index, strict=True):
        if not patient or patient in first:
            other = f" stands in row {first[patient]} already" if patient else " is empty"
            raise Refusal(
                f"{path}, row {number}: patient {patient}{other}",
                "every row needs a name of its own",
            )
        first[patient] = number
    numbers = table.apply(pd.to_numeric, errors="coerce").astype(float)
    no_number = ~np.isfinite(numbers)
    # A column of words (region, set) is carried along; one cell that is no number in a column of
    # numbers is a fault.
    numeric = [name for name in table if not no_number[name].all()]
    named = [name for name in words if name in table]
    return numbers[[name for name in numeric if name not in named]].join(table[named])


def _clean(cell):
    return unicodedata.normalize("NFC", cell).strip().strip("\ufeff\u200b")


def _text(path):
    data = path.read_bytes()
    text, said = _decoded(data, path)
    lines = text.splitlines()
    separator = _separator(lines[0] if lines else "")
    if lines and lines[0].casefold().startswith("sep="):
        separator, text = lines[0][4:5], text.split("\n", 1)[-1]
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise Refusal(
            f"{path}: no table ({error})",
            SAVE_AS,
        ) from None
    if separator != "\t":
        said.append(
            {";": "semicolons", ",": "commas"}.get(separator, repr(separator)) + " between cells"
        )
    if separator == ";":
        rows = [
            [c.replace(",", ".") if _DECIMAL_COMMA.fullmatch(c.strip()) else c for c in row]
            for row in rows
        ]
    return rows, f"{path}: read as {', '.join(said)}" if said else ""


def _decoded(data, path):
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or data[1:2] == b"\0" or data[:1] == b"\0":
        bare = "utf-16-be" if data[:1] == b"\0" else "utf-16-le"
        encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else bare
        try:
            return data.decode(encoding), ["UTF-16"]
        except UnicodeDecodeError as error:
            raise Refusal(
                f"{path}: no UTF-16 at byte {error.start} of {len(data)}",
                SAVE_AS,
            ) from None
    if b"\0" in data:
        raise Refusal(
            f"{path}: no text (byte {data.index(0)} of {len(data)} is 0)",
            SAVE_AS,
        )
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        row, byte = data.count(b"\n", 0, error.start) + 1, data[error.start]
    try:
        text = data.decode("cp1252")
        if not _NO_LETTER.search(data):
            return text, ["Windows-1252"]
    except UnicodeDecodeError:
        pass
    raise Refusal(
        f"{path}, row {row}: byte 0x{byte:02x} is neither UTF-8 nor Windows-1252",
        SAVE_AS,
    )


def _separator(header):
    counts = {
        separator: len(next(csv.reader([header], delimiter=separator), [])) for separator in "\t;,"
    }
    return max(counts, key=counts.get)  # the first of equals: tab


def _sheet(path):
    import python_calamine

    try:
        with python_calamine.CalamineWorkbook.from_path(path) as book:
            sheets = {
                name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
                for name in book.sheet_names
            }
    except (python_calamine.CalamineError, OSError) as error:
        reason = " ".join(str(error).split())
        raise Refusal(
            f"{path}: cannot be read as a spreadsheet ({reason})",
            SAVE_AS,
        ) from None
    filled = {
        name: rows
        for name, rows in sheets.items()
        if any(cell != "" for row in rows for cell in row)
    }
    if len(filled) != 1:
        names = ", ".join(filled) or "none"
        raise Refusal(
            f"{path}: {len(filled)} sheets with content ({names}), 1 is needed",
            "delete the others",
        )
    ((name, rows),) = filled.items()
    return [[_cell(value) for value in row] for row in rows], f"{path}: sheet {name} read"


def _cell(value):
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
