"""The recurrence as a target that is only known to within the registration's error."""

from collections.abc import Sequence

import numpy as np
import SimpleITK as sitk
from scipy import ndimage

from npcradiomics.images.masks import carry_or_empty
from npcradiomics.rounding import fixed_text


def blurred_target(
    gtvr: sitk.Image, gtv: sitk.Image, motions: Sequence[sitk.Transform]
) -> sitk.Image:
    """The chance that each voxel of the tumour lies in the recurrence, by motions as large as its registration may be off.

    Parameters
    ----------
    gtvr : 0/1
        The recurrence on the planning grid, whole.
    gtv : 0/1
        On the same grid, not empty.
    motions
        As `dose.shifts.shifts_of` gives them.

    Returns
    -------
    SimpleITK.Image, float32
        From 0 to 1 in the GTV, 0 outside; without motions the sharp target.
    """
    inside = sitk.GetArrayViewFromImage(gtv) > 0
    box = ndimage.find_objects(inside.astype(np.uint8))[0]
    place = gtv[tuple(slice(s.start, s.stop) for s in reversed(box))]
    total = np.zeros(inside[box].shape)
    for motion in motions or [sitk.Transform()]:
        total += sitk.GetArrayFromImage(carry_or_empty(gtvr, place, motion))
    blurred = np.zeros(inside.shape, np.float32)
    blurred[box] = total / max(len(motions), 1) * inside[box]
    image = sitk.GetImageFromArray(blurred)
    image.CopyInformation(gtv)
    return image


def blur_words(error: dict | None, n_motions: int, note: str) -> str:
    """How far the target may be off, in a sentence.

    Parameters
    ----------
    error
        estimated_error of the record of rule register_recurrence.
    n_motions
        Of the blurred target; 0 for none.
    note
        Why there are none.
    """
    if not n_motions:
        return f"Scored on the recurrence as drawn: {note}."
    middle, low, high = (fixed_text(error[f"{name}_mm"], 1) for name in ("error", "low", "high"))
    return (
        f"Within the registration's error: the recurrence moved {n_motions} times by the estimated {middle} mm ({low} to {high}),"
        " each voxel with the share of the moves that leave it inside. What a person draws too wide or too narrow is not in it."
    )
