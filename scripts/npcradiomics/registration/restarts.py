"""Registered and checked; and once more, where starting again from elsewhere finds a better place."""

from dataclasses import replace

import SimpleITK as sitk

from npcradiomics.images.grids import voxel_points
from npcradiomics.images.transforms import distances_mm
from npcradiomics.registration.checks import RegistrationChecks, check_registration
from npcradiomics.registration.criteria import FAILED, CheckLimits
from npcradiomics.registration.likeness import disturbances
from npcradiomics.registration.parameters import RegistrationParameters
from npcradiomics.registration.result import RegistrationResult
from npcradiomics.registration.rigid import refine, register

RESTARTS = 3


def register_and_check(
    fixed: sitk.Image,
    moving: sitk.Image,
    gtv: sitk.Image,
    gtvr: sitk.Image | None = None,
    *,
    parameters: RegistrationParameters | None = None,
    limits: CheckLimits | None = None,
    initial: sitk.Transform | None = None,
) -> tuple[RegistrationResult, RegistrationChecks]:
    """A registration and its checks.

    Where the restart of the checks ends elsewhere, the place found is one of several: three
    restarts compete with it, and if one ends elsewhere with more mutual information, the images are
    registered from there and checked anew. Any other registration costs nothing more.

    Parameters
    ----------
    fixed, moving : planning MRI and recurrence MRI
    gtv : mask on the grid of ``fixed``
    gtvr : mask on the grid of ``moving``, where it is known
    parameters, limits : settings
    initial : a start that a person gave; then there are no restarts

    Raises
    ------
    ValueError
        As `rigid.register` and `checks.check_registration`.
    """
    parameters, limits = parameters or RegistrationParameters(), limits or CheckLimits()

    def found_from(start: sitk.Transform | None) -> tuple[RegistrationResult, RegistrationChecks]:
        result = register(fixed, moving, gtv, moving_voi=gtvr, parameters=parameters, initial=start)
        checks = check_registration(
            fixed, moving, result.transform, gtv, gtvr, parameters=parameters, limits=limits
        )
        return result, checks

    result, checks = found_from(initial)
    restart = next(check for check in checks.checks if check.name == "restart")
    if restart.verdict != FAILED or initial is not None:
        return result, checks
    exactly = (limits.restart_mm,) * 2, (limits.restart_deg,) * 2
    elsewhere = disturbances(gtv, RESTARTS, *exactly, seed=0)
    starts = [sitk.CompositeTransform([result.transform, one]) for one in elsewhere]
    best = refine(fixed, moving, gtv, result.transform, *starts, parameters=parameters)
    apart = distances_mm(best, result.transform, voxel_points(gtv)).mean()
    if apart <= limits.restart_failed_mm:
        return result, checks
    result, checks = found_from(best)
    renamed = (replace(one, name=one.name.replace("initial", "restart")) for one in result.starts)
    return replace(result, starts=tuple(renamed), restarted=True), checks
