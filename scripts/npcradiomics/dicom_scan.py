"""A folder tree of DICOM, grouped: patients, studies, series, and which RTSTRUCT and RTDOSE belong to which series.

Only headers are read, of each file the few attributes that matter, and of each series a summary is kept, not its files.
Patients are numbered in the order of their first file; who they are stays in the files.
"""

import logging
import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from npcradiomics.dicom_file import DicomError, code, items, looks_like_dicom, number, open_dataset, text

WANTED = [
    "PatientID",
    "StudyInstanceUID",
    "StudyDate",
    "SeriesInstanceUID",
    "SeriesDescription",
    "SeriesNumber",
    "Modality",
    "FrameOfReferenceUID",
    "ImageType",
    "Rows",
    "NumberOfFrames",
    "StructureSetROISequence",
    "ReferencedFrameOfReferenceSequence",
    "DoseSummationType",
    "DoseReferenceSequence",
]
COLUMNS = (
    *("patient", "planning_mri", "planning_series", "recurrence_mri", "recurrence_series"),
    *("gtv", "gtvr", "gtvr_frame", "dose", "prescription_gy"),
)
PROGRESS_EVERY = 1000
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
    localizer: bool = False
    n_images: int = 0
    structures: tuple = ()
    refers_to: tuple = ()  # series UIDs of an RTSTRUCT
    prescriptions: tuple = ()
    folders: set = field(default_factory=set)


def scan(root, progress=log.info):
    """Walk a folder tree, flat or deep; returns (list of Found, Counter of what was left out and why).

    progress: called with a line of text now and then. Raises ValueError where root is no folder.
    """
    root = Path(root)
    if not root.is_dir():
        raise ValueError(f"{root}: no such folder (dicom_root)")
    series, single, left_out = {}, [], Counter()
    for count, path in enumerate(_files(root), start=1):
        if count % PROGRESS_EVERY == 0:
            progress(f"{count} files, {len(series)} image series, {len(single)} structure sets, doses and plans")
        try:
            _place(path, series, single, left_out)
        except (DicomError, OSError):
            left_out["damaged or unreadable"] += 1
    return [*series.values(), *single], left_out


def draft_rows(found):
    """Rows of a draft patients table, one per patient, and lines on what a person must decide.

    The earliest study with MR images is taken for planning, the latest for recurrence; structures are guessed by name (GTV)
    where exactly one fits. Cells that cannot be told stay empty.
    """
    rows, questions = [], []
    people = list(dict.fromkeys(f.patient for f in found))
    for place, person in enumerate(people, start=1):
        name = f"P{place:03d}"
        own = [f for f in found if f.patient == person]
        images = [f for f in own if f.modality == "MR" and not f.localizer and f.n_images > 1]
        studies = sorted({(f.date, f.study) for f in images})
        if len(studies) < 2:
            questions.append(f"{name}: {len(studies)} studies with MR images, two are needed")
        row = dict.fromkeys(COLUMNS, "") | {"patient": name}
        for column, study in zip(("planning", "recurrence"), (studies[:1], studies[1:][-1:]), strict=True):
            chosen = _image(name, column, [f for f in images if (f.date, f.study) in study], questions)
            if chosen is not None:
                row[f"{column}_mri"] = str(chosen.path)
                row[f"{column}_series"] = _selector(chosen, found)
            contour = "gtv" if column == "planning" else "gtvr"
            row[contour] = _structure(name, contour, chosen, own, questions)
        row["gtvr_frame"] = "recurrence" if row["gtvr"] else ""
        _fill_dose(name, row, images, own, questions)
        rows.append(row)
    return rows, questions


def _files(root):
    for folder, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            yield Path(folder) / name


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
        one.n_images += int(number(dataset, "NumberOfFrames", path, 1))
        return
    if modality not in ("RTSTRUCT", "RTDOSE", "RTPLAN"):
        left_out["DICOM, but no image, RTSTRUCT, RTDOSE or RTPLAN"] += 1
        return
    one = _found(dataset, path, path)
    if modality == "RTSTRUCT":
        one.structures = tuple(text(i, "ROIName", path) for i in items(dataset, "StructureSetROISequence", path))
        one.refers_to, one.frame = _references(dataset, path)
    if modality == "RTPLAN":
        one.prescriptions = tuple(
            number(i, "TargetPrescriptionDose", path)
            for i in items(dataset, "DoseReferenceSequence", path)
            if text(i, "DoseReferenceType", path) == "TARGET" and text(i, "TargetPrescriptionDose", path)
        )
    single.append(one)


def _found(dataset, path, place):
    return Found(
        text(dataset, "PatientID", path),
        text(dataset, "StudyInstanceUID", path),
        text(dataset, "StudyDate", path),
        text(dataset, "SeriesInstanceUID", path),
        text(dataset, "Modality", path),
        place,
        text(dataset, "SeriesDescription", path),
        text(dataset, "SeriesNumber", path),
        text(dataset, "FrameOfReferenceUID", path),
        "LOCALIZER" in text(dataset, "ImageType", path),
    )


def _references(dataset, path):
    frames = items(dataset, "ReferencedFrameOfReferenceSequence", path)
    uids = [
        text(series, "SeriesInstanceUID", path)
        for frame in frames
        for study in items(frame, "RTReferencedStudySequence", path)
        for series in items(study, "RTReferencedSeriesSequence", path)
    ]
    return tuple(uids), text(frames[0], "FrameOfReferenceUID", path) if frames else ""


def _image(name, column, candidates, questions):
    if len(candidates) == 1:
        return candidates[0]
    if candidates:
        listed = ", ".join(f"#{f.number} ({f.n_images} images, code {code(f.uid)})" for f in candidates[:20])
        questions.append(f"{name}: {column}_mri: {len(candidates)} MR series to choose from: {listed}")
    return None


def _selector(chosen, found):
    """The code of the series where its folder holds others too, else nothing."""
    beside = any(f.folders & chosen.folders for f in found if f is not chosen)
    return code(chosen.uid) if beside else ""


def _structure(name, column, image, own, questions):
    sets = [f for f in own if f.modality == "RTSTRUCT" and image is not None]
    sets = [f for f in sets if image.uid in f.refers_to] or [f for f in sets if image.frame and f.frame == image.frame]
    fits = [(f, s) for f in sets for s in f.structures if s.casefold().startswith("gtv")]
    if len(fits) == 1:
        return f"{fits[0][0].path}#{fits[0][1]}"
    questions.append(
        f"{name}: {column}: {len(sets)} RTSTRUCTs belong to the series, with {len(fits)} structures whose name starts with GTV"
    )
    return ""


def _fill_dose(name, row, images, own, questions):
    planning = [f for f in images if str(f.path) == row["planning_mri"]]
    doses = [f for f in own if f.modality == "RTDOSE"]
    here = [f for f in doses if any(f.frame == p.frame or f.study == p.study for p in planning)]
    if len(here) == 1:
        row["dose"] = str(here[0].path)
    elif doses:
        questions.append(
            f"{name}: dose: {len(doses)} RTDOSEs, {len(here)} of them in the frame or study of planning_mri"
        )
    offers = [gray for f in own if f.modality == "RTPLAN" for gray in f.prescriptions]
    if row["dose"] and len(offers) == 1:
        row["prescription_gy"] = f"{offers[0]:g}"
    elif row["dose"]:
        offered = ", ".join(f"{gray:g} Gy" for gray in offers) or "none"
        questions.append(f"{name}: prescription_gy: the RTPLANs offer {offered}; not guessed")
