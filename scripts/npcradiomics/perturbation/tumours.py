"""The features of a tumour in each of its perturbed examinations."""

import zlib
from collections.abc import Mapping, Sequence

import numpy as np

from npcradiomics.features.sets import tumour_features
from npcradiomics.perturbation.examination import N_PERTURBATIONS, perturbations


def measure_perturbed_tumour(
    patient: str,
    image: np.ndarray,
    mask: np.ndarray,
    spacing_zyx_mm: Sequence[float],
    *,
    features: Mapping[str, object],
    pyradiomics: str,
    n: int = N_PERTURBATIONS,
    seed: int = 0,
) -> tuple[list[dict], list[str]]:
    """Measure a tumour's features in n perturbed examinations.

    Parameters
    ----------
    patient : str
        With the seed it fixes the perturbations.
    image, mask : (z, y, x)
        Mask > 0 inside.
    spacing_zyx_mm : (3,)
    features
        `set` and `n_levels` of `features.sets.tumour_features`.
    pyradiomics
        Its settings file.
    n, seed

    Returns
    -------
    rows, reasons
        A row a perturbation (patient, perturbation from 1 on, the features), without features where
        they could not be measured, and then why.
    """
    entropy = [seed, zlib.crc32(patient.encode())]
    rows, reasons = [], []
    examinations = perturbations(image, {"mask": mask}, spacing_zyx_mm, n=n, seed=entropy)
    for k, (moved, drawn) in enumerate(examinations, start=1):
        row = {"patient": patient, "perturbation": k}
        try:
            row |= tumour_features(
                moved,
                drawn["mask"],
                spacing_zyx_mm,
                str(features["set"]),
                features["n_levels"],
                pyradiomics,
            )[0]
        except ValueError as error:
            reasons.append(f"{patient}, perturbation {k} of {n}: {error}")
        rows.append(row)
    return rows, reasons
