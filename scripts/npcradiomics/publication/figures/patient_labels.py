"""Patient names short enough for a picture, and still different from each other."""

from collections.abc import Sequence
from itertools import takewhile

ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"


def panel_titles(patients: Sequence[str], longest: int = 16) -> dict[str, str]:
    """Titles of panels: the names, or what tells them from each other where names are long.

    Parameters
    ----------
    patients : sequence of str
        Names, each once, in the order in which they are numbered where even what tells them apart
        is too long (#1 is the first).
    longest : int
        Characters that a title may have.

    Returns
    -------
    dict
        {patient: title}.
    """
    if max(map(len, patients)) <= longest:
        return {patient: patient for patient in patients}
    return _short(
        {patient: ELLIPSIS + part + ELLIPSIS for patient, part in _telling_parts(patients).items()},
        longest,
    )


def point_labels(patients: Sequence[str], longest: int = 8) -> dict[str, str]:
    """Labels of points: what tells the patients apart, as the paper labels REC004 as 4.

    Parameters
    ----------
    patients : sequence of str
        Names, each once, numbered as in `panel_titles`.
    longest : int
        Characters that a label may have.

    Returns
    -------
    dict
        {patient: label}.
    """
    parts = _telling_parts(patients)
    plain = {
        patient: str(int(part)) if part.isdecimal() else part for patient, part in parts.items()
    }
    return _short(plain if len(set(plain.values())) == len(plain) else parts, longest)


def numbers_key(labels: dict[str, str], table: str) -> str:
    """Say whom the numbers #1, #2, ... stand for.

    Parameters
    ----------
    labels : dict
        {patient: label} of `panel_titles` or `point_labels`.
    table : str
        Name of the published table in whose order the patients are numbered.

    Returns
    -------
    str
        A sentence for the caption, "" where the labels are names.
    """
    (first, label), (last, _) = next(iter(labels.items())), list(labels.items())[-1]
    if label != "#1":
        return ""
    others = f", #{len(labels)} is {last}, in the order of {table}" if len(labels) > 1 else ""
    return f"The names are too long for the figure: #1 is {first}{others}."


def _telling_parts(patients):
    """Names without the beginning and the end that all of them share; numbers stay whole."""
    start = len(_shared_start(patients).rstrip("0123456789"))
    ends = [patient[start:][::-1] for patient in patients]
    end = len(_shared_start(ends).rstrip("0123456789"))
    parts = {patient: patient[start : len(patient) - end] for patient in patients}
    return parts if all(parts.values()) else {patient: patient for patient in patients}


def _shared_start(names):
    # What the first and the last name in alphabetical order share, all in between share too.
    same = takewhile(lambda pair: pair[0] == pair[1], zip(min(names), max(names), strict=False))
    return "".join(letter for letter, _ in same)


def _short(names, longest):
    if max(map(len, names.values())) <= longest:
        return names
    return {patient: f"#{k}" for k, patient in enumerate(names, start=1)}
