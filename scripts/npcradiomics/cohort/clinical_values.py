"""Clinical columns: what is a word, what a number, what no value at all, however people wrote it."""

import math
import unicodedata
from collections import Counter
from collections.abc import Iterable

# What R, Python, Excel and people write for no value; and what may be a value ("none": no
# chemotherapy; "-": negative).
NO_VALUE = {"na", "n/a", "n.a.", "nan", "null", "nil", "<na>", "#n/a", "#nv", "#na", "missing"}
UNDECIDED = {"none", "-", "--", "–", ".", "?", "unknown", "unk", "#value!", "#div/0!", "#ref!"}


def settle(rows: list[dict], columns: list[str]) -> list[str]:
    """Settle the clinical cells of rows (dicts of text) in place; an absent cell is a missing value.

    Cells that say there is no value are taken away; a word has one spelling in its column, the most
    frequent, whatever case, blanks or Unicode form.

    Returns
    -------
    list of str
        A line per column in which something was settled.

    Raises
    ------
    ValueError
        Cells that may be a value or none, with patient, column and cell.
    """
    said = []
    for column in columns:
        filled = [row for row in rows if column in row]
        _refuse_words_among_numbers(filled, column)
        settled = one_spelling(
            [row[column] for row in filled], [row["patient"] for row in filled], column
        )
        empty = sum(word is None for word in settled)
        respelt = Counter(
            (row[column], w)
            for row, w in zip(filled, settled, strict=True)
            if w not in (None, row[column])
        )
        words = [f"{empty} cells without a value"] * bool(empty) + [
            f"{old!r} is {new!r}" for old, new in respelt
        ]
        if words:
            said.append(f"{column}: {', '.join(words)}")
        for row, word in zip(filled, settled, strict=True):
            row[column] = word
            if word is None:
                del row[column]
    return said


def _refuse_words_among_numbers(filled, column):
    words = [row for row in filled if not _is_number(row[column])]
    if 0 < len(words) < len(filled) and all(fold(row[column]) in NO_VALUE for row in words):
        listed = "; ".join(f"{row['patient']}: {column} is {row[column]!r}" for row in words[:5])
        raise ValueError(
            f"{len(words)} cells of a column of numbers hold none ({listed}); leave an unknown value"
            " empty"
        )


def _is_number(word):
    try:
        return math.isfinite(float(word))
    except ValueError:
        return False


def one_spelling(words: list[str], patients: list[str], column: str) -> list[str | None]:
    """The words of a column in one spelling each, None for no value; raises ValueError as settle does."""
    folded = [fold(word) for word in words]
    open_ = [
        f"{p}: {word!r}"
        for p, word, key in zip(patients, words, folded, strict=True)
        if key in UNDECIDED
    ]
    if open_:
        raise ValueError(
            f"{column}: {len(open_)} cells may be a value or none ({'; '.join(open_[:5])}); leave an unknown value empty, write"
            " a value in words, such as no or negative"
        )
    counts = Counter(words)
    usual = {}
    for word, key in zip(words, folded, strict=True):
        usual[key] = max(usual.get(key, word), word, key=counts.get)
    return [None if key in NO_VALUE else usual[key] for key in folded]


def fold(word: str) -> str:
    """What two spellings of one word share."""
    return " ".join(
        unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).casefold()).split()
    )


def require_numbers(rows: Iterable[dict], columns: list[str]) -> None:
    """ValueError naming every value in `columns` that is no finite number; an absent value is allowed."""
    faults = []
    for row in rows:
        for column in columns:
            try:
                sound = column not in row or math.isfinite(float(row[column]))
            except ValueError:
                sound = False
            if not sound:
                faults.append(f"{row['patient']}: {column} is {row[column]!r}")
    if faults:
        more = f" and {len(faults) - 5} more" if len(faults) > 5 else ""
        raise ValueError(
            f"clinical columns that should hold numbers: {'; '.join(faults[:5])}{more}"
            " (words belong into clinical_categories, an unknown value stays empty)"
        )


def require_values(rows: list[dict], columns: list[str]) -> None:
    """ValueError naming the `columns` in which no patient of these has a value: no model could take them."""
    empty = [column for column in columns if not any(column in row for row in rows)]
    if empty:
        raise ValueError(
            f"no value for any of {len(rows)} training patients in {', '.join(empty)}"
            " (leave them out of clinical_columns)"
        )
