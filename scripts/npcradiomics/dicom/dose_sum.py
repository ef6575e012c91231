"""Several RTDOSEs as the dose of one course: summed where they belong together, refused where they do not."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import SimpleITK as sitk

from npcradiomics.dicom.dataset import (
    DicomError,
    items,
    looks_like_dicom,
    open_dataset,
    text,
    whole,
)
from npcradiomics.dicom.rtdose import WHOLE_PLAN, read_dose
from npcradiomics.dicom.series import FRAME_KEY

# Parts of a plan that add up to it: the sequence and number by which an RTDOSE says which one it
# is, and the sequence of the RTPLAN that lists them all.
PARTS = {
    "BEAM": ("ReferencedBeamSequence", "ReferencedBeamNumber"),
    "FRACTION": ("ReferencedFractionGroupSequence", "ReferencedFractionGroupNumber"),
}


class _Dose(NamedTuple):
    path: Path
    kind: str
    summation: str
    plans: frozenset
    parts: frozenset


def read_dose_sum(paths: list[str]) -> sitk.Image:
    """Read RTDOSEs and sum them, in gray on the grid of the first.

    Parameters
    ----------
    paths
        One, read as it is; or the doses of different plans (a course and its boost), or of all
        beams, or all fraction groups, of one plan, whose RTPLAN lies beside the first.

    Returns
    -------
    Float32, with the frame of reference. The others are interpolated linearly onto the first's grid
    and count as 0 where they do not reach.

    Raises
    ------
    ValueError
        Doses that do not belong together: of one plan twice, of a plan and of a part of it, of
        beams of several plans, some but not all parts, physical and effective ones, in different
        frames of reference; and as `rtdose.read_dose`.
    """
    if len(paths) == 1:
        return read_dose(paths[0])
    doses = [_dose(path) for path in paths]
    where = _named(doses)
    if len({dose.kind for dose in doses}) > 1:
        kinds = ", ".join(sorted({dose.kind for dose in doses}))
        raise DicomError(f"{where}: doses of different types ({kinds}) are no sum")
    summations = {dose.summation for dose in doses}
    if summations <= set(WHOLE_PLAN):
        _require_different_plans(doses)
    elif len(summations) == 1 and summations <= set(PARTS):
        _require_all_parts(doses, *summations)
    else:
        told = ", ".join(dose.summation or "PLAN" for dose in doses)
        raise DicomError(
            f"{where}: doses of different extent are no sum: {told}",
            "give those of whole plans alone",
        )
    images = [read_dose(dose.path, (dose.summation,)) for dose in doses]
    if len({image.GetMetaData(FRAME_KEY) for image in images}) > 1:
        raise DicomError(f"{where}: doses in different frames of reference are no sum")
    total = sitk.GetArrayFromImage(images[0]).astype(float)
    for image in images[1:]:
        on_first = sitk.Resample(image, images[0], sitk.Transform(), sitk.sitkLinear, 0.0)
        total += sitk.GetArrayFromImage(on_first)
    summed = sitk.GetImageFromArray(total.astype(np.float32))
    summed.CopyInformation(images[0])
    summed.SetMetaData(FRAME_KEY, images[0].GetMetaData(FRAME_KEY))
    return summed


def _dose(path):
    path = Path(path)
    dataset = open_dataset(path, pixels=False)
    if text(dataset, "Modality", path) != "RTDOSE":
        raise DicomError(f"{path}: not an RTDOSE", "give the right file")
    summation = text(dataset, "DoseSummationType", path)
    plans = items(dataset, "ReferencedRTPlanSequence", path)
    uids = frozenset(text(plan, "ReferencedSOPInstanceUID", path) for plan in plans) - {""}
    parts = set()
    for plan in plans:
        for group in items(plan, "ReferencedFractionGroupSequence", path):
            inner = items(group, "ReferencedBeamSequence", path) if summation == "BEAM" else [group]
            if summation in PARTS:
                parts |= {whole(one, PARTS[summation][1], path) for one in inner}
    kind = text(dataset, "DoseType", path) or "PHYSICAL"
    return _Dose(path, kind, summation, uids, frozenset(parts))


def _named(doses):
    return ", ".join(dose.path.name for dose in doses)


def _require_different_plans(doses):
    seen = {}
    for dose in doses:
        path = dose.path
        if not dose.plans:
            raise DicomError(
                f"{path}: does not say of which plan it is, so it cannot be summed with others"
            )
        for uid in dose.plans:
            if uid in seen:
                raise DicomError(
                    f"{path}: a dose of the same plan as {seen[uid].name}: their sum would count it twice",
                    "give one of them",
                )
            seen[uid] = path


def _require_all_parts(doses, summation):
    what = {"BEAM": "beam", "FRACTION": "fraction group"}[summation]
    where, root = _named(doses), doses[0].path.parent
    plans = frozenset().union(*(dose.plans for dose in doses))
    if len(plans) != 1 or any(len(dose.parts) != 1 or not dose.plans for dose in doses):
        raise DicomError(
            f"{where}: {len(doses)} doses of single {what}s, of {len(plans)} plans: those of one plan, one {what}"
            " each, can be summed"
        )
    numbers = sorted(next(iter(dose.parts)) for dose in doses)
    wanted = _parts_of_plan(root, *plans, summation)
    if wanted is None:
        raise DicomError(
            f"{root}: the RTPLAN of these {what} doses is not there, so that it is not known"
            " whether they are all",
            "put it beside them, or export the dose of the plan",
        )
    if numbers != wanted:
        raise DicomError(
            f"{where}: doses of the {what}s {', '.join(map(str, numbers))}, the plan has {', '.join(map(str, wanted))}",
            "give each once, or the dose of the plan",
        )


def _parts_of_plan(folder, uid, summation):
    """Numbers of the parts that the RTPLAN lists, None where it is not in the folder."""
    for path in sorted(folder.iterdir()):
        if not path.is_file() or not looks_like_dicom(path):
            continue
        dataset = open_dataset(path, pixels=False)
        if (
            text(dataset, "Modality", path) != "RTPLAN"
            or text(dataset, "SOPInstanceUID", path) != uid
        ):
            continue
        groups = items(dataset, "FractionGroupSequence", path)
        if summation == "FRACTION":
            return sorted(whole(group, "FractionGroupNumber", path) for group in groups)
        # Set-up beams have no meterset.
        beams = [beam for group in groups for beam in items(group, "ReferencedBeamSequence", path)]
        return sorted(
            whole(beam, "ReferencedBeamNumber", path) for beam in beams if "BeamMeterset" in beam
        )
    return None
