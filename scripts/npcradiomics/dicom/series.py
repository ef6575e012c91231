"""An image series as DICOM holds it, single slices or multi-frame files: which one is meant, what lies beside it."""

import json
import logging
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

from npcradiomics.dicom.dataset import (
    DIRECTORY,
    DicomError,
    code,
    looks_like_dicom,
    number,
    open_dataset,
    without_uids,
)
from npcradiomics.dicom.dataset import text as text_of
from npcradiomics.dicom.frames import (
    acquisitions,
    frames_of,
    in_words,
)
from npcradiomics.dicom.names import describe, matches
from npcradiomics.dicom.quantities import quantity_of
from npcradiomics.dicom.stack import in_order, volume
from npcradiomics.files import files_below

# Metadata key of images read here: a code of the FrameOfReferenceUID.
FRAME_KEY = "frame_of_reference"
QUANTITY_KEY = "quantity"  # what quantity_of says of the first slice, as JSON
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
# Storage classes of volumes: MR, CT and PET, plain and enhanced. An image of these without rows or
# place is damaged; of any other class it is a screenshot, raw data or a report, and lies beside the
# series.
VOLUMES = (
    "",
    *(
        f"1.2.840.10008.5.1.4.1.1.{end}"
        for end in ("2", "2.1", "2.2", "4", "4.1", "4.4", "128", "130")
    ),
)
log = logging.getLogger(__name__)


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
    """The frames of one series, or of one acquisition in it, and by what it can be chosen.

    apart: what sets it apart from the other acquisitions of its series; fault: why it cannot be
    read, None where it can; placeless: it is no stack of slices but a picture.
    """

    uid: str
    description: str
    number: str
    modality: str
    frame_uid: str
    study_uid: str
    sop_class: str
    localizer: bool
    frames: list = field(default_factory=list)
    apart: dict = field(default_factory=dict)
    fault: DicomError | None = None
    placeless: bool = False
    parts: tuple = (0, 0)  # of a concatenation: files found, files there should be

    @property
    def code(self):
        """Letters that stand for the series, or for this acquisition of it."""
        return code(f"{self.uid} {in_words(self.apart)}" if self.apart else self.uid)


def read_series(path, series=None):
    """Read an image series from a folder (searched with its subfolders) or a file (its series, among its neighbours).

    series: SeriesInstanceUID, description, number (`#5`) or code of the one wanted; may be left out
    where there is one. Returns a SimpleITK image in the patient frame, rescaled (int16, int32 or
    float32), with the code of its frame of reference under the metadata key `frame_of_reference`
    and what its numbers mean under `quantity`.
    Raises ValueError with positions and counts: no series, several, none of that name; slices
    missing, double, uneven, sheared; mixed orientations or sizes; damaged files.
    """
    chosen = choose_series(path, series)
    frames = in_order(chosen.frames, path)
    image = volume(frames, path)
    image.SetMetaData(FRAME_KEY, code(chosen.frame_uid))
    first = frames[0].path
    said = quantity_of(open_dataset(first, pixels=False), first)
    image.SetMetaData(QUANTITY_KEY, json.dumps(said))
    return image


def series_source(path, series=None):
    """The Source of the series that read_series reads, its slices in the same order. Raises ValueError as read_series, and
    for multi-frame files.
    """
    chosen = choose_series(path, series)
    frames = in_order(chosen.frames, path)
    if len({frame.path for frame in frames}) < len(frames):
        raise DicomError(
            f"{path}: {len(frames)} frames in one file (enhanced multi-frame): "
            "contours on such an MRI are not written",
            "convert it to a file per slice, or give planning_mri as NIfTI",
        )
    return Source(
        chosen.study_uid,
        chosen.uid,
        chosen.frame_uid,
        chosen.sop_class,
        tuple(frame.sop_uid for frame in frames),
    )


def choose_series(path, series=None):
    """The Series meant by path and series, with the frames of its files not yet sorted. Raises ValueError as read_series.

    What is chosen is judged, nothing else: pictures without a place, raw data and damaged files of
    other series stay out, with a line in the log.
    """
    path = Path(path)
    found, beside = find_series(path)
    if not found:
        raise DicomError(
            f"{path}: no DICOM images there{_left_out(beside)}",
            "correct the path in the patients table",
        )
    stacks = [s for s in found if not (s.localizer or s.placeless)] or found
    several = [s for s in stacks if len(s.frames) != 1 or s.fault or s.apart] or stacks
    wanted = several if series is None else [s for s in found if matches(s, series)]
    if len(wanted) != 1:
        listed = "; ".join(describe(s) for s in (wanted or found))
        if series is None:
            what = "acquisitions in one series" if len({s.uid for s in wanted}) == 1 else "series"
            raise DicomError(
                f"{path}: {len(wanted)} {what} there, one must be chosen: {listed}",
                "write one of their codes into planning_series or recurrence_series",
            )
        raise DicomError(
            f"{path}: series {series!r} means {len(wanted)} of {len(found)} series: {listed}",
            "write one of their codes into the patients table",
        )
    (chosen,) = wanted
    beside.update(
        f"series of code {s.code} ({len(s.frames)} images)" for s in found if s is not chosen
    )
    if beside:  # codes only: a description may be a name
        taken = f"series of code {chosen.code} taken"
        log.info("%s: %s%s", without_uids(str(path)), taken, _left_out(beside))
    here, there = chosen.parts
    if chosen.fault:
        raise chosen.fault
    if here < there:
        raise DicomError(
            f"{path}: {here} of the {there} files of one concatenated series are there",
            "put all of them into one folder",
        )
    return chosen


def find_series(path):
    """(all image series of a folder, or those of the series of a file among its neighbours; Counter of what is none)."""
    path = Path(path)
    if path.is_dir():
        return _grouped(files_below(path))
    first, _ = _grouped([path], required=True)
    if not first:
        raise DicomError(
            f"{path}: no image in this DICOM file",
            "give a slice of the series, or its folder",
        )
    found, beside = _grouped(p for p in sorted(path.parent.iterdir()) if p.is_file())
    of_file = [s for s in found if any(frame.path == path for frame in s.frames)] or first
    return of_file, beside


def _left_out(beside):
    return "; left out: " + ", ".join(f"{n} {what}" for what, n in beside.items()) if beside else ""


def _grouped(paths, required=False):
    found, beside = {}, Counter()
    for path in paths:
        if not required and not looks_like_dicom(path):
            beside["files that are not DICOM"] += 1
            continue
        dataset = open_dataset(path, pixels=False)
        sop_class = text_of(dataset, "SOPClassUID", path)
        if text_of(dataset.file_meta, "MediaStorageSOPClassUID", path) == DIRECTORY:
            continue
        modality, uid = (
            text_of(dataset, "Modality", path),
            text_of(dataset, "SeriesInstanceUID", path),
        )
        headless = "Rows" not in dataset
        if modality in NOT_IMAGES or (
            headless and (sop_class not in VOLUMES or modality not in ("", "MR", "CT", "PT"))
        ):
            beside["DICOM files that are no image"] += 1
            continue
        if headless and not uid:
            raise DicomError(f"{path}: the header of an image breaks off (truncated or damaged)")
        one = found.setdefault((uid, sop_class), _series(dataset, path, uid, modality, sop_class))
        try:
            if headless:
                raise DicomError(
                    f"{path}: the header of an image breaks off (truncated or damaged)"
                )
            one.frames += frames_of(dataset, path)
        except DicomError as error:
            one.fault = one.fault or error
        total = int(number(dataset, "InConcatenationTotalNumber", path, 0))
        one.parts = (one.parts[0] + 1, max(one.parts[1], total)) if total else one.parts
    return [part for one in found.values() for part in _parts(one)], beside


def _series(dataset, path, uid, modality, sop_class):
    words = (text_of(dataset, name, path) for name in ("SeriesDescription", "SeriesNumber"))
    frame_uid, study_uid = (
        text_of(dataset, name, path) for name in ("FrameOfReferenceUID", "StudyInstanceUID")
    )
    localizer = "LOCALIZER" in text_of(dataset, "ImageType", path)
    return Series(uid, *words, modality, frame_uid, study_uid, sop_class, localizer)


def _parts(series):
    """A series as its acquisitions; as it is where it is one, or where it cannot be read."""
    if series.fault or not series.frames:
        return [
            replace(series, placeless=not series.frames and series.sop_class not in VOLUMES[1:])
        ]
    found = acquisitions(series.frames)
    first = (few[0].said for _, few in found)
    return [
        replace(
            series,
            frames=few,
            apart=apart,
            frame_uid=said["FrameOfReferenceUID"],
            study_uid=said["StudyInstanceUID"],
        )
        for (apart, few), said in zip(found, first, strict=True)
    ]
