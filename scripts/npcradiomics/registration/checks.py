"""Is a registration right? Checks on a transform, whoever made it, each with a verdict a clinician can read.

An error that is the same in both directions passes all of them: a person's look and landmarks
remain.
"""

from dataclasses import asdict, dataclass

import numpy as np
import SimpleITK as sitk

from npcradiomics.images.grids import box_corners, inside, require_same_grid, voxel_points
from npcradiomics.images.masks import carry_mask, centroid, expand
from npcradiomics.images.transforms import (
    apply,
    distances_mm,
    linear_parts,
    nearest_rigid,
    rotation_angle_deg,
)
from npcradiomics.registration.mutual_information import normalised_mutual_information
from npcradiomics.registration.pyramid import crop, moving_level, region_level
from npcradiomics.registration.rigid import RegistrationParameters, refine, register

PASS, LOOK, FAILED, NOT_KNOWN = "pass", "look", "failed", "not known"


@dataclass(frozen=True)
class CheckLimits:
    """Where a check stops passing; read off benches (benchmarks/registration.py), not derived.

    backward_failed_mm      registered backwards, the tumour comes back to itself within this, on average
    backward_look_mm        above this somebody should look
    region_margin_mm        what lies within this distance of the tumour is the region of the next check and
                            of the overlap
    nmi_bins, nmi_failed    normalised mutual information in the region, 1 (nothing in common) to 2; the limit
                            holds for this many bins per image and voxels averaged to nmi_in_plane_mm
    gtvr_inside_failed      share of the carried recurrence in the tumour and gtvr_margin_mm round it: a
                            recurrence within the old tumour is what the study is about
    gtvr_margin_mm          the margin of that
    overlap_failed          share of the tumour and its surroundings that the recurrence MRI covers
    restart_failed_mm       started again from restart_mm and restart_deg away, the registration comes back
                            within this, on average over the tumour
    restart_mm, restart_deg how far away
    rotation_look_deg       a head is rarely turned further between two positionings in a mask or coil
    """

    backward_failed_mm: float = 1.0
    backward_look_mm: float = 0.5
    region_margin_mm: float = 25.0
    nmi_bins: int = 32
    nmi_in_plane_mm: float = 1.0
    nmi_failed: float = 1.05
    gtvr_inside_failed: float = 0.95
    gtvr_margin_mm: float = 10.0
    overlap_failed: float = 0.9
    restart_failed_mm: float = 1.0
    restart_mm: float = 5.0
    restart_deg: float = 5.0
    rotation_look_deg: float = 15.0


@dataclass(frozen=True)
class Check:
    """One check: ``value`` and ``limit`` in ``unit``, the verdict, a sentence for the person who reads it.

    ``value`` is None exactly where the verdict is "not known"; the sentence then says why.
    """

    name: str
    value: float | None
    unit: str
    limit: float
    verdict: str
    sentence: str


@dataclass(frozen=True)
class RegistrationChecks:
    """The checks; the verdict of the whole; and where the two directions disagree.

    verdict         "failed" if a check failed, else "look" if one wants a look or is not known, else "pass"
    discrepancy     float32 image on the planning grid: per voxel of the GTV, how far in mm it comes back from
                    itself; 0 elsewhere. None where the backward check is not known
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
    """Check a linear ``transform`` from points of ``fixed`` (planning) to points of ``moving`` (recurrence).

    gtv         mask on the grid of ``fixed``
    gtvr        mask on the grid of ``moving``; without it the backward registration uses the carried GTV,
                and the check of where the recurrence lies is not known
    parameters  those of the registration: the backward one and the restart use them
    seed        of the direction in which the restart is moved away

    Raises ValueError with the numbers for masks on other grids, empty masks, a transform that is
    not linear.
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
        check_similarity(fixed, moving, transform, gtv, parameters, limits),
        check_recurrence_inside(transform, gtv, gtvr, limits),
        check_overlap(moving, transform, gtv, limits),
        check_restart(fixed, moving, transform, gtv, parameters, limits, seed),
        check_rotation(transform, limits),
    )
    return RegistrationChecks(checks, _worst([check.verdict for check in checks]), discrepancy)


def check_backward(
    fixed: sitk.Image,
    moving: sitk.Image,
    transform: sitk.Transform,
    gtv: sitk.Image,
    gtvr: sitk.Image | None,
    parameters: RegistrationParameters,
    limits: CheckLimits,
) -> tuple[Check, sitk.Image | None]:
    """Register backwards, knowing nothing of ``transform``: does the GTV come back to itself?"""
    limit = limits.backward_failed_mm
    try:
        region = gtvr if gtvr is not None else carry_mask(gtv, moving, transform.GetInverse())
        back = register(moving, fixed, region, moving_voi=gtv, parameters=parameters).transform
    except ValueError as error:
        sentence = f"Not known: the recurrence MRI could not be registered backwards ({error})."
        return Check("backward", None, "mm", limit, NOT_KNOWN, sentence), None
    points = voxel_points(gtv)
    returned_mm = np.linalg.norm(apply(back, apply(transform, points)) - points, axis=1)
    mean = float(returned_mm.mean())
    verdict = FAILED if not mean <= limit else LOOK if mean > limits.backward_look_mm else PASS
    sentence = {
        PASS: f"Registered in the other direction, the tumour comes back to within {mean:.2f} mm on average.",
        LOOK: f"Registered in the other direction, the tumour comes back {mean:.2f} mm beside itself on "
        "average: look at the pictures.",
        FAILED: f"The two directions of the registration disagree by {mean:.1f} mm on average over the "
        "tumour: at least one of them is wrong.",
    }[verdict]
    return Check("backward", mean, "mm", limit, verdict, sentence), _map_on(gtv, returned_mm)


def check_similarity(
    fixed: sitk.Image,
    moving: sitk.Image,
    transform: sitk.Transform,
    gtv: sitk.Image,
    parameters: RegistrationParameters,
    limits: CheckLimits,
) -> Check:
    """Normalised mutual information round the tumour: does one image predict the other there?"""
    limit = limits.nmi_failed
    level, mask = region_level(
        fixed,
        gtv,
        limits.region_margin_mm,
        limits.nmi_in_plane_mm,
        parameters.clip_percentile,
        parameters.maximum_samples,
    )
    covered = inside(apply(transform, voxel_points(mask)), moving)
    if covered.sum() < limits.nmi_bins**2:
        sentence = (
            f"Not known: only {covered.sum()} voxels round the tumour lie in the recurrence MRI."
        )
        return Check("similarity", None, "", limit, NOT_KNOWN, sentence)
    moving_crop = moving_level(
        moving,
        apply(transform, box_corners(mask)),
        parameters.moving_margin_mm,
        limits.nmi_in_plane_mm,
        parameters.clip_percentile,
    )
    resampled = sitk.Resample(moving_crop, level, transform, sitk.sitkLinear, 0.0, sitk.sitkFloat32)
    used = sitk.GetArrayViewFromImage(mask).astype(bool)
    used[used] = covered
    value = normalised_mutual_information(
        sitk.GetArrayViewFromImage(level)[used],
        sitk.GetArrayViewFromImage(resampled)[used],
        limits.nmi_bins,
    )
    verdict = PASS if value >= limit else FAILED
    sentence = {
        PASS: f"Round the tumour the two images show the same structures (normalised mutual information {value:.3f}).",
        FAILED: "Round the tumour the two images have hardly anything in common (normalised mutual "
        f"information {value:.3f}, at least {limit:.2f} expected).",
    }[verdict]
    return Check("similarity", value, "", limit, verdict, sentence)


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
        PASS: f"{value:.0%} of the carried recurrence lies in the GTV or within {margin:g} mm of it.",
        FAILED: f"Only {value:.0%} of the carried recurrence lies in the GTV or within {margin:g} mm of it "
        f"(at least {limit:.0%} expected): the registration is wrong, or this is no local recurrence.",
    }[verdict]
    return Check("recurrence_inside", value, "", limit, verdict, sentence)


def check_overlap(
    moving: sitk.Image, transform: sitk.Transform, gtv: sitk.Image, limits: CheckLimits
) -> Check:
    """Is the tumour and what lies round it in the field of view of the recurrence MRI?"""
    limit, margin = limits.overlap_failed, limits.region_margin_mm
    around = crop(gtv, box_corners(gtv), margin)
    value = float(inside(apply(transform, voxel_points(expand(around, margin))), moving).mean())
    verdict = PASS if value >= limit else FAILED
    sentence = f"The recurrence MRI covers {value:.0%} of the tumour and {margin:g} mm round it" + (
        "." if verdict == PASS else f" (at least {limit:.0%} expected)."
    )
    return Check("overlap", value, "", limit, verdict, sentence)


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
    try:
        again = refine(fixed, moving, gtv, _moved_away(transform, gtv, limits, seed), parameters)
    except ValueError as error:
        sentence = f"Not known: the registration could not be started from {away} ({error})."
        return Check("restart", None, "mm", limit, NOT_KNOWN, sentence)
    value = float(distances_mm(again, transform, voxel_points(gtv)).mean())
    verdict = PASS if value <= limit else FAILED
    sentence = {
        PASS: f"Started again from {away}, the registration comes back to the same place ({value:.2f} mm).",
        FAILED: f"Started again from {away}, the registration ends {value:.1f} mm elsewhere: the place it "
        "found is not the only one.",
    }[verdict]
    return Check("restart", value, "mm", limit, verdict, sentence)


def check_rotation(transform: sitk.Transform, limits: CheckLimits) -> Check:
    """Is the head turned no further than people can be positioned?"""
    value, limit = rotation_angle_deg(transform), limits.rotation_look_deg
    verdict = PASS if value <= limit else LOOK
    sentence = f"The head is turned by {value:.1f} degrees between the two examinations" + (
        "." if verdict == PASS else f", more than the usual {limit:g}: look at the pictures."
    )
    return Check("rotation", value, "degrees", limit, verdict, sentence)


def _moved_away(
    transform: sitk.Transform, gtv: sitk.Image, limits: CheckLimits, seed: int
) -> sitk.Transform:
    """``transform`` after a shift and a rotation about the GTV's centre in random directions."""
    rng = np.random.default_rng(seed)
    shift, axis = (vector / np.linalg.norm(vector) for vector in rng.normal(size=(2, 3)))
    centre = centroid(gtv)
    rotation = sitk.VersorTransform([float(a) for a in axis], float(np.radians(limits.restart_deg)))
    rotation.SetCenter([float(c) for c in centre])
    away = nearest_rigid(rotation, centre)
    away.SetTranslation([float(limits.restart_mm * s) for s in shift])
    return sitk.CompositeTransform([transform, away])


def _map_on(mask: sitk.Image, values: np.ndarray) -> sitk.Image:
    array = np.zeros(mask.GetSize()[::-1], dtype=np.float32)
    array[sitk.GetArrayViewFromImage(mask) != 0] = values
    image = sitk.GetImageFromArray(array)
    image.CopyInformation(mask)
    return image


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


def _worst(verdicts: list[str]) -> str:
    if FAILED in verdicts:
        return FAILED
    return LOOK if LOOK in verdicts or NOT_KNOWN in verdicts else PASS
