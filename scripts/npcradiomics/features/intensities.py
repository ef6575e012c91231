"""Intensity distributions of both regions on one scale (Akram 2020, Figure 2)."""

import numpy as np

SCALE_MAX = 255.0  # the paper's images have 256 grey values
# About; whole grey values per bin where the image has whole grey values, or the bins show a comb.
N_BINS = 48


def intensity_shares(values_by_region: dict[str, np.ndarray]) -> list[dict]:
    """Histograms of the regions of one patient, comparable with each other.

    The lowest voxel of all regions becomes 0 and the highest 255; each region's shares add to 1, so
    that a small region compares with a large one.

    Parameters
    ----------
    values_by_region
        Region to its intensities (n).

    Returns
    -------
    list
        Rows of region, intensity_low, intensity_high, share.

    Raises
    ------
    ValueError
        All voxels have one value.
    """
    everything = np.concatenate(list(values_by_region.values())).astype(float)
    low, high = everything.min(), everything.max()
    if low == high:
        raise ValueError(
            f"all {everything.size} voxels of the regions have the value {low:g};"
            " there is no histogram"
        )
    width = (high - low) / N_BINS
    if (everything == np.rint(everything)).all():
        width = max(1.0, np.rint(width))
    edges = np.arange(low, high + width, width)
    edges = edges if edges[-1] > high else np.append(edges, edges[-1] + width)
    scaled = (edges - low) / (high - low) * SCALE_MAX
    rows = []
    for region, values in values_by_region.items():
        counts, _ = np.histogram(values, edges)
        rows += [
            {
                "region": region,
                "intensity_low": float(a),
                "intensity_high": float(b),
                "share": float(c / values.size),
            }
            for a, b, c in zip(scaled[:-1], scaled[1:], counts, strict=True)
        ]
    return rows
