"""Images made smaller for registration: cropped, shrunk per axis, clipped."""

import numpy as np
import SimpleITK as sitk

from npcradiomics.images.grids import box_corners
from npcradiomics.images.masks import expand


def crop(image: sitk.Image, points: np.ndarray, margin_mm: float) -> sitk.Image:
    """The part of ``image`` that holds the ``points`` (n, 3) and ``margin_mm`` beyond them on every side.

    Raises ValueError with the numbers if none of that lies in the image.
    """
    direction = np.array(image.GetDirection()).reshape(3, 3)
    index = (
        (points - np.array(image.GetOrigin()))
        @ np.linalg.inv(direction).T
        / np.array(image.GetSpacing())
    )
    margin = margin_mm / np.array(image.GetSpacing())
    size = np.array(image.GetSize())
    low = np.clip(np.floor(index.min(axis=0) - margin), 0, size).astype(int)
    high = np.clip(np.ceil(index.max(axis=0) + margin) + 1, 0, size).astype(int)
    if (high <= low).any():
        raise ValueError(
            f"nothing of the region {points.min(axis=0).round(1).tolist()} to "
            f"{points.max(axis=0).round(1).tolist()} mm + {margin_mm:g} mm lies in an image of "
            f"{image.GetSize()} voxels that begins at {np.round(image.GetOrigin(), 1).tolist()} mm"
        )
    return sitk.RegionOfInterest(image, (high - low).tolist(), low.tolist())


def shrink_factors(image: sitk.Image, target_mm: float) -> list[int]:
    """Per axis, how many voxels become one of about ``target_mm``: 1 for axes that are as coarse already.

    SimpleITK's registration shrinks all axes by one factor, which makes 20 mm out of slices 5 mm
    apart.
    """
    return [
        min(max(1, int(target_mm / spacing + 0.5)), size)
        for spacing, size in zip(image.GetSpacing(), image.GetSize(), strict=True)
    ]


def shrink(image: sitk.Image, target_mm: float) -> sitk.Image:
    """Mean of blocks of voxels, so that each axis is about ``target_mm`` (float32)."""
    factors = shrink_factors(image, target_mm)
    image = sitk.Cast(image, sitk.sitkFloat32)
    return sitk.BinShrink(image, factors) if max(factors) > 1 else image


def clip(image: sitk.Image, percentile: float) -> sitk.Image:
    """Intensities above the given percentile of the image set to it.

    Fat, vessels and contrast agent make a long bright tail, which would take most of the
    histogram's bins. Raises ValueError if the image has one value only.
    """
    values = sitk.GetArrayViewFromImage(image)
    low, high = float(values.min()), float(np.percentile(values, percentile))
    if high == low:  # a few bright voxels on nothing: keep them
        high = float(values.max())
    if high == low:
        raise ValueError(
            f"all {values.size} voxels of the region have the value {low:g}: nothing to register"
        )
    return sitk.Clamp(image, sitk.sitkFloat32, low, high)


def region_level(
    image: sitk.Image,
    mask: sitk.Image,
    margin_mm: float,
    target_mm: float,
    percentile: float,
    maximum_samples: int,
) -> tuple[sitk.Image, sitk.Image]:
    """``image`` round the ``mask`` for one level of the pyramid, and which of its voxels count.

    Cropped to the mask and ``margin_mm``, shrunk per axis to about ``target_mm`` (coarser, in steps
    of a quarter, until at most ``maximum_samples`` voxels are left), clipped. The second image
    (uint8) is 1 within ``margin_mm`` of the mask.
    """
    corners = box_corners(mask)
    cropped = crop(image, corners, margin_mm)
    while np.prod(
        [n // f for n, f in zip(cropped.GetSize(), shrink_factors(cropped, target_mm), strict=True)]
    ) > (maximum_samples):
        target_mm *= 1.25
    level = clip(shrink(cropped, target_mm), percentile)
    coverage = shrink(crop(mask, corners, margin_mm) != 0, target_mm)
    return level, expand(coverage > 0.0, margin_mm)


def moving_level(
    image: sitk.Image, points: np.ndarray, margin_mm: float, target_mm: float, percentile: float
) -> sitk.Image:
    """``image`` round the ``points`` (n, 3) in mm for one level: cropped with a margin, shrunk, clipped."""
    return clip(shrink(crop(image, points, margin_mm), target_mm), percentile)


def quietened(image: sitk.Image, noisy: float, smoothing_mm: float) -> sitk.Image:
    """Smooth an image that is noisy, and leave any other alone.

    Parameters
    ----------
    image : float32 image
    noisy : the `noise_share` above which it is smoothed
    smoothing_mm : SD of the Gaussian, in mm

    Returns
    -------
    The image, or its smoothed copy (float32).
    """
    if noise_share(image) <= noisy or min(image.GetSize()) < 4:
        return image
    return sitk.SmoothingRecursiveGaussian(image, [smoothing_mm] * 3)


def noise_share(image: sitk.Image) -> float:
    """SD of an image's noise, as a share of the range of its grey values (1st to 99th percentile).

    From the median distance of a voxel to the mean of its four neighbours in the slice, which edges
    hardly move. 0 for an image of one value.
    """
    values = sitk.GetArrayViewFromImage(image)
    low, high = np.percentile(values, [1.0, 99.0])
    middle = values[:, 1:-1, 1:-1]
    beside = values[:, :-2, 1:-1] + values[:, 2:, 1:-1] + values[:, 1:-1, :-2] + values[:, 1:-1, 2:]
    off = np.abs(middle - beside / 4.0)[middle > low]
    if off.size == 0 or high <= low:
        return 0.0
    # 0.6745: median of |z|; a voxel less the mean of four others has 1 + 1/4 of the variance.
    return float(np.median(off) / 0.6745 / np.sqrt(1.25) / (high - low))
