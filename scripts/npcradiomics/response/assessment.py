"""What is said of a scored set: ROC and its area, rates at the training threshold, calibration."""

import numpy as np
import pandas as pd

from npcradiomics.response.calibration import (
    band,
    brier,
    hosmer_lemeshow,
    recalibrate,
    smooth_curve,
)
from npcradiomics.response.discrimination import auc_delong, rates_at, roc_curve

N_BOOTSTRAP = 500
N_POINTS = 60


def assess_set(
    name: str, y: np.ndarray, score: np.ndarray, probability: np.ndarray, threshold: float
) -> dict:
    """One row of figures for a set.

    Parameters
    ----------
    name : str
        On "train" Hosmer-Lemeshow's p has groups - 2 degrees of freedom, and groups on a set the
        model has not seen.
    y, score, probability : (patient,) arrays
        0 or 1, the rad-score, and its probability.
    threshold : float
        Of the score, fixed beforehand.
    """
    area = auc_delong(y, score)
    row = {"set": name, "patients": len(y), "effective": int(np.sum(y)), "auc": area.auc}
    row |= {"auc_low": area.low, "auc_high": area.high, "threshold": threshold}
    for kind, rate in zip(
        ("sensitivity", "specificity"), rates_at(y, score, threshold), strict=True
    ):
        row |= {f"{kind}_k": rate.k, f"{kind}_n": rate.n, kind: rate.estimate}
        row |= {f"{kind}_low": rate.low, f"{kind}_high": rate.high}
    figures, groups = recalibrate(y, score), hosmer_lemeshow(y, probability)
    row |= {"brier": brier(y, probability), "slope": figures.slope, "slope_low": figures.slope_low}
    row |= {
        "slope_high": figures.slope_high,
        "intercept": figures.intercept,
        "in_the_large": figures.in_the_large,
    }
    row |= {"hosmer_lemeshow": groups.chisq, "hosmer_lemeshow_groups": groups.groups}
    row |= {"hosmer_lemeshow_p": groups.p_development if name == "train" else groups.p_external}
    return row | {"note": figures.note}


def roc_table(name: str, y: np.ndarray, score: np.ndarray) -> pd.DataFrame:
    """The ROC curve of a set: set, threshold, sensitivity, specificity.

    Parameters
    ----------
    name : str
        Of the set.
    y, score : (patient,) arrays
        0 or 1, and the rad-score. Infinite thresholds are left empty.
    """
    curve = roc_curve(y, score)
    thresholds = np.where(np.isfinite(curve.thresholds), curve.thresholds, np.nan)
    columns = {
        "threshold": thresholds,
        "sensitivity": curve.sensitivity,
        "specificity": curve.specificity,
    }
    return pd.DataFrame({"set": name} | columns)


def calibration_table(
    name: str, y: np.ndarray, probability: np.ndarray, rng: np.random.Generator
) -> pd.DataFrame:
    """The calibration curve of a set over the range of its probabilities.

    Parameters
    ----------
    name : str
        Of the set.
    y, probability : (patient,) arrays
        0 or 1, and the predicted probability.
    rng : numpy.random.Generator
        Draws the cohorts of the band.

    Returns
    -------
    DataFrame
        set, probability, observed (smooth curve), low, high (95 % bootstrap band).
    """
    at = np.linspace(probability.min(), probability.max(), N_POINTS)
    low, high = band(y, probability, at, N_BOOTSTRAP, rng)
    observed = np.clip(smooth_curve(y, probability, at), 0, 1)
    return pd.DataFrame(
        {"set": name, "probability": at, "observed": observed, "low": low, "high": high}
    )
