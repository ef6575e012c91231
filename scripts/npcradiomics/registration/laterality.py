"""Does the recurrence MRI fit better with left and right exchanged? Then one of the headers is wrong.

A head is nearly its own mirror image: an exchanged scan registers well, and the same way backwards.
"""

import numpy as np
import SimpleITK as sitk

from npcradiomics.images.masks import centroid
from npcradiomics.images.transforms import linear_parts, nearest_rigid
from npcradiomics.registration.criteria import FAILED, LOOK, NOT_KNOWN, PASS, Check, CheckLimits
from npcradiomics.registration.mutual_information import maximise, one_thread
from npcradiomics.registration.parameters import RegistrationParameters
from npcradiomics.registration.pyramid import clip, region_level, shrink


def check_laterality(
    fixed: sitk.Image,
    moving: sitk.Image,
    transform: sitk.Transform,
    gtv: sitk.Image,
    parameters: RegistrationParameters,
    limits: CheckLimits,
    moving_name: str = "recurrence MRI",
) -> Check:
    """Is the other image more like the planning MRI as it is than with its sides exchanged?

    Parameters
    ----------
    fixed, moving : planning MRI and recurrence MRI
    transform : linear, of points of ``fixed`` to points of ``moving``
    gtv : mask on the grid of ``fixed``
    parameters : those of the first stage of the registration are used
    limits : where the check stops passing
    moving_name : of ``moving``, in the sentence
    """
    p, limit = parameters, limits.laterality_failed
    level, mask = region_level(
        fixed, gtv, p.head_margin_mm, p.head_in_plane_mm, p.clip_percentile, p.maximum_samples
    )
    whole = clip(shrink(moving, p.head_in_plane_mm), p.clip_percentile)
    found = []
    try:
        start = nearest_rigid(transform, centroid(gtv))
        for image in (whole, _sides_exchanged(whole, transform)):
            with one_thread():
                _, information = maximise(
                    level,
                    image,
                    mask,
                    start,
                    bins=p.histogram_bins,
                    step_mm=p.head_step_mm / 2.0,
                    minimum_step_mm=p.head_minimum_step_mm,
                    iterations=p.head_iterations // 2,
                    relaxation=p.relaxation,
                    rotation_scale_mm=p.rotation_scale_mm,
                )
            found.append(information)
    except ValueError as error:
        return Check("laterality", None, "", limit, NOT_KNOWN, f"Not known: {error}.")
    value = found[0] / max(found[1], 1e-9)
    verdict = FAILED if value < limit else LOOK if value < 1.0 else PASS
    sentence = {
        PASS: f"As it is, the {moving_name} is {value:.2f} times as like the planning MRI as with "
        "left and right exchanged.",
        LOOK: f"With left and right exchanged the {moving_name} would fit as well: look at which "
        "side is which.",
        FAILED: f"With left and right exchanged the {moving_name} fits better (as it is, "
        f"{value:.2f} times as like): the header of one scan may be wrong.",
    }[verdict]
    return Check("laterality", value, "", limit, verdict, sentence)


def _sides_exchanged(image: sitk.Image, transform: sitk.Transform) -> sitk.Image:
    """The image mirrored at the plane through the head's middle that parts left from right."""
    across = linear_parts(transform)[0][:, 0]
    across /= np.linalg.norm(across)
    mirror = sitk.AffineTransform(3)
    mirror.SetMatrix((np.eye(3) - 2.0 * np.outer(across, across)).ravel().tolist())
    mirror.SetCenter(centroid(sitk.OtsuThreshold(image, 0, 1)).tolist())
    return sitk.Resample(image, image, mirror, sitk.sitkLinear, 0.0)
