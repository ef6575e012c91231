"""How far off a registration is at the tumour, in millimetres, and transforms that are as far off.

A rigid transform cannot follow tissue that moved, and the checks only tell right from wrong. Here
the residual motion round the tumour is measured by a deformable registration (cubic B-splines), and
the error of the rigid transform itself by what its own backward registration disagrees. On what the
interval stands: docs/registration.md.
"""

from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk

from npcradiomics.images.grids import box_corners, voxel_points
from npcradiomics.images.masks import centroid, expand
from npcradiomics.images.transforms import euler
from npcradiomics.registration.checks import RegistrationChecks
from npcradiomics.registration.deformable import deform
from npcradiomics.registration.parameters import RegistrationParameters
from npcradiomics.registration.pyramid import crop

AROUND_MM = 10.0  # the error is meant over the tumour and this margin
LEAST_MM = 0.1  # no estimate is smaller: interpolation alone leaves as much
# Calibration: the true error is in this multiple of the estimate, in 90 of 100
# (docs/registration.md).
LOW, HIGH = 0.15, 2.0
Z90 = 1.6449  # the middle 90 % of a normal distribution


@dataclass(frozen=True)
class RegistrationError:
    """Estimated mean error over the tumour and 10 mm round it.

    Attributes
    ----------
    error_mm
        The estimate.
    low_mm, high_mm
        The true error is between them in 90 of 100 registrations like those of the calibration.
    rigid_mm
        Part of it: the transform's own error, from the backward registration.
    residual_mm
        Part of it: residual motion of tissue that no rigid transform can follow.
    """

    error_mm: float
    low_mm: float
    high_mm: float
    rigid_mm: float
    residual_mm: float


def estimate_error(
    fixed: sitk.Image,
    moving: sitk.Image,
    transform: sitk.Transform,
    gtv: sitk.Image,
    checks: RegistrationChecks,
    parameters: RegistrationParameters | None = None,
) -> RegistrationError:
    """Estimate the error of a registration that is right; of a wrong one it says nothing.

    Parameters
    ----------
    fixed, moving : planning MRI and recurrence MRI
    transform : linear, of points of ``fixed`` to points of ``moving``
    gtv : mask on the grid of ``fixed``
    checks : of that transform
    parameters : those of the registration

    Raises
    ------
    ValueError
        If the backward registration is not known, or the deformable one stops.
    """
    values = {check.name: check.value for check in checks.checks}
    if values["backward"] is None:
        raise ValueError("the backward registration is not known")
    residual_mm = residual_motion(deform(fixed, moving, transform, gtv, parameters), gtv)
    return combined(residual_mm, values["backward"], values["restart"] or 0.0)


def combined(residual_mm: float, backward_mm: float, restart_mm: float) -> RegistrationError:
    """Put the parts of the error together: the root of their squares' sum, and its interval.

    Parameters
    ----------
    residual_mm : mean residual motion, of `residual_motion`
    backward_mm : mean discrepancy of the backward registration over the tumour. Both directions
        err, so that half of its square is the forward one's
    restart_mm : how far away a restart ended
    """
    rigid_mm = float(np.hypot(backward_mm / np.sqrt(2.0), restart_mm))
    error_mm = max(float(np.hypot(rigid_mm, residual_mm)), LEAST_MM)
    return RegistrationError(error_mm, LOW * error_mm, HIGH * error_mm, rigid_mm, residual_mm)


def residual_motion(deformation: sitk.Transform, gtv: sitk.Image) -> float:
    """Mean length in mm of a deformation over the tumour and 10 mm round it.

    Parameters
    ----------
    deformation : of points on the grid of ``gtv``, of `deformable.deform`
    gtv : mask
    """
    around = expand(crop(gtv, box_corners(gtv), AROUND_MM), AROUND_MM)
    points = voxel_points(around)
    points = points[:: max(1, len(points) // 2000)]
    moved = np.array([deformation.TransformPoint(point) for point in points.tolist()])
    return float(np.linalg.norm(moved - points, axis=1).mean())


def draw_perturbations(
    error: RegistrationError, mask: sitk.Image, count: int, seed: int
) -> list[sitk.Euler3DTransform]:
    """Rigid motions of a contour, as far as its registration may be off.

    The size of each is drawn from the estimate's interval (log-normal, its middle 90 %). Half of
    its square is a shift and half a turn about the contour's centre, both in random directions.

    Parameters
    ----------
    error : the estimate
    mask : the contour that is moved
    count : how many
    seed : of sizes and directions

    Returns
    -------
    Transforms of points on the grid of ``mask``. The root mean square, over draws and voxels, of how
    far each moves a voxel is that of the sizes.

    Raises
    ------
    ValueError
        With the numbers, for an empty mask.
    """
    centre = centroid(mask)
    radius_mm = float(np.sqrt(((voxel_points(mask) - centre) ** 2).sum(axis=1).mean()))
    rng = np.random.default_rng(seed)
    middle = (np.log(error.low_mm) + np.log(error.high_mm)) / 2.0
    spread = (np.log(error.high_mm) - np.log(error.low_mm)) / (2.0 * Z90)
    drawn = []
    for _ in range(count):
        size_mm = float(np.exp(rng.normal(middle, spread)))
        # A vector of SD s per axis has mean square 3 s^2; as a small turn it moves a voxel at
        # distance r by 2 s^2 r^2 in the mean square.
        shift = rng.normal(0.0, size_mm / np.sqrt(6.0), 3)
        turn = rng.normal(0.0, size_mm / (2.0 * max(radius_mm, 1.0)), 3)
        drawn.append(euler(centre, turn, shift))
    return drawn
