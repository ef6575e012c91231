"""Dose of a DICOM RTDOSE in gray, and the prescription an RTPLAN offers."""

import numpy as np
import SimpleITK as sitk

from npcradiomics.dicom.dataset import (
    DicomError,
    code,
    guarded,
    items,
    number,
    numbers,
    open_dataset,
    text,
)
from npcradiomics.dicom.pixels import stored_values
from npcradiomics.dicom.series import FRAME_KEY
from npcradiomics.dicom.stack import perpendicular

DOSES = ("PHYSICAL", "EFFECTIVE", "")
WHOLE_PLAN = ("PLAN", "MULTI_PLAN", "PLAN_OVERVIEW", "")


def read_dose(path, summations=WHOLE_PLAN):
    """Read an RTDOSE as a float32 image in gray on its own grid (DICOM PS3.3 C.8.8.3).

    summations: DoseSummationTypes that are taken. Raises ValueError: not an RTDOSE, dose not in
    gray, of a single beam or fraction, planes uneven, damaged.
    """
    dataset = open_dataset(path)
    if text(dataset, "Modality", path) != "RTDOSE":
        raise DicomError(f"{path}: not an RTDOSE", "give the right file")
    if text(dataset, "DoseUnits", path) != "GY":
        raise DicomError(
            f"{path}: dose is not in gray (relative dose)",
            "export it as absolute dose",
        )
    kind = text(dataset, "DoseType", path)
    if kind not in DOSES:
        what = "the uncertainty of a dose" if kind == "ERROR" else "no dose"
        raise DicomError(
            f"{path}: DoseType is not one of {', '.join(DOSES[:2])}: this is {what}",
            "export the dose itself",
        )
    if text(dataset, "DoseSummationType", path) not in summations:
        raise DicomError(
            f"{path}: the dose of a part of the plan (a beam or a fraction)",
            "export the dose of the plan, or give those of all its parts, separated by semicolons",
        )
    stored = stored_values(dataset, path)
    scaling = number(dataset, "DoseGridScaling", path)
    if scaling <= 0:
        raise DicomError(f"{path}: DoseGridScaling is {scaling:g}, it must be above 0")
    orientation = numbers(dataset, "ImageOrientationPatient", 6, path)
    position = numbers(dataset, "ImagePositionPatient", 3, path)
    rows_mm, columns_mm = numbers(dataset, "PixelSpacing", 2, path)
    if min(rows_mm, columns_mm) <= 0:
        raise DicomError(f"{path}: PixelSpacing is {rows_mm:g} and {columns_mm:g} mm")
    normal = np.cross(orientation[:3], orientation[3:])
    along = _plane_offsets(dataset, len(stored), position, normal, path)
    order = np.argsort(along, kind="stable")
    steps = np.diff(along[order])
    if steps.size == 0 or steps.min() <= 0 or np.ptp(steps) > 0.02 * np.median(steps):
        raise DicomError(
            f"{path}: {len(along)} dose planes, {_range(steps)} mm apart; an even "
            "stack of 2 or more is needed",
            "export the dose on an even grid",
        )
    image = sitk.GetImageFromArray((stored[order] * scaling).astype(np.float32))
    image.SetSpacing([float(columns_mm), float(rows_mm), float(np.median(steps))])
    image.SetOrigin([float(x) for x in position + along[order][0] * normal])
    image.SetDirection(np.column_stack([orientation[:3], orientation[3:], normal]).ravel())
    image = perpendicular(image, path)
    image.SetMetaData(FRAME_KEY, code(text(dataset, "FrameOfReferenceUID", path)))
    return image


def read_prescriptions(path):
    """Prescriptions in gray of the target dose references of an RTPLAN, in its order: list of floats.

    They are offered to a person: which of several is meant is not guessed. Raises ValueError: not
    an RTPLAN, damaged.
    """
    dataset = open_dataset(path)
    if text(dataset, "Modality", path) != "RTPLAN":
        raise DicomError(f"{path}: not an RTPLAN", "give the right file")
    return [
        number(item, "TargetPrescriptionDose", path)
        for item in items(dataset, "DoseReferenceSequence", path)
        if text(item, "DoseReferenceType", path) == "TARGET"
        and text(item, "TargetPrescriptionDose", path)
    ]


def _plane_offsets(dataset, count, position, normal, path):
    """Distances (mm) of the planes from the first along the normal.

    Offsets are relative, or positions along z.
    """
    with guarded(path):
        value = dataset.get("GridFrameOffsetVector")
        offsets = np.array([] if value is None else value, dtype=float).ravel()
    if offsets.size != count or not np.isfinite(offsets).all():
        raise DicomError(
            f"{path}: {count} dose planes, but {offsets.size} offsets (GridFrameOffsetVector)"
        )
    if offsets[0] == 0:
        return offsets
    if abs(offsets[0] - position[2]) > 0.01:
        raise DicomError(
            f"{path}: the first dose plane has offset {offsets[0]:g} and lies at z {position[2]:g} mm"
        )
    return (offsets - offsets[0]) * np.sign(normal[2])


def _range(steps):
    return f"{steps.min():g} to {steps.max():g}" if steps.size else "none"
