"""Is a registration right? Checks on a transform, each with a verdict a clinician can read.

An error that is the same in both directions passes all of them: a person's look and landmarks
remain.
"""

from dataclasses import asdict, dataclass

import numpy as np
import SimpleITK as sitk

from npcradiomics.images.grids import require_same_grid, voxel_points
from npcradiomics.images.masks import carry_mask, centroid
from npcradiomics.images.transforms import apply, distances_mm, linear_parts, rotation_angle_deg
from npcradiomics.registration.criteria import FAILED, LOOK, NOT_KNOWN, PASS, Check, CheckLimits
from npcradiomics.registration.field_of_view import (
    check_covered,
    check_overlap,
    check_recurrence_inside,
)
from npcradiomics.registration.laterality import check_laterality
from npcradiomics.registration.likeness import disturbances, likeness_beside
from npcradiomics.registration.parameters import RegistrationParameters
from npcradiomics.registration.rigid import refine, register


@dataclass(frozen=True)
class RegistrationChecks:
    """The checks; the verdict of the whole; and where the two directions disagree.

    Attributes
    ----------
    checks
        In the order of the page.
    verdict
        "failed" if a check failed, else "look" if one wants a look or is not known, else "pass".
    discrepancy
        float32 image on the planning grid: per voxel of the GTV, how far in mm it comes back from
        itself; 0 elsewhere. None where the backward check is not known.
    """

    checks: tuple[Check, ...]
    verdict: str
    discrepancy: sitk.Image | None

    def as_dict(self) -> dict:
        """Verdict and checks, as JSON can hold them."""
        return {
            "verdict": self.verdict,
            "checks": {check.name: asdict(check) for check in self.checks},
        }


def check_registration(
    fixed: sitk.Image,
    moving: sitk.Image,
    transform: sitk.Transform,
    gtv: sitk.Image,
    gtvr: sitk.Image | None = None,
    *,
    parameters: RegistrationParameters | None = None,
    limits: CheckLimits | None = None,
    seed: int = 0,
) -> RegistrationChecks:
    """Check a transform from the planning MRI to the recurrence MRI, whoever made it.

    Parameters
    ----------
    fixed, moving : planning MRI and recurrence MRI
    transform : linear, of points of ``fixed`` to points of ``moving``
    gtv : mask on the grid of ``fixed``
    gtvr : mask on the grid of ``moving``; without it the backward registration uses the carried
        GTV, and the check of where the recurrence lies is not known
    parameters : those of the registration: the backward one and the restart use them
    limits : where a check stops passing
    seed : of the directions of the restart and of the places beside the result

    Raises
    ------
    ValueError
        With the numbers, for masks on other grids, empty masks, a transform that is not linear.
    """
    parameters, limits = parameters or RegistrationParameters(), limits or CheckLimits()
    require_same_grid(gtv, fixed, "GTV", "the planning MRI")
    if gtvr is not None:
        require_same_grid(gtvr, moving, "GTVr", "the recurrence MRI")
        centroid(gtvr)
    linear_parts(transform)
    backward, discrepancy = check_backward(fixed, moving, transform, gtv, gtvr, parameters, limits)
    checks = (
        backward,
        check_similarity(fixed, moving, transform, gtv, parameters, limits, seed),
        check_recurrence_inside(transform, gtv, gtvr, limits),
        check_covered(moving, transform, gtv, limits),
        check_overlap(moving, transform, gtv, limits),
        check_restart(fixed, moving, transform, gtv, parameters, limits, seed),
        check_laterality(fixed, moving, transform, gtv, parameters, limits),
        check_rotation(transform, limits),
    )
    return RegistrationChecks(checks, worst(checks), discrepancy)


def check_backward(
    fixed: sitk.Image,
    moving: sitk.Image,
    transform: sitk.Transform,
    gtv: sitk.Image,
    gtvr: sitk.Image | None,
    parameters: RegistrationParameters,
    limits: CheckLimits,
    moving_name: str = "recurrence MRI",
) -> tuple[Check, sitk.Image | None]:
    """Register backwards, knowing nothing of ``transform``: does the GTV come back to itself?"""
    limit = limits.backward_failed_mm
    try:
        region = gtvr if gtvr is not None else carry_mask(gtv, moving, transform.GetInverse())
        back = register(moving, fixed, region, moving_voi=gtv, parameters=parameters).transform
    except ValueError as error:
        sentence = f"Not known: the {moving_name} could not be registered backwards ({error})."
        return Check("backward", None, "mm", limit, NOT_KNOWN, sentence), None
    points = voxel_points(gtv)
    returned_mm = np.linalg.norm(apply(back, apply(transform, points)) - points, axis=1)
    mean = float(returned_mm.mean())
    verdict = FAILED if not mean <= limit else LOOK if mean > limits.backward_look_mm else PASS
    sentence = {
        PASS: "Registered in the other direction, the tumour comes back to within "
        f"{mean:.2f} mm on average.",
        LOOK: f"Registered in the other direction, the tumour comes back {mean:.2f} mm beside itself "
        "on average: look at the pictures.",
        FAILED: f"The two directions of the registration disagree by {mean:.1f} mm on average over "
        "the tumour: at least one of them is wrong.",
    }[verdict]
    return Check("backward", mean, "mm", limit, verdict, sentence), _map_on(gtv, returned_mm)


def check_similarity(
    fixed: sitk.Image,
    moving: sitk.Image,
    transform: sitk.Transform,
    gtv: sitk.Image,
    parameters: RegistrationParameters,
    limits: CheckLimits,
    seed: int,
) -> Check:
    """Are the images more alike round the tumour than anywhere beside the place found?"""
    limit, count = limits.similarity_failed, limits.similarity_neighbours
    try:
        here, beside = likeness_beside(
            fixed,
            moving,
            transform,
            gtv,
            disturbances(gtv, count, limits.similarity_mm, limits.similarity_deg, seed),
            margin_mm=limits.region_margin_mm,
            in_plane_mm=limits.similarity_in_plane_mm,
            bins=limits.similarity_bins,
            clip_percentile=parameters.clip_percentile,
            maximum_samples=parameters.maximum_samples,
            noisy=parameters.noisy,
            noisy_smoothing_mm=parameters.noisy_smoothing_mm,
        )
    except ValueError as error:
        return Check("similarity", None, "", limit, NOT_KNOWN, f"Not known: {error}.")
    less = int((beside < here).sum())
    value = less / count
    verdict = PASS if value >= limit else FAILED
    (least_mm, most_mm), (least_deg, most_deg) = limits.similarity_mm, limits.similarity_deg
    away = f"{least_mm:g}-{most_mm:g} mm and {least_deg:g}-{most_deg:g} degrees away"
    sentence = f"Round the tumour the images are less alike at {less} of {count} places {away}" + (
        ": what was found is the best place around."
        if verdict == PASS
        else ": beside it they fit as well or better."
    )
    return Check("similarity", value, "", limit, verdict, sentence)


def check_restart(
    fixed: sitk.Image,
    moving: sitk.Image,
    transform: sitk.Transform,
    gtv: sitk.Image,
    parameters: RegistrationParameters,
    limits: CheckLimits,
    seed: int,
) -> Check:
    """Moved away and registered again, does it come back to the same place?"""
    limit = limits.restart_failed_mm
    away = f"{limits.restart_mm:g} mm and {limits.restart_deg:g} degrees away"
    exactly = (limits.restart_mm,) * 2, (limits.restart_deg,) * 2
    (elsewhere,) = disturbances(gtv, 1, *exactly, seed)
    try:
        start = sitk.CompositeTransform([transform, elsewhere])
        again = refine(fixed, moving, gtv, start, parameters=parameters)
    except ValueError as error:
        sentence = f"Not known: the registration could not be started from {away} ({error})."
        return Check("restart", None, "mm", limit, NOT_KNOWN, sentence)
    value = float(distances_mm(again, transform, voxel_points(gtv)).mean())
    verdict = PASS if value <= limit else FAILED
    sentence = {
        PASS: f"Started again from {away}, the registration comes back to the same place "
        f"({value:.2f} mm).",
        FAILED: f"Started again from {away}, the registration ends {value:.1f} mm elsewhere: the "
        "place it found is not the only one.",
    }[verdict]
    return Check("restart", value, "mm", limit, verdict, sentence)


def check_rotation(transform: sitk.Transform, limits: CheckLimits) -> Check:
    """Is the head turned no further than people can be positioned?"""
    value, limit = rotation_angle_deg(transform), limits.rotation_look_deg
    verdict = PASS if value <= limit else LOOK
    sentence = f"The head is turned by {value:.1f} degrees between the two images" + (
        "." if verdict == PASS else f", more than the usual {limit:g}: look at the pictures."
    )
    return Check("rotation", value, "degrees", limit, verdict, sentence)


def _map_on(mask: sitk.Image, values: np.ndarray) -> sitk.Image:
    array = np.zeros(mask.GetSize()[::-1], dtype=np.float32)
    array[sitk.GetArrayViewFromImage(mask) != 0] = values
    image = sitk.GetImageFromArray(array)
    image.CopyInformation(mask)
    return image


def worst(checks: tuple[Check, ...]) -> str:
    """The verdict of the whole: "failed", "look" or "pass"; what is not known wants a look."""
    verdicts = [check.verdict for check in checks]
    if FAILED in verdicts:
        return FAILED
    return LOOK if LOOK in verdicts or NOT_KNOWN in verdicts else PASS
