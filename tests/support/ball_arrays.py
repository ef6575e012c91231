"""Balls as arrays on a grid of thick slices, and how much two masks overlap."""

import numpy as np

SPACING = np.array([3.0, 1.0, 1.0])
SHAPE = (25, 70, 70)
CENTRE = (np.array(SHAPE) - 1) / 2 * SPACING


def ball(radius_mm, shape=SHAPE, spacing=SPACING):
    """Mask of a ball in the middle of a grid."""
    axes = np.meshgrid(
        *((np.arange(n) - (n - 1) / 2) * d for n, d in zip(shape, spacing, strict=True)),
        indexing="ij",
    )
    return sum(axis**2 for axis in axes) <= radius_mm**2


def dice(a, b):
    """Twice the common voxels by all voxels."""
    return 2 * np.count_nonzero(a & b) / (np.count_nonzero(a) + np.count_nonzero(b))
