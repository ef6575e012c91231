"""Where in the other image is this region? Mutual information at every coarse shift, by FFT.

Nothing has to be near: the headers have no say, and a few turns of the head are tried besides none.
"""

import numpy as np
import SimpleITK as sitk
from scipy import fft

from npcradiomics.images.grids import box_corners
from npcradiomics.images.transforms import apply, distances_mm, euler
from npcradiomics.registration.pyramid import shrink


def best_shifts(
    fixed: sitk.Image,
    mask: sitk.Image,
    moving: sitk.Image,
    centre: np.ndarray,
    *,
    step_mm: float,
    bins: int,
    turn_deg: float,
    minimum_overlap: float,
    distinct_mm: float,
    most: int,
    near: tuple[np.ndarray, float] | None = None,
) -> list[sitk.Euler3DTransform]:
    """The rigid transforms that lay a region on what it most resembles in another image.

    The score of a shift is the mutual information there in nats, less what chance gives, times the
    share of the region that lies in ``moving``.

    Parameters
    ----------
    fixed, mask : float32 image, and the region on its grid (uint8)
    moving : float32 image
    centre : (3,) mm, of the turns
    step_mm : of the grid of shifts, along the patient's axes
    bins : of the joint histogram; each holds as many voxels of its image
    turn_deg : tried are no turn, and one by so much to either side about each axis
    minimum_overlap : share of the region that has to lie in ``moving``
    distinct_mm : results nearer than this to a better one (mean over the region's corners) are
        left out
    most : at most so many results
    near : a point (3,) and a distance in mm: ``centre`` has to come to lie within it; None:
        anywhere

    Returns
    -------
    Transforms of fixed points to moving points, best first; none where no shift leaves enough
    overlap.

    References
    ----------
    Oefverstedt, Lindblad & Sladoje 2022, Pattern Recognition Letters 159, 196: the joint
    histograms of all shifts are cross-correlations of the bins' indicators.
    """
    corners = box_corners(mask)
    values, low = _sampled(fixed, corners.min(axis=0), corners.max(axis=0), step_mm)
    wanted, _ = _sampled(
        sitk.Cast(mask, sitk.sitkFloat32), corners.min(axis=0), corners.max(axis=0), step_mm
    )
    ours = _indicators(np.where(wanted > 0.5, values, np.nan), bins)
    small = shrink(moving, step_mm / 2.0)
    found = []
    for angles in np.radians(turn_deg) * np.vstack([np.zeros((1, 3)), np.eye(3), -np.eye(3)]):
        rotation = euler(centre, angles)
        # x -> R (x + shift): the moving image is sampled in the frame before the turn.
        back = rotation.GetInverse()
        there = apply(back, box_corners(moving))
        first, last = there.min(axis=0), there.max(axis=0)
        if near is not None:
            goal = apply(back, near[0][None])[0] - centre
            first = np.maximum(first, corners.min(axis=0) + goal - near[1])
            last = np.minimum(last, corners.max(axis=0) + goal + near[1])
            if (first >= last).any():
                continue
        turned, turned_low = _sampled(small, first, last, step_mm, rotation)
        theirs = _indicators(turned, bins)
        if not theirs.any():
            continue
        scores = _scores(ours, theirs, minimum_overlap)
        shifts = [
            turned_low[axis]
            - low[axis]
            + step_mm * _unwrapped(scores.shape[2 - axis], theirs.shape[3 - axis])
            for axis in range(3)
        ]
        if near is not None:
            away = np.meshgrid(*(shifts[axis] - goal[axis] for axis in (2, 1, 0)), indexing="ij")
            scores[np.linalg.norm(away, axis=0) > near[1]] = -np.inf
        best = np.unravel_index(np.argmax(scores), scores.shape)
        if np.isfinite(scores[best]):
            shift = np.array([shifts[axis][best[2 - axis]] for axis in range(3)])
            moved = np.array(rotation.GetMatrix()).reshape(3, 3) @ shift
            found.append((float(scores[best]), euler(centre, angles, moved)))
    kept: list[sitk.Euler3DTransform] = []
    for _, transform in sorted(found, key=lambda one: -one[0]):
        if all(distances_mm(transform, other, corners).mean() >= distinct_mm for other in kept):
            kept.append(transform)
    return kept[:most]


def _sampled(
    image: sitk.Image,
    low: np.ndarray,
    high: np.ndarray,
    step_mm: float,
    transform: sitk.Transform | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Values (z, y, x) on the patient's axes from ``low`` to ``high``, NaN off the image;

    and ``low``.
    """
    sampled = sitk.Resample(
        image,
        (np.ceil((high - low) / step_mm).astype(int) + 1).tolist(),
        transform or sitk.Transform(3, sitk.sitkIdentity),
        sitk.sitkLinear,
        low.tolist(),
        [step_mm] * 3,
        np.eye(3).ravel().tolist(),
        float("nan"),
    )
    return sitk.GetArrayFromImage(sampled), low


def _indicators(values: np.ndarray, bins: int) -> np.ndarray:
    """(bins, z, y, x) float32: 1 where a voxel is in the bin. NaN is in none; bins are as full."""
    known = np.isfinite(values)
    if not known.any():
        return np.zeros((bins, *values.shape), dtype=np.float32)
    edges = np.quantile(values[known], np.linspace(0.0, 1.0, bins + 1)[1:-1])
    bin_of = np.where(known, np.searchsorted(edges, values, side="right"), -1)
    return (bin_of == np.arange(bins)[:, None, None, None]).astype(np.float32)


def _scores(ours: np.ndarray, theirs: np.ndarray, minimum_overlap: float) -> np.ndarray:
    """Score (z, y, x) of every shift in voxels, negative ones at the end; -inf: little overlap."""
    bins = len(ours)
    length = [
        fft.next_fast_len(a + b - 1, real=True)
        for a, b in zip(ours.shape[1:], theirs.shape[1:], strict=True)
    ]
    first = np.conj(fft.rfftn(ours, length, axes=(1, 2, 3)))
    second = fft.rfftn(theirs, length, axes=(1, 2, 3))
    joint = fft.irfftn(first[:, None] * second[None], length, axes=(2, 3, 4))
    joint = np.maximum(np.rint(joint), 0.0)  # these are counts
    n = joint.sum(axis=(0, 1))
    share = n / ours.sum()
    enough = (share >= minimum_overlap) & (n > 0)
    n, share = n[enough], share[enough]
    p = joint[:, :, enough] / n
    information = (
        _entropy(p.sum(axis=0)) + _entropy(p.sum(axis=1)) - _entropy(p.reshape(bins**2, -1))
    )
    by_chance = (bins - 1) ** 2 / (2.0 * n)  # first term of the bias of mutual information
    scores = np.full(enough.shape, -np.inf)
    scores[enough] = (information - by_chance) * share
    return scores


def _entropy(p: np.ndarray) -> np.ndarray:
    return -(p * np.log(np.where(p > 0.0, p, 1.0))).sum(axis=0)


def _unwrapped(length: int, size: int) -> np.ndarray:
    """Shifts in voxels at the indices of a cyclic correlation with an array of ``size``."""
    index = np.arange(length)
    return np.where(index < size, index, index - length)
