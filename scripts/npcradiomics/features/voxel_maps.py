"""Maps of features voxel by voxel: each voxel of a tumour gets the features of its neighbourhood.

The neighbourhood is a cube of voxels round it, cut to the tumour (pyradiomics' masked kernel);
intensities are quantized once, over the whole tumour.
"""

from collections.abc import Sequence

import numpy as np

from npcradiomics.features.definitions import require_known
from npcradiomics.features.extraction import FEATURE_NAMES, QUANTIZERS, list_region
from npcradiomics.features.histogram import HISTOGRAM_NAMES, moments
from npcradiomics.features.kernels import DIRECTIONS
from npcradiomics.features.kernels_region import list_voxels
from npcradiomics.features.kernels_voxel_maps import size_maps
from npcradiomics.features.scanning import SMALLEST_REGION, RegionScanner, branch_of
from npcradiomics.features.toolbox import FAMILIES, texture_values


def voxel_maps(
    volume: np.ndarray,
    mask: np.ndarray,
    features: Sequence[str],
    *,
    radius: int,
    n_levels: int,
    quantizer: str,
) -> np.ndarray:
    """Measure features of the neighbourhood of every voxel of a tumour.

    As `extraction.extract` measures a region, with one quantizer for all. No outliers are removed
    and nothing is resampled.

    Parameters
    ----------
    volume, mask : (z, y, x)
        Image, and > 0 in the tumour.
    features
        Of FEATURE_NAMES.
    radius
        Of the neighbourhood in voxels, along every axis: 2 is a cube of 5 x 5 x 5.
    n_levels, quantizer
        See `extraction.extract`.

    Returns
    -------
    float64 (n, features)
        A row per voxel of the tumour in (z, y, x) order. NaN where undefined.

    Raises
    ------
    ValueError
        Unknown feature; radius below 1; mask empty or of another shape; constant tumour.
    """
    require_known(features)
    columns = [FEATURE_NAMES.index(name) for name in features]
    if radius < 1:
        raise ValueError(f"radius is {radius}; a neighbourhood needs 1 voxel at least")
    values, _, cells, box = list_region(np.ascontiguousarray(volume), mask)
    voxel_levels = QUANTIZERS[quantizer](values, n_levels).apply(values)
    values = values.astype(np.float64)
    # The tumour's box with `radius` voxels of margin, levels 0 outside.
    padded = box[1::2] - box[::2] + 2 * radius
    inside = np.array(np.unravel_index(cells, np.shape(mask))) - box[::2, None] + radius
    places = np.ravel_multi_index(tuple(inside), padded)
    levels = np.zeros(padded.prod(), np.int32)
    levels[places] = voxel_levels
    intensities = np.zeros(padded.prod())
    intensities[places] = values
    # The cube, in the tumour's box and in a grid of its own.
    side = 2 * radius + 1
    cube = np.indices((side,) * 3).reshape(3, -1) - radius
    offsets = cube.T @ np.array([padded[1] * padded[2], padded[2], 1])
    whole = np.ones((side,) * 3, np.int32)
    positions, _ = list_voxels(whole, np.array([0, side] * 3), side**3)
    wanted = {name.partition("_")[0] for name in features}
    measured = np.full((values.size, len(FEATURE_NAMES)), np.nan)
    if wanted & {"GLRLM", "GLSZM"}:
        sizes = [measured[:, _first(family) :][:, :13] for family in ("GLRLM", "GLSZM")]
        size_maps(
            levels,
            places,
            offsets,
            positions.astype(np.int64),
            DIRECTIONS @ np.array([(side + 2) ** 2, side + 2, 1]),
            side,
            n_levels,
            *sizes,
        )
    if families := wanted & {"GLCM", "NGTDM"}:
        _scan_each(levels, places, offsets, positions, side, n_levels, families, measured)
    if "Intensity" in wanted:
        for k, place in enumerate(places):
            around = place + offsets
            near = intensities[around[levels[around] > 0]]
            measured[k, 0] = near.mean()
            if near.min() < near.max():  # of equal values only the mean exists
                measured[k, : len(HISTOGRAM_NAMES)] = moments(near)
    return measured[:, columns]


def _first(family):
    """Column of a family's first feature."""
    return next(k for k, name in enumerate(FEATURE_NAMES) if name.startswith(f"{family}_"))


def _scan_each(levels, places, offsets, positions, side, n_levels, families, measured):
    """Fill the columns of families by the engine that measures regions, a neighbourhood at a time."""
    scanner = RegionScanner(np.array([side] * 3), n_levels, side**3)
    columns = [_first(family) + np.arange(len(FAMILIES[family])) for family in sorted(families)]
    columns = np.concatenate(columns)
    for k, place in enumerate(places):
        near = levels[place + offsets]
        members = near > 0
        inside = positions[members]
        if inside.size < SMALLEST_REGION:
            continue
        scanner.scan(inside, near[members])
        n_slices = inside[-1] // scanner.plane - inside[0] // scanner.plane + 1
        values = texture_values(scanner, branch_of(n_slices), families)
        measured[k, columns] = values[columns - len(HISTOGRAM_NAMES)]
