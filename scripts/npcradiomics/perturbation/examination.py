"""A head lying otherwise in a scanner with noise: turns, shifts, noise at the image's own level.

References
----------
Immerkær 1996, Comput. Vis. Image Underst. 64, 300 (noise level); Zwanenburg et al. 2019, Sci. Rep.
9, 614 (the perturbations and their chain).
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from scipy import ndimage

from npcradiomics.images.masks import box_of
from npcradiomics.perturbation.contours import change_volume, random_contour, supervoxels

N_PERTURBATIONS = 20
MARGIN_MM = 20.0  # around the contours: a turn moves a point 100 mm from the axis by 17 mm
TURN_DEGREES = 10.0
SHIFT_VOXELS = 0.5
VOLUME_FRACTION = 0.1
# Second difference of second differences in the slice: what is plane or curved one way gives 0.
_LAPLACIANS = np.array([[[1, -2, 1], [-2, 4, -2], [1, -2, 1]]], float)
_MEDIAN_OF_NORMAL = 0.6744897501960817  # of |x|, x standard normal


def perturbations(
    image: np.ndarray,
    contours: Mapping[str, np.ndarray],
    spacing_zyx_mm: Sequence[float],
    *,
    n: int = N_PERTURBATIONS,
    seed: int | Sequence[int],
) -> Iterator[tuple[np.ndarray, dict[str, np.ndarray]]]:
    """Yield an examination as n other scans and hands would have made it.

    Each is one chain of all perturbations: every contour drawn again (`random_contour`) and its
    volume changed by up to 10 %, each on its own; image and contours together turned by up to 10
    degrees about the slice normal and shifted by up to half a voxel along each axis; noise of the
    image's own level added. All uniform; the original is not among them.

    Parameters
    ----------
    image : (z, y, x)
        Of any real type.
    contours : name: (z, y, x)
        > 0 inside.
    spacing_zyx_mm : (3,)
    n, seed
        Fix the perturbations; one of the first k is the same whatever n.

    Yields
    ------
    image (z, y, x), {name: bool (z, y, x)}
        Cropped to 20 mm around all contours; the image in its own type, whole numbers rounded.

    Raises
    ------
    ValueError
        A contour of another shape, empty, or with values inside that are not finite.
    """
    spacing = np.asarray(spacing_zyx_mm, float)
    masks = {name: _checked(name, mask, image) for name, mask in contours.items()}
    together = np.logical_or.reduce(list(masks.values()))
    box = _box(together, spacing)
    image, together = image[box], together[box]
    masks = {name: mask[box] for name, mask in masks.items()}
    labels = {name: supervoxels(image, mask, spacing) for name, mask in masks.items()}
    noise = noise_level(image, together)
    centre = np.array([np.mean(axis) for axis in np.nonzero(together)]) * spacing
    for k in range(n):
        rng = np.random.default_rng([*np.atleast_1d(seed), k])
        degrees = rng.uniform(-TURN_DEGREES, TURN_DEGREES)
        shift_mm = rng.uniform(-SHIFT_VOXELS, SHIFT_VOXELS, 3) * spacing
        moved = move(image, spacing, degrees, shift_mm, centre, order=3)
        moved += rng.normal(0.0, noise, moved.shape)
        drawn = {}
        for name, mask in masks.items():
            again = random_contour(mask, labels[name], rng)
            fraction = rng.uniform(-VOLUME_FRACTION, VOLUME_FRACTION)
            again = change_volume(again, spacing, fraction, rng).astype(float)
            drawn[name] = move(again, spacing, degrees, shift_mm, centre, order=1) >= 0.5
        yield _as_type(moved, image.dtype), drawn


def move(
    values: np.ndarray,
    spacing_zyx_mm: Sequence[float],
    degrees: float,
    shift_zyx_mm: Sequence[float],
    centre_zyx_mm: Sequence[float],
    *,
    order: int,
) -> np.ndarray:
    """Turn about the slice normal through a centre (y towards x), then shift; one interpolation.

    Parameters
    ----------
    values : (z, y, x)
    spacing_zyx_mm, shift_zyx_mm, centre_zyx_mm : (3,)
        The centre from the first voxel's.
    degrees
    order
        Of the spline: 1 linear, 3 cubic. Beyond the edge the nearest voxel goes on.

    Returns
    -------
    float64 (z, y, x)
    """
    spacing, centre = np.asarray(spacing_zyx_mm, float), np.asarray(centre_zyx_mm, float)
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    back = np.array([[1.0, 0.0, 0.0], [0.0, cos, sin], [0.0, -sin, cos]])
    offset = centre - back @ (centre + np.asarray(shift_zyx_mm, float))
    return ndimage.affine_transform(
        np.asarray(values, float),
        back * spacing / spacing[:, None],
        offset / spacing,
        order=order,
        mode="nearest",
    )


def noise_level(image: np.ndarray, mask: np.ndarray) -> float:
    """Standard deviation of white noise in the slices, from the voxels of a mask.

    By the median, which edges hardly move; texture finer than a few voxels counts as noise, and
    noise that interpolation has smoothed does not.

    Parameters
    ----------
    image, mask : (z, y, x)
        Real, and bool, not empty.
    """
    curved = ndimage.convolve(np.asarray(image, float), _LAPLACIANS, mode="mirror")
    return float(np.median(np.abs(curved[mask])) / (6.0 * _MEDIAN_OF_NORMAL))


def _checked(name, mask, image):
    mask = np.asarray(mask) > 0
    if mask.shape != image.shape:
        raise ValueError(f"{name} has shape {mask.shape}, the image {image.shape}")
    if not mask.any():
        raise ValueError(f"{name} is empty (0 voxels)")
    n_broken = np.count_nonzero(~np.isfinite(image[mask]))
    if n_broken:
        raise ValueError(f"{n_broken} of {mask.sum()} voxels in {name} are NaN or infinite")
    return mask


def _box(mask, spacing):
    """Slices of the box of a mask with its margin."""
    return tuple(
        slice(max(0, int(side.start - margin)), int(side.stop + margin))
        for side, margin in zip(
            box_of(mask),
            np.ceil(MARGIN_MM / spacing),
            strict=True,
        )
    )


def _as_type(values, kind):
    if kind.kind not in "iu":
        return values.astype(kind)
    limits = np.iinfo(kind)
    return np.rint(values).clip(limits.min, limits.max).astype(kind)
