"""What differs between two folders of results: settings, patients, rows of Table 2, verdicts, and every file."""

from collections import defaultdict
from pathlib import Path

import pandas as pd

from npcradiomics.files import read_json
from npcradiomics.jobs.outdated import ASIDE
from npcradiomics.jobs.provenance import differences, sha256
from npcradiomics.tables import read_table

# Times and commands, which differ between two runs of the same, and what no longer holds: not
# compared.
LEFT_OUT = {"logs", "benchmarks", "provenance.json", ASIDE}
# What is said of Tables 2 and 3 for every feature and of Table 4 for every patient.
TOLD = {
    "tables/table2.tsv": (
        *("Table 2", "feature"),
        {"significant": "significant", "size_mark": "size mark"},
    ),
    "tables/table3.tsv": ("Table 3", "feature", {"verdict": "verdict"}),
    "tables/table4.tsv": ("Table 4", "patient", {"class": "class", "type": "type"}),
}
NAMED = 8  # names listed, of more the number


def compare_results(first: Path, second: Path, within: float = 0.0) -> list[str]:
    """Lines that say what differs between two folders of results; none where nothing does.

    Parameters
    ----------
    first, second : Path
        Folders of results, of one study (``results/heterogeneity``) or of several (``results``).
    within : float
        Numbers of a table whose relative deviation is at most this are equal.

    Raises
    ------
    ValueError
        One of them is no folder, or has no file to compare.
    """
    files = [_files(folder) for folder in (first, second)]
    lines = []
    for study in sorted({name for found in files for name in _studies(found)}):
        told = _settings(first / study, second / study) + _meaning(first / study, second / study)
        lines += [f"{study}:" if study != "." else "study:", *(f"  {line}" for line in told)]
        lines = lines if told else lines[:-1]
    return lines + _compare_files(*files, within)


def compare_tables(
    first: pd.DataFrame, second: pd.DataFrame, within: float = 0.0
) -> tuple[list[str], bool]:
    """What differs between two tables, column by column.

    Parameters
    ----------
    first, second : DataFrame
        Cells as text. Rows are matched by the leading columns that name them, by place where none
        do.
    within : float
        Numbers whose relative deviation |a - b| / max(|a|, |b|) is at most this are equal.

    Returns
    -------
    list of str, bool
        A line per difference, with the largest relative deviation of a column; and whether only
        deviations within the tolerance were found.
    """
    lines = _only("columns", list(first), list(second))
    key = _key(first, second)
    if key:
        first, second = (table.set_index(key, drop=False) for table in (first, second))
        names = [[" ".join(_parts(row)) for row in table.index] for table in (first, second)]
        lines += _only("rows", *names)
        shared = [row for row in first.index if row in set(second.index)]
        first, second = first.loc[shared], second.loc[shared]
    elif len(first) != len(second):
        return [*lines, f"{len(first)} rows in A, {len(second)} in B"], False
    small = False
    for column in [name for name in first if name in second.columns]:
        line, tolerated = _compare_column(first[column], second[column], within)
        lines += [f"{column}: {line}"] * bool(line)
        small |= tolerated
    return lines, small and not lines


def _files(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        raise ValueError(f"{folder}: no such folder")
    found = {path.relative_to(folder): path for path in sorted(folder.rglob("*"))}
    kept = {
        name.as_posix(): path
        for name, path in found.items()
        if path.is_file() and not LEFT_OUT & set(name.parts) and not name.name.startswith(".")
    }
    if not kept:
        raise ValueError(f"{folder}: no results in it")
    return kept


def _studies(files: dict[str, Path]) -> set[str]:
    places = {Path(name).parents[1].as_posix() for name in files if "/tables/" in f"/{name}"}
    return {place for place in places if "patients" not in place}


def _settings(first: Path, second: Path) -> list[str]:
    records = [folder / "provenance.json" for folder in (first, second)]
    if not all(record.exists() for record in records):
        return []
    settings = [{"settings": read_json(record)["settings"]} for record in records]
    return differences(*settings, where=("in A", "in B"))


def _meaning(first: Path, second: Path) -> list[str]:
    """Patients in and out, and what Tables 2 to 4 say of each feature or patient."""
    lines = []
    for name, what in (("features", "patients"), ("excluded", "excluded patients")):
        tables = _both(first, second, f"cohort/{name}.tsv")
        if tables:
            lines += _only(what, *(list(dict.fromkeys(table["patient"])) for table in tables))
    for name, (title, key, columns) in TOLD.items():
        tables = _both(first, second, name)
        if not tables or any(key not in table for table in tables):
            continue
        a, b = (table.set_index(_names_of_rows(table, key)) for table in tables)
        lines += _only(f"rows of {title}", list(a.index), list(b.index))
        for column, word in columns.items():
            if column in a and column in b:
                lines += [
                    f"{title}, {word}: {row}: {a[column][row]} in A, {b[column][row]} in B"
                    for row in a.index.intersection(b.index, sort=False)
                    if a[column][row] != b[column][row]
                ]
    return lines


def _names_of_rows(table: pd.DataFrame, key: str) -> pd.Series:
    """A feature's row is named with its sequence where the table has several."""
    return table["sequence"] + " " + table[key] if "sequence" in table else table[key]


def _both(first: Path, second: Path, name: str) -> list[pd.DataFrame]:
    paths = [first / name, second / name]
    return (
        [read_table(path, as_text=True) for path in paths]
        if all(path.exists() for path in paths)
        else []
    )


def _compare_files(first: dict[str, Path], second: dict[str, Path], within: float) -> list[str]:
    shared = [name for name in first if name in second]
    differing = [name for name in shared if sha256(first[name]) != sha256(second[name])]
    told, details, tolerated = defaultdict(list), {}, 0
    for name in differing:
        parts = Path(name).parts
        of_patient = parts.index("patients") + 1 if "patients" in parts[:-1] else None
        if of_patient:  # a line per kind of file, not per patient
            kind = "/".join([*parts[:of_patient], "*", *parts[of_patient + 1 :]])
            told[f"{kind}: differs"].append(parts[of_patient])
            continue
        lines = []
        if name.endswith(".tsv"):
            lines, equal = compare_tables(
                read_table(first[name], as_text=True),
                read_table(second[name], as_text=True),
                within,
            )
            tolerated += equal
            if equal:
                continue
        elif name.endswith(".json"):
            lines = differences(
                read_json(first[name]), read_json(second[name]), where=("in A", "in B")
            )
        told[f"{name}: differs"] = []
        details[f"{name}: differs"] = lines
    gone = _only("files", list(first), list(second))
    if not told and not gone:
        return []
    counts = f"{len(shared) - len(differing)} files the same, {len(differing) - tolerated} differ"
    counts += f", {tolerated} tables equal within {within:g}" if tolerated else ""
    lines = [f"files: {counts}", *(f"  {line}" for line in gone)]
    for what, who in told.items():
        lines.append(f"  {what}" + (f" ({_names(who)})" if who else ""))
        lines += [f"    {line}" for line in details.get(what, [])]
    return lines


def _compare_column(a: pd.Series, b: pd.Series, within: float) -> tuple[str, bool]:
    a, b = a.reset_index(drop=True), b.reset_index(drop=True)
    unequal = a != b
    if not unequal.any():
        return "", False
    x, y = (pd.to_numeric(cells[unequal], errors="coerce") for cells in (a, b))
    largest = pd.concat([x.abs(), y.abs()], axis=1).max(axis=1, skipna=False)
    deviation = ((x - y).abs() / largest).where(x != y, 0.0)
    deviation = deviation.fillna(float("inf"))  # text, or not a number
    if deviation.max() <= within:
        return "", True
    worst = deviation.idxmax()
    size = "" if deviation.max() == float("inf") else f"by up to {deviation.max():.2g} relative, "
    words = f"{int((deviation > within).sum())} of {len(a)} differ, {size}"
    return f"{words}e.g. {a[worst] or 'nothing'} in A, {b[worst] or 'nothing'} in B", False


def _key(first: pd.DataFrame, second: pd.DataFrame) -> list[str]:
    """The leading columns that name a row in both tables: text or whole numbers, together unique."""
    key = []
    for column in first:
        if column not in second.columns or any(
            table[column].str.contains(r"\d\.\d|^NA$|^$", regex=True).any()
            for table in (first, second)
        ):
            return []
        key.append(column)
        if not any(table.duplicated(key).any() for table in (first, second)):
            return key
    return []


def _parts(row) -> tuple[str, ...]:
    return row if isinstance(row, tuple) else (row,)


def _only(what: str, first: list[str], second: list[str]) -> list[str]:
    gone = [name for name in first if name not in set(second)]
    new = [name for name in second if name not in set(first)]
    return [
        f"{what} only in {where}: {_names(names)}"
        for where, names in (("A", gone), ("B", new))
        if names
    ]


def _names(names: list[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
