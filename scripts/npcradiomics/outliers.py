"""Outlier removal of the TextureToolbox for MR images (scanType 'MRscan', after Collewet 2004)."""

import numpy as np


def inliers(values):
    """Which voxels of a region stay, bool (n): those within 3 standard deviations (n - 1) of the mean, the
    limits included.

    values: (n), the region's intensities, at least 2. Source: TextureToolbox prepareVolume.
    """
    values = values.astype(np.float64)
    mean = values.mean()
    limit = 3.0 * values.std(ddof=1)
    return (values <= mean + limit) & (values >= mean - limit)
