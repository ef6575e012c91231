"""A simulated patient: planning MRI, recurrence MRI, contours and dose, with the planted truth.

There are no public patients of this kind, so the default cohort is made here. Coordinates are
millimetres in the patient frame of DICOM (x to the left, y to the back, z to the head); the
nasopharynx is at the origin and the planning frame is the head's own frame. Arrays are (z, y, x).
What a patient looks like follows from (seed, patient) alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk

from npcradiomics.simulation.acquisition import (
    PLANNING_SCANNER,
    RECURRENCE_SCANNER,
    grid_round,
    image_on,
    planes,
    random_field,
)
from npcradiomics.simulation.head import Head
from npcradiomics.simulation.tumour import (
    COARSE_SCALE_MM,
    COLD_SPOT,
    FIELD_MISS_MM,
    NOTHING_PLANTED,
    TUMOUR_COARSE_SD,
    TUMOUR_FINE_SD,
    Planted,
    TumourShape,
    is_near,
)

PRESCRIPTION_GY = 70.0
TARGETS_MM = {"ctv70": 3.0, "ctv60": 8.0}  # beyond the GTV
COLD_SHARE, COLD_RADIUS_MM = 0.06, 12.0  # depth and reach (two SD) of a cold spot
MAX_ROTATION_DEG = 10.0
MAX_TRANSLATION_MM = 20.0
HEAD_CENTRE_MM = (0.0, 12.0, 10.0)  # the middle of the planning grid


@dataclass(frozen=True)
class SimulatedPatient:
    """Images of one simulated patient (SimpleITK) and `truth` (JSON-ready)."""

    planning_mri: sitk.Image
    recurrence_mri: sitk.Image
    gtv: sitk.Image
    gtvr: sitk.Image
    dose: sitk.Image
    isodose95: sitk.Image
    ctv70: sitk.Image
    ctv60: sitk.Image
    transform: sitk.Euler3DTransform
    truth: dict


def simulate_patient(
    patient: str,
    seed: int,
    planted: bool = True,
    size: Sequence[int] = (256, 256, 32),
    spacing_mm: Sequence[float] = (0.7, 0.7, 5.0),
) -> SimulatedPatient:
    """Simulate one patient.

    Parameters
    ----------
    patient
        Name; those in LARGE_RECURRENCE, DARKER_RECURRENCE, FIELD_MISS_MM and COLD_SPOT get that trait.
    seed
        Of the cohort.
    planted
        False makes recurrent and non-recurrent regions alike (the null cohort).
    size, spacing_mm : (x, y, z)
        Of the planning MRI; voxels are addressed from the nasopharynx outward.

    Returns
    -------
    SimulatedPatient
        Its transform maps planning points to recurrence points.
    """
    rng, anatomy, tumour, drawn = draw_patient(patient, seed)
    difference = drawn if planted else NOTHING_PLANTED

    planning_grid = grid_round(size, spacing_mm, HEAD_CENTRE_MM)
    gtv, recurrent, enhancing = masks = np.empty((3, *planning_grid.GetSize()[::-1]), bool)
    for k, points in enumerate(planes(planning_grid)):
        masks[:, k] = tumour.on(points)
    planning_mri = _planning_mri(anatomy, planning_grid, enhancing, recurrent, difference, rng)

    transform = _draw_motion(rng, tumour.centre_mm)
    bend_deg = rng.uniform(2.0, 6.0)
    recurrence_grid = _recurrence_grid(size, spacing_mm, transform, rng)
    to_planning = transform.GetInverse()

    def to_head(points):
        return _unbend(transform_points(points, to_planning), bend_deg)

    gtvr = np.stack([tumour.on(to_head(points))[1] for points in planes(recurrence_grid)])
    recurrence_mri = _recurrence_mri(anatomy, recurrence_grid, to_head, gtvr, rng)

    dose, isodose95, targets = _plan(tumour, planning_grid, patient)
    voxel_cm3 = float(np.prod(planning_grid.GetSpacing())) / 1000.0
    inside = gtv & recurrent
    truth = {
        "patient": patient,
        "simulated": True,
        "seed": seed,
        "transform_planning_to_recurrence": {
            "matrix": list(transform.GetMatrix()),
            "translation_mm": list(transform.GetTranslation()),
            "centre_mm": list(transform.GetCenter()),
            "rotation_xyz_deg": [float(np.rad2deg(a)) for a in _angles(transform)],
        },
        "neck_bending_deg": bend_deg,
        "planted": None if not planted else _planted_truth(difference),
        "gtv_cm3": float(gtv.sum() * voxel_cm3),
        "recurrent_cm3": float(recurrent.sum() * voxel_cm3),
        "recurrent_fraction_of_gtv": float(inside.sum() / gtv.sum()),
        "recurrent_outside_gtv_fraction": float((recurrent & ~gtv).sum() / recurrent.sum()),
        "in_field_fraction": float((recurrent & isodose95).sum() / recurrent.sum()),
        "gtvr_cm3_on_recurrence_mri": float(
            gtvr.sum() * np.prod(recurrence_grid.GetSpacing()) / 1000.0
        ),
    }
    return SimulatedPatient(
        planning_mri=planning_mri,
        recurrence_mri=recurrence_mri,
        gtv=image_on(planning_grid, gtv.view(np.uint8)),
        gtvr=image_on(recurrence_grid, gtvr.view(np.uint8)),
        dose=dose,
        isodose95=image_on(planning_grid, isodose95.view(np.uint8)),
        **targets,
        transform=transform,
        truth=truth,
    )


def draw_patient(patient: str, seed: int) -> tuple[np.random.Generator, Head, TumourShape, Planted]:
    """What all images of a patient show, and the generator from which the planning MRI goes on."""
    # The name enters byte by byte, so that a patient does not change when others join the cohort.
    rng = np.random.default_rng([seed, *patient.encode()])
    anatomy = Head.draw(rng)
    tumour = TumourShape.draw(rng, patient)
    # Also for the null cohort, which is the same one otherwise.
    return rng, anatomy, tumour, Planted.draw(rng, patient)


def _planted_truth(difference):
    return {
        "brightness": difference.brightness,
        "coarse_texture_sd_factor": difference.coarse_factor,
        "fine_texture_sd_factor": difference.fine_factor,
        "signs_of_recurrent_minus_non_recurrent": {
            "Intensity_Mean": int(np.sign(difference.brightness)),
            "Intensity_Variance": -1,
            "Intensity_MAD": -1,
        },
    }


def _planning_mri(anatomy, grid, enhancing, recurrent, difference, rng):
    """The tumour with its texture, and what was planted in the recurrent region."""
    recurrent = recurrent[enhancing]
    spacing = np.array(grid.GetSpacing())[::-1]
    coarse = random_field(rng, enhancing.shape, COARSE_SCALE_MM / spacing)[enhancing]
    fine = random_field(rng, enhancing.shape, (0.0, 0.45, 0.45))[enhancing]
    texture = TUMOUR_COARSE_SD * coarse * np.where(recurrent, difference.coarse_factor, 1.0)
    texture += TUMOUR_FINE_SD * fine * np.where(recurrent, difference.fine_factor, 1.0)
    tumour = PLANNING_SCANNER.tumour + texture
    tumour += np.where(recurrent, difference.brightness, 0.0)
    return PLANNING_SCANNER.acquire(anatomy, grid, lambda points: points, enhancing, tumour, rng)


def _recurrence_mri(anatomy, grid, to_head, gtvr, rng):
    """Other contrast, stronger bias field and noise; the treated tumour has become scar."""
    scar = RECURRENCE_SCANNER.tumour + 12.0 * random_field(rng, gtvr.shape, (0.3, 1.5, 1.5))[gtvr]
    return RECURRENCE_SCANNER.acquire(anatomy, grid, to_head, gtvr, scar, rng)


def _plan(tumour, grid, patient):
    """Dose in gray (image of float32), where it reaches 95 % of the prescription (bool), masks of TARGETS_MM.

    The prescription with a few per cent more in the middle, falling off 6 mm outside the GTV. In
    FIELD_MISS_MM the dose misses the tumour on the side where it comes back; the target volumes are
    drawn right. In COLD_SPOT it is lower where it comes back.
    """
    shift = np.zeros(3)
    if patient in FIELD_MISS_MM:
        direction = tumour.recurrence_centre_mm - tumour.centre_mm
        shift = -FIELD_MISS_MM[patient] * direction / np.linalg.norm(direction)
    dose_gy = np.empty(grid.GetSize()[::-1], np.float32)
    isodose95 = np.empty(dose_gy.shape, bool)
    targets = {name: np.empty(dose_gy.shape, np.uint8) for name in TARGETS_MM}
    for k, points in enumerate(planes(grid)):
        distance = _distance(tumour, points, shift)
        plane = PRESCRIPTION_GY * 1.04 / (1.0 + np.exp((distance - 12.0) / 3.0))
        if patient in COLD_SPOT:
            away = np.linalg.norm(points - tumour.recurrence_centre_mm, axis=-1)
            plane *= 1.0 - COLD_SHARE * np.exp(-2.0 * (away / COLD_RADIUS_MM) ** 2)
        dose_gy[k], isodose95[k] = plane, plane >= 0.95 * PRESCRIPTION_GY
        drawn = _distance(tumour, points, np.zeros(3)) if shift.any() else distance
        for name, margin_mm in TARGETS_MM.items():
            targets[name][k] = drawn < margin_mm
    masks = {name: image_on(grid, mask) for name, mask in targets.items()}
    return image_on(grid, dose_gy), isodose95, masks


def _distance(tumour, points, shift):
    """Signed distance in mm of points to the tumour, shifted; 60 mm far from it."""
    distance = np.full(points.shape[:-1], 60.0)
    near = is_near(points, tumour.centre_mm + shift, 70.0)
    distance[near] = tumour.distance(points[near] - shift)
    return distance


def _draw_motion(rng, centre_mm):
    """A rigid motion of at most 10 degrees and 20 mm about the tumour."""
    axis = rng.normal(size=3)
    angle = np.deg2rad(rng.uniform(2.0, MAX_ROTATION_DEG))
    shift = rng.normal(size=3)
    shift *= rng.uniform(3.0, MAX_TRANSLATION_MM) / np.linalg.norm(shift)
    versor = sitk.VersorTransform([float(a) for a in axis / np.linalg.norm(axis)], float(angle))
    transform = sitk.Euler3DTransform()
    transform.SetCenter([float(c) for c in centre_mm])
    transform.SetMatrix(versor.GetMatrix())
    transform.SetTranslation([float(s) for s in shift])
    return transform


def _angles(transform):
    return transform.GetAngleX(), transform.GetAngleY(), transform.GetAngleZ()


def transform_points(points: np.ndarray, transform: sitk.Euler3DTransform) -> np.ndarray:
    """Apply a rigid SimpleITK transform to points (..., 3)."""
    matrix = np.array(transform.GetMatrix()).reshape(3, 3)
    centre = np.array(transform.GetCenter())
    return (points - centre) @ matrix.T + centre + np.array(transform.GetTranslation())


def _unbend(points, bend_deg, from_z_mm=-30.0):
    """Points of the head's frame; the neck is bent forwards below `from_z_mm`, over 50 mm."""
    below = np.clip((from_z_mm - points[..., 2]) / 50.0, 0.0, 1.0)
    angle = np.deg2rad(bend_deg) * below
    y, z = points[..., 1] - 20.0, points[..., 2] - from_z_mm
    straight = points.copy()
    straight[..., 1] = np.cos(angle) * y - np.sin(angle) * z + 20.0
    straight[..., 2] = np.sin(angle) * y + np.cos(angle) * z + from_z_mm
    return straight


def _recurrence_grid(size, spacing_mm, transform, rng):
    """The other scanner's grid: own spacing and matrix, centred on the moved head within 4 mm."""
    extent = np.array(size) * np.array(spacing_mm) * [1.08, 1.08, 1.05]
    spacing = np.array([spacing_mm[0] * 1.29, spacing_mm[1] * 1.29, spacing_mm[2] * 0.8])
    centre = np.array(transform.TransformPoint(HEAD_CENTRE_MM)) + rng.uniform(-4, 4, 3)
    return grid_round(np.rint(extent / spacing), spacing, centre)
