"""Choosing by name among what a DICOM file or folder holds: series, structures."""

import difflib
import unicodedata

from npcradiomics.dicom.dataset import UID, DicomError, code
from npcradiomics.dicom.frames import in_words

RESEARCH = (
    "RESEARCH USE ONLY - NOT FOR CLINICAL USE"  # behind every description that this project writes
)


def plain(name):
    """The name in one Unicode form, without case and spaces."""
    return "".join(
        unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).split()
    )


def selector(value):
    """A series as the table names it, but its UID as code: what a job is given stands in Snakemake's records."""
    return code(value) if value and UID.fullmatch(value) else value


def matches(series, wanted):
    """Whether `wanted` is the UID, the code, the number as `#5`, or the description (without case, spaces) of a series."""
    return wanted in (series.uid, code(series.uid), series.code) or (
        wanted == f"#{series.number}"
        or plain(wanted)
        in map(plain, (series.description, series.description.removesuffix(RESEARCH)))
    )


def describe(series):
    """A series in words: description, number, code, modality, count; never its UID."""
    apart = f", {in_words(series.apart)}" if series.apart else ""
    return f"{series.description!r} (#{series.number}, code {series.code}, {series.modality}, {len(series.frames)} images{apart})"


def choose_name(names, wanted, where):
    """Place in `names` of the wanted one: exactly, or else without case and spaces.

    Raises DicomError: none (with all names and the nearest), or several of that name.
    """
    listed = ", ".join(map(repr, names)) or "none"
    if not plain(wanted):
        raise DicomError(
            f"{where}: no structure is named", f"write {where}#NAME, there are {listed}"
        )
    for key in (str, plain):
        places = [i for i, name in enumerate(names) if key(name) == key(wanted)]
        if len(places) == 1:
            return places[0]
        if len(places) > 1:
            same = ", ".join(repr(names[i]) for i in places)
            raise DicomError(
                f"{where}: {len(places)} structures are called {wanted!r}: {same}",
                "rename one",
            )
    near = difflib.get_close_matches(plain(wanted), [plain(n) for n in names], n=1, cutoff=0.4)
    hint = "".join(f"; nearest: {n!r}" for n in names if near and plain(n) == near[0])
    raise DicomError(
        f"{where}: no structure {wanted!r}; there are {listed}{hint}",
        "write the name as it stands there",
    )
