"""What a cell of the patients table points at: a volume file, or DICOM as it comes from a planning system."""

import os
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from npcradiomics.files import files_below

# Of the heterogeneity study, and of the response study.
IMAGES = ("planning_mri", "recurrence_mri", "image")
CONTOURS = ("gtv", "gtvr", "isodose95", "reference_tissue", "mask")
# The last ones are not read, but are no DICOM either: they are refused as what they are.
VOLUME_ENDINGS = (
    ".nii",
    ".nii.gz",
    ".nrrd",
    ".nhdr",
    ".mha",
    ".mhd",
    ".hdr",
    ".img",
    ".mgh",
    ".mgz",
    ".mnc",
    ".mif",
)


def is_dicom(value):
    """Whether a cell means DICOM: a folder, a file or `file#structure`; all that does not end as a volume file does."""
    return bool(value) and not _ends_as_volume(split(value)[0])


def split(value):
    """(path, structure name) of a cell `path#name`; the name is "" where there is none.

    Folders and volumes may have # in their names: the structure follows the first # behind a file
    that is there, or else the first one in the last part of the path.
    """
    if "#" not in value or _ends_as_volume(value):
        return value, ""
    places = [i for i, letter in enumerate(value) if letter == "#"]
    there = [i for i in places if os.path.isfile(value[:i])]
    if not there and os.path.exists(value):
        return value, ""
    last = [i for i in places if i > value.rfind("/")]
    named = [
        i
        for i in places
        if os.path.splitext(value[:i])[1] and "/" not in os.path.splitext(value[:i])[1]
    ]
    for candidates in (there, last, named):
        if candidates:
            return value[: candidates[0]], value[candidates[0] + 1 :].strip()
    return value, ""


def several(value: str) -> list[str]:
    """The files of a cell that names several, separated by semicolons (doses that are summed); else the cell alone."""
    if ";" not in value or os.path.exists(value):
        return [value]
    return [part.strip() for part in value.split(";") if part.strip()]


def _ends_as_volume(path):
    return path.casefold().endswith(VOLUME_ENDINGS)


def as_on_disc(value: str) -> str:
    """The cell with the path spelt as on disc, where the two differ in the Unicode form of their letters alone."""
    path = split(value)[0]
    if path.isascii() or os.path.exists(path):
        return value
    found = Path(path).anchor
    for part in Path(path).parts[bool(found) :]:
        folder = Path(found or ".")
        same = (
            [p for p in os.listdir(folder) if _one_form(p) == _one_form(part)]
            if folder.is_dir()
            else []
        )
        found = os.path.join(found, part if part in same or len(same) != 1 else same[0])
    return found + value[len(path) :] if os.path.exists(found) else value


def _one_form(name):
    return unicodedata.normalize("NFC", name)


def files(value):
    """All files that a cell stands for, sorted: those below a folder, or the file; none where nothing is there.

    Listed one by one, so that a slice that is added, replaced or taken away is a change.
    """
    found = []
    for path in several(split(value)[0]):
        if os.path.isdir(path):
            found += map(str, files_below(path))
        elif os.path.isfile(path):
            found.append(path)
    return found


def needs_import(row: dict, column: str) -> bool:
    """Whether a cell is read once, by an import, and its copy afterwards.

    So it is with DICOM, with a NIfTI file of whose header a person says what counts, and with
    braces in a path, which Snakemake would take for wildcards.
    """
    value = row.get(column, "")
    chosen = "nifti_geometry" in row and value.casefold().endswith(
        (".nii", ".nii.gz", ".hdr", ".img")
    )
    return is_dicom(value) or (bool(value) and (chosen or "{" in value or "}" in value))


def imported(row, folder, images=IMAGES):
    """The row with the cells that are imported replaced by what comes of them, and the isodose that follows from a dose.

    folder: where the import writes, a pattern with {patient}; images: columns that hold images.
    """
    located, folder = dict(row), folder.format(patient=row["patient"])
    for column in (*images, *CONTOURS, "dose"):
        if needs_import(row, column):
            located[column] = f"{folder}/{column}.nii.gz"
    if "dose" in row and "isodose95" not in row:
        located["isodose95"] = f"{folder}/isodose95_of_dose.nii.gz"
    return located


def frame_of(column, row):
    """The column of the image on which a contour was drawn."""
    if column == "mask":
        return "image"
    return (
        "recurrence_mri"
        if column == "gtvr" and row["gtvr_frame"] == "recurrence"
        else "planning_mri"
    )


def refuse_missing_files(tables: dict[str, dict], images: Sequence[str] = IMAGES) -> None:
    """Refuse patients tables whose cells name files or folders that do not exist, without opening any.

    Parameters
    ----------
    tables : dict
        {path: {patient: row}}, without those whose files are simulated: theirs are made.
    images
        Columns that hold images.

    Raises
    ------
    ValueError
        A line per cell.
    """
    columns = {*images, *CONTOURS, "dose", "transform", "initial_transform"}
    columns |= {f"{image}_transform" for image in images}
    faults = [
        f"{table}: {patient}: {column} {path} does not exist"
        for table, patients in tables.items()
        for patient, row in patients.items()
        for column, value in row.items()
        if column in columns or column.endswith("_registration")
        for path in several(split(value)[0])
        if not os.path.exists(path)
    ]
    if faults:
        raise ValueError("\n".join(faults))
