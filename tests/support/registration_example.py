"""A small simulated pair with its true transform, as the pages see a registration.

Nothing is registered here.
"""

from functools import cache
from types import SimpleNamespace

import numpy as np
import SimpleITK as sitk

from npcradiomics.images.masks import carried_volume, carry_or_empty, centroid
from npcradiomics.images.transforms import motion
from npcradiomics.publication.pages.registration_pictures import ExaminationPair
from npcradiomics.simulation.recurrence import simulate_patient


def check(name, value, unit, limit, verdict):
    return {
        "name": name,
        "value": value,
        "unit": unit,
        "limit": limit,
        "verdict": verdict,
        "sentence": f"Sentence of {name}.",
    }


def checks(**changed):
    """Checks of a good registration by name; changed: name=(value, verdict)."""
    good = [
        check("backward", 0.2, "mm", 2.0, "pass"),
        check("similarity", 1.0, "", 0.95, "pass"),
        check("recurrence_inside", 1.0, "", 0.95, "pass"),
        check("covered", 1.0, "", 0.99, "pass"),
        check("overlap", 1.0, "", 0.75, "pass"),
        check("restart", 0.1, "mm", 2.0, "pass"),
        check("laterality", 1.4, "", 0.95, "pass"),
        check("rotation", 5.0, "degrees", 15.0, "pass"),
    ]
    for one in good:
        if one["name"] in changed:
            one["value"], one["verdict"] = changed[one["name"]]
    return {one["name"]: one for one in good}


def quality(patient="P1", verdict="pass", **changed):
    """The record of register_recurrence of an invented patient."""
    return {
        "patient": patient,
        "source": "Registered",
        "starts": [],
        "estimated_error": {
            "error_mm": 1.0,
            "low_mm": 0.3,
            "high_mm": 2.1,
            "rigid_mm": 0.6,
            "residual_mm": 0.8,
        },
        "centre_mm": [0.0, 0.0, 0.0],
        "rotation_deg": [1.0, 2.0, 3.0],
        "rotation_angle_deg": 5.0,
        "translation_mm": [3.0, 4.0, 12.0],
        "shift_mm": 13.0,
        "volume_change_percent": 0.0,
        "gtvr_volume": {"before_ml": 10.0, "after_ml": 9.5, "change_percent": -5.0, "small": False},
        "verdict": verdict,
        "checks": checks(**changed),
    }


@cache
def example():
    """Pair, quality and transform of a small simulated patient."""
    patient = simulate_patient("REC001", 7, size=(96, 96, 20), spacing_mm=(1.6, 1.6, 5.0))
    planning, recurrence = patient.planning_mri, patient.recurrence_mri
    headers = sitk.Transform(3, sitk.sitkIdentity)
    gtvr = carry_or_empty(patient.gtvr, planning, patient.transform)
    pair = ExaminationPair(
        planning=planning,
        before=sitk.Resample(recurrence, planning, headers, sitk.sitkLinear, 0.0),
        after=sitk.Resample(
            recurrence, planning, patient.transform, sitk.sitkLinear, 0.0, sitk.sitkFloat32
        ),
        gtv=patient.gtv,
        gtvr_before=carry_or_empty(patient.gtvr, planning, headers),
        gtvr=gtvr,
        discrepancy=sitk.Cast(patient.gtv, sitk.sitkFloat32) * 0.4,
    )
    record = quality("REC001") | motion(patient.transform, centroid(patient.gtv))
    record["gtvr_volume"] = carried_volume(patient.gtvr, gtvr)
    record["starts"] = [
        {
            "name": "contours",
            "start": [0.0] * 6,
            "stage": "region",
            "final": [0.1] * 6,
            "metric": 0.3,
            "chosen": True,
            "agreement_mm": 0.0,
            "note": "",
        },
        {
            "name": "header",
            "start": [0.0] * 6,
            "stage": "head",
            "final": [0.1] * 6,
            "metric": None,
            "chosen": False,
            "agreement_mm": 40.0,
            "note": "3% of the region in the moving image, 25% needed",
        },
    ]
    return SimpleNamespace(pair=pair, quality=record, transform=patient.transform, patient=patient)


def planted(gtvr_voxels):
    """GTV a ball round voxel (20, 24, 10) of radius 9, GTVr the given (x, y, z) voxels; noise for images."""
    rng = np.random.default_rng(3)
    planning = sitk.GetImageFromArray(rng.normal(100, 20, (20, 48, 48)).astype(np.float32))
    z, y, x = np.indices((20, 48, 48))
    gtv = (x - 20) ** 2 + (y - 24) ** 2 + (z - 10) ** 2 <= 81
    gtvr = np.zeros_like(gtv)
    gtvr[tuple(np.array(gtvr_voxels, int).reshape(-1, 3)[:, ::-1].T)] = True
    masks = [sitk.GetImageFromArray(mask.astype(np.uint8)) for mask in (gtv, gtvr)]
    return ExaminationPair(planning, planning, planning, masks[0], masks[1], masks[1], None)


# Most of it on slice 16 (of 20), row 27 and column 15; the GTV is largest on 10, 24 and 20.
RECURRENCE = [
    *((x, y, 16) for x in range(13, 19) for y in range(22, 30)),
    *((15, y, z) for y in range(22, 30) for z in (13, 14, 15)),
    *((x, 27, z) for x in range(13, 19) for z in (13, 14, 15)),
]
