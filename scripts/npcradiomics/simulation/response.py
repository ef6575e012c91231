"""The simulated response cohort: small T2-weighted volumes of two centres in which a few texture
features and the size of the tumour differ between the responses. No clinical data.

What a patient looks like follows from (seed, patient, response, centre) alone. Arrays are
(z, y, x).
"""

from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk

SPACING_MM = (6.0, 1.1, 1.1)  # z, y, x: slices of 5 mm and a gap of 1 mm
SHAPE = (9, 64, 64)
TISSUE, TUMOUR = 300.0, 420.0
EFFECT = 0.8  # shift of each planted trait between the responses, in standard deviations
# Effective tumours are smaller: their radii shrink by this factor, so that volume alone has an AUC
# of 0.65 = Phi(d / sqrt 2), d = 0.545. The log volume has SD 0.268 within a response, and
# 0.545 * 0.268 / 3 = 0.0487 in a radius.
SMALLER = float(np.exp(-0.0487))
# Gain of the scanner, and SD of its noise before the gain.
CENTRES = {"A": (1.0, 12.0), "B": (1.25, 18.0)}


@dataclass(frozen=True)
class SimulatedTumour:
    """image (int16) and mask (uint8) of one patient as SimpleITK images; truth (JSON-ready)."""

    image: sitk.Image
    mask: sitk.Image
    truth: dict


def simulate_tumour(
    patient: str, effective: int, seed: int, planted: bool = True, centre: str = "A"
) -> SimulatedTumour:
    """Simulate one patient's T2-weighted volume and tumour mask.

    Parameters
    ----------
    patient, effective, seed
        Name, response (1 or 0), seed of the cohort.
    planted
        Two traits are shifted by EFFECT in effective patients: the SD of the tumour's texture, and
        how far it is drawn out along 135 degrees; and their tumours are SMALLER. False: the null
        cohort, the same without these.
    centre
        Of `CENTRES`: gain and noise of its scanner.
    """
    if centre not in CENTRES:
        raise ValueError(f"{patient}: centre {centre!r} of a simulated patient; known: A, B")
    rng = np.random.default_rng([seed, *patient.encode()])
    shift = EFFECT * effective if planted else 0.0
    traits = rng.normal(0.0, 1.0, 2) + shift
    texture_sd = 40.0 * np.exp(0.22 * traits[0])
    elongation = float(np.exp(0.35 * traits[1]))
    mask = draw_tumour(rng, SMALLER if planted and effective else 1.0)
    texture = texture_sd * _texture(rng, along=1.6 * elongation, across=1.6)
    background = 25.0 * _texture(rng, along=5.0, across=5.0)
    values = np.where(mask, TUMOUR + texture, TISSUE + background)
    gain, noise_sd = CENTRES[centre]
    noise = rng.normal(0.0, noise_sd, (2, *SHAPE))
    values = gain * np.hypot(values + noise[0], noise[1])
    truth = {
        "patient": patient,
        "simulated": True,
        "seed": seed,
        "effective": int(effective),
        "planted": bool(planted),
        "centre": centre,
        "texture_sd": float(texture_sd),
        "elongation_135_degrees": elongation,
        "n_voxels": int(mask.sum()),
    }
    return SimulatedTumour(
        _image(np.rint(values).astype(np.int16)), _image(mask.astype(np.uint8)), truth
    )


def draw_tumour(rng: np.random.Generator, scale: float = 1.0) -> np.ndarray:
    """A lumpy ellipsoid in the middle of the volume, wide enough that offset 7 has pairs.

    scale: factor of its radii. Returns a bool mask (z, y, x).
    """
    centre = (np.array(SHAPE) - 1) / 2 + rng.uniform(-0.5, 0.5, 3) * [1, 4, 4]
    radii_mm = scale * rng.uniform([14.0, 12.5, 12.5], [24.0, 21.0, 21.0])
    grid = np.moveaxis(np.indices(SHAPE).astype(float), 0, -1)
    offset = (grid - centre) * SPACING_MM
    distance = np.sqrt((offset**2 / radii_mm**2).sum(axis=-1))
    return distance * (1.0 + 0.06 * _texture(rng, along=6.0, across=6.0)) < 1.0


def _texture(rng, along, across):
    """Gaussian random field (z, y, x), mean 0, variance 1, correlated within the slices.

    Over `along` voxels on the 135-degree diagonal, `across` on the other (sigma of the filter).
    """
    ky, kx = np.meshgrid(np.fft.fftfreq(SHAPE[1]), np.fft.fftfreq(SHAPE[2]), indexing="ij")
    on_diagonal, off_diagonal = (kx + ky) / np.sqrt(2), (kx - ky) / np.sqrt(2)
    gain = np.exp(-2 * np.pi**2 * ((on_diagonal * along) ** 2 + (off_diagonal * across) ** 2))
    field = np.fft.ifft2(np.fft.fft2(rng.standard_normal(SHAPE)) * gain).real
    return (field - field.mean()) / field.std()


def _image(array):
    image = sitk.GetImageFromArray(array)
    image.SetSpacing([float(s) for s in SPACING_MM[::-1]])
    return image
