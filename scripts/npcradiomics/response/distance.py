"""How far a patient is from the training patients in the features of a model: Mahalanobis' distance."""

import numpy as np
import pandas as pd

from npcradiomics.response.preparation import Preparation
from npcradiomics.statistics.outlyingness import mahalanobis


def distance_file(standardised: np.ndarray) -> dict:
    """What a model file holds to judge a new patient's distance, JSON-ready.

    standardised: (patient, feature) of training, over its mean and SD. mean, inverse_covariance
    (Moore-Penrose where features are dependent) and the training patients' own distances, rising.
    """
    if not standardised.shape[1]:
        return {"mean": [], "inverse_covariance": [], "training": []}
    mean = standardised.mean(axis=0)
    covariance = np.atleast_2d(np.cov(standardised, rowvar=False))
    inverse = np.linalg.pinv(covariance, hermitian=True)
    own = np.sort(mahalanobis(standardised - mean, inverse))
    return {
        "mean": mean.tolist(),
        "inverse_covariance": inverse.tolist(),
        "training": own.tolist(),
    }


def distances(
    model: dict, rows: pd.DataFrame, features: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray]:
    """Distance of each patient, and the share of training patients who are nearer (patient,).

    Parameters
    ----------
    model
        As `radscore.model_file` makes it; without the entry `distance` (an older file, or no
        features) all is NaN.
    rows
        The model's features as `Preparation` takes them.
    features : (patient, feature)
        Raw values.
    """
    known = model.get("distance", {})
    if not known.get("training"):
        return np.full(len(features), np.nan), np.full(len(features), np.nan)
    values = Preparation(rows, {}).standardised(features).to_numpy() - known["mean"]
    found = mahalanobis(values, np.array(known["inverse_covariance"]))
    return found, np.searchsorted(known["training"], found) / len(known["training"])
