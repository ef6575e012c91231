"""A further sequence of the planning session onto the planning MRI: registered, and checked more strictly.

Nothing has grown between two sequences of one session and nobody left the table: the motion is small,
the anatomy the same, and limits that suit a recurrence MRI months later would let too much pass. On
what each limit stands: docs/sequences.md.
"""

from dataclasses import asdict, dataclass

import numpy as np
import SimpleITK as sitk

from npcradiomics.images.grids import require_same_grid, voxel_points
from npcradiomics.images.masks import centroid
from npcradiomics.images.transforms import apply, linear_parts, motion
from npcradiomics.registration.checks import (
    RegistrationChecks,
    check_backward,
    check_restart,
    check_rotation,
    check_similarity,
    worst,
)
from npcradiomics.registration.criteria import FAILED, LOOK, PASS, Check, CheckLimits
from npcradiomics.registration.error import estimate_error
from npcradiomics.registration.field_of_view import check_covered, check_overlap
from npcradiomics.registration.laterality import check_laterality
from npcradiomics.registration.parameters import RegistrationParameters
from npcradiomics.registration.rigid import register
from npcradiomics.registration.verdict import not_registered


@dataclass(frozen=True)
class SequenceLimits(CheckLimits):
    """Where a check of a sequence stops passing: stricter than for a recurrence MRI.

    Attributes
    ----------
    backward_failed_mm, backward_look_mm, restart_failed_mm
        As of `CheckLimits`; half as much, because the anatomy is the same.
    laterality_failed
        What fits better with left and right exchanged is exchanged.
    rotation_look_deg
        Within a session a head is rarely turned further.
    motion_failed_mm, motion_look_mm
        Mean motion over the tumour. Who moved further left the table: not one session, or not one
        person, or a header is wrong.
    """

    backward_failed_mm: float = 1.0
    backward_look_mm: float = 0.5
    restart_failed_mm: float = 1.0
    laterality_failed: float = 1.0
    rotation_look_deg: float = 5.0
    motion_failed_mm: float = 20.0
    motion_look_mm: float = 5.0


@dataclass(frozen=True)
class SequenceRegistration:
    """How a sequence lies to the planning MRI.

    Attributes
    ----------
    transform
        Maps planning points to points of the sequence: resamples the sequence onto the planning grid.
    quality
        Source, motion, verdict, checks, starts and estimated error, as JSON can hold them: the keys
        that quality.json of the recurrence has, without those of a recurrence.
    """

    transform: sitk.Transform
    quality: dict

    @property
    def verdict(self) -> str:
        """One of "pass", "look" and "failed"."""
        return self.quality["verdict"]


def register_sequence(
    planning: sitk.Image,
    sequence: sitk.Image,
    gtv: sitk.Image,
    *,
    name: str = "sequence",
    transform: sitk.Transform | None = None,
    same_frame: bool = False,
    parameters: RegistrationParameters | None = None,
    limits: SequenceLimits | None = None,
) -> SequenceRegistration:
    """Register a sequence of the planning session to the planning MRI, and check it.

    The only start is the headers' own position. Images that cannot be registered or checked have
    the verdict "failed", with the reason, and the headers' position as their transform.

    Parameters
    ----------
    planning, sequence : scalar images, three-dimensional, any grid and contrast
    gtv : mask of the tumour on the grid of ``planning``
    name : of the sequence, in the sentences of the checks
    transform : linear, of planning points to points of the sequence; then it is only checked
    same_frame : trust the headers: the identity is only checked
    parameters, limits : settings

    Raises
    ------
    ValueError
        With the numbers, for an empty mask or one on another grid, for a transform that is not linear,
        and for ``transform`` and ``same_frame`` both given.
    """
    parameters, limits = parameters or RegistrationParameters(), limits or SequenceLimits()
    require_same_grid(gtv, planning, "GTV", "the planning MRI")
    centre = centroid(gtv)
    if transform is not None:
        if same_frame:
            raise ValueError(f"{name}: same_frame and a transform are both given; give one")
        linear_parts(transform)
    quality = {"estimated_error": None, "starts": []}
    if transform is not None:
        quality["source"] = "Transform given in the patients table"
    elif same_frame:
        quality["source"] = "Headers' own positions, trusted (same_frame)"
    else:
        quality["source"] = "Headers' own positions, because the registration did not work"
    found = transform or sitk.Euler3DTransform()
    try:
        if transform is None and not same_frame:
            result = register(
                planning, sequence, gtv, parameters=parameters, initial=sitk.Euler3DTransform()
            )
            found = result.transform
            quality |= {"mutual_information": result.metric, "starts": result.starts_table()}
            quality["source"] = "Registered from the headers' own positions"
        checks = check_sequence(planning, sequence, found, gtv, name, parameters, limits)
        error = estimate_error(planning, sequence, found, gtv, checks, parameters)
        verdict = checks.as_dict() | {"estimated_error": asdict(error)}
    except ValueError as problem:
        verdict = not_registered(str(problem))
    return SequenceRegistration(found, quality | motion(found, centre) | verdict)


def check_sequence(
    planning: sitk.Image,
    sequence: sitk.Image,
    transform: sitk.Transform,
    gtv: sitk.Image,
    name: str,
    parameters: RegistrationParameters,
    limits: SequenceLimits,
) -> RegistrationChecks:
    """The checks of `checks.check_registration` that make sense within a session, and the motion."""
    pair, seed = (planning, sequence, transform, gtv), 0
    backward, discrepancy = check_backward(*pair, None, parameters, limits, name)
    checks = (
        backward,
        check_similarity(*pair, parameters, limits, seed),
        check_covered(sequence, transform, gtv, limits, name),
        check_overlap(sequence, transform, gtv, limits, name),
        check_restart(*pair, parameters, limits, seed),
        check_laterality(*pair, parameters, limits, name),
        check_rotation(transform, limits),
        check_motion(transform, gtv, limits),
    )
    return RegistrationChecks(checks, worst(checks), discrepancy)


def check_motion(transform: sitk.Transform, gtv: sitk.Image, limits: SequenceLimits) -> Check:
    """Did the tumour move no further than a head can within a session?"""
    points = voxel_points(gtv)
    value = float(np.linalg.norm(apply(transform, points) - points, axis=1).mean())
    limit = limits.motion_failed_mm
    verdict = FAILED if value > limit else LOOK if value > limits.motion_look_mm else PASS
    sentence = (
        f"The tumour lies {value:.1f} mm from where the headers put it"
        + {
            PASS: ".",
            LOOK: ", which is much within one session: look at the pictures.",
            FAILED: ": not of one session, not of one person, or a header is wrong.",
        }[verdict]
    )
    return Check("motion", value, "mm", limit, verdict, sentence)
