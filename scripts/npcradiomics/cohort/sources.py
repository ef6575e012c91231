"""What a cell of the patients table points at: a volume file, or DICOM as it comes from a planning system."""

from pathlib import Path

IMAGES = ("planning_mri", "recurrence_mri")
CONTOURS = ("gtv", "gtvr", "isodose95")
VOLUME_ENDINGS = (".nii", ".nii.gz", ".nrrd", ".nhdr", ".mha", ".mhd")


def is_dicom(value):
    """Whether a cell means DICOM: a folder, a file or `file#structure`;

    all that does not end as a volume file does.
    """
    return bool(value) and not split(value)[0].endswith(VOLUME_ENDINGS)


def split(value):
    """(path, structure name) of a cell `path#name`; the name is "" where there is none."""
    path, _, name = value.partition("#")
    return path, name.strip()


def files(value):
    """All files that a cell stands for, sorted: those below a folder, or the file; none where nothing is there.

    Listed one by one, so that a slice that is added, replaced or taken away is a change.
    """
    path = Path(split(value)[0])
    if path.is_dir():
        return sorted(str(p) for p in path.rglob("*") if p.is_file())
    return [str(path)] if path.is_file() else []


def imported(row, folder):
    """The row with DICOM cells replaced by what the import makes of them, and the isodose that follows from a dose.

    folder: where the import writes, a pattern with {patient}.
    """
    located, folder = dict(row), folder.format(patient=row["patient"])
    for column in (*IMAGES, *CONTOURS, "dose"):
        if is_dicom(row.get(column, "")):
            located[column] = f"{folder}/{column}.nii.gz"
    if "dose" in row and "isodose95" not in row:
        located["isodose95"] = f"{folder}/isodose95_of_dose.nii.gz"
    return located


def frame_of(column, row):
    """The column of the image on which a contour was drawn."""
    return (
        "recurrence_mri"
        if column == "gtvr" and row["gtvr_frame"] == "recurrence"
        else "planning_mri"
    )
