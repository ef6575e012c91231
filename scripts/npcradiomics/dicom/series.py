"""An image series as DICOM holds it, single slices or one multi-frame file, put together as a volume.

Positions are millimetres in the patient frame; arrays are (z, y, x).
"""

import logging
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from npcradiomics.dicom.dataset import (
    DIRECTORY,
    DicomError,
    code,
    items,
    looks_like_dicom,
    number,
    numbers,
    open_dataset,
    without_uids,
)
from npcradiomics.dicom.dataset import text as text_of
from npcradiomics.dicom.names import describe, matches
from npcradiomics.dicom.pixels import MAX_VOXELS, image_shape, stored_values
from npcradiomics.images.grids import ROUNDING_TOLERANCE, repair_direction

FRAME_KEY = (
    "frame_of_reference"  # metadata key of images read here: a code of the FrameOfReferenceUID
)
SAME_POSITION_MM = 0.01
# Scanners write positions with at least three digits; half a per cent of the distance is far above
# that.
EVEN_SPACING = 0.02
NOT_IMAGES = (
    "RTSTRUCT",
    "RTDOSE",
    "RTPLAN",
    "RTRECORD",
    "REG",
    "SEG",
    "PR",
    "KO",
    "SR",
    "FID",
    "RWV",
)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Frame:
    """One slice: where it lies and where its pixels are."""

    path: Path
    index: int
    position: np.ndarray
    orientation: np.ndarray
    spacing: np.ndarray  # between rows, between columns
    size: tuple  # rows, columns
    sop_uid: str


@dataclass(frozen=True)
class Source:
    """A series as other objects refer to it: UIDs, and per slice, from the first along the normal, its SOP instance."""

    study_uid: str
    series_uid: str
    frame_uid: str
    sop_class: str
    sop_uids: tuple


@dataclass
class Series:
    """The frames of one series and by what it can be chosen."""

    uid: str
    description: str
    number: str
    modality: str
    frame_uid: str
    study_uid: str
    sop_class: str
    localizer: bool
    frames: list = field(default_factory=list)


def read_series(path, series=None):
    """Read an image series from a folder (searched with its subfolders) or a file (its series, among its neighbours).

    series: SeriesInstanceUID, description, number (`#5`) or code of the one wanted; may be left out
    where there is one. Returns a SimpleITK image in the patient frame, rescaled (int16, int32 or
    float32), with the code of its frame of reference under the metadata key `frame_of_reference`.
    Raises ValueError with positions and counts: no series, several, none of that name; slices
    missing, double, uneven, sheared; mixed orientations or sizes; damaged files.
    """
    chosen = choose_series(path, series)
    frames = _in_order(chosen.frames, path)
    image = perpendicular(_volume(frames, path), path)
    image.SetMetaData(FRAME_KEY, code(chosen.frame_uid))
    return image


def perpendicular(image, path):
    """geometry.repair_direction, with the file in its message."""
    try:
        return repair_direction(image)
    except ValueError as error:
        raise DicomError(f"{path}: {error}") from None


def series_source(path, series=None):
    """The Source of the series that read_series reads, its slices in the same order. Raises ValueError as read_series, and
    for multi-frame files.
    """
    chosen = choose_series(path, series)
    frames = _in_order(chosen.frames, path)
    if len({frame.path for frame in frames}) < len(frames):
        raise DicomError(
            f"{path}: {len(frames)} frames in one file (enhanced multi-frame): contours on such an MRI are not written; convert"
            " it to a file per slice, or give planning_mri as NIfTI"
        )
    return Source(
        chosen.study_uid,
        chosen.uid,
        chosen.frame_uid,
        chosen.sop_class,
        tuple(frame.sop_uid for frame in frames),
    )


def choose_series(path, series=None):
    """The Series meant by path and series, with the frames of its files not yet sorted.

    Raises ValueError as read_series.
    """
    path = Path(path)
    found = find_series(path)
    if not found:
        raise DicomError(f"{path}: no DICOM images there")
    images = [s for s in found if not s.localizer] or found
    if series is None and len(images) < len(found):
        log.info(
            "%s: %d localizer series left out", without_uids(str(path)), len(found) - len(images)
        )
    wanted = images if series is None else [s for s in found if matches(s, series)]
    if len(wanted) == 1:
        return wanted[0]
    listed = "; ".join(describe(s) for s in (wanted or found))
    if series is None:
        raise DicomError(f"{path}: {len(wanted)} series there, one must be chosen: {listed}")
    raise DicomError(
        f"{path}: series {series!r} means {len(wanted)} of {len(found)} series: {listed}"
    )


def find_series(path):
    """All image series of a folder, or the one of a file among its neighbours;

    in the order of their files.
    """
    path = Path(path)
    if path.is_dir():
        return list(_grouped(sorted(p for p in path.rglob("*") if p.is_file())).values())
    first = _grouped([path], required=True)
    if not first:
        raise DicomError(f"{path}: no image in this DICOM file")
    (only,) = first.values()
    if len(only.frames) > 1:
        return [only]
    return [_grouped(sorted(p for p in path.parent.iterdir() if p.is_file()))[only.uid]]


def _grouped(paths, required=False):
    found = {}
    for path in paths:
        if not required and not looks_like_dicom(path):
            continue
        dataset = open_dataset(path, pixels=False)
        if text_of(dataset.file_meta, "MediaStorageSOPClassUID", path) == DIRECTORY:
            continue
        modality = text_of(dataset, "Modality", path)
        if modality in ("", "MR", "CT", "PT") and "Rows" not in dataset:
            raise DicomError(f"{path}: the header of an image breaks off (truncated or damaged)")
        if modality in NOT_IMAGES or "Rows" not in dataset:
            continue
        uid = text_of(dataset, "SeriesInstanceUID", path)
        if uid not in found:
            found[uid] = Series(
                uid,
                text_of(dataset, "SeriesDescription", path),
                text_of(dataset, "SeriesNumber", path),
                modality,
                text_of(dataset, "FrameOfReferenceUID", path),
                text_of(dataset, "StudyInstanceUID", path),
                text_of(dataset, "SOPClassUID", path),
                "LOCALIZER" in text_of(dataset, "ImageType", path),
            )
        found[uid].frames += _frames(dataset, path)
    return found


def _frames(dataset, path):
    shape, sop_uid = image_shape(dataset, path), text_of(dataset, "SOPInstanceUID", path)
    per_frame = items(dataset, "PerFrameFunctionalGroupsSequence", path)
    if not per_frame:
        if shape[0] > 1:
            raise DicomError(f"{path}: {shape[0]} frames without positions (no functional groups)")
        if "ImagePositionPatient" not in dataset or "ImageOrientationPatient" not in dataset:
            raise DicomError(f"{path}: an image without position or orientation in the patient")
        return [_frame(dataset, dataset, dataset, path, 0, shape, sop_uid)]
    if len(per_frame) != shape[0]:
        raise DicomError(f"{path}: {shape[0]} frames but {len(per_frame)} positions")
    shared = items(dataset, "SharedFunctionalGroupsSequence", path)
    groups = [(group, *shared[:1]) for group in per_frame]
    return [
        _frame(
            *(
                _macro(group, name, path)
                for name in ("PlanePosition", "PlaneOrientation", "PixelMeasures")
            ),
            path,
            index,
            shape,
            sop_uid,
        )
        for index, group in enumerate(groups)
    ]


def _macro(groups, name, path):
    for group in groups:
        found = items(group, f"{name}Sequence", path)
        if found:
            return found[0]
    raise DicomError(f"{path}: a frame has no {name}Sequence")


def _frame(position, orientation, measures, path, index, shape, sop_uid):
    return Frame(
        path,
        index,
        numbers(position, "ImagePositionPatient", 3, path),
        numbers(orientation, "ImageOrientationPatient", 6, path),
        numbers(measures, "PixelSpacing", 2, path),
        shape[1:],
        sop_uid,
    )


def _in_order(frames, path):
    """The frames along their normal; refused unless they are one even stack."""
    kinds = Counter(
        (*np.round(f.orientation, 3) + 0.0, *np.round(f.spacing, 4), *f.size) for f in frames
    )
    if len(kinds) > 1 and _differ(frames):
        listed = "; ".join(
            f"{n} of {k[8]:g}x{k[9]:g} pixels, {k[6]:g}x{k[7]:g} mm, rows along {_point(k[:3])}, columns along"
            f" {_point(k[3:6])}"
            for k, n in kinds.most_common(5)
        )
        raise DicomError(f"{path}: slices of one series differ in orientation or size: {listed}")
    if len(frames) < 2:
        raise DicomError(
            f"{path}: {len(frames)} slice in the series, at least 2 are needed for a volume"
        )
    normal = np.cross(frames[0].orientation[:3], frames[0].orientation[3:])
    length = np.linalg.norm(normal)
    if abs(length - 1) > ROUNDING_TOLERANCE:
        raise DicomError(
            f"{path}: rows and columns are not perpendicular unit vectors (their cross product is {length:.4f})"
        )
    frames = sorted(frames, key=lambda f: float(f.position @ normal))
    along = np.array([f.position @ normal for f in frames])
    steps = np.diff(along)
    double = np.flatnonzero(steps < SAME_POSITION_MM)
    if double.size:
        at = ", ".join(f"{along[i]:.2f}" for i in double[:10])
        raise DicomError(
            f"{path}: {double.size} of {len(frames)} slices lie where another does (double files, echoes or time points):"
            f" at {at} mm along the normal"
        )
    step = float(np.median(steps))
    uneven = np.flatnonzero(np.abs(steps - step) > EVEN_SPACING * step)
    if uneven.size:
        at = ", ".join(
            f"{steps[i]:.2f} mm between {along[i]:.2f} and {along[i + 1]:.2f}" for i in uneven[:10]
        )
        raise DicomError(
            f"{path}: slices are {step:.3f} mm apart, but {at} (mm along the normal): slices missing or unevenly spaced"
        )
    _require_straight(frames, normal, path)
    return frames


def _differ(frames):
    # Rounding by itself splits a key in two; what counts is how far apart values are.
    orientation, spacing = (
        np.array([getattr(f, name) for f in frames]) for name in ("orientation", "spacing")
    )
    return (
        len({f.size for f in frames}) > 1
        or np.ptp(orientation, axis=0).max() > ROUNDING_TOLERANCE
        or np.ptp(spacing, axis=0).max() > 1e-3 * spacing.max()
    )


def _require_straight(frames, normal, path):
    between = frames[-1].position - frames[0].position
    line = between / np.linalg.norm(between)
    sideways = float(np.linalg.norm(np.cross(line, normal)))
    if sideways > ROUNDING_TOLERANCE:
        raise DicomError(
            f"{path}: the slices are stacked {np.degrees(np.arcsin(min(sideways, 1))):.2f} degrees off their normal (gantry"
            " tilt); resample the series before use"
        )
    positions = np.array([f.position - frames[0].position for f in frames])
    off = np.linalg.norm(positions - np.outer(positions @ line, line), axis=1)
    if off.max() > 0.05 * frames[0].spacing.min() + SAME_POSITION_MM:
        raise DicomError(
            f"{path}: slices lie up to {off.max():.2f} mm beside the line through the first and the last"
        )


def _volume(frames, path):
    rows, columns = frames[0].size
    if len(frames) * rows * columns > MAX_VOXELS:
        raise DicomError(
            f"{path}: {len(frames)}x{rows}x{columns} voxels; at most {MAX_VOXELS} are read"
        )
    array = np.empty((len(frames), rows, columns), np.float32)
    whole_numbers, files = True, {}
    for place, frame in enumerate(frames):
        files.setdefault(frame.path, []).append((place, frame.index))
    for file, places in files.items():
        dataset = open_dataset(file)
        values = stored_values(dataset, file)
        for place, index in places:
            slope, intercept = _rescale(dataset, index, file)
            whole_numbers &= (
                slope == 1 and intercept == int(intercept) and values.dtype.itemsize <= 2
            )
            array[place] = values[index] * np.float32(slope) + np.float32(intercept)
    if whole_numbers:  # up to 17 bits with the intercept: exact in float32
        fits = array.min() >= -32768 and array.max() <= 32767
        array = array.astype(np.int16 if fits else np.int32)
    image = sitk.GetImageFromArray(array)
    first = frames[0]
    normal = np.cross(first.orientation[:3], first.orientation[3:])
    step = float((frames[-1].position - first.position) @ normal) / (len(frames) - 1)
    image.SetSpacing([float(first.spacing[1]), float(first.spacing[0]), step])
    image.SetOrigin([float(x) for x in first.position])
    image.SetDirection(
        np.column_stack([first.orientation[:3], first.orientation[3:], normal]).ravel()
    )
    return image


def _rescale(dataset, index, path):
    holder = dataset
    per_frame = items(dataset, "PerFrameFunctionalGroupsSequence", path)
    if per_frame:
        shared = items(dataset, "SharedFunctionalGroupsSequence", path)
        for group in (per_frame[index], *shared[:1]):
            found = items(group, "PixelValueTransformationSequence", path)
            if found:
                holder = found[0]
                break
    return number(holder, "RescaleSlope", path, 1), number(holder, "RescaleIntercept", path, 0)


def _point(values):
    return "(" + ", ".join(f"{v:.2f}" for v in values) + ")"
