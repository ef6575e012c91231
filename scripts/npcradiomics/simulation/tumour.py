"""A simulated tumour, where in it the cancer comes back, and what is different there.

Coordinates are millimetres in the head's own frame, see `head`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

# What Akram 2020 tells of single patients: Figs 2 and 5 and their discussion.
LARGE_RECURRENCE = ("REC004", "REC011", "REC013", "REC014")
DARKER_RECURRENCE = ("REC004", "REC008", "REC011")
# Not the paper's: the field misses the tumour by so much, on the side where it comes back.
FIELD_MISS_MM = {"REC015": 22.0, "REC016": 19.0, "REC017": 13.0}
# Nor this: the plan has a cold spot where it comes back.
COLD_SPOT = ("REC007",)


@dataclass(frozen=True)
class Planted:
    """What makes the recurrent region differ from the rest of the tumour on the planning MRI.

    Tumour intensity = mean + coarse + fine, two Gaussian random fields. `brightness` (grey values)
    is added in the recurrent region, and the fields are multiplied there: less coarse and more fine
    texture, which together lower the variance.
    """

    brightness: float
    coarse_factor: float
    fine_factor: float

    @classmethod
    def draw(cls, rng: np.random.Generator, patient: str) -> Planted:
        """Draw how one patient's recurrence differs: darker in DARKER_RECURRENCE or brighter."""
        sign = -1.0 if patient in DARKER_RECURRENCE else 1.0
        return cls(sign * rng.uniform(6.0, 18.0), rng.uniform(0.35, 0.85), rng.uniform(1.0, 1.4))


NOTHING_PLANTED = Planted(brightness=0.0, coarse_factor=1.0, fine_factor=1.0)
TUMOUR_COARSE_SD = 22.0
TUMOUR_FINE_SD = 9.0
# Gaussian sigma of the coarse field, small against any region so that size does not change its
# variance.
COARSE_SCALE_MM = 1.6

LEAST_INSIDE = 0.93  # of a recurrence, in the tumour
MOST_MOVES = 20_000


@dataclass(frozen=True)
class TumourShape:
    """Shape of the tumour and of its recurrence; lengths in millimetres.

    The tumour is a union of three ellipsoids with a wobbly surface; the recurrence has the form of
    the tumour's inner part of the wanted share, mirrored, turned about the z axis and carried
    anywhere where at least LEAST_INSIDE of it lies in the tumour. It is not cut at the tumour's
    surface: real ones are not, and one that is fits nowhere else (docs/spatial_null.md).
    """

    centre_mm: np.ndarray  # (3,) x, y, z
    centres_mm: np.ndarray  # (3, 3) of the ellipsoids
    radii_mm: np.ndarray  # (3, 3)
    wobble: np.ndarray  # (4, 4): wave vector in rad/mm and phase of each surface wave
    recurrence_level_mm: float = 0.0  # distance inside which the tumour has the recurrence's form
    recurrence_from_mm: np.ndarray | None = None  # (3,) middle of the inner part, where it is
    recurrence_centre_mm: np.ndarray | None = None  # (3,) where it has been carried
    recurrence_turn: np.ndarray | None = None  # (3, 3) with the mirror, from there to here
    # Tissue that enhances beyond the contour, as at the indistinct borders of these tumours.
    rim_mm: float = 3.0

    @classmethod
    def draw(cls, rng: np.random.Generator, patient: str) -> TumourShape:
        """Draw a tumour; 8-45 % of the GTV recur, or 62-80 % in LARGE_RECURRENCE."""
        centre = np.array([rng.uniform(-6, 6), rng.uniform(-2, 6), rng.uniform(-4, 4)])
        centres = centre + rng.uniform(-9, 9, (3, 3)) * [1.2, 0.8, 0.9]
        centres[0] = centre
        radii = rng.uniform([13, 11, 12], [20, 16, 18], (3, 3))
        wobble = np.column_stack([rng.normal(0, 0.16, (4, 3)), rng.uniform(0, 2 * np.pi, 4)])
        fraction = (
            rng.uniform(0.62, 0.80) if patient in LARGE_RECURRENCE else rng.uniform(0.08, 0.45)
        )
        tumour = cls(centre, centres, radii, wobble)
        return tumour._with_recurrence(rng, fraction)

    def _with_recurrence(self, rng, fraction):
        """Add a recurrence of `fraction` of the tumour where it fits."""
        axis = np.arange(-45.0, 45.0, 1.5)
        z, y, x = np.meshgrid(axis, axis, axis, indexing="ij")
        points = np.stack([x, y, z], axis=-1).reshape(-1, 3) + self.centre_mm
        distance = self.distance(points)
        # As many numbers as ever are taken from rng, so that heads and textures stay as they were.
        seed = [*rng.uniform(0.8, 1.25, 3).view(np.uint64), rng.integers((distance < -4.0).sum())]
        rng = np.random.default_rng(seed)
        level = float(np.quantile(distance[distance < 0], fraction))
        inner = points[distance < level]
        middle = inner.mean(axis=0)
        inner = inner - middle
        # Farther than the room that a smaller body of this form has, nothing fits.
        room = 2 * np.abs(inner).max(axis=0) * (1 - fraction ** (1 / 3)) + 1.0
        for _ in range(MOST_MOVES):
            angle, mirror = rng.uniform(0, 2 * np.pi), rng.choice([-1.0, 1.0])
            cosine, sine = np.cos(angle), np.sin(angle)
            turn = np.array([[cosine, sine, 0], [-sine, cosine, 0], [0, 0, 1]]) * [mirror, 1, 1]
            to = middle + rng.uniform(-room, room)
            if (self.distance(inner @ turn.T + to) < 0).mean() >= LEAST_INSIDE:
                return replace(
                    self,
                    recurrence_level_mm=level,
                    recurrence_from_mm=middle,
                    recurrence_centre_mm=to,
                    recurrence_turn=turn,
                )
        raise ValueError(
            f"{MOST_MOVES} moves brought no recurrence of {fraction:.0%} into the tumour"
        )

    def distance(self, points: np.ndarray) -> np.ndarray:
        """Approximate signed distance (...) in mm of points (..., 3), negative inside."""
        nearest = np.full(points.shape[:-1], np.inf)
        for centre, radii in zip(self.centres_mm, self.radii_mm, strict=True):
            relative = np.sqrt((((points - centre) / radii) ** 2).sum(axis=-1))
            nearest = np.minimum(nearest, (relative - 1.0) * radii.min())
        waves = np.sin(points @ self.wobble[:, :3].T + self.wobble[:, 3]).sum(axis=-1)
        return nearest + 0.6 * waves

    def on(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """What lies at points (..., 3): GTV, recurrence, enhancing tissue; three bool (...)."""
        tumour, recurrence, enhancing = (np.zeros(points.shape[:-1], bool) for _ in range(3))
        near = is_near(points, self.centre_mm, 48.0)
        close = points[near]
        distance = self.distance(close)
        tumour[near] = distance < 0
        # The transpose of a turn, mirrored or not, is its inverse.
        back = (close - self.recurrence_centre_mm) @ self.recurrence_turn + self.recurrence_from_mm
        recurrence[near] = self.distance(back) < self.recurrence_level_mm
        enhancing[near] = distance < self.rim_mm
        return tumour, recurrence, enhancing


def is_near(points: np.ndarray, centre_mm: np.ndarray, half_width_mm: float) -> np.ndarray:
    """Which points (..., 3) lie in a cube round the centre: far fewer than all, cheap to tell."""
    near = np.abs(points[..., 0] - centre_mm[0]) < half_width_mm
    for axis in (1, 2):
        near &= np.abs(points[..., axis] - centre_mm[axis]) < half_width_mm
    return near
