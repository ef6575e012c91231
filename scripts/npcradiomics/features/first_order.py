"""Which features of a table are first-order: of the intensities alone, wherever they lie in the tumour."""

from collections.abc import Iterable

PERCENTILES = tuple(range(5, 100, 5))
QUANTILES = (0.025, 0.25, 0.5, 0.75, 0.975)
# The histogram family of the 396, in its order; `analysis_kit.kit_histogram` has the formulas.
HISTOGRAM_396 = (
    *("MinIntensity", "MaxIntensity", "MedianIntensity", "MeanValue", "stdDeviation", "Variance"),
    *("VolumeCount", "VoxelValueSum", "Range", "RMS", "MeanDeviation", "RelativeDeviation"),
    *("skewness", "kurtosis", "Energy", "Uniformity", "Entropy", "FrequencySize"),
    *(f"Percentile{q}" for q in PERCENTILES),
    *(f"Quantile{q:g}" for q in QUANTILES),
)


def first_order(names: Iterable[str]) -> list[str]:
    """The first-order features among `names`, of any of the sets, in their order."""
    return [
        name
        for name in names
        if name in HISTOGRAM_396 or name.startswith(("Intensity_", "firstorder_"))
    ]
