"""Tables that this project wrote: read, and parted by sequence. Those that people make: `input_tables`.

Nowhere else is a table parsed. A name is text, whatever it looks like: a patient may be called NA,
007 or 1e5.
"""

import io
from pathlib import Path

# Columns of the project's own tables that hold names people chose; everywhere else NA is a missing
# value.
NAMES = ("patient", "category", "centre", "sequence")


def read_table(source: str | Path | io.TextIOBase, *, as_text: bool = False) -> "pandas.DataFrame":  # noqa: F821
    """Read a table that `files.write_table` or `files.write_rows` wrote.

    Parameters
    ----------
    source : path or text stream
        Tab-separated, UTF-8, NA for missing values, all digits.
    as_text
        Every cell as it is written.

    Returns
    -------
    pandas.DataFrame
        Names (`NAMES`) as text; elsewhere numbers bit for bit as they were written, NA and empty
        cells missing.
    """
    import pandas as pd

    text = (
        io.StringIO(Path(source).read_text(encoding="utf-8"))
        if isinstance(source, str | Path)
        else source
    )
    header = text.readline().rstrip("\n").split("\t")
    text.seek(0)
    names = header if as_text else [name for name in header if name in NAMES]
    missing = {name: ["", "NA"] for name in header if name not in names}
    kinds = dict.fromkeys(names, str)
    options = {"keep_default_na": False, "na_values": missing, "low_memory": False}
    return pd.read_csv(text, sep="\t", dtype=kinds, **options)


def of_sequence(table: "pandas.DataFrame", sequence: str) -> "pandas.DataFrame":  # noqa: F821
    """The rows of one sequence of a table of the cohort, numbered anew, without the column that says so.

    Parameters
    ----------
    table : DataFrame
        With a column `sequence`.
    sequence : str
    """
    return table[table["sequence"] == sequence].drop(columns="sequence").reset_index(drop=True)


def by_sequence(table: "pandas.DataFrame") -> dict[str, "pandas.DataFrame"]:  # noqa: F821
    """The rows of each sequence as `of_sequence`, in the order of the table: the main sequence is the first."""
    return {name: of_sequence(table, name) for name in dict.fromkeys(table["sequence"])}


def in_one_table(tables: dict[str, "pandas.DataFrame"]) -> "pandas.DataFrame":  # noqa: F821
    """What `by_sequence` takes apart: rows of all sequences, `sequence` behind the patient, or first where rows are features."""
    import pandas as pd

    (first, *_), *_ = tables.values()
    # Without rows a table has no types of its own to give to the others' columns.
    filled = {name: own for name, own in tables.items() if len(own)} or tables
    stacked = pd.concat(filled, names=["sequence"]).reset_index("sequence").reset_index(drop=True)
    stacked.insert(int(first == "patient"), "sequence", stacked.pop("sequence"))
    return stacked


def in_one_table_if_several(tables: dict[str, "pandas.DataFrame"]) -> "pandas.DataFrame":  # noqa: F821
    """As `in_one_table`; the table of a single sequence as it is: what is published says a sequence only where there are more."""
    return in_one_table(tables) if len(tables) > 1 else next(iter(tables.values()))


def is_true(value: object) -> bool:
    """Whether a cell of a table of this project says True; in a column with missing values truths come back as text."""
    return str(value) == "True"
