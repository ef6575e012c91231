"""A patient's files as the table names them: present, readable, on the right grids, worth starting on."""

from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk

from npcradiomics.cohort.same_files import voxels_sha256
from npcradiomics.images.masks import volume_ml
from npcradiomics.images.transforms import read_linear_transform
from npcradiomics.images.volumes import read_image, read_mask
from npcradiomics.refusal import Refusal


@dataclass(frozen=True)
class Examination:
    """Both examinations of one patient: images, contours on the image they were drawn on, given transforms or None.

    facts: what was found, JSON-ready: size, spacing and range of each image, volume of each
    contour.
    """

    planning: sitk.Image
    recurrence: sitk.Image
    gtv: sitk.Image
    gtvr: sitk.Image
    transform: sitk.Transform | None
    initial_transform: sitk.Transform | None
    facts: dict


def read_examination(row):
    """Read and check every file of one patient (a row of the patients table, as a dict).

    Raises ValueError with column, file and numbers at the first file that cannot be used.
    """
    planning = _with_column("planning_mri", read_image, row["planning_mri"])
    recurrence = _with_column("recurrence_mri", read_image, row["recurrence_mri"])
    frame = {
        "planning": (planning, row["planning_mri"]),
        "recurrence": (recurrence, row["recurrence_mri"]),
    }
    gtv = _with_column("gtv", read_mask, row["gtv"], planning, row["planning_mri"])
    gtvr = _with_column("gtvr", read_mask, row["gtvr"], *frame[row["gtvr_frame"]])
    facts = {
        "planning_mri": _image_facts(planning),
        "recurrence_mri": _image_facts(recurrence),
        "voxels": {
            name: voxels_sha256(sitk.GetArrayViewFromImage(image))
            for name, image in (("planning_mri", planning), ("recurrence_mri", recurrence))
        },
        "gtv_cm3": volume_ml(gtv),
        "gtvr_cm3": volume_ml(gtvr),
    }
    if "isodose95" in row:
        facts["isodose95_cm3"] = volume_ml(_with_column("isodose95", read_mask, row["isodose95"]))
    transforms = {
        column: _with_column(column, read_linear_transform, row[column]) if column in row else None
        for column in ("transform", "initial_transform")
    }
    _require_variation("GTV", gtv, planning, row["planning_mri"])
    return Examination(planning, recurrence, gtv, gtvr, **transforms, facts=facts)


def _with_column(column, read, *arguments):
    try:
        return read(*arguments)
    except Refusal as error:
        raise error.within(column) from error
    except ValueError as error:
        raise ValueError(f"{column}: {error}") from error


def _image_facts(image):
    values = sitk.GetArrayViewFromImage(image)
    return {
        "size_xyz": list(image.GetSize()),
        "spacing_xyz_mm": list(image.GetSpacing()),
        "lowest": float(values.min()),
        "highest": float(values.max()),
    }


def _require_variation(name, mask, image, path):
    inside = sitk.GetArrayViewFromImage(image)[sitk.GetArrayViewFromImage(mask) > 0]
    if inside.min() == inside.max():
        raise ValueError(
            f"{path}: all {inside.size} voxels of the {name} have the value {np.float64(inside[0]):g}"
        )
