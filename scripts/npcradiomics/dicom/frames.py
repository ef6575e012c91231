"""Single slices of image files: where they lie, and what says to which acquisition each belongs.

One SeriesInstanceUID may hold several acquisitions: echoes, phase beside magnitude, Dixon,
b-values, time points, two stacks half a slice apart. They are told apart by what the scanner wrote
of each slice, never by the order of the files.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from npcradiomics.dicom.dataset import DicomError, code, guarded, items, numbers
from npcradiomics.dicom.dataset import text as text_of
from npcradiomics.dicom.pixels import image_shape
from npcradiomics.images.grids import ROUNDING_TOLERANCE

SAME_POSITION_MM = 0.01
SAME_NUMBER = 0.005  # relative: an echo time of 90.1 ms is one of 90 ms
# keyword: (keyword, functional group) in an enhanced file. All slices of one acquisition agree in
# these ...
ACQUISITION = {
    "EchoTime": ("EffectiveEchoTime", "MREcho"),
    "EchoNumbers": None,
    "ImageType": ("FrameType", "MRImageFrameType"),
    "ComplexImageComponent": ("ComplexImageComponent", "MRImageFrameType"),
    "TemporalPositionIdentifier": ("TemporalPositionIndex", "FrameContent"),
    "DiffusionBValue": ("DiffusionBValue", "MRDiffusion"),
    "DiffusionGradientOrientation": None,
    "InversionTime": ("InversionTimes", "MRModifier"),
    "FlipAngle": ("FlipAngle", "MRTimingAndRelatedParameters"),
    "RescaleIntercept": ("RescaleIntercept", "PixelValueTransformation"),
    "StackID": ("StackID", "FrameContent"),
    "FrameOfReferenceUID": None,
    "StudyInstanceUID": None,
    "PatientID": None,
}
# ... and these may change from slice to slice, but tell apart slices that cannot be of one stack.
WHERE_STACKS_MEET = {
    "AcquisitionNumber": ("FrameAcquisitionNumber", "FrameContent"),
    "RescaleSlope": ("RescaleSlope", "PixelValueTransformation"),
    "TriggerTime": ("NominalCardiacTriggerDelayTime", "CardiacSynchronization"),
    "AcquisitionTime": None,
    "SeriesNumber": None,
}
SPACING = {
    "SpacingBetweenSlices": ("SpacingBetweenSlices", "PixelMeasures"),
    "SliceThickness": ("SliceThickness", "PixelMeasures"),
    "MRAcquisitionType": None,
}
SECRET = ("FrameOfReferenceUID", "StudyInstanceUID", "PatientID")


@dataclass(frozen=True)
class Frame:
    """One slice: where it lies, where its pixels are, and what its header says of its acquisition."""

    path: Path
    index: int
    position: np.ndarray
    orientation: np.ndarray
    spacing: np.ndarray  # between rows, between columns
    size: tuple  # rows, columns
    sop_uid: str
    said: dict


def frames_of(dataset: "pydicom.Dataset", path: Path) -> list[Frame]:  # noqa: F821
    """The Frames of an image file, single or enhanced multi-frame. Raises ValueError: without positions, damaged."""
    shape, sop_uid = image_shape(dataset, path), text_of(dataset, "SOPInstanceUID", path)
    per_frame = items(dataset, "PerFrameFunctionalGroupsSequence", path)
    if not per_frame:
        if shape[0] > 1:
            raise DicomError(f"{path}: {shape[0]} frames without positions (no functional groups)")
        if "ImagePositionPatient" not in dataset or "ImageOrientationPatient" not in dataset:
            raise DicomError(f"{path}: an image without position or orientation in the patient")
        said = _said(dataset, (), path)
        return [_frame(dataset, dataset, dataset, path, 0, shape, sop_uid, said)]
    if len(per_frame) != shape[0]:
        raise DicomError(f"{path}: {shape[0]} frames but {len(per_frame)} positions")
    shared = items(dataset, "SharedFunctionalGroupsSequence", path)
    frames = []
    for index, group in enumerate(per_frame):
        groups = (group, *shared[:1])
        place = [
            _macro(groups, name, path)
            for name in ("PlanePosition", "PlaneOrientation", "PixelMeasures")
        ]
        frames.append(_frame(*place, path, index, shape, sop_uid, _said(dataset, groups, path)))
    return frames


def acquisitions(frames: list[Frame]) -> list[tuple[dict, list[Frame]]]:
    """Frames of one series as a list of (what sets them apart {keyword: value}, frames): one pair where it is one acquisition."""
    parts = _apart(frames, [*ACQUISITION, "orientation", "spacing", "size"], _alike)
    return [
        (apart | finer, few)
        for apart, many in parts
        for finer, few in (_stacks(many) if len(many) > 1 else [({}, many)])
    ]


def in_words(apart: dict) -> str:
    """What sets an acquisition apart, for a person who must choose; what identifies somebody as a code."""
    words = []
    for keyword, value in apart.items():
        shown = code(value) if keyword in SECRET else _shown(value)
        words.append(f"{keyword} {shown or 'none'}")
    return ", ".join(words)


def heights_of(frames: list[Frame]) -> np.ndarray:
    """Places (mm) of the frames along the normal of the first."""
    normal = np.cross(frames[0].orientation[:3], frames[0].orientation[3:])
    return np.array([float(f.position @ normal) for f in frames])


def stated_step(frames: list[Frame], step: float) -> float | None:
    """The distance (mm) that the header states where it contradicts `step`, else None.

    Between slices of one stack lie SpacingBetweenSlices (which some scanners write as the gap
    beside SliceThickness). Two stacks that interleave are half as far apart, or less; where every
    second slice is missing, twice as far.
    """
    between, thickness = (
        _positive(frames[0].said[name]) for name in ("SpacingBetweenSlices", "SliceThickness")
    )
    if between is None:
        # Without it only a two-dimensional MRI tells: its slices do not overlap by a third.
        flat = frames[0].said["Modality"] == "MR" and frames[0].said["MRAcquisitionType"] != "3D"
        return thickness if flat and thickness is not None and thickness > 1.5 * step else None
    if thickness is not None and abs(between + thickness - step) < 0.05 * step:
        return None
    ratio = max(between, step) / min(between, step)
    return between if ratio > 1.5 and abs(ratio - round(ratio)) < 0.05 * ratio else None


def _stacks(frames):
    """Frames of one acquisition by the stack they are of, where one stack cannot hold them."""
    if not _meet(frames):
        return [({}, frames)]
    for keyword in WHERE_STACKS_MEET:
        parts = _apart(frames, [keyword], lambda _, one, other: one == other)
        if 1 < len(parts) <= len(frames) / 2 and not any(
            len(few) < 2 or _meet(few) for _, few in parts
        ):
            return parts
    return [({}, frames)]


def _meet(frames):
    steps = np.diff(np.sort(heights_of(frames)))
    if steps.size and steps.min() < SAME_POSITION_MM:
        return True
    stated = stated_step(frames, float(np.median(steps))) if steps.size else None
    return stated is not None and stated > np.median(steps)


def _apart(frames, keywords, same):
    """Frames grouped by the keywords; of each group those values that not all groups share."""
    groups, known = [], {}
    for frame in frames:
        values = tuple(_value(frame, keyword) for keyword in keywords)
        if values not in known:
            alike = (
                g for g, (first, _) in enumerate(groups) if all(map(same, keywords, first, values))
            )
            known[values] = next(alike, len(groups))
            if known[values] == len(groups):
                groups.append((values, []))
        groups[known[values]][1].append(frame)
    differing = [
        i
        for i, keyword in enumerate(keywords)
        if not all(same(keyword, groups[0][0][i], g[0][i]) for g in groups)
    ]
    return [({keywords[i]: values[i] for i in differing}, members) for values, members in groups]


def _value(frame, keyword):
    if keyword in ("orientation", "spacing"):
        return tuple(getattr(frame, keyword))
    return frame.size if keyword == "size" else frame.said[keyword]


def _alike(keyword, one, other):
    if one == other:
        return True
    if type(one) is not type(other) or isinstance(one, str) or one is None:
        return False
    one, other = np.atleast_1d(one), np.atleast_1d(other)
    if one.shape != other.shape or one.dtype.kind not in "if" or keyword == "size":
        return False
    apart = np.abs(one - other).max()
    if keyword == "orientation":
        return apart <= ROUNDING_TOLERANCE
    return apart <= (1e-3 if keyword == "spacing" else SAME_NUMBER) * max(
        np.abs(one).max(), np.abs(other).max()
    )


def _shown(value):
    if isinstance(value, tuple):
        return "(" + ", ".join(f"{v:.3g}" if isinstance(v, float) else str(v) for v in value) + ")"
    return f"{value:g}" if isinstance(value, float) else value


def _positive(value):
    return value if isinstance(value, float) and value > 0 else None


def _said(dataset, groups, path):
    """{keyword: text, number or tuple of numbers, "" where it is absent} of one frame."""
    with guarded(path):  # once for all: it is entered for every slice
        said = {"Modality": str(dataset.get("Modality") or "")}
        for keyword, enhanced in (ACQUISITION | WHERE_STACKS_MEET | SPACING).items():
            value = dataset.get(keyword)
            for group in groups if enhanced else ():
                if macro := group.get(f"{enhanced[1]}Sequence"):
                    value = macro[0].get(enhanced[0], value)
                    break
            said[keyword] = str(value or "") if keyword in SECRET else _plain(value)
    return said


def _plain(value):
    if value is None or isinstance(value, bytes):
        return ""
    if isinstance(value, str):
        return value.strip()
    try:
        values = np.atleast_1d(np.array(value, dtype=float))
    except ValueError:
        return tuple(map(str, value))
    return tuple(values.tolist()) if values.size > 1 else float(values[0])


def _macro(groups, name, path):
    for group in groups:
        found = items(group, f"{name}Sequence", path)
        if found:
            return found[0]
    raise DicomError(f"{path}: a frame has no {name}Sequence")


def _frame(position, orientation, measures, path, index, shape, sop_uid, said):
    return Frame(
        path,
        index,
        numbers(position, "ImagePositionPatient", 3, path),
        numbers(orientation, "ImageOrientationPatient", 6, path),
        numbers(measures, "PixelSpacing", 2, path),
        shape[1:],
        sop_uid,
        said,
    )
