"""Patients scored from the file of a model alone."""

import numpy as np
import pandas as pd
from scipy import special

from npcradiomics.response.preparation import Preparation


def score_patients(model: dict, features: pd.DataFrame) -> pd.DataFrame:
    """Rad-scores of patients by a model file.

    Parameters
    ----------
    model
        As `fit_files.model_file` makes it.
    features : (patient, feature)
        Raw values; other columns are ignored.

    Returns
    -------
    DataFrame
        With the index of `features`: rad_score, probability, called ("effective", "ineffective").

    Raises
    ------
    ValueError
        A feature of the model is missing or holds no finite number.
    """
    names = list(model["features"])
    rows = pd.DataFrame([{"feature": name} | model["features"][name] for name in names])
    score = np.full(len(features), model["intercept"])
    if names:
        prepared = Preparation(rows, {}).apply(features).to_numpy()
        score = score + prepared @ rows["coefficient"].to_numpy()
    threshold = np.inf if model["threshold"] is None else model["threshold"]
    called = np.where(score > threshold, "effective", "ineffective")
    return pd.DataFrame(
        {"rad_score": score, "probability": special.expit(score), "called": called},
        index=features.index,
    )
