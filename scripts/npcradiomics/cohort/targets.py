"""Target volumes in a cell of the patients table: `CTV70=70; CTV60=60`."""

from pathlib import Path
from typing import NamedTuple

from npcradiomics.cohort.sources import VOLUME_ENDINGS, is_dicom, split


class NamedTarget(NamedTuple):
    """A target volume: its name, its prescription in gray, and the cell that says where its contour is."""

    name: str
    prescription_gy: float
    cell: str


def targets_of(row: dict[str, str]) -> list[NamedTarget]:
    """The target volumes of a patient's row, none where it names none.

    Parameters
    ----------
    row
        With gtv, and perhaps targets: `contour=gray` parts, separated by semicolons. A contour is a
        mask's file, `RTSTRUCT.dcm#NAME`, or the name alone of a structure in the RTSTRUCT of gtv.

    Raises
    ------
    ValueError
        A name alone where gtv is no structure of an RTSTRUCT; a name twice.
    """
    found = []
    for part in filter(None, (part.strip() for part in row.get("targets", "").split(";"))):
        contour, _, gray = (piece.strip() for piece in part.rpartition("="))
        if "#" not in contour and not contour.casefold().endswith(VOLUME_ENDINGS):
            file = split(row["gtv"])[0]
            if not is_dicom(row["gtv"]):
                raise ValueError(
                    f"{row['patient']}: targets: {contour} is no file (.nii.gz, RTSTRUCT.dcm#NAME), and gtv"
                    f" ({file}) is no RTSTRUCT that could have such a structure"
                )
            contour = f"{file}#{contour}"
        path, structure = split(contour)
        name = structure or Path(path).name.partition(".")[0]
        if name in [target.name for target in found]:
            raise ValueError(
                f"{row['patient']}: targets: {name} stands twice in {row['targets']!r}"
            )
        found.append(NamedTarget(name, float(gray), contour))
    return found
