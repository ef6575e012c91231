"""One file under two patients: a copied row, a copied file, one image saved twice. It would count as two patients."""

import hashlib
import os
from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from npcradiomics.cohort.sources import split

_END = 65536  # bytes at either end of a file that are looked at before all of it is


def refuse_same_files(patients: dict[str, dict], columns: list[str], images: Iterable[str]) -> None:
    """Refuse two patients, or two examinations of one, that are one file.

    By path or by content; files are read where another has their size and the same ends. Folders
    are compared by path; what is imported from them, and images saved in another way, by
    `refuse_same_images`.

    Parameters
    ----------
    patients : {patient: row}
    columns
        That must differ between patients.
    images
        Those of them that must also differ within one patient.

    Raises
    ------
    ValueError
        With patients and columns.
    """
    cells = [
        (patient, column)
        for patient, row in patients.items()
        for column in columns
        if column in row
    ]
    by_path, by_size = defaultdict(list), defaultdict(list)
    for patient, column in cells:
        path, name = split(patients[patient][column])
        series = patients[patient].get(f"{column.removesuffix('_mri')}_series", "")
        by_path[os.path.realpath(path), name, series].append((patient, column))
    _refuse([(where[0], group) for where, group in by_path.items()], images, "are one file")
    for (path, name, _), group in by_path.items():
        if not name and os.path.isfile(path) and os.path.getsize(path):
            by_size[os.path.getsize(path)].append((path, group[0]))
    alike = defaultdict(list)
    for size, group in by_size.items():
        for path, cell in group if len(group) > 1 else ():
            alike[size, _ends(path)].append((path, cell))
    same = defaultdict(list)
    for group in alike.values():
        for path, cell in group if len(group) > 1 else ():
            with open(path, "rb") as file:
                same[hashlib.file_digest(file, "sha256").hexdigest()].append((path, cell))
    _refuse(
        [(group[0][0], [cell for _, cell in group]) for group in same.values()],
        images,
        "have the same content",
    )


def refuse_same_images(checksums: dict[str, dict]) -> None:
    """Raise ValueError where two images have the same voxels.

    checksums: {patient: {column: checksum}}, of `voxels_sha256`.
    """
    same = defaultdict(list)
    for patient, columns in checksums.items():
        for column, value in columns.items():
            same[value].append((patient, column))
    every = {column for columns in checksums.values() for column in columns}
    _refuse([(value[:12], group) for value, group in same.items()], every, "have the same voxels")


def voxels_sha256(array: np.ndarray) -> str:
    """Checksum of the values of an image, the same in whatever format and type they were saved."""
    return hashlib.sha256(array.astype("<f4").tobytes()).hexdigest()


def _refuse(groups, images, words):
    for what, cells in groups:
        several = len({patient for patient, _ in cells}) > 1
        if len(cells) > 1 and (several or all(column in images for _, column in cells)):
            listed = " and ".join(f"{column} of {patient}" for patient, column in cells[:5])
            raise ValueError(
                f"{listed} {words} ({what}): {len(cells)} cells of the patients table for one; delete the copied row or correct"
                " the path"
            )


def _ends(path):
    with open(path, "rb") as file:
        start = file.read(_END)
        file.seek(max(os.path.getsize(path) - _END, 0))
        return hashlib.sha256(start + file.read(_END)).digest()
