"""T2 and ADC of a simulated patient: further sequences of the planning session, each on a grid of its own.

Head and tumour are those of `recurrence.simulate_patient`, whose images do not change. Between the
sequences the patient moved by up to 2 mm; the tumour's coarse texture is partly that of the planning
MRI. Distortion of the echo-planar ADC is not simulated.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk
from scipy import ndimage

from npcradiomics.images.transforms import euler
from npcradiomics.simulation.acquisition import (
    MRScanner,
    grid_round,
    planes,
    random_field,
)
from npcradiomics.simulation.head import CONTRASTS
from npcradiomics.simulation.recurrence import (
    HEAD_CENTRE_MM,
    draw_patient,
    transform_points,
)
from npcradiomics.simulation.tumour import COARSE_SCALE_MM

MAX_MOTION_MM = 2.0  # within WITHIN_MM of the tumour's centre
WITHIN_MM = 50.0
SHARED_TEXTURE = 0.6  # correlation of the coarse texture with that of the planning MRI


@dataclass(frozen=True)
class SimulatedSequence:
    """How a sequence is acquired, and what the recurrent region has in it.

    Attributes
    ----------
    scanner
        Contrast, noise and range; ADC in 1e-6 mm2/s, as scanners store it, without bias field.
    spacing_factor
        (x, y, z): spacing of the grid over that of the planning MRI.
    coarse_sd, fine_sd
        Of the tumour's texture, in the scanner's values.
    planted_share
        The recurrent region's value is lower by a share of the tumour's between these two; zeros:
        alike.
    """

    scanner: MRScanner
    spacing_factor: tuple[float, float, float]
    coarse_sd: float
    fine_sd: float
    planted_share: tuple[float, float]


# A denser part of a tumour restricts diffusion; on T2 it looks as the rest does.
SEQUENCES = {
    "t2": SimulatedSequence(
        MRScanner(CONTRASTS["fs_t2"], bias=0.06, noise_sd=3.0, gain=2.0, maximum=1023),
        spacing_factor=(0.85, 0.85, 0.8),
        coarse_sd=18.0,
        fine_sd=8.0,
        planted_share=(0.0, 0.0),
    ),
    "adc": SimulatedSequence(
        MRScanner(CONTRASTS["adc"], bias=0.0, noise_sd=30.0, gain=1.0, maximum=4095),
        spacing_factor=(1.5, 1.5, 1.0),
        coarse_sd=110.0,
        fine_sd=40.0,
        planted_share=(0.15, 0.30),
    ),
}


def simulate_sequence(
    sequence: str,
    patient: str,
    seed: int,
    planted: bool = True,
    size: Sequence[int] = (256, 256, 32),
    spacing_mm: Sequence[float] = (0.7, 0.7, 5.0),
) -> tuple[sitk.Image, sitk.Euler3DTransform, dict]:
    """Simulate one further sequence of a patient.

    Parameters
    ----------
    sequence
        A name in SEQUENCES.
    patient, seed
        As of `recurrence.simulate_patient`; the voxels follow from them and the sequence's name.
    planted
        False makes recurrent and non-recurrent region alike.
    size, spacing_mm : (x, y, z)
        Of the planning MRI.

    Returns
    -------
    Image (int16)
    Transform of planning points to points of the sequence
    Truth, as JSON can hold it
    """
    how = SEQUENCES[sequence]
    rng, anatomy, tumour, _ = draw_patient(patient, seed)
    planning = grid_round(size, spacing_mm, HEAD_CENTRE_MM)
    # The first field that the planning MRI draws: its coarse texture.
    scale = COARSE_SCALE_MM / np.array(spacing_mm)[::-1]
    shared = random_field(rng, planning.GetSize()[::-1], scale)

    rng = np.random.default_rng([seed, *patient.encode(), *sequence.encode()])
    share = rng.uniform(*how.planted_share)
    transform = _draw_motion(rng, tumour.centre_mm)
    spacing = np.array(spacing_mm) * how.spacing_factor
    centre = transform.TransformPoint(HEAD_CENTRE_MM) + rng.uniform(-3.0, 3.0, 3)
    grid = grid_round(np.rint(np.array(size) / how.spacing_factor), spacing, centre)
    back = transform.GetInverse()

    recurrent, enhancing = np.empty((2, *grid.GetSize()[::-1]), bool)
    coarse = np.empty(grid.GetSize()[::-1], np.float32)
    low, step = np.array(planning.GetOrigin()), np.array(spacing_mm)
    for k, points in enumerate(planes(grid)):
        there = transform_points(points, back)
        _, recurrent[k], enhancing[k] = tumour.on(there)
        index = np.moveaxis((there - low) / step, -1, 0)[::-1]
        coarse[k] = ndimage.map_coordinates(shared, index, order=1, mode="grid-wrap")
    own = random_field(rng, coarse.shape, COARSE_SCALE_MM / spacing[::-1])[enhancing]
    coarse = coarse[enhancing] / coarse[enhancing].std()  # interpolation has smoothed it
    texture = SHARED_TEXTURE * coarse + np.sqrt(1.0 - SHARED_TEXTURE**2) * own
    fine = random_field(rng, recurrent.shape, (0.0, 0.45, 0.45))[enhancing]
    lower_by = share * how.scanner.tumour if planted else 0.0
    values = how.scanner.tumour + how.coarse_sd * texture + how.fine_sd * fine
    values -= np.where(recurrent[enhancing], lower_by, 0.0)
    image = how.scanner.acquire(
        anatomy, grid, lambda points: transform_points(points, back), enhancing, values, rng
    )
    truth = {
        "patient": patient,
        "sequence": sequence,
        "simulated": True,
        "seed": seed,
        "transform_planning_to_sequence": {
            "matrix": list(transform.GetMatrix()),
            "translation_mm": list(transform.GetTranslation()),
            "centre_mm": list(transform.GetCenter()),
        },
        "recurrent_lower_by": float(how.scanner.gain * lower_by),
    }
    return image, transform, truth


def _draw_motion(rng, centre_mm):
    """A rigid motion about the tumour that takes nothing within WITHIN_MM further than MAX_MOTION_MM."""
    shift, axis = rng.normal(size=(2, 3))
    shift_mm = rng.uniform(0.3, 0.75) * MAX_MOTION_MM
    # A turn by a small angle moves a point at distance d by at most the angle times d.
    angle = rng.uniform(0.3, 1.0) * (MAX_MOTION_MM - shift_mm) / WITHIN_MM
    transform = euler(centre_mm)
    turn = sitk.VersorTransform((axis / np.linalg.norm(axis)).tolist(), float(angle))
    transform.SetMatrix(turn.GetMatrix())
    transform.SetTranslation((shift_mm * shift / np.linalg.norm(shift)).tolist())
    return transform
