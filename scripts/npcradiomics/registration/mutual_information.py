"""Mutual information of two images, and the rigid transform that maximises it."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import SimpleITK as sitk

from npcradiomics.images.grids import inside, voxel_points
from npcradiomics.images.transforms import apply


@contextmanager
def one_thread() -> Iterator[None]:
    """ITK's filters on one thread; what the caller had set comes back.

    Mattes derivatives depend on how the work was split (ITK issue 6622), so one thread is what
    makes a rerun bit-identical; patients, not voxels, are worked on in parallel.
    """
    before = sitk.ProcessObject.GetGlobalDefaultNumberOfThreads()
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    try:
        yield
    finally:
        sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(before)


def maximise(
    fixed: sitk.Image,
    moving: sitk.Image,
    mask: sitk.Image,
    start: sitk.Euler3DTransform,
    *,
    bins: int,
    step_mm: float,
    minimum_step_mm: float,
    iterations: int,
    relaxation: float,
    rotation_scale_mm: float,
) -> tuple[sitk.Euler3DTransform, float]:
    """The rigid transform near ``start`` with most mutual information, and how much that is.

    fixed, moving       float32 images; every voxel of ``fixed`` in ``mask`` (its grid, uint8) is used, once
    start               fixed to moving points; its centre is kept
    bins                of the joint histogram, per image
    step_mm, minimum_step_mm, iterations, relaxation
                        regular-step gradient descent: first and last step, at most so many, and the factor on
                        the step where the gradient turns round
    rotation_scale_mm   length at which a rotation counts as a shift

    The second value is in nats, times the share of the voxels that come to lie in ``moving``: a
    transform that lays little of the region on the other image has no merit from the little. One
    thread, so the result is the same on every run. Source: Mattes et al. 2003, IEEE Trans. Med.
    Imaging 22, 120, as in ITK.
    """
    samples = voxel_points(mask)
    if not inside(apply(start, samples), moving).any():
        raise ValueError(
            f"none of the {len(samples)} voxels of the region comes to lie in the moving image"
        )
    method = sitk.ImageRegistrationMethod()
    method.SetNumberOfThreads(1)
    method.SetMetricAsMattesMutualInformation(numberOfHistogramBins=bins)
    method.SetMetricSamplingStrategy(method.NONE)
    method.SetMetricFixedMask(mask)
    # With ITK's gradient filters on, the optimiser stopped early: 4 of 12 refinements failed by up
    # to 14 mm.
    method.SetMetricUseFixedImageGradientFilter(False)
    method.SetMetricUseMovingImageGradientFilter(False)
    method.SetInterpolator(sitk.sitkLinear)
    method.SetOptimizerAsRegularStepGradientDescent(
        learningRate=step_mm,
        minStep=minimum_step_mm,
        numberOfIterations=iterations,
        relaxationFactor=relaxation,
        gradientMagnitudeTolerance=1e-8,
    )
    method.SetOptimizerScales([rotation_scale_mm**2] * 3 + [1.0] * 3)
    transform = sitk.Euler3DTransform(start)
    method.SetInitialTransform(transform, inPlace=True)
    method.Execute(fixed, moving)
    overlap = inside(apply(transform, samples), moving).mean()
    return transform, -method.GetMetricValue() * float(overlap)


def normalised_mutual_information(first: np.ndarray, second: np.ndarray, bins: int) -> float:
    """(H(A) + H(B)) / H(A, B) of two samples of one length in ``bins`` bins each: 1 independent, 2 identical.

    1 by convention if both are constant. Source: Studholme, Hill & Hawkes 1999, Pattern Recognition
    32, 71.
    """
    cells = _bin_of(first, bins) * bins + _bin_of(second, bins)
    joint = np.bincount(cells, minlength=bins**2).reshape(bins, bins) / len(first)
    together = _entropy(joint)
    return (
        1.0
        if together == 0.0
        else (_entropy(joint.sum(axis=0)) + _entropy(joint.sum(axis=1))) / together
    )


def _bin_of(values: np.ndarray, bins: int) -> np.ndarray:
    """Bin of each value, all equally wide from the lowest to the highest value."""
    low, high = float(values.min()), float(values.max())
    if low == high:
        return np.zeros(len(values), dtype=np.intp)
    return np.minimum(((values - low) * (bins / (high - low))).astype(np.intp), bins - 1)


def _entropy(probabilities: np.ndarray) -> float:
    filled = probabilities[probabilities > 0]
    return float(-(filled * np.log(filled)).sum())
