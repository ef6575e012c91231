"""A head in millimetres: enough anatomy round the nasopharynx for two scans of it to be registered.

Skull and skull base, air cavities, soft tissue. The nasopharynx is at the origin; x to the left, y
to the back, z up. Used by the simulated cohort only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

TISSUES = (
    "air",
    "fat",
    "muscle",
    "brain",
    "bone",
    "marrow",
    "mucosa",
    "gland",
    "vessel",
    "fluid",
    "tumour",
)

# Values per tissue, in the order of TISSUES: fat-suppressed contrast-enhanced T1, plain T1 of another
# scanner, fat-suppressed T2, and the apparent diffusion coefficient in 1e-6 mm2/s.
CONTRASTS = {
    "ce_fs_t1": (2.0, 42.0, 78.0, 92.0, 12.0, 52.0, 168.0, 112.0, 24.0, 34.0, 142.0),
    "t1": (3.0, 215.0, 88.0, 118.0, 18.0, 170.0, 105.0, 140.0, 30.0, 26.0, 135.0),
    "fs_t2": (2.0, 38.0, 44.0, 105.0, 8.0, 60.0, 190.0, 128.0, 16.0, 235.0, 130.0),
    "adc": (0.0, 240.0, 1250.0, 790.0, 60.0, 350.0, 1750.0, 1150.0, 1500.0, 2900.0, 900.0),
}

# (tissue, centre, half axes) of ellipsoids, painted one over the other, sizes in mm of an average
# head.
STRUCTURES = (
    ("fat", (0, 14, 12), (72, 86, 104)),
    ("muscle", (0, 14, 12), (68, 82, 100)),
    ("bone", (0, 18, 62), (64, 78, 56)),
    ("brain", (0, 18, 63), (59, 73, 51)),
    ("bone", (0, 8, 17), (46, 34, 9)),
    ("bone", (33, 26, 14), (25, 9, 10)),
    ("bone", (-33, 26, 14), (25, 9, 10)),
    ("brain", (0, 56, 12), (40, 26, 22)),
    ("marrow", (0, 24, 12), (11, 8, 13)),
    ("marrow", (0, 8, 20), (12, 9, 5)),
    ("air", (3, -6, 24), (10, 11, 7)),
    ("bone", (0, 40, -42), (15, 12, 44)),
    ("marrow", (0, 36, -42), (10, 7, 42)),
    ("fluid", (0, 50, -40), (8, 6, 60)),
    ("brain", (0, 50, -40), (5, 4, 60)),
    ("bone", (17, -18, -4), (3, 9, 16)),
    ("bone", (-17, -18, -4), (3, 9, 16)),
    ("bone", (46, 0, -28), (4, 15, 32)),
    ("bone", (-46, 0, -28), (4, 15, 32)),
    ("marrow", (46, 0, -28), (2, 11, 27)),
    ("marrow", (-46, 0, -28), (2, 11, 27)),
    ("gland", (54, 18, -22), (9, 13, 22)),
    ("gland", (-54, 18, -22), (9, 13, 22)),
    ("bone", (0, -42, -38), (27, 14, 8)),
    ("muscle", (0, -32, -44), (22, 26, 13)),
    ("bone", (31, -38, 0), (19, 20, 19)),
    ("bone", (-31, -38, 0), (19, 20, 19)),
    ("air", (31, -38, 0), (16, 17, 16)),
    ("air", (-30, -38, -1), (16, 16, 16)),
    ("mucosa", (-34, -33, -9), (9, 8, 5)),
    ("mucosa", (0, -40, 4), (12, 27, 20)),
    ("air", (5, -40, 0), (3, 25, 16)),
    ("air", (-5, -40, 2), (3, 25, 15)),
    ("bone", (0, -40, 2), (1, 25, 17)),
    ("mucosa", (0, -8, -12), (16, 12, 26)),
    ("air", (0, -14, -20), (10, 7, 24)),
    ("vessel", (23, 14, -25), (4, 4, 34)),
    ("vessel", (-23, 14, -25), (4, 4, 34)),
    ("fluid", (30, -58, 28), (12, 12, 12)),
    ("fluid", (-30, -58, 28), (12, 12, 12)),
    ("air", (46, 40, 6), (9, 9, 10)),
    ("air", (-47, 41, 5), (9, 9, 10)),
)

WOBBLE_MM = 1.2  # sideways, along the height of the head
# Of the grid on which the head is kept; thinner than any structure that registration uses.
STEP_MM = 1.4


@dataclass(frozen=True)
class Head:
    """Tissue labels on an isotropic grid round the nasopharynx, texture of the soft tissue."""

    labels: np.ndarray  # (z, y, x) indices into TISSUES
    texture: np.ndarray  # (z, y, x), zero mean, relative to the grey value
    low_mm: np.ndarray  # (3,) x, y, z of the first voxel

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Head:
        """Draw a head: sizes, places and a slight wobble of every structure vary by patient."""
        low, high = np.array([-78.0, -78.0, -98.0]), np.array([78.0, 108.0, 122.0])
        axes = [np.arange(a, b, STEP_MM) for a, b in zip(low, high, strict=True)]
        x, y, z = axes[0][None, None, :], axes[1][None, :, None], axes[2][:, None, None]
        size = rng.uniform(0.96, 1.04, 3)
        wobble = rng.uniform(0, 2 * np.pi, 2)
        x = x + WOBBLE_MM * np.sin(z / 11.0 + wobble[0])
        y = y + WOBBLE_MM * np.sin(z / 13.0 + wobble[1])
        labels = np.zeros((len(axes[2]), len(axes[1]), len(axes[0])), np.uint8)
        for tissue, centre, half_axes in STRUCTURES:
            c = np.array(centre) * size + rng.uniform(-1.0, 1.0, 3)
            a = np.array(half_axes) * size * rng.uniform(0.95, 1.05, 3)
            box = tuple(
                slice(*np.searchsorted(axes[k], [c[k] - a[k] - WOBBLE_MM, c[k] + a[k] + WOBBLE_MM]))
                for k in (2, 1, 0)
            )
            dx = (x[box[0], :, box[2]] - c[0]) / a[0]
            dy = (y[box[0], box[1], :] - c[1]) / a[1]
            dz = (z[box[0]] - c[2]) / a[2]
            labels[box][dx**2 + dy**2 + dz**2 < 1.0] = TISSUES.index(tissue)
        texture = ndimage.gaussian_filter(rng.standard_normal(labels.shape, dtype=np.float32), 1.6)
        return cls(labels, 0.08 * texture / texture.std(), low)

    def grey_values(self, contrast: Sequence[float], thickness_mm: float) -> np.ndarray:
        """Grey values float32 (z, y, x) in a contrast (value per tissue), averaged over a slice."""
        values = np.asarray(contrast, np.float32)[self.labels] * (1.0 + self.texture)
        return ndimage.gaussian_filter(values, (0.3 * thickness_mm / STEP_MM, 0.35, 0.35))

    def sample(self, values: np.ndarray, points: np.ndarray, outside: float) -> np.ndarray:
        """`values` (z, y, x) on the head's grid at points (..., 3), linearly; `outside` beyond."""
        index = [(points[..., axis] - self.low_mm[axis]) / STEP_MM for axis in (2, 1, 0)]
        return ndimage.map_coordinates(values, index, order=1, cval=float(outside))
