"""The part of a tumour that its risk map puts first, as a structure for a planning system."""

import numpy as np

from npcradiomics.refusal import Refusal


class NoStructure(Refusal):
    """A patient's map has no part of highest risk; his other structures are as good as before."""


def structure_name(level: int) -> str:
    """Name of the structure of a level: 16 characters, as many as a planning system takes."""
    return f"RISK_{level}_RESEARCH"


def evidence_words(better: bool, verdict: str, without_evidence: bool) -> tuple[str, str]:
    """What an exported structure says of its map: title and remark.

    Parameters
    ----------
    better, verdict
        Of the cohort's model: whether its maps were better than depth alone, and the sentence.
    without_evidence
        Whether a map that was not is exported all the same.

    Raises
    ------
    ValueError
        It was not, and is not to be exported.
    """
    if better:
        return "", verdict
    if not without_evidence:
        raise Refusal(
            f"no structure of the risk map is exported: {verdict.removesuffix('.')}",
            "risk_map: export_without_evidence: true exports it, and the structure says so;"
            " risk_map: export: false exports the other structures",
        )
    return "WITHOUT EVIDENCE", f"EXPORTED WITHOUT EVIDENCE. {verdict}"


def iso_risk(risk: np.ndarray, gtv: np.ndarray, level: int) -> np.ndarray:
    """The voxels of a tumour whose risk is at or above a percentile of the tumour's own.

    A level of 70 is the 70th percentile: the structure holds the 30 % of the GTV of highest risk,
    voxels as high as the last of them included. So it is never empty, does not depend on the scale of the map, and
    is a volume whose share of the recurrence the cohort's scores tell.

    Parameters
    ----------
    risk : (z, y, x)
        The map.
    gtv : (z, y, x)
        Not 0 inside the tumour.
    level
        Percentile, 1 to 99.

    Returns
    -------
    ndarray (z, y, x), bool

    Raises
    ------
    NoStructure
        A map without a highest part.
    ValueError
        Grids that differ; an empty GTV; values that are not finite.
    """
    inside = np.asarray(gtv) > 0
    if np.shape(risk) != inside.shape:
        raise Refusal(
            f"the risk map has {np.shape(risk)} voxels (z, y, x), the GTV's grid {inside.shape}",
            "make the map of this GTV again",
        )
    values = np.asarray(risk, float)[inside]
    if not values.size:
        raise Refusal("the GTV is empty: 0 voxels", "give the contour of this patient")
    if not np.isfinite(values).all():
        raise Refusal(
            f"the risk map has no value in {np.count_nonzero(~np.isfinite(values))} of the GTV's"
            f" {values.size} voxels",
            "make the map of this GTV again",
        )
    n_top = max(1, round((100 - level) / 100 * values.size))
    threshold = np.partition(values, values.size - n_top)[values.size - n_top]
    if threshold == values.min():
        raise NoStructure(
            f"the risk map has no highest {100 - level} %: {np.count_nonzero(values == threshold)} of"
            f" {values.size} voxels share its lowest value, {threshold:.3g}",
            "take a higher risk_map: export_level",
        )
    return inside & (np.asarray(risk, float) >= threshold)
