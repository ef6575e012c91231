"""The 396 features that Liu 2025 names: 42 histogram, 9 form factor, 144 co-occurrence, 180 run length, 11 size zone,
10 Haralick. Co-occurrence and run length come from ITK's own classes; docs/response_features.md has
every definition.

The paper's program is closed. That 144 = 8 features x (4 angles, their mean, their SD) x 3 offsets
and 180 = 10 x 6 x 3 is inferred from the counts and the names it prints.
"""

import functools
from dataclasses import dataclass

import numpy as np

from npcradiomics.features.extraction import list_region
from npcradiomics.features.ibsi import cooccurrence, size_zones
from npcradiomics.features.toolbox import scan_region

ANGLES = (0, 45, 90, 135)
OFFSETS = (1, 4, 7)
# Step (x, y) of each angle for an offset of one pixel; rows of an image run downwards.
STEPS = {0: (1, 0), 45: (1, -1), 90: (0, -1), 135: (-1, -1)}
COOCCURRENCE = ("GLCMEnergy", "GLCMEntropy", "Correlation", "InverseDifferenceMoment", "Inertia")
COOCCURRENCE += (
    "ClusterShade",
    "ClusterProminence",
    "HaralickCorrelation",
)  # in the order of ITK's enumeration
RUN_LENGTH = (
    "ShortRunEmphasis",
    "LongRunEmphasis",
    "GreyLevelNonuniformity",
    "RunLengthNonuniformity",
)
RUN_LENGTH += (
    "LowGreyLevelRunEmphasis",
    "HighGreyLevelRunEmphasis",
    "ShortRunLowGreyLevelEmphasis",
)
RUN_LENGTH += (
    "ShortRunHighGreyLevelEmphasis",
    "LongRunLowGreyLevelEmphasis",
    "LongRunHighGreyLevelEmphasis",
)
PERCENTILES = tuple(range(5, 100, 5))
QUANTILES = (0.025, 0.25, 0.5, 0.75, 0.975)
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
    "tumour in one slice: the 9 form factor features describe a slab one slice thick, the 11 size-zone and 10 Haralick"
    " features have in-plane neighbours only, and do not compare with tumours of several slices; the 324 in-plane"
    " co-occurrence and run-length features and the 42 of the histogram do"
)


@dataclass(frozen=True, eq=False)
class KitRegion:
    """features: the 396 by name; notes: what does not compare, in words."""

    features: dict
    notes: list


def kit_features(volume, mask, spacing_mm, n_bins=256):
    """The 396 features of one region: volume and mask (z, y, x), spacing_mm (z, y, x), n_bins grey levels, 2 to 1024.

    Grey levels are equal steps from the region's lowest to its highest intensity. Returns
    KitRegion. ValueError: empty or constant region, NaN inside, or no two voxels as far apart as an
    offset asks for.
    """
    volume, mask = np.asarray(volume), np.asarray(mask) > 0
    values, _, _, box = list_region(volume, mask)
    if values.min() == values.max():
        raise ValueError(
            f"all {values.size} voxels of the region have the value {float(values[0]):g}"
        )
    z0, z1, y0, y1, x0, x1 = box
    inside = mask[z0:z1, y0:y1, x0:x1]
    levels = grey_levels(volume[z0:z1, y0:y1, x0:x1], inside, n_bins)
    flat = unfold(levels)
    counts, _ = scan_region(levels, n_bins, _MERGED, np.ones(3))
    zones, pairs = size_zones(counts.zone_counts()), cooccurrence(counts.pair_counts()[0])
    features = histogram_features(values.astype(np.float64), levels[inside], n_bins)
    features |= form_factor(inside, spacing_mm)
    features |= _by_direction(flat, n_bins, _cooccurrence, COOCCURRENCE)
    run_length = functools.partial(_run_length, longest=np.hypot(*levels.shape[1:]))
    features |= _by_direction(flat, n_bins, run_length, RUN_LENGTH)
    features |= {name: float(zones[tag]) for name, tag in SIZE_ZONE.items()}
    features |= {name: float(pairs[tag]) for name, tag in HARALICK.items()}
    broken = [name for name, value in features.items() if not np.isfinite(value)]
    if broken:
        raise ValueError(
            f"{len(broken)} features of {values.size} voxels are undefined, the first is {broken[0]}"
        )
    return KitRegion(features, [ONE_SLICE] if z1 - z0 == 1 else [])


def grey_levels(volume, mask, n_bins):
    """Levels 1..n_bins in equal steps over the region's range, 0 outside; int32 (z, y, x)."""
    values = volume[mask].astype(np.float64)
    low, high = values.min(), values.max()
    levels = np.zeros(mask.shape, np.int32)
    levels[mask] = (
        np.minimum((values - low) / (high - low) * n_bins, n_bins - 1).astype(np.int32) + 1
    )
    return levels


def unfold(levels):
    """The slices side by side, int16 (y, x), -1 outside: in-plane pairs stay, none can be made across slices.

    ITK walks through (2 r + 1)^dimensions neighbours per voxel, and this drops one dimension.
    """
    apart = np.pad(levels - 1, ((0, 0), (0, 0), (0, max(OFFSETS))), constant_values=-1)
    return np.ascontiguousarray(np.concatenate(list(apart), axis=1).astype(np.int16))


def histogram_features(values, levels, n_bins):
    """The 42 histogram features of the region's intensities (n);

    the last three of their levels 1..n_bins.
    """
    n = values.size
    mean, variance = values.mean(), values.var(ddof=1)
    spread = np.sqrt(values.var())
    deviation = np.abs(values - mean).mean()
    p = np.bincount(levels, minlength=n_bins + 1)[1:] / n
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


def form_factor(mask, spacing_mm):
    """The 9 form factor features of a mask (z, y, x): mesh surface and volume as pyradiomics has them, mm."""
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


def _by_direction(flat, n_bins, measure, names):
    """Features per offset and angle, then mean and SD (divided by 4, as ITK) over the angles."""
    features = {}
    for offset in OFFSETS:
        rows = np.array([measure(flat, n_bins, angle, offset) for angle in ANGLES])
        for angle, row in zip(ANGLES, rows, strict=True):
            features |= {
                f"{name}_angle{angle}_offset{offset}": v for name, v in zip(names, row, strict=True)
            }
        for name, mean, sd in zip(names, rows.mean(axis=0), rows.std(axis=0), strict=True):
            features[f"{name}_AllDirection_offset{offset}"] = mean
            features[f"{name}_AllDirection_offset{offset}_SD"] = sd
    return {name: float(value) for name, value in features.items()}


def _cooccurrence(flat, n_bins, angle, offset):
    itk, image_type = _itk()
    step = tuple(offset * s for s in STEPS[angle])
    _require_pairs(flat, step, angle, offset)
    generator = itk.ScalarImageToTextureFeaturesFilter[image_type].New()
    _set_up(generator, flat, n_bins, step, len(COOCCURRENCE))
    generator.Update()
    return _means(generator, len(COOCCURRENCE))


def _run_length(flat, n_bins, angle, offset, longest):
    itk, image_type = _itk()
    generator = itk.ScalarImageToRunLengthFeaturesFilter[image_type].New()
    _set_up(generator, flat, n_bins, tuple(offset * s for s in STEPS[angle]), len(RUN_LENGTH))
    # A bin per voxel of distance (or two, three, ... for a region wider than there are bins).
    generator.SetDistanceValueMinMax(0, float(n_bins * np.ceil(longest / n_bins)))
    generator.Update()
    return _means(generator, len(RUN_LENGTH))


def _set_up(generator, flat, n_bins, step, n_features):
    itk, _ = _itk()
    generator.SetInput(itk.image_from_array(flat))
    generator.SetNumberOfBinsPerAxis(n_bins)
    # Levels outside the range are left out of pairs and end runs: that is the mask.
    generator.SetPixelValueMinMax(0, n_bins - 1)
    generator.SetOffsets(_container(type(generator.GetOffsets()), [itk.Offset[2](step)]))
    generator.SetRequestedFeatures(
        _container(type(generator.GetRequestedFeatures()), range(n_features))
    )


def _container(kind, items):
    filled = kind.New()
    for position, item in enumerate(items):
        filled.InsertElement(position, item)
    return filled


def _means(generator, n_features):
    means = generator.GetFeatureMeans()
    return [means.GetElement(i) for i in range(n_features)]


def _require_pairs(flat, step, angle, offset):
    x, y = step
    height, width = flat.shape
    here = flat[max(-y, 0) : height - max(y, 0), max(-x, 0) : width - max(x, 0)]
    there = flat[max(y, 0) : height - max(-y, 0), max(x, 0) : width - max(-x, 0)]
    if not ((here >= 0) & (there >= 0)).any():
        n_voxels = np.count_nonzero(flat >= 0)
        raise ValueError(
            f"no two of the {n_voxels} voxels of the region lie {offset} voxels apart at {angle} degrees in a slice"
        )


@functools.cache
def _itk():
    # Imported here: it takes a second, and nothing else of the core needs it.
    import itk

    itk.MultiThreaderBase.SetGlobalDefaultNumberOfThreads(1)
    return itk, itk.Image[itk.SS, 2]


@functools.cache
def _shape():
    # Imported here for the same reason.
    from radiomics import cShape

    return cShape
