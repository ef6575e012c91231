"""The 47 features of a region of an image: outlier removal, resampling, quantization, features."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from npcradiomics.features.definitions import require_listed
from npcradiomics.features.histogram import HISTOGRAM_NAMES, histogram_features
from npcradiomics.features.interpolation import resample_isotropic, resample_toolbox
from npcradiomics.features.kernels_region import find_box, list_voxels
from npcradiomics.features.quantization import (
    N_LEVELS,
    Quantizer,
    UniformQuantizer,
    fit,
    fit_optimal,
    uniform,
)
from npcradiomics.features.scanning import RegionScanner, branch_of, check_size
from npcradiomics.features.toolbox import TEXTURE_NAMES, texture_values, undefined_features

FEATURE_NAMES = HISTOGRAM_NAMES + TEXTURE_NAMES
QUANTIZERS = {"lloyd": fit, "optimal": fit_optimal, "uniform": uniform}
OUTLIERS = ("none", "3sigma")
RESAMPLINGS = ("none", "toolbox", "isotropic")


@dataclass(frozen=True, eq=False)
class Extraction:
    """What `extract` returns.

    features: the 47 by name, in the order of FEATURE_NAMES, NaN where undefined; undefined: reason
    of each NaN; n_voxels: voxels counted, after outlier removal and resampling; largest_zone:
    voxels of the largest zone of one level; levels int32 (z, y, x), 0 outside, shape of the volume
    or, resampled, of the resampled box; branch: '2D' or '3D', see scanning.branch_of.
    """

    features: dict
    undefined: dict
    n_voxels: int
    largest_zone: int
    levels: np.ndarray
    quantizer: Quantizer | UniformQuantizer
    branch: str


def extract(
    volume: np.ndarray,
    mask: np.ndarray,
    *,
    n_levels: int = N_LEVELS,
    quantizer: str = "lloyd",
    fit_mask: np.ndarray | None = None,
    outliers: str = "none",
    resampling: str = "none",
    spacing_mm: Sequence[float] | None = None,
) -> Extraction:
    """Measure the 47 features of one region, prepared as by the TextureToolbox's prepareVolume.

    Histogram features are those of the voxels that are quantized (after outlier removal and
    resampling), before quantization.

    Parameters
    ----------
    volume, mask : (z, y, x)
        Image of any real type, and > 0 inside.
    n_levels
        2 to 1024.
    quantizer : 'lloyd', 'optimal', 'uniform'
    fit_mask : (z, y, x)
        The voxels the quantizer is fitted on (the whole GTV, say), the region itself without it;
        both are prepared alike.
    outliers : 'none', '3sigma'
        The latter removes the voxels beyond 3 standard deviations of the region.
    resampling : 'none', 'toolbox', 'isotropic'
        To the in-plane size, see `interpolation`; then spacing_mm is needed.
    spacing_mm : (z, y, x)

    Raises
    ------
    ValueError
        Mask of another shape, empty region, one voxel, NaN in the region, constant region, n_levels
        outside 2..1024, unknown option; features that are not in definitions.FEATURES.
    """
    require_listed(FEATURE_NAMES)
    _check_choice("quantizer", quantizer, QUANTIZERS)
    _check_choice("outliers", outliers, OUTLIERS)
    _check_choice("resampling", resampling, RESAMPLINGS)
    if resampling != "none" and spacing_mm is None:
        raise ValueError(f"resampling {resampling!r} needs spacing_mm")
    volume = np.ascontiguousarray(volume)
    if volume.ndim != 3:
        raise ValueError(f"volume has {volume.ndim} axes; expected (z, y, x)")
    steps = (outliers, resampling, spacing_mm)
    values, positions, cells, box, shape, n_slices = _prepare(volume, mask, "mask", *steps)
    to_fit = values if fit_mask is None else _prepare(volume, fit_mask, "fit_mask", *steps)[0]
    fitted = QUANTIZERS[quantizer](to_fit, n_levels)
    voxel_levels = fitted.apply(values)
    levels = np.zeros(shape, np.int32)
    levels.ravel()[cells] = voxel_levels
    branch = branch_of(n_slices)
    scanner = RegionScanner(box[1::2] - box[::2], n_levels, values.size)
    scanner.scan(positions, voxel_levels)
    texture = dict(zip(TEXTURE_NAMES, texture_values(scanner, branch).tolist(), strict=True))
    return Extraction(
        features=histogram_features(values) | texture,
        undefined=undefined_features(texture),
        n_voxels=values.size,
        largest_zone=scanner.largest_zone(),
        levels=levels,
        quantizer=fitted,
        branch=branch,
    )


def list_region(
    volume: np.ndarray, mask: np.ndarray, name: str = "mask"
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """List the voxels of a mask (z, y, x) of a volume in (z, y, x) order.

    Returns
    -------
    values (n), positions int32 (n), cells int64 (n), box int64 (6)
        Intensities; places in the grid of their box, see `kernels`; flat indices in the volume;
        z0, z1, y0, y1, x0, x1 of the box.

    Raises
    ------
    ValueError
        Mask, called `name`, of another shape, empty, or with NaN inside.
    """
    mask = np.ascontiguousarray(mask) > 0
    if mask.shape != volume.shape:
        raise ValueError(f"{name} has shape {mask.shape}, the volume {volume.shape}")
    box, n_voxels = find_box(mask)
    if n_voxels == 0:
        raise ValueError(f"{name} is empty (0 voxels)")
    positions, cells = list_voxels(mask, box, n_voxels)
    values = volume.ravel()[cells]
    if values.dtype.kind not in "iu":
        n_broken = n_voxels - np.count_nonzero(np.isfinite(values))
        if n_broken:
            raise ValueError(f"{n_broken} of {n_voxels} voxels in {name} are NaN or infinite")
    return values, positions, cells, box


def _check_choice(option, choice, choices):
    if choice not in choices:
        raise ValueError(f"{option} is {choice!r}; expected one of {', '.join(choices)}")


def _prepare(volume, mask, name, outliers, resampling, spacing_mm):
    """Voxels of a mask after the options, as `list_region`, and what they lie in.

    That is the shape of the array, and the slices of the box that decides on the branch (the
    toolbox fixes it before it removes outliers).
    """
    values, positions, cells, box = list_region(volume, mask, name)
    n_slices = box[1] - box[0]
    if outliers == resampling == "none":
        check_size(values.size)
        return values, positions, cells, box, volume.shape, n_slices

    mask = np.ascontiguousarray(mask) > 0
    if outliers == "3sigma":
        mask.ravel()[cells] = inliers(values)
    if resampling == "toolbox":
        z0, z1, y0, y1, x0, x1 = box
        volume, mask = resample_toolbox(
            volume[z0:z1, y0:y1, x0:x1], mask[z0:z1, y0:y1, x0:x1], spacing_mm
        )
        n_slices = len(mask)
    elif resampling == "isotropic":
        volume, mask = resample_isotropic(volume, mask, spacing_mm)
    box, n_voxels = find_box(mask)
    check_size(n_voxels)
    if resampling == "isotropic":
        n_slices = box[1] - box[0]
    positions, cells = list_voxels(mask, box, n_voxels)
    return volume.ravel()[cells], positions, cells, box, volume.shape, n_slices


def inliers(values: np.ndarray) -> np.ndarray:
    """Which voxels of a region stay, bool (n): those within 3 standard deviations of the mean.

    values: (n), at least 2. The limits are included, the SD is that of n - 1. Source:
    TextureToolbox prepareVolume.
    """
    values = values.astype(np.float64)
    mean = values.mean()
    limit = 3.0 * values.std(ddof=1)
    return (values <= mean + limit) & (values >= mean - limit)
