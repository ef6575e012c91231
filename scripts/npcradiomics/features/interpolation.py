"""Resampling of a region to isotropic voxels of the in-plane size: the toolbox's way, and right."""

from collections.abc import Sequence

import numpy as np
from scipy import ndimage

from npcradiomics.images.masks import box_of

SPACING_TOLERANCE = 1e-3  # relative; in-plane spacings of one image differ by rounding only


def resample_toolbox(
    volume: np.ndarray, mask: np.ndarray, spacing_mm: Sequence[float]
) -> tuple[np.ndarray, np.ndarray]:
    """Resample a region as the TextureToolbox's imresize3D does it; only to reproduce its numbers.

    It reads output slice k (1-based) at k / factor without aligning voxel centres, sees only the
    region's box and takes zero outside it: slices shift by half a voxel and the first ones are
    darkened. Image: cubic convolution (Keys, a = -1/2); mask: nearest. One slice is left as it is.

    Parameters
    ----------
    volume, mask : (z, y, x)
        Cropped to the tight box of the region.
    spacing_mm : (z, y, x)
        y and x equal.

    Returns
    -------
    float64 (z, y, x), bool (z, y, x)
        Volume and mask of the resampled box.
    """
    in_plane = _in_plane_spacing(spacing_mm)
    volume = volume.astype(np.float64)
    n = mask.shape[0]
    factor = spacing_mm[0] / in_plane
    n_new = int(np.floor(n * factor + 0.5))
    if n == 1 or factor == 1.0:
        return volume, mask
    read_at = np.arange(1, n_new + 1) / (n_new / n) - 1.0
    nearest = np.floor(read_at + 0.5).astype(int)
    inside = (nearest >= 0) & (nearest < n)
    new_mask = np.zeros((n_new, *mask.shape[1:]), bool)
    new_mask[inside] = mask[nearest[inside]]
    first = np.floor(read_at).astype(int)
    new_volume = np.zeros(new_mask.shape)
    for tap in range(-1, 3):
        source = first + tap
        inside = (source >= 0) & (source < n)
        weight = _keys_cubic(read_at - source)[inside]
        new_volume[inside] += weight[:, None, None] * volume[source[inside]]
    return new_volume, new_mask


def resample_isotropic(
    volume: np.ndarray, mask: np.ndarray, spacing_mm: Sequence[float]
) -> tuple[np.ndarray, np.ndarray]:
    """Resample a region to slices of the in-plane spacing.

    The new slices cover the old ones and lie centred on them, on one grid for every mask of the
    image. Image: cubic B-spline over all slices of the image, mirrored at its ends; mask: linear
    between slice centres, inside from one half upward.

    Parameters
    ----------
    volume, mask : (z, y, x)
        Whole.
    spacing_mm : (z, y, x)
        y and x equal.

    Returns
    -------
    float64 (z, y, x), bool (z, y, x)
        Volume and mask of the mask's in-plane box.
    """
    _, rows, columns = box_of(mask)
    volume, mask = volume[:, rows, columns], mask[:, rows, columns]
    return isotropic_volume(volume, spacing_mm), isotropic_mask(mask, spacing_mm)


def isotropic_volume(
    volume: np.ndarray, spacing_mm: Sequence[float], slices: slice = slice(None)
) -> np.ndarray:
    """The image of `resample_isotropic`, float64 (z, y, x), of all its rows and columns.

    slices: those of the new ones that are wanted.
    """
    n, volume = len(volume), volume.astype(np.float64)
    read_at = _read_at(n, spacing_mm)
    if read_at is None:
        return volume[slices]
    read_at = read_at[slices]
    coefficients = ndimage.spline_filter1d(volume, order=3, axis=0, mode="mirror")
    first = np.floor(read_at).astype(int)
    resampled = np.zeros((len(read_at), *volume.shape[1:]))
    for tap in range(-1, 3):
        weight = _cubic_b_spline(read_at - (first + tap))
        resampled += weight[:, None, None] * coefficients[_mirror(first + tap, n)]
    return resampled


def isotropic_mask(
    mask: np.ndarray, spacing_mm: Sequence[float], slices: slice = slice(None)
) -> np.ndarray:
    """The mask of `resample_isotropic`, bool (z, y, x), of all its rows and columns.

    slices: as of `isotropic_volume`.
    """
    n = len(mask)
    read_at = _read_at(n, spacing_mm)
    if read_at is None:
        return mask[slices]
    read_at = read_at[slices]
    first = np.floor(read_at).astype(int)
    lower, upper = first.clip(0, n - 1), (first + 1).clip(0, n - 1)
    # From one half upward a slice alone is enough: the nearer one, in the middle between two either.
    in_lower, in_upper = 1.0 - (read_at - first) >= 0.5, read_at - first >= 0.5
    resampled = mask[np.where(in_lower, lower, upper)]
    either = np.flatnonzero(in_lower & in_upper)
    resampled[either] |= mask[upper[either]]
    return resampled


def _read_at(n, spacing_mm):
    """Where the new slices lie among n old ones; None where nothing is to be resampled."""
    in_plane = _in_plane_spacing(spacing_mm)
    if n == 1 or spacing_mm[0] == in_plane:
        return None
    n_new = int(np.ceil(n * spacing_mm[0] / in_plane - SPACING_TOLERANCE))
    return (n - 1) / 2.0 + (np.arange(n_new) - (n_new - 1) / 2.0) * in_plane / spacing_mm[0]


def _in_plane_spacing(spacing_mm):
    _, y, x = spacing_mm
    if abs(y - x) > SPACING_TOLERANCE * x:
        raise ValueError(f"in-plane spacing is {y:g} x {x:g} mm; resampling to it needs both equal")
    return x


def _mirror(index, n):
    index = np.abs(index) % (2 * n - 2)
    return np.minimum(index, 2 * n - 2 - index)


def _keys_cubic(distance):
    t = np.abs(distance)
    near = (1.5 * t - 2.5) * t * t + 1.0
    far = ((-0.5 * t + 2.5) * t - 4.0) * t + 2.0
    return np.where(t <= 1.0, near, np.where(t < 2.0, far, 0.0))


def _cubic_b_spline(distance):
    t = np.abs(distance)
    near = 2.0 / 3.0 - t * t + 0.5 * t * t * t
    far = (2.0 - t) ** 3 / 6.0
    return np.where(t <= 1.0, near, np.where(t < 2.0, far, 0.0))
