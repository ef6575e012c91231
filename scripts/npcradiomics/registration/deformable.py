"""GTVr carried by a deformable registration too: what would the paper's rigid path have missed?

A sensitivity analysis beside the rigid registration, whose results nothing here changes. How the
method was chosen: docs/registration.md.
"""

import numpy as np
import SimpleITK as sitk

from npcradiomics.images.grids import box_corners
from npcradiomics.images.masks import centroid, volume_ml
from npcradiomics.images.transforms import apply
from npcradiomics.registration.mutual_information import one_thread
from npcradiomics.registration.parameters import RegistrationParameters
from npcradiomics.registration.pyramid import moving_level, quietened, region_level

REGION_MARGIN_MM = 25.0  # round the tumour
IN_PLANE_MM = 4.0
CONTROL_POINTS_MM = 40.0  # closer ones followed noise: 0.6 mm where nothing had moved, against 0.3
BINS = 32
ITERATIONS = 5  # more followed noise: landmarks of the real pair ended further off


def deform(
    fixed: sitk.Image,
    moving: sitk.Image,
    transform: sitk.Transform,
    gtv: sitk.Image,
    parameters: RegistrationParameters | None = None,
) -> sitk.BSplineTransform:
    """The deformation round the tumour that mutual information asks for, after a rigid transform.

    Parameters
    ----------
    fixed, moving : planning MRI and recurrence MRI
    transform : linear, of points of ``fixed`` to points of ``moving``
    gtv : mask on the grid of ``fixed``
    parameters : those of the registration: clipping and smoothing of the images

    Returns
    -------
    Cubic B-splines of points of ``fixed``, done before ``transform``; none beyond 25 mm round the
    tumour's box.

    Raises
    ------
    ValueError
        If ITK stops, with what it says.

    References
    ----------
    Rueckert et al. 1999, IEEE Trans. Med. Imaging 18, 712, as in ITK, with LBFGS-B.
    """
    p = parameters or RegistrationParameters()
    level, mask = region_level(
        fixed, gtv, REGION_MARGIN_MM, IN_PLANE_MM, p.clip_percentile, p.maximum_samples
    )
    reached = apply(transform, box_corners(mask))
    other = moving_level(moving, reached, p.moving_margin_mm, IN_PLANE_MM, p.clip_percentile)
    level, other = (quietened(image, p.noisy, p.noisy_smoothing_mm) for image in (level, other))
    extent_mm = np.array(level.GetSize()) * np.array(level.GetSpacing())
    mesh = [max(1, round(float(mm) / CONTROL_POINTS_MM)) for mm in extent_mm]
    deformation = sitk.BSplineTransformInitializer(level, mesh, 3)
    method = sitk.ImageRegistrationMethod()
    method.SetNumberOfThreads(1)
    method.SetMetricAsMattesMutualInformation(numberOfHistogramBins=BINS)
    method.SetMetricSamplingStrategy(method.NONE)
    method.SetMetricFixedMask(mask)
    method.SetMetricUseFixedImageGradientFilter(False)
    method.SetMetricUseMovingImageGradientFilter(False)
    method.SetInterpolator(sitk.sitkLinear)
    method.SetMovingInitialTransform(transform)
    method.SetOptimizerAsLBFGSB(
        numberOfIterations=ITERATIONS, maximumNumberOfFunctionEvaluations=3 * ITERATIONS
    )
    method.SetInitialTransform(deformation, inPlace=True)
    with one_thread():
        try:
            method.Execute(level, other)
        except RuntimeError as error:
            reason = str(error).strip().splitlines()[-1]
            raise ValueError(f"the deformable registration stopped: {reason}") from error
    return deformation


def compare_carried(
    rigid: sitk.Image,
    deformed: sitk.Image,
    gtv: sitk.Image,
    isodose95: sitk.Image | None = None,
    *,
    recurrent: str = "whole",
) -> dict:
    """Two masks of GTVr on the planning grid side by side, as JSON can hold it.

    Parameters
    ----------
    rigid, deformed : GTVr as the one and as the other registration carries it; not empty
    gtv : mask on the same grid
    isodose95 : mask on the same grid; None where no dose is known
    recurrent : 'whole', 'inside_gtv': what of GTVr is the recurrent region

    Returns
    -------
    ``rigid``, ``deformed``
        Each with ``gtvr_ml``, ``in_gtv_fraction`` and ``in_field_fraction`` (None without a dose).
    ``dice``
        Of the two.
    ``centroid_shift_mm``
        (3,) x, y, z, from the rigid one to the other; ``centroid_distance_mm`` is its length.
    ``recurrent_changed_fraction``
        Of the voxels in either recurrent region, the share that is in one of them only; None where
        neither has any.
    """
    first, second, tumour = (
        sitk.GetArrayViewFromImage(mask) != 0 for mask in (rigid, deformed, gtv)
    )
    dose = None if isodose95 is None else sitk.GetArrayViewFromImage(isodose95) != 0
    sides = {
        name: {
            "gtvr_ml": volume_ml(image),
            "in_gtv_fraction": float(tumour[mask].mean()),
            "in_field_fraction": None if dose is None else float(dose[mask].mean()),
        }
        for name, image, mask in (("rigid", rigid, first), ("deformed", deformed, second))
    }
    shift = centroid(deformed) - centroid(rigid)
    dice = 2.0 * np.count_nonzero(first & second) / (first.sum() + second.sum())
    if recurrent == "inside_gtv":
        first, second = first & tumour, second & tumour
    either = np.count_nonzero(first | second)
    return sides | {
        "dice": float(dice),
        "centroid_shift_mm": shift.tolist(),
        "centroid_distance_mm": float(np.linalg.norm(shift)),
        "recurrent_changed_fraction": np.count_nonzero(first ^ second) / either if either else None,
    }
