"""Structures of a DICOM RTSTRUCT: their names, and the closed contours of one of them in patient coordinates."""

import logging
from dataclasses import dataclass

import numpy as np

from npcradiomics.dicom.dataset import (
    DicomError,
    code,
    guarded,
    items,
    open_dataset,
    text,
    whole,
    without_uids,
)
from npcradiomics.dicom.names import choose_name

CLOSED = ("CLOSED_PLANAR", "CLOSEDPLANAR_XOR", "")  # the type is sometimes left out
MAX_COORDINATE_MM = 1e4
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Structure:
    """One structure: its closed contours (n, 3) in mm, the code of its frame of reference."""

    contours: tuple
    frame_of_reference: str


def structure_names(path):
    """Names of the structures of an RTSTRUCT in the order of the file.

    Raises ValueError if it is none or damaged.
    """
    return [name for name, _, _ in _structures(_open(path), path)]


def read_contours(path, name):
    """The Structure of that name (exact, else without case and spaces).

    Contours of fewer than 3 points enclose nothing and are left out with a line in the log. Raises
    ValueError: not an RTSTRUCT, damaged, no or several structures of that name, no closed contours,
    open contours, coordinates that are not finite or beyond 10 m.
    """
    dataset = _open(path)
    known = _structures(dataset, path)
    _, roi, frame_uid = known[choose_name([n for n, _, _ in known], name, path)]
    where = without_uids(f"{path}#{name}")
    sharing = [other for other, number, _ in known if number == roi]
    if len(sharing) > 1:
        listed = ", ".join(map(repr, sharing))
        raise DicomError(
            f"{where}: ROINumber {roi} is used by {len(sharing)} structures "
            f"({listed}): whose contours are whose cannot be told",
            "export the structures again, or delete all but one in the planning system",
        )
    holders = [
        item
        for item in items(dataset, "ROIContourSequence", path)
        if whole(item, "ReferencedROINumber", path) == roi
    ]
    if len(holders) > 1:
        counts = ", ".join(str(len(items(holder, "ContourSequence", path))) for holder in holders)
        raise DicomError(
            f"{where}: {len(holders)} sets of contours ({counts} contours) are given "
            f"for ROINumber {roi}: which is meant cannot be told",
            "export the structures again",
        )
    drawn = [contour for holder in holders for contour in items(holder, "ContourSequence", path)]
    kinds = [text(contour, "ContourGeometricType", path) for contour in drawn]
    opened = (
        kinds.count("OPEN_PLANAR") + kinds.count("OPEN_NONPLANAR") + kinds.count("CLOSED_NONPLANAR")
    )
    if opened:
        raise DicomError(
            f"{where}: {opened} of {len(kinds)} contours are open or non-planar and "
            "enclose no area",
            "close them in the planning system and export again",
        )
    contours = [_points(c, where) for c, kind in zip(drawn, kinds, strict=True) if kind in CLOSED]
    closed = tuple(points for points in contours if len(points) >= 3)
    if not closed:
        raise DicomError(
            f"{where}: the structure is empty ({len(drawn)} contours, none closed "
            "with 3 points or more)",
            "draw it, or name another structure",
        )
    if len(closed) < len(drawn):
        log.warning("%s: %d contours of 1 or 2 points left out", where, len(drawn) - len(closed))
    return Structure(closed, code(frame_uid))


def _open(path):
    dataset = open_dataset(path)
    if text(dataset, "Modality", path) != "RTSTRUCT":
        raise DicomError(f"{path}: not an RTSTRUCT", "give the right file")
    return dataset


def _structures(dataset, path):
    """(name, number, UID of the frame of reference) of each structure;

    the file's one frame where a structure has none.
    """
    listed = items(dataset, "ReferencedFrameOfReferenceSequence", path)
    frames = {text(item, "FrameOfReferenceUID", path) for item in listed}
    only = frames.pop() if len(frames) == 1 else ""
    return [
        (
            text(item, "ROIName", path),
            whole(item, "ROINumber", path),
            text(item, "ReferencedFrameOfReferenceUID", path) or only,
        )
        for item in items(dataset, "StructureSetROISequence", path)
    ]


def _points(contour, where):
    with guarded(where):
        raw = contour.get_item("ContourData")
        value = None if raw is None else raw.value
        # Straight from the bytes: pydicom's own decimal strings take a hundred times as long.
        values = (
            value.split(b"\\") if isinstance(value, bytes) else ([] if value is None else value)
        )
        values = [v for v in values if not isinstance(v, bytes) or v.strip(b" \0")]
        coordinates = np.array(values, dtype=float)
    if coordinates.size % 3:
        raise DicomError(
            f"{where}: a contour of {coordinates.size} coordinates, which is no multiple of 3"
        )
    stated = whole(contour, "NumberOfContourPoints", where, coordinates.size // 3)
    if stated != coordinates.size // 3:
        raise DicomError(f"{where}: a contour says {stated} points and has {coordinates.size // 3}")
    if not np.isfinite(coordinates).all() or (np.abs(coordinates) > MAX_COORDINATE_MM).any():
        raise DicomError(
            f"{where}: a contour has coordinates that are not finite or beyond {MAX_COORDINATE_MM:g} mm"
        )
    return coordinates.reshape(-1, 3)
