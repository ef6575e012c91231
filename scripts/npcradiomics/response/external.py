"""External validation: what a model is worth on labelled patients it has never seen, and after recalibration."""

import numpy as np
import pandas as pd
from scipy import special

from npcradiomics.response.assessment import assess_set
from npcradiomics.response.calibration import brier
from npcradiomics.response.discrimination import area
from npcradiomics.response.logistic import fit_logistic

MIN_PER_RESPONSE = 5


def validate_externally(y: np.ndarray, score: np.ndarray, threshold: float) -> pd.DataFrame:
    """Judge a model on labelled patients: as it is, and recalibrated on these same patients.

    Parameters
    ----------
    y : (patient,)
        0 or 1.
    score : (patient,)
        Rad-scores by the model file.
    threshold : float
        Of training.

    Returns
    -------
    DataFrame
        Three rows. set "external": the columns of `assessment.assess_set`, the model untouched.
        "recalibrated: intercept" (slope 1) and "recalibrated: intercept and slope": recalibration_intercept
        and recalibration_slope that were fitted here, and the Brier score with them, which flatters
        as a training figure does; areas and ranks do not change.

    Raises
    ------
    ValueError
        Fewer than 5 patients of a response, with the counts.
    """
    y, score = np.asarray(y), np.asarray(score, dtype=np.float64)
    counts = int(np.count_nonzero(y == 1)), int(np.count_nonzero(y == 0))
    if min(counts) < MIN_PER_RESPONSE:
        raise ValueError(
            f"{counts[0]} effective and {counts[1]} ineffective labelled patients with a score,"
            f" at least {MIN_PER_RESPONSE} of each needed for an external validation"
        )
    rows = [assess_set("external", y, score, special.expit(score), threshold)]
    shift = fit_logistic(np.empty((y.size, 0)), y, offset=score)
    fitted = {"intercept": (float(shift.coefficients[0]), 1.0)}
    both = fit_logistic(score[:, None], y)
    fitted["intercept and slope"] = tuple(map(float, both.coefficients))
    for name, (intercept, slope) in fitted.items():
        eta = intercept + slope * score
        row = {"set": f"recalibrated: {name}", "patients": len(y), "effective": counts[0]}
        row |= {"auc": area(y, score), "recalibration_intercept": intercept}
        row |= {"recalibration_slope": slope, "note": both.separated if "slope" in name else ""}
        rows.append(row | {"brier": brier(y, special.expit(eta))})
    return pd.DataFrame(rows)
