"""The seven histogram features of a region: moments of its intensities (Akram 2020, Table 1).

The TextureToolbox has none of them in this form; these are the plain moments of the unquantized
voxels v_1..v_n, with s^2 = sum (v - mean)^2 / n.
"""

import numpy as np

from npcradiomics.compilation import at, compiled

HISTOGRAM_NAMES = (
    "Intensity_Mean",
    "Intensity_Variance",
    "Intensity_Skewness",
    "Intensity_Kurtosis",
    "Intensity_MAD",
    "Intensity_Hyperskewness",
    "Intensity_Hyperflatness",
)
STRIDE = 64


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
    # Every STRIDE-th voxel goes to the same of STRIDE sums: one sum would wait for each addition.
    n = values.size
    shift = values[0]
    sums = np.zeros((4, STRIDE))
    for first in range(0, n, STRIDE):
        for j in range(min(STRIDE, n - first)):
            sums[at(0), at(j)] += values[at(first + j)] - shift
    mean = sums[0].sum() / n
    sums[:] = 0.0
    for first in range(0, n, STRIDE):
        for j in range(min(STRIDE, n - first)):
            deviation = (values[at(first + j)] - shift) - mean
            sums[at(0), at(j)] += deviation
            sums[at(1), at(j)] += abs(deviation)
            sums[at(2), at(j)] += deviation * deviation
    rest = sums[0].sum()
    absolute = sums[1].sum()
    second = sums[2].sum() - rest * rest / n
    mean += rest / n
    scale = 1.0 / np.sqrt(second / n)
    sums[:] = 0.0
    for first in range(0, n, STRIDE):
        for j in range(min(STRIDE, n - first)):
            z = ((values[at(first + j)] - shift) - mean) * scale
            square = z * z
            cube = square * z
            sums[at(0), at(j)] += cube
            sums[at(1), at(j)] += square * square
            sums[at(2), at(j)] += square * cube
            sums[at(3), at(j)] += cube * cube
    third = sums[0].sum()
    fourth = sums[1].sum()
    fifth = sums[2].sum()
    sixth = sums[3].sum()
    return np.array(
        [shift + mean, second / (n - 1), third / n, fourth / n, absolute / n, fifth / n, sixth / n]
    )
