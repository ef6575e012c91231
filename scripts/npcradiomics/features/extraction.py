"""From a volume and a mask to the 47 features of a region: outlier removal, resampling, quantization,
features.
"""

from dataclasses import dataclass

import numpy as np

from npcradiomics.features.histogram import HISTOGRAM_NAMES, histogram_features
from npcradiomics.features.interpolation import resample_isotropic, resample_toolbox
from npcradiomics.features.kernels import find_box, list_voxels
from npcradiomics.features.quantization import (
    Quantizer,
    UniformQuantizer,
    fit,
    fit_optimal,
    uniform,
)
from npcradiomics.features.toolbox import (
    TEXTURE_NAMES,
    Scanner,
    branch_of,
    check_size,
    undefined_features,
)

FEATURE_NAMES = HISTOGRAM_NAMES + TEXTURE_NAMES
QUANTIZERS = {"lloyd": fit, "optimal": fit_optimal, "uniform": uniform}
OUTLIERS = ("none", "3sigma")
RESAMPLINGS = ("none", "toolbox", "isotropic")


@dataclass(frozen=True, eq=False)
class QuantizedRegion:
    """What `quantize_region` returns.

    levels int32 (z, y, x), 0 outside, shape of the volume or, resampled, of the resampled box;
    values (n) and voxel_levels int32 (n): the region's voxels in (z, y, x) order before and after
    quantization; positions int32 (n): the same voxels in the grid of `box` int64 (z0, z1, y0, y1,
    x0, x1), see kernels; branch: '2D' or '3D', see texture.branch.
    """

    levels: np.ndarray
    values: np.ndarray
    voxel_levels: np.ndarray
    positions: np.ndarray
    box: np.ndarray
    quantizer: Quantizer | UniformQuantizer
    branch: str


@dataclass(frozen=True, eq=False)
class Extraction:
    """What `extract` returns.

    features: the 47 by name, in the order of FEATURE_NAMES, NaN where undefined; undefined: reason
    of each NaN; n_voxels: voxels counted, after outlier removal and resampling; levels, quantizer,
    branch as in QuantizedRegion.
    """

    features: dict
    undefined: dict
    n_voxels: int
    levels: np.ndarray
    quantizer: Quantizer | UniformQuantizer
    branch: str


def quantize_region(
    volume,
    mask,
    *,
    n_levels=256,
    quantizer="lloyd",
    fit_mask=None,
    outliers="none",
    resampling="none",
    spacing_mm=None,
):
    """Quantize one region of an image as the TextureToolbox's prepareVolume does; returns QuantizedRegion.

    volume: (z, y, x), any real type; mask: same shape, > 0 inside. quantizer: 'lloyd', 'optimal' or
    'uniform'. fit_mask: the voxels the quantizer is fitted on (the whole GTV, say), the region
    itself without it; both are prepared alike. outliers: '3sigma' removes the voxels beyond 3
    standard deviations of the region. resampling: 'toolbox' or 'isotropic' to the in-plane size;
    then spacing_mm (z, y, x) is needed. ValueError: see `extract`.
    """
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
    return QuantizedRegion(
        levels, values, voxel_levels, positions, box, fitted, branch_of(n_slices)
    )


def extract(volume, mask, **options):
    """The 47 features of one region; arguments of `quantize_region`; returns Extraction.

    Histogram features are those of the voxels that are quantized (after outlier removal and
    resampling), before quantization. ValueError, each with its numbers: mask of another shape,
    empty region, one voxel, NaN in the region, constant region, n_levels outside 2..1024, unknown
    option.
    """
    region = quantize_region(volume, mask, **options)
    n_voxels = region.values.size
    scanner = Scanner(region.box[1::2] - region.box[::2], options.get("n_levels", 256), n_voxels)
    scanner.scan(region.positions, region.voxel_levels)
    texture = dict(zip(TEXTURE_NAMES, scanner.features(region.branch).tolist(), strict=True))
    return Extraction(
        features=histogram_features(region.values) | texture,
        undefined=undefined_features(texture),
        n_voxels=n_voxels,
        levels=region.levels,
        quantizer=region.quantizer,
        branch=region.branch,
    )


def list_region(volume, mask, name="mask"):
    """The voxels of a mask in (z, y, x) order: values (n), positions int32 (n) in the grid of their box (see
    kernels), flat indices int64 (n) in the volume, and the box int64 (z0, z1, y0, y1, x0, x1).
    ValueError: other shape, empty, NaN inside.
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
    """Voxels of a mask after the options: values, positions in the grid of their box, flat indices, box, shape
    of the array they lie in, and slices of the box that decides on the branch (the toolbox fixes it
    before it removes outliers).
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


def inliers(values):
    """Which voxels of a region stay, bool (n): those within 3 standard deviations (n - 1) of the mean, the
    limits included.

    values: (n), the region's intensities, at least 2. Source: TextureToolbox prepareVolume.
    """
    values = values.astype(np.float64)
    mean = values.mean()
    limit = 3.0 * values.std(ddof=1)
    return (values <= mean + limit) & (values >= mean - limit)
