"""The seven histogram features of a region: moments of its intensities (Akram 2020, Table 1).

The TextureToolbox has none of them in this form; these are the plain moments of the unquantized
voxels v_1..v_n, with s^2 = sum (v - mean)^2 / n.
"""

import numpy as np

from npcradiomics.compilation import compiled

HISTOGRAM_NAMES = (
    "Intensity_Mean",
    "Intensity_Variance",
    "Intensity_Skewness",
    "Intensity_Kurtosis",
    "Intensity_MAD",
    "Intensity_Hyperskewness",
    "Intensity_Hyperflatness",
)


def histogram_features(values: np.ndarray) -> dict[str, float]:
    """Measure the seven features of `values` (any shape, n >= 2), in the order of HISTOGRAM_NAMES.

    Mean: sum v / n, unit of the image. Variance: sum (v - mean)^2 / (n - 1), MATLAB's var.
    Skewness, Kurtosis, Hyperskewness, Hyperflatness: sum (v - mean)^k / n / s^k for k = 3, 4, 5, 6;
    the kurtosis is not the excess (3 for a normal distribution, hyperflatness 15). MAD: sum |v -
    mean| / n, MATLAB's mad.

    Raises
    ------
    ValueError
        No values, NaN or infinite values, constant values (standardised moments do not exist).
    """
    values = np.asarray(values)
    if values.size == 0:
        raise ValueError("no values for histogram features (0 voxels)")
    values = values.astype(np.float64).ravel()
    n_broken = values.size - np.count_nonzero(np.isfinite(values))
    if n_broken:
        raise ValueError(f"{n_broken} of {values.size} values are NaN or infinite")
    if values.min() == values.max():
        raise ValueError(
            f"all {values.size} values are {values[0]:g}: standardised moments do not exist"
        )
    measured = moments(values).tolist()
    if len(measured) != len(HISTOGRAM_NAMES):
        raise ValueError(
            f"{len(measured)} histogram features are measured, HISTOGRAM_NAMES has"
            f" {len(HISTOGRAM_NAMES)}"
        )
    return dict(zip(HISTOGRAM_NAMES, measured, strict=True))


@compiled
def moments(values: np.ndarray) -> np.ndarray:
    """Measure the seven features, float64 (7), of float64 (n) that are finite and not all equal."""
    # Deviations are taken from the mean of v - v[0] and divided by s before they are raised to the
    # sixth power: neither a large offset nor the unit of the image costs digits. The second pass
    # removes what rounding left in the mean.
    n = values.size
    shift = values[0]
    mean = 0.0
    for v in values:
        mean += v - shift
    mean /= n
    rest = 0.0
    absolute = 0.0
    second = 0.0
    for v in values:
        deviation = (v - shift) - mean
        rest += deviation
        absolute += abs(deviation)
        second += deviation * deviation
    second -= rest * rest / n
    mean += rest / n
    scale = 1.0 / np.sqrt(second / n)
    third = 0.0
    fourth = 0.0
    fifth = 0.0
    sixth = 0.0
    for v in values:
        z = ((v - shift) - mean) * scale
        square = z * z
        cube = square * z
        third += cube
        fourth += square * square
        fifth += square * cube
        sixth += cube * cube
    return np.array(
        [shift + mean, second / (n - 1), third / n, fourth / n, absolute / n, fifth / n, sixth / n]
    )
