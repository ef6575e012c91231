"""A folder tree of DICOM, grouped: patients, studies, series, and which RTSTRUCT and RTDOSE belong to which series.

Only headers are read, of each file the few attributes that matter, and of each series a summary is
kept, not its files. Patients are numbered in the order of their first file; who they are stays in
the files.
"""

import logging
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from npcradiomics.dicom.dataset import (
    DicomError,
    code,
    items,
    looks_like_dicom,
    number,
    numbers,
    open_dataset,
    text,
)
from npcradiomics.files import files_below
from npcradiomics.refusal import Refusal

WANTED = [
    "PatientID",
    "PatientName",
    "SOPInstanceUID",
    "StudyInstanceUID",
    "StudyDate",
    "SeriesInstanceUID",
    "SeriesDescription",
    "SeriesNumber",
    "Modality",
    "FrameOfReferenceUID",
    "ImageType",
    "ContrastBolusAgent",
    "DiffusionBValue",
    "SequenceName",
    "Rows",
    "ImagePositionPatient",
    "ImageOrientationPatient",
    "NumberOfFrames",
    "StructureSetROISequence",
    "ReferencedFrameOfReferenceSequence",
    "DoseSummationType",
    "DoseReferenceSequence",
    "ReferencedRTPlanSequence",
]
PROGRESS_EVERY = 1000
LISTED = 20
NAMELESS = "without PatientID, study "
log = logging.getLogger(__name__)


@dataclass
class Found:
    """One series, structure set, dose or plan of a patient."""

    patient: str
    study: str
    date: str
    uid: str
    modality: str
    path: Path  # the folder of an image series, else the file
    description: str = ""
    number: str = ""
    frame: str = ""
    image_type: str = ""  # all values, between backslashes
    contrast: bool = False  # a contrast agent is named
    plane: str = ""  # axial, coronal or sagittal
    b_values: set = field(default_factory=set)  # s/mm2
    n_images: int = 0
    structures: tuple = ()
    refers_to: tuple = ()  # UIDs: series of an RTSTRUCT, plans of an RTDOSE
    sop_uid: str = ""  # of an RTPLAN
    prescriptions: tuple = ()
    folders: set = field(default_factory=set)
    images: list = field(default_factory=list)  # (place along the normal, file) of each
    secrets: frozenset = frozenset()  # words of the patient's name and number

    @property
    def localizer(self) -> bool:
        """Whether it is a survey to plan others by."""
        return "LOCALIZER" in self.image_type


def scan(root, progress=log.info):
    """Walk a folder tree, flat or deep; returns (list of Found, Counter of what was left out and why).

    progress: called with a line of text now and then. Damaged files are counted by their path, the
    first 20 of them. Raises ValueError where root is no folder.
    """
    root = Path(root)
    if not root.is_dir():
        raise Refusal(f"{root}: no such folder", "correct dicom_root")
    series, single, left_out = {}, [], Counter()
    for count, path in enumerate(files_below(root), start=1):
        if count % PROGRESS_EVERY == 0:
            progress(
                f"{count} files, {len(series)} image series, {len(single)} structure sets, doses and plans"
            )
        try:
            _place(path, series, single, left_out)
        except (DicomError, OSError):
            listed = sum(why.startswith("damaged") for why in left_out) < LISTED
            left_out[
                f"damaged or unreadable: {path}" if listed else "damaged or unreadable, too"
            ] += 1
    return [*series.values(), *single], left_out


def _place(path, series, single, left_out):
    if not looks_like_dicom(path):
        left_out["not DICOM"] += 1
        return
    dataset = open_dataset(path, pixels=False, tags=WANTED)
    modality, uid = text(dataset, "Modality", path), text(dataset, "SeriesInstanceUID", path)
    if "Rows" in dataset and modality not in ("RTDOSE", "SEG"):
        if uid not in series:
            series[uid] = _found(dataset, path, path.parent)
        one = series[uid]
        one.folders.add(path.parent)
        height, one.plane = _lie(dataset, path)
        one.images.append((height, path))
        one.b_values |= _b_values(dataset, path)
        one.n_images += int(number(dataset, "NumberOfFrames", path, 1))
        return
    if modality not in ("RTSTRUCT", "RTDOSE", "RTPLAN"):
        left_out["DICOM, but no image, RTSTRUCT, RTDOSE or RTPLAN"] += 1
        return
    one = _found(dataset, path, path)
    if modality == "RTSTRUCT":
        one.structures = tuple(
            text(i, "ROIName", path) for i in items(dataset, "StructureSetROISequence", path)
        )
        one.refers_to, one.frame = _references(dataset, path)
    if modality == "RTDOSE":
        plans = items(dataset, "ReferencedRTPlanSequence", path)
        one.refers_to = tuple(text(plan, "ReferencedSOPInstanceUID", path) for plan in plans)
    if modality == "RTPLAN":
        one.sop_uid = text(dataset, "SOPInstanceUID", path)
        one.prescriptions = tuple(
            number(i, "TargetPrescriptionDose", path)
            for i in items(dataset, "DoseReferenceSequence", path)
            if text(i, "DoseReferenceType", path) == "TARGET"
            and text(i, "TargetPrescriptionDose", path)
        )
    single.append(one)


def _found(dataset, path, place):
    study = text(dataset, "StudyInstanceUID", path)
    return Found(
        text(dataset, "PatientID", path) or f"{NAMELESS}{study}",
        study,
        text(dataset, "StudyDate", path),
        text(dataset, "SeriesInstanceUID", path),
        text(dataset, "Modality", path),
        place,
        text(dataset, "SeriesDescription", path),
        text(dataset, "SeriesNumber", path),
        text(dataset, "FrameOfReferenceUID", path),
        "\\".join(re.findall(r"[^\[\]', \\]+", text(dataset, "ImageType", path))),
        bool(text(dataset, "ContrastBolusAgent", path)),
        secrets=frozenset(
            word.casefold()
            for name in ("PatientName", "PatientID")
            for word in re.findall(r"[^\W_]{3,}", text(dataset, name, path))
        ),
    )


def _lie(dataset, path):
    """Place (mm) of a slice along its normal, and its plane; 0 and "" where it does not say one."""
    try:
        position = numbers(dataset, "ImagePositionPatient", 3, path)
        axes = numbers(dataset, "ImageOrientationPatient", 6, path)
    except DicomError:
        return 0.0, ""
    normal = np.cross(axes[:3], axes[3:])
    plane = ("sagittal", "coronal", "axial")[int(np.abs(normal).argmax())]
    return float(position @ normal), plane


def _b_values(dataset, path):
    """The b-value of an image as a set: the standard's attribute, or b1000 in Siemens' sequence name."""
    value = number(dataset, "DiffusionBValue", path, -1)
    if value >= 0:
        return {int(value)}
    return {int(b) for b in re.findall(r"(?<=[_*]b)\d{1,4}", text(dataset, "SequenceName", path))}


def _references(dataset, path):
    frames = items(dataset, "ReferencedFrameOfReferenceSequence", path)
    uids = [
        text(series, "SeriesInstanceUID", path)
        for frame in frames
        for study in items(frame, "RTReferencedStudySequence", path)
        for series in items(study, "RTReferencedSeriesSequence", path)
    ]
    return tuple(uids), text(frames[0], "FrameOfReferenceUID", path) if frames else ""


def listed(one: Found) -> str:
    """A series in the words of the summary."""
    return f"#{one.number} ({one.n_images} images, code {code(one.uid)}, {one.path})"


def all_listed(series: list[Found]) -> str:
    """The first of several series in the words of the summary."""
    return ", ".join(listed(one) for one in series[:LISTED])


def selector(chosen: Found, found: list[Found]) -> str:
    """The code of the series where its folder holds others too, else nothing."""
    beside = any(one.folders & chosen.folders for one in found if one is not chosen)
    return code(chosen.uid) if beside else ""
