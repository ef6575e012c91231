"""Where the contours and the field of view come to lie: three checks of a registration."""

import numpy as np
import SimpleITK as sitk

from npcradiomics.images.grids import box_corners, inside, voxel_points
from npcradiomics.images.masks import expand
from npcradiomics.images.transforms import apply
from npcradiomics.registration.criteria import FAILED, LOOK, NOT_KNOWN, PASS, Check, CheckLimits
from npcradiomics.registration.pyramid import crop


def check_recurrence_inside(
    transform: sitk.Transform, gtv: sitk.Image, gtvr: sitk.Image | None, limits: CheckLimits
) -> Check:
    """Does the recurrence, carried to the planning MRI, lie in the old tumour or next to it?"""
    limit, margin = limits.gtvr_inside_failed, limits.gtvr_margin_mm
    if gtvr is None:
        sentence = "Not known: no contour of the recurrence (GTVr) was given."
        return Check("recurrence_inside", None, "", limit, NOT_KNOWN, sentence)
    carried = apply(transform.GetInverse(), voxel_points(gtvr))
    near = expand(crop(gtv, box_corners(gtv), margin + 2 * max(gtv.GetSpacing())), margin)
    value = float(_looked_up(near, carried).mean())
    verdict = PASS if value >= limit else FAILED
    sentence = {
        PASS: f"{value:.0%} of the carried recurrence lies in the GTV or within {margin:g} mm of "
        "it.",
        FAILED: f"Only {value:.0%} of the carried recurrence lies in the GTV or within {margin:g} mm "
        f"of it (at least {limit:.0%} expected): the registration is wrong, or this is no local "
        "recurrence.",
    }[verdict]
    return Check("recurrence_inside", value, "", limit, verdict, sentence)


def check_covered(
    moving: sitk.Image,
    transform: sitk.Transform,
    gtv: sitk.Image,
    limits: CheckLimits,
    moving_name: str = "recurrence MRI",
) -> Check:
    """Does the other image show the whole tumour? What it does not show cannot be judged."""
    value = float(inside(apply(transform, voxel_points(gtv)), moving).mean())
    limit = limits.covered_failed
    verdict = PASS if value >= limit else FAILED
    sentence = {
        PASS: f"The {moving_name} covers the whole tumour.",
        FAILED: f"The {moving_name} covers {value:.0%} of the tumour: what lies in the rest is not "
        "known.",
    }[verdict]
    return Check("covered", value, "", limit, verdict, sentence)


def check_overlap(
    moving: sitk.Image,
    transform: sitk.Transform,
    gtv: sitk.Image,
    limits: CheckLimits,
    moving_name: str = "recurrence MRI",
) -> Check:
    """Is there enough round the tumour to register by?"""
    limit, margin = limits.overlap_look, limits.region_margin_mm
    around = crop(gtv, box_corners(gtv), margin)
    value = float(inside(apply(transform, voxel_points(expand(around, margin))), moving).mean())
    verdict = PASS if value >= limit else LOOK
    sentence = f"The {moving_name} covers {value:.0%} of the tumour and {margin:g} mm round it" + (
        "." if verdict == PASS else ": little to register by, look at the pictures."
    )
    return Check("overlap", value, "", limit, verdict, sentence)


def _looked_up(mask: sitk.Image, points: np.ndarray) -> np.ndarray:
    """Whether the voxel of ``mask`` nearest to each point is set; False off the grid."""
    direction = np.array(mask.GetDirection()).reshape(3, 3)
    index = (
        (points - np.array(mask.GetOrigin()))
        @ np.linalg.inv(direction).T
        / np.array(mask.GetSpacing())
    )
    index = np.rint(index).astype(int)
    on_grid = ((index >= 0) & (index < np.array(mask.GetSize()))).all(axis=1)
    found = np.zeros(len(points), dtype=bool)
    x, y, z = index[on_grid].T
    found[on_grid] = sitk.GetArrayViewFromImage(mask)[z, y, x] != 0
    return found
