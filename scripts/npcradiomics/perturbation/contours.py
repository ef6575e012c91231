"""Contours as another hand draws them: supervoxels taken or left at the surface, volume up or down.

References
----------
Zwanenburg et al. 2019, Sci. Rep. 9, 614 (contour randomisation by supervoxels; MIRP is the authors'
program); Achanta et al. 2012, IEEE TPAMI 34, 2274 (SLIC).
"""

from collections.abc import Sequence

import numpy as np
import SimpleITK as sitk
from scipy import ndimage

# MIRP's: volume of a supervoxel and its least number of voxels, weight of place against intensity,
# smoothing by the finest spacing; overlaps from which one always belongs, and below which never.
SUPERVOXEL_MM3 = 500.0
SUPERVOXEL_VOXELS = 20
COMPACTNESS = 0.05
ALWAYS, NEVER = 0.9, 0.2
# Ours: a contour has the volume of at least so many. MIRP's 500 mm3 alone would let one coin decide
# on a tenth of a recurrence of 5 mL; so Dice is 0.82 to 0.90 whatever the volume (docs/repeatability.md).
LEAST_SUPERVOXELS = 100


def supervoxels(image: np.ndarray, mask: np.ndarray, spacing_zyx_mm: Sequence[float]) -> np.ndarray:
    """Cut an image into supervoxels of nearly one intensity around a contour.

    SLIC (SimpleITK's, one thread: the sums of several depend on their order) on the image clipped
    to 3 standard deviations around the intensities inside.

    Parameters
    ----------
    image, mask : (z, y, x)
        Cropped to what may belong to the contour; mask bool, not empty.
    spacing_zyx_mm : (3,)

    Returns
    -------
    int64 (z, y, x)
        Number of each voxel's supervoxel.
    """
    spacing = np.asarray(spacing_zyx_mm, float)
    inside = image[mask]
    margin = 3.0 * float(inside.std())
    low, high = float(inside.min()) - margin, float(inside.max()) + margin
    if low == high:
        high = low + 1.0  # a constant region: place alone decides
    grey = (image.clip(low, high) - low) / (high - low)
    grey = ndimage.gaussian_filter(grey, spacing.min() / spacing)
    voxel = float(np.prod(spacing))
    volume = min(SUPERVOXEL_MM3, np.count_nonzero(mask) * voxel / LEAST_SUPERVOXELS)
    edge_mm = max(SUPERVOXEL_VOXELS * voxel, volume) ** (1 / 3)
    slic = sitk.SLICImageFilter()
    slic.SetNumberOfThreads(1)
    slic.SetSuperGridSize([max(1, round(edge_mm / step)) for step in spacing[::-1].tolist()])
    slic.SetSpatialProximityWeight(COMPACTNESS)
    labels = slic.Execute(sitk.GetImageFromArray(grey.astype(np.float32)))
    return sitk.GetArrayFromImage(labels).astype(np.int64)


def random_contour(mask: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw a contour again: each supervoxel is in it with the probability that it lies inside.

    Always from an overlap of 90 % on, never below 20 %, and at least the one that overlaps most;
    gaps of a voxel are closed within the slices.

    Parameters
    ----------
    mask, labels : (z, y, x)
        bool, not empty; see `supervoxels`.
    rng

    Returns
    -------
    bool (z, y, x)
    """
    sizes = np.bincount(labels.ravel())
    overlap = np.bincount(labels[mask], minlength=sizes.size) / np.maximum(sizes, 1)
    overlap[overlap >= ALWAYS] = 1.0
    overlap[overlap < NEVER] = 0.0
    overlap[np.argmax(overlap)] = 1.0
    taken = (rng.random(overlap.size) < overlap)[labels]
    in_plane = ndimage.generate_binary_structure(3, 1)
    in_plane[[0, 2]] = False
    padded = np.pad(taken, ((0, 0), (1, 1), (1, 1)))  # closing erodes from the array's edge
    return ndimage.binary_closing(padded, in_plane)[:, 1:-1, 1:-1]


def change_volume(
    mask: np.ndarray,
    spacing_zyx_mm: Sequence[float],
    fraction: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Grow (fraction > 0) or shrink (< 0) a contour everywhere alike until its volume has changed.

    Voxels enter or leave by their distance in mm from the surface, those of one distance at random;
    the count is round(n (1 + fraction)) exactly, at least 1.

    Parameters
    ----------
    mask : (z, y, x) bool
    spacing_zyx_mm : (3,)
    fraction
        Of the volume, above -1.
    rng

    Returns
    -------
    bool (z, y, x)

    Raises
    ------
    ValueError
        The array has no room for the growth.
    """
    n = np.count_nonzero(mask)
    wanted = max(1, round(n * (1.0 + fraction)))
    if wanted > mask.size:
        raise ValueError(f"{n} voxels cannot grow to {wanted} in an array of {mask.size}")
    if wanted == n:
        return mask.copy()
    growing = wanted > n
    side = ~mask if growing else mask  # where voxels change
    distance = ndimage.distance_transform_edt(side, spacing_zyx_mm)[side]
    first = np.lexsort((rng.random(distance.size), distance))[: abs(wanted - n)]
    changed = mask.copy()
    changed.ravel()[np.flatnonzero(side)[first]] = growing
    return changed
