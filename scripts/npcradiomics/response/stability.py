"""Features that another contour and another scan would have measured the same, learnt on training patients."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from npcradiomics.statistics.repeatability import intraclass_correlations


def repeats_of(
    perturbed: pd.DataFrame, patients: Sequence[str], names: Sequence[str]
) -> np.ndarray:
    """Repeated measurements (patient, perturbation, feature) in this order of patients and features.

    Parameters
    ----------
    perturbed : DataFrame
        patient, perturbation and the features.
    patients, names

    Raises
    ------
    ValueError
        Patients without the perturbations that others have, with names.
    """
    n = perturbed["perturbation"].nunique()
    counts = perturbed.groupby("patient").size().reindex(patients).fillna(0).astype(int)
    short = counts[counts != n]
    if len(short):
        words = ", ".join(f"{name} has {count}" for name, count in list(short.items())[:5])
        raise ValueError(f"{len(short)} patients without all of {n} perturbations: {words}")
    rows = perturbed.set_index(["patient", "perturbation"]).sort_index()
    values = rows.loc[list(patients), list(names)].to_numpy(dtype=np.float64)
    return values.reshape(len(patients), n, len(names))


def unstable_features(
    repeats: np.ndarray, names: Sequence[str], minimum_icc: float
) -> dict[str, str]:
    """Features whose ICC(1,1) is below a minimum or unknown, with the reason.

    Parameters
    ----------
    repeats : (patient, perturbation, feature)
        Of training patients; a feature that is undefined in a perturbation is judged without that
        patient.
    names : (feature,)
    minimum_icc

    Raises
    ------
    ValueError
        No feature is stable, with the best.
    """
    table = intraclass_correlations(repeats, list(names))
    low = table[~(table["icc_1_1"] >= minimum_icc)]
    if len(low) == len(table):
        best = table["icc_1_1"].max()
        raise ValueError(
            f"none of {len(table)} features has an ICC(1,1) of {minimum_icc:g}; the best has"
            f" {best:.3f}"
        )
    return {
        row.feature: f"ICC(1,1) {row.icc_1_1:.3f}, below {minimum_icc:g}"
        for row in low.itertuples()
    }
