"""The features of both regions of a patient in each of his perturbed examinations."""

import zlib
from collections.abc import Mapping, Sequence

import numpy as np

from npcradiomics.features.extraction import FEATURE_NAMES, extract
from npcradiomics.perturbation.examination import N_PERTURBATIONS, perturbations
from npcradiomics.region_names import PAIR
from npcradiomics.regions.recurrence import derive_regions


def measure_perturbed(
    patient: str,
    image: np.ndarray,
    gtv: np.ndarray,
    gtvr: np.ndarray,
    spacing_zyx_mm: Sequence[float],
    *,
    regions: Mapping[str, object],
    extraction: Mapping[str, object],
    n: int = N_PERTURBATIONS,
    seed: int = 0,
) -> tuple[list[dict], list[str]]:
    """Measure the 47 features of both regions in n perturbed examinations.

    The contours are perturbed, GTV and GTVr each on its own, and the regions derived from them as
    from the true ones, but for the voxels a region needs, of which half are enough: what was large
    enough is not lost by a contour that came out smaller.

    Parameters
    ----------
    patient : str
        With the seed it fixes the perturbations.
    image, gtv, gtvr : (z, y, x)
        On the planning grid; masks > 0 inside.
    spacing_zyx_mm : (3,)
    regions, extraction
        Settings of the study.
    n, seed

    Returns
    -------
    rows, reasons
        A row a region and perturbation (patient, region, perturbation from 1 on, the 47); NaN
        where it left a region that cannot be measured, and then why.
    """
    options = dict(extraction)
    fit_on_gtv = options.pop("quantizer_fit") == "gtv"
    definition = {**regions, "min_voxels": max(2, int(regions["min_voxels"]) // 2)}
    voxel_cm3 = float(np.prod(spacing_zyx_mm)) / 1000.0
    entropy = [seed, zlib.crc32(patient.encode())]
    rows, reasons = [], []
    examinations = perturbations(
        image, {"gtv": gtv, "gtvr": gtvr}, spacing_zyx_mm, n=n, seed=entropy
    )
    for k, (moved, drawn) in enumerate(examinations, start=1):
        measured = {}
        try:
            masks = derive_regions(drawn["gtv"], drawn["gtvr"], voxel_cm3, **definition).masks
            for region in PAIR:
                measured[region] = extract(
                    moved,
                    masks[region],
                    fit_mask=drawn["gtv"] if fit_on_gtv else None,
                    spacing_mm=spacing_zyx_mm,
                    **options,
                ).features
        except ValueError as error:
            measured = {}
            reasons.append(f"perturbation {k} of {n}: {error}")
        nothing = dict.fromkeys(FEATURE_NAMES, np.nan)
        rows += [
            {"patient": patient, "region": region, "perturbation": k}
            | measured.get(region, nothing)
            for region in PAIR
        ]
    return rows, reasons
