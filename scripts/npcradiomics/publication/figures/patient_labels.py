"""Patient names short enough for a picture, and still different from each other."""

from itertools import takewhile

ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"


def panel_titles(patients, longest=16):
    """{patient: title of at most `longest` characters}: the name, or what tells it from the others where names are long.

    patients: names, each once, in the order in which they are numbered where even that is too long
    (#1 is the first).
    """
    if max(map(len, patients)) <= longest:
        return {patient: patient for patient in patients}
    return _short(
        {patient: ELLIPSIS + part + ELLIPSIS for patient, part in _telling_parts(patients).items()},
        longest,
    )


def point_labels(patients, longest=8):
    """{patient: label}, what tells the patients apart: the paper labels REC004 as 4.

    Numbered as in panel_titles.
    """
    parts = _telling_parts(patients)
    plain = {
        patient: str(int(part)) if part.isdecimal() else part for patient, part in parts.items()
    }
    return _short(plain if len(set(plain.values())) == len(plain) else parts, longest)


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
