"""Co-occurrence and run length within the slices of a region, by direction, from ITK's own classes.

Part of the Analysis Kit's features, see `analysis_kit`.
"""

import functools

import numpy as np

ANGLES = (0, 45, 90, 135)
OFFSETS = (1, 4, 7)
# Step (x, y) of each angle for an offset of one pixel; rows of an image run downwards.
STEPS = {0: (1, 0), 45: (1, -1), 90: (0, -1), 135: (-1, -1)}
# Both in the order of ITK's enumerations.
COOCCURRENCE = (
    "GLCMEnergy",
    "GLCMEntropy",
    "Correlation",
    "InverseDifferenceMoment",
    "Inertia",
    "ClusterShade",
    "ClusterProminence",
    "HaralickCorrelation",
)
RUN_LENGTH = (
    "ShortRunEmphasis",
    "LongRunEmphasis",
    "GreyLevelNonuniformity",
    "RunLengthNonuniformity",
    "LowGreyLevelRunEmphasis",
    "HighGreyLevelRunEmphasis",
    "ShortRunLowGreyLevelEmphasis",
    "ShortRunHighGreyLevelEmphasis",
    "LongRunLowGreyLevelEmphasis",
    "LongRunHighGreyLevelEmphasis",
)


def in_plane_features(levels: np.ndarray, n_levels: int) -> dict[str, float]:
    """Measure the 144 co-occurrence and 180 run-length features of one region.

    Parameters
    ----------
    levels : (z, y, x)
        0 outside, 1 to n_levels inside.
    n_levels
        2 to 1024.

    Raises
    ------
    ValueError
        No two voxels of a slice are as far apart as an offset asks for.
    """
    flat = _unfold(levels)
    run_length = functools.partial(_run_length, longest=np.hypot(*levels.shape[1:]))
    return _by_direction(flat, n_levels, _cooccurrence, COOCCURRENCE) | _by_direction(
        flat, n_levels, run_length, RUN_LENGTH
    )


def _unfold(levels):
    """Lay the slices side by side, int16 (y, x), -1 outside, too far apart for pairs across slices.

    ITK walks through (2 r + 1)^dimensions neighbours per voxel, and this drops one dimension.
    """
    apart = np.pad(levels - 1, ((0, 0), (0, 0), (0, max(OFFSETS))), constant_values=-1)
    return np.ascontiguousarray(np.concatenate(list(apart), axis=1).astype(np.int16))


def _by_direction(flat, n_levels, measure, names):
    """Features per offset and angle, then mean and SD (divided by 4, as ITK) over the angles."""
    features = {}
    for offset in OFFSETS:
        rows = np.array([measure(flat, n_levels, angle, offset) for angle in ANGLES])
        for angle, row in zip(ANGLES, rows, strict=True):
            features |= {
                f"{name}_angle{angle}_offset{offset}": v for name, v in zip(names, row, strict=True)
            }
        for name, mean, sd in zip(names, rows.mean(axis=0), rows.std(axis=0), strict=True):
            features[f"{name}_AllDirection_offset{offset}"] = mean
            features[f"{name}_AllDirection_offset{offset}_SD"] = sd
    return {name: float(value) for name, value in features.items()}


def _cooccurrence(flat, n_levels, angle, offset):
    itk, image_type = _itk()
    step = tuple(offset * s for s in STEPS[angle])
    _require_pairs(flat, step, angle, offset)
    generator = itk.ScalarImageToTextureFeaturesFilter[image_type].New()
    _set_up(generator, flat, n_levels, step, len(COOCCURRENCE))
    generator.Update()
    return _means(generator, len(COOCCURRENCE))


def _run_length(flat, n_levels, angle, offset, longest):
    itk, image_type = _itk()
    generator = itk.ScalarImageToRunLengthFeaturesFilter[image_type].New()
    _set_up(generator, flat, n_levels, tuple(offset * s for s in STEPS[angle]), len(RUN_LENGTH))
    # A bin per voxel of distance (or two, three, ... for a region wider than there are bins).
    generator.SetDistanceValueMinMax(0, float(n_levels * np.ceil(longest / n_levels)))
    generator.Update()
    return _means(generator, len(RUN_LENGTH))


def _set_up(generator, flat, n_levels, step, n_features):
    itk, _ = _itk()
    generator.SetInput(itk.image_from_array(flat))
    generator.SetNumberOfBinsPerAxis(n_levels)
    # Levels outside the range are left out of pairs and end runs: that is the mask.
    generator.SetPixelValueMinMax(0, n_levels - 1)
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
            f"no two of the {n_voxels} voxels of the region lie {offset} voxels apart at {angle}"
            " degrees in a slice"
        )


@functools.cache
def _itk():
    # Imported here: it takes a second, and nothing else of the core needs it.
    import itk

    itk.MultiThreaderBase.SetGlobalDefaultNumberOfThreads(1)
    return itk, itk.Image[itk.SS, 2]
