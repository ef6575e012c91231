"""Textures for the proof of the spatial null: simulated ones, effects planted in them, and those of
a real tumour in any shape.
"""

import numpy as np
from null_places import Placed
from scipy import fft, ndimage

from npcradiomics.simulation.tumour import COARSE_SCALE_MM, TUMOUR_COARSE_SD, TUMOUR_FINE_SD
from npcradiomics.spatial_null.surrogates import (
    ENOUGH_PAIRS,
    FEWEST_PAIRS,
    _spectrum,
    normal_scores,
    variogram,
)

TUMOUR_SD = float(np.hypot(TUMOUR_COARSE_SD, TUMOUR_FINE_SD))
EDGE_MM = 3.0  # the dark edge falls off over this depth


def random_texture(rng: np.random.Generator, shape: tuple, spacing_mm: tuple) -> np.ndarray:
    """Coarse and fine Gaussian field, float64 (z, y, x), mean 120, SD TUMOUR_SD."""
    sigma = COARSE_SCALE_MM / np.array(spacing_mm)
    return (
        120 + TUMOUR_COARSE_SD * _unit_field(rng, shape, sigma) + _fine(rng, shape, TUMOUR_FINE_SD)
    )


def trend(one: Placed, edge: float, gradient: float) -> np.ndarray:
    """What a texture changes by with depth in a null_places.Placed, (z, y, x).

    edge: the edge is darker by so many SDs, falling off over EDGE_MM; gradient: the middle is
    brighter than the edge by so many SDs.
    """
    change = np.zeros(one.gtv.shape)
    depth = one.tumour.depth_mm
    change[one.gtv] = gradient * depth / depth.max() - edge * np.exp(-depth / EDGE_MM)
    return TUMOUR_SD * change


def planted_mri(
    rng: np.random.Generator,
    gtv: np.ndarray,
    members: np.ndarray,
    volume: np.ndarray,
    planted: float,
) -> tuple[np.ndarray, np.ndarray]:
    """MRI without and with fine texture of so many SDs in the region: two (z, y, x)."""
    inside = np.zeros(gtv.shape, bool)
    inside[gtv] = members
    fine = np.where(inside, _fine(rng, gtv.shape, planted * TUMOUR_SD), 0.0)
    noise = rng.standard_normal((2, *gtv.shape))
    return _as_mri(volume, noise), _as_mri(volume + fine, noise)


def _unit_field(rng, shape, sigma):
    field = ndimage.gaussian_filter(rng.standard_normal(shape), sigma, mode="wrap")
    return (field - field.mean()) / field.std()


def _fine(rng, shape, sd):
    return sd * _unit_field(rng, shape, (0.0, 0.45, 0.45))


def _as_mri(volume, noise):
    """Rician noise of 2 grey values from two fields of unit noise, whole grey values."""
    return np.clip(np.rint(np.hypot(volume + 2.0 * noise[0], 2.0 * noise[1])), 0, 255)


class PatchedBrain:
    """Textures with the values and the spatial covariance (per voxel) of a real tumour, in any box."""

    def __init__(self, gtv: np.ndarray, volume: np.ndarray):
        self.ordered = np.sort(volume[gtv])
        places = np.nonzero(gtv)
        places = tuple(axis - axis.min() for axis in places)
        box = [int(axis.max()) + 1 for axis in places]
        self.gamma, pairs = variogram(places, box, normal_scores(volume[gtv]))
        share = np.clip(
            (pairs / self.ordered.size - FEWEST_PAIRS) / (ENOUGH_PAIRS - FEWEST_PAIRS), 0.0, 1.0
        )
        self.weight = share * share * (3.0 - 2.0 * share)
        self.reach = [size // 2 - 1 for size in self.weight.shape]
        self.amplitudes = {}

    def draw(self, rng: np.random.Generator, shape: tuple) -> np.ndarray:
        """A volume (z, y, x) whose values are the tumour's by rank."""
        size = tuple(fft.next_fast_len(n + most) for n, most in zip(shape, self.reach, strict=True))
        if size not in self.amplitudes:
            # Lags -reach .. reach, those that the box has room for.
            lags = [
                np.r_[0 : min(most, n // 2 - 1) + 1, -min(most, n // 2 - 1) : 0]
                for most, n in zip(self.reach, size, strict=True)
            ]
            target, trust = np.zeros(size), np.zeros(size)
            target[np.ix_(*lags)] = ((1.0 - self.gamma) * self.weight)[np.ix_(*lags)]
            trust[np.ix_(*lags)] = self.weight[np.ix_(*lags)]
            self.amplitudes[size] = np.sqrt(_spectrum(target, trust))
        noise = rng.standard_normal((2, *size))
        field = fft.fftn((noise[0] + 1j * noise[1]) * self.amplitudes[size]).real
        field = field[tuple(slice(n) for n in shape)]
        rank = np.argsort(np.argsort(field, axis=None)) / field.size
        return self.ordered[(rank * self.ordered.size).astype(int)].reshape(shape)
