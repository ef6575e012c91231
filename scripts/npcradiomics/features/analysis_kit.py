"""The 396 features that Liu 2025 names, each defined in docs/response_features.md.

42 of the histogram, 9 form factor, 144 co-occurrence, 180 run length, 11 size zone, 10 Haralick.
Co-occurrence and run length come from ITK's own classes. The paper's program is closed: that 144 =
8 features x (4 angles, their mean, their SD) x 3 offsets and 180 = 10 x 6 x 3 is inferred from the
counts and the names it prints.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from npcradiomics.features.extraction import list_region
from npcradiomics.features.first_order import PERCENTILES, QUANTILES
from npcradiomics.features.ibsi import cooccurrence, size_zones
from npcradiomics.features.in_plane import in_plane_features
from npcradiomics.features.quantization import N_LEVELS
from npcradiomics.features.scanning import scan_region

SIZE_ZONE = {
    "SmallAreaEmphasis": "sze",
    "LargeAreaEmphasis": "lze",
    "IntensityVariability": "glnu",
    "SizeZoneVariability": "zsnu",
    "ZonePercentage": "z_perc",
    "LowIntensityEmphasis": "lgze",
    "HighIntensityEmphasis": "hgze",
    "LowIntensitySmallAreaEmphasis": "szlge",
    "HighIntensitySmallAreaEmphasis": "szhge",
    "LowIntensityLargeAreaEmphasis": "lzlge",
    "HighIntensityLargeAreaEmphasis": "lzhge",
}
HARALICK = {
    "AngularSecondMoment": "energy",
    "Contrast": "contrast",
    "HaraCorrelation": "corr",
    "HaraVariance": "joint_var",
    "HaraInverseDifferenceMoment": "inv_diff_mom",
    "SumAverage": "sum_avg",
    "SumVariance": "sum_var",
    "SumEntropy": "sum_entr",
    "HaraEntropy": "joint_entr",
    "DifferenceEntropy": "diff_entr",
}
_MERGED = np.zeros(13, np.int64)
ONE_SLICE = (
    "tumour in one slice: the 9 form factor features describe a slab one slice thick, the 11"
    " size-zone and 10 Haralick features have in-plane neighbours only, and do not compare with"
    " tumours of several slices; the 324 in-plane co-occurrence and run-length features and the 42"
    " of the histogram do"
)


@dataclass(frozen=True, eq=False)
class KitRegion:
    """features: the 396 by name; notes: what does not compare, in words."""

    features: dict
    notes: list


def kit_features(
    volume: np.ndarray,
    mask: np.ndarray,
    spacing_mm: Sequence[float],
    n_levels: int = N_LEVELS,
) -> KitRegion:
    """Measure the 396 features of one region.

    Parameters
    ----------
    volume, mask : (z, y, x)
        Image, and > 0 inside.
    spacing_mm : (z, y, x)
    n_levels
        Equal steps from the region's lowest to its highest intensity, 2 to 1024.

    Raises
    ------
    ValueError
        Empty or constant region, NaN inside, or no two voxels as far apart as an offset asks for.
    """
    volume, mask = np.asarray(volume), np.asarray(mask) > 0
    values, _, _, box = list_region(volume, mask)
    if values.min() == values.max():
        raise ValueError(
            f"all {values.size} voxels of the region have the value {float(values[0]):g}"
        )
    z0, z1, y0, y1, x0, x1 = box
    inside = mask[z0:z1, y0:y1, x0:x1]
    levels = grey_levels(volume[z0:z1, y0:y1, x0:x1], inside, n_levels)
    counts, _ = scan_region(levels, n_levels, _MERGED, np.ones(3))
    zones, pairs = size_zones(counts.zone_counts()), cooccurrence(counts.pair_counts()[0])
    features = kit_histogram(values.astype(np.float64), levels[inside], n_levels)
    features |= form_factor(inside, spacing_mm)
    features |= in_plane_features(levels, n_levels)
    features |= {name: float(zones[tag]) for name, tag in SIZE_ZONE.items()}
    features |= {name: float(pairs[tag]) for name, tag in HARALICK.items()}
    broken = [name for name, value in features.items() if not np.isfinite(value)]
    if broken:
        raise ValueError(
            f"{len(broken)} features of {values.size} voxels are undefined, the first is"
            f" {broken[0]}"
        )
    return KitRegion(features, [ONE_SLICE] if z1 - z0 == 1 else [])


def grey_levels(volume: np.ndarray, mask: np.ndarray, n_levels: int) -> np.ndarray:
    """Levels 1..n_levels in equal steps over the region's range, 0 outside; int32 (z, y, x)."""
    values = volume[mask].astype(np.float64)
    low, high = values.min(), values.max()
    levels = np.zeros(mask.shape, np.int32)
    levels[mask] = (
        np.minimum((values - low) / (high - low) * n_levels, n_levels - 1).astype(np.int32) + 1
    )
    return levels


def kit_histogram(values: np.ndarray, levels: np.ndarray, n_levels: int) -> dict[str, float]:
    """Measure the 42 histogram features of a region.

    Parameters
    ----------
    values : (n,)
        Its intensities.
    levels : (n,)
        Their levels 1..n_levels, for Uniformity, Entropy and FrequencySize.
    n_levels
        2 to 1024.
    """
    n = values.size
    mean, variance = values.mean(), values.var(ddof=1)
    spread = np.sqrt(values.var())
    deviation = np.abs(values - mean).mean()
    p = np.bincount(levels, minlength=n_levels + 1)[1:] / n
    occupied = p[p > 0]
    features = {
        "MinIntensity": values.min(),
        "MaxIntensity": values.max(),
        "MedianIntensity": np.median(values),
        "MeanValue": mean,
        "stdDeviation": np.sqrt(variance),
        "Variance": variance,
        "VolumeCount": n,
        "VoxelValueSum": values.sum(),
        "Range": np.ptp(values),
        "RMS": np.sqrt((values**2).mean()),
        "MeanDeviation": deviation,
        "RelativeDeviation": deviation / mean if mean else 0.0,
        "skewness": ((values - mean) ** 3).mean() / spread**3,
        "kurtosis": ((values - mean) ** 4).mean() / spread**4,
        "Energy": (values**2).sum(),
        "Uniformity": (p**2).sum(),
        "Entropy": -(occupied * np.log2(occupied)).sum(),
        "FrequencySize": occupied.size,
    }
    features |= {f"Percentile{q}": np.percentile(values, q) for q in PERCENTILES}
    features |= {f"Quantile{q:g}": np.quantile(values, q) for q in QUANTILES}
    return {name: float(value) for name, value in features.items()}


def form_factor(mask: np.ndarray, spacing_mm: Sequence[float]) -> dict[str, float]:
    """Measure the 9 form factor features of a mask (z, y, x), spacing_mm (z, y, x).

    Surface and volume are those of pyradiomics' mesh, in mm.
    """
    area, volume, diameters = _shape().calculate_coefficients(
        np.ascontiguousarray(np.pad(mask, 1).astype(np.int8)),
        np.asarray(spacing_mm, dtype=np.float64),
    )
    radius = (3 * volume / (4 * np.pi)) ** (1 / 3)
    sphere = 4 * np.pi * radius**2
    voxels_mm3 = float(mask.sum() * np.prod(spacing_mm))
    features = {
        "Sphericity": sphere / area,
        "SurfaceArea": area,
        "Compactness1": volume / (np.sqrt(np.pi) * area**1.5),
        "Compactness2": 36 * np.pi * volume**2 / area**3,
        "Maximum3DDiameter": diameters[3],
        "SphericalDisproportion": area / sphere,
        "SurfaceVolumeRatio": area / volume,
        "VolumeCC": voxels_mm3 / 1000,
        "VolumeMM": volume,
    }
    return {name: float(value) for name, value in features.items()}


@functools.cache
def _shape():
    # Imported here: it takes most of a second, and nothing else of this module needs it.
    from radiomics import cShape

    return cShape
