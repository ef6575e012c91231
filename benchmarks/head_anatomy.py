"""The anatomy of one head in millimetres, before and after the recurrence; seeded.

Skull, skull base, air cavities, nasopharynx, tumour and regrowth on a fine grid. It has more detail
than simulation/head of the workflow, so that registration is measured on heads that set none of
its limits. x to the left, y to the back, z up.
"""

import numpy as np
from scipy import ndimage

STEP_MM = 1.2
LOW = np.array([-90.0, -112.0, -125.0])
HIGH = np.array([90.0, 112.0, 120.0])
TISSUES = (
    *("air", "skin", "muscle", "bone", "marrow", "white", "grey"),
    *("fluid", "mucosa", "tumour", "regrowth", "gland", "eye"),
)
CONTRASTS = {  # arbitrary units, order of TISSUES
    "t1_contrast": (4, 210, 95, 22, 150, 130, 100, 40, 190, 175, 185, 135, 50),
    "t1": (4, 230, 90, 20, 165, 140, 105, 45, 100, 95, 98, 125, 50),
    "t1_contrast_fatsat": (4, 60, 100, 18, 60, 120, 105, 35, 220, 190, 205, 140, 40),
    "t2": (4, 160, 50, 15, 110, 85, 120, 240, 205, 150, 170, 115, 235),
    "inverted": (5, 60, 130, 220, 95, 105, 130, 200, 55, 70, 60, 100, 190),
}


class Head:
    """The anatomy of one person on a grid of STEP_MM: tissues, tumour, regrowth, landmarks."""

    def __init__(self, rng: np.random.Generator) -> None:
        axes = [np.arange(low, high, STEP_MM) for low, high in zip(LOW, HIGH, strict=True)]
        self.shape = tuple(len(axis) for axis in axes)  # (x, y, z)
        scale = rng.uniform(0.93, 1.05, 3)
        person = smooth_vectors(rng, self.shape, 22.0 / STEP_MM, 2.5)
        x, y, z = (
            (axis + bend) / factor
            for axis, bend, factor in zip(
                np.meshgrid(*(a.astype(np.float32) for a in axes), indexing="ij"),
                person,
                scale,
                strict=True,
            )
        )
        fine, coarse = (smooth_noise(rng, self.shape, sigma / STEP_MM) for sigma in (2.2, 5.0))
        tissue = np.zeros(self.shape, dtype=np.uint8)

        def ball(centre, radii, ripple=0.0):
            distance = sum(
                ((v - c) / r) ** 2 for v, c, r in zip((x, y, z), centre, radii, strict=True)
            )
            return distance < 1.0 + ripple * coarse if ripple else distance < 1.0

        def paint(name, where):
            tissue[where] = TISSUES.index(name)

        neck = (x / 58) ** 2 + ((y - 22) / 62) ** 2 < 1
        paint(
            "skin",
            ball((0, 8, 35), (78, 97, 82)) | (neck & (z < 10)) | ball((0, -35, -25), (58, 52, 52)),
        )
        shoulders = ball((0, 25, -130), (105, 60, 48))
        paint("skin", shoulders)
        inner_neck = (x / 52) ** 2 + ((y - 22) / 56) ** 2 < 1
        paint(
            "muscle",
            (inner_neck & (z < 10) & (coarse > -1.6)) | ball((0, -32, -22), (50, 44, 46), 0.15),
        )
        paint("muscle", ball((0, 25, -130), (97, 52, 42), 0.15))
        paint("bone", ball((0, 10, 38), (73, 91, 76)))
        paint("marrow", ball((0, 10, 38), (71, 89, 74)) & ~ball((0, 10, 38), (69, 87, 72)))
        paint("fluid", ball((0, 10, 38), (67, 85, 70)))
        brain = ball((0, 10, 39), (65, 83, 67)) & (z > 6 + 4 * coarse)
        paint("grey", brain & (fine > -1.3))
        paint("white", brain & ball((0, 10, 39), (59, 77, 61), 0.1) & (fine < 0.7))
        for side in (-1, 1):
            paint("fluid", ball((side * 12, 8, 45), (7, 27, 10), 0.2))
        paint("grey", ball((0, 55, 4), (44, 32, 20), 0.1))
        paint("white", ball((0, 55, 4), (36, 25, 14), 0.2) & (fine > 0.1))
        # Skull base: an uneven plate, petrous pyramids with cells, clivus, sphenoid sinus.
        paint("bone", ball((0, -8, 6), (52, 48, 7), 0.25))
        for side in (-1, 1):
            paint("bone", ball((side * 36, 27, 2), (26, 11, 11), 0.3))
            paint("air", ball((side * 46, 34, -3), (15, 12, 15), 0.2) & (fine > 0.2))
            paint("bone", ball((side * 46, 34, -3), (17, 14, 17), 0.2) & (fine < -0.4))
            paint("eye", ball((side * 31, -62, 12), (12, 12, 12)))
            paint("bone", ball((side * 27, -55, -14), (20, 19, 18), 0.1))
            paint("air", ball((side * 27, -55, -14), (17, 16, 15), 0.15))
            paint("bone", ball((side * 46, -20, -40), (5, 17, 28), 0.2))
            paint("marrow", ball((side * 46, -20, -40), (3, 13, 24), 0.2))
            paint("gland", ball((side * 54, 8, -32), (9, 15, 24), 0.2))
            paint("muscle", ball((side * 22, -14, -12), (8, 12, 20), 0.2))
            paint("bone", ball((side * 17, -17, -8), (2.5, 11, 16)))
            paint("fluid", ball((side * 24, 20, -25), (4, 4, 40)))
        paint("marrow", ball((0, 20, 2), (12, 10, 15), 0.15))
        paint("bone", ball((0, -6, 16), (16, 14, 11), 0.15))
        paint("air", ball((2, -6, 16), (13, 12, 9), 0.2))
        paint("air", ball((0, -45, -8), (13, 35, 17), 0.25) & (np.abs(x) > 1.5) & (fine < 0.9))
        paint("mucosa", ball((0, -45, -8), (13, 35, 17), 0.25) & (fine > 0.5))
        paint("bone", ball((0, -50, -28), (24, 26, 4)))
        paint("muscle", ball((0, -38, -45), (22, 30, 15), 0.15))
        paint("bone", ball((0, -52, -62), (36, 22, 8), 0.1) & ~ball((0, -40, -62), (28, 22, 12)))
        # Neck: vertebrae with discs, cord, airway.
        spine = (x / 13) ** 2 + ((y - 28) / 10) ** 2 < 1
        paint("bone", spine & (z < -12))
        paint(
            "marrow", ((x / 11) ** 2 + ((y - 28) / 8) ** 2 < 1) & (z < -12) & ((z + 200) % 17 > 4)
        )
        paint("fluid", ((x / 9) ** 2 + ((y - 47) / 8) ** 2 < 1) & (z < 8))
        paint("white", ((x / 6) ** 2 + ((y - 47) / 5) ** 2 < 1) & (z < 8))
        paint(
            "bone",
            (np.hypot(x, y - 47) > 10)
            & (np.hypot(x, y - 47) < 14)
            & (z < -14)
            & ((z + 200) % 17 > 8),
        )
        paint("mucosa", ball((0, -6, -16), (19, 13, 17), 0.15))
        paint("air", ball((0, -9, -18), (13, 7, 15), 0.2))
        paint("air", ((x / 10) ** 2 + ((y - 2) / 6) ** 2 < 1) & (z < -28))

        side = rng.choice([-1, 1])
        centre = np.array([side * rng.uniform(6, 12), rng.uniform(-2, 6), rng.uniform(-12, -4)])
        radii = rng.uniform((10, 9, 9), (20, 16, 16))
        self.tumour = ball(centre, radii, 0.25) & (tissue != 0)
        remnant = ball(centre, 0.6 * radii, 0.25)
        towards = rng.normal(size=3)
        towards /= np.linalg.norm(towards)
        again = centre + 0.6 * radii * towards
        self.regrowth = ball(again, rng.uniform(0.45, 0.7) * radii, 0.3)
        self._before, self._after = tissue.copy(), tissue.copy()
        self._before[self.tumour] = TISSUES.index("tumour")
        self._after[remnant & (tissue != 0)] = TISSUES.index("tumour")
        self._after[self.regrowth] = TISSUES.index("regrowth")
        lowest = np.argwhere(self.tumour)[:, 2].min() * STEP_MM + LOW[2]
        self.hinge_mm = float(lowest - 10.0)

        middle = np.argwhere(self.tumour).mean(axis=0) * STEP_MM + LOW
        edge = (tissue == TISSUES.index("bone")) & ~ndimage.binary_erosion(
            tissue == TISSUES.index("bone")
        )
        bone = np.argwhere(edge) * STEP_MM + LOW
        near = bone[(np.linalg.norm(bone - middle, axis=1) < 60.0) & (bone[:, 2] > self.hinge_mm)]
        self.landmarks = near[rng.choice(len(near), 200, replace=False)]

    def intensity(self, contrast: str, recurrence: bool, rng: np.random.Generator) -> np.ndarray:
        """Signal on the anatomy's grid (x, y, z): the contrast of each tissue, and texture within tissues."""
        values = np.array(CONTRASTS[contrast], dtype=np.float32)
        values[1:] *= rng.uniform(0.9, 1.1, len(values) - 1)
        signal = values[self._after if recurrence else self._before]
        signal *= 1.0 + 0.06 * smooth_noise(rng, self.shape, 2.0 / STEP_MM)
        return ndimage.gaussian_filter(signal, 0.5 / STEP_MM)


def smooth_noise(rng: np.random.Generator, shape: tuple[int, ...], sigma: float) -> np.ndarray:
    """Gaussian random field of unit variance, correlated over ``sigma`` voxels."""
    coarse = max(1, int(sigma / 2))
    small = rng.normal(size=[n // coarse + 3 for n in shape]).astype(np.float32)
    small = ndimage.gaussian_filter(small, sigma / coarse)
    big = (
        ndimage.zoom(small, coarse, order=1)[tuple(slice(n) for n in shape)]
        if coarse > 1
        else small
    )
    big = big[tuple(slice(n) for n in shape)]
    return big / big.std()


def smooth_vectors(
    rng: np.random.Generator, shape: tuple[int, ...], sigma: float, rms: float
) -> np.ndarray:
    return np.stack([rms * smooth_noise(rng, shape, sigma) for _ in range(3)])


def sample_vectors(field: np.ndarray, points: np.ndarray) -> np.ndarray:
    index = ((points - LOW) / STEP_MM).T
    return np.stack(
        [ndimage.map_coordinates(f, index, order=1, mode="nearest") for f in field], axis=1
    )
