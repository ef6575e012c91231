"""A fitted model written down: a file people can read, its cross-validation, its paths."""

import numpy as np
import pandas as pd

from npcradiomics.response.radscore import Fit


def model_file(fit: Fit, n_patients: int, n_effective: int) -> dict:
    """Write the model out, JSON-ready: all that is needed to score a patient.

    n_patients, n_effective: the training patients, and those of them with the response.
    """
    table = fit.preparation.table.set_index("feature")
    _, p, low, high = fit.logistic.wald()
    features = {}
    for position, name in enumerate(fit.selected, start=1):
        row = table.loc[name]
        features[name] = {
            key: float(row[key]) for key in ("lower", "upper", "median", "mean", "sd")
        }
        features[name] |= {
            "coefficient": float(fit.coefficients[position]),
            "lasso_coefficient": float(fit.lasso[position]),
            "logistic": None
            if fit.logistic.separated
            else {
                "coefficient": float(fit.logistic.coefficients[position]),
                "se": float(fit.logistic.se[position]),
                "p": float(p[position]),
                "odds_ratio": _odds(fit.logistic.coefficients[position]),
                "odds_ratio_low": _odds(low[position]),
                "odds_ratio_high": _odds(high[position]),
            },
        }
    validated = fit.cross_validation
    return {
        "what": "rad-score = intercept + sum of coefficient x (value - mean) / sd; a value outside"
        " lower..upper becomes the median first; effective where the rad-score is above the"
        " threshold",
        "positive_class": "effective (CR or PR)",
        "training": {"patients": int(n_patients), "effective": int(n_effective)},
        "score_from": fit.score_from,
        "intercept": float(fit.coefficients[0]),
        "lasso_intercept": float(fit.lasso[0]),
        "threshold": float(fit.threshold.threshold)
        if np.isfinite(fit.threshold.threshold)
        else None,
        "features": features,
        "lambda": {
            "chosen": float(fit.chosen_lambda),
            "min": float(validated.lambda_min),
            "1se": float(validated.lambda_1se),
        },
        "notes": fit.notes,
        "dropped": fit.preparation.dropped,
    }


def cross_validation_table(fit: Fit) -> pd.DataFrame:
    """Tabulate the cross-validation: a row per penalty.

    lambda, cvm, cvsd, n_features (kept by the model of all training patients), mark ("min", "1se",
    "min, 1se" or ""), used.
    """
    validated = fit.cross_validation
    marks = [
        ", ".join(
            name
            for name, value in (("min", validated.lambda_min), ("1se", validated.lambda_1se))
            if penalty == value
        )
        for penalty in fit.path.lambdas
    ]
    columns = {"lambda": fit.path.lambdas, "cvm": validated.cvm, "cvsd": validated.cvsd}
    columns |= {"n_features": (fit.path.coefficients != 0).sum(axis=1), "mark": marks}
    return pd.DataFrame(columns | {"used": fit.path.lambdas == fit.chosen_lambda})


def paths_table(fit: Fit) -> pd.DataFrame:
    """Tabulate the paths: feature, lambda, coefficient, selected (kept by the model).

    Of every feature that enters the path anywhere.
    """
    entered = np.flatnonzero((fit.path.coefficients != 0).any(axis=0))
    tables = [
        pd.DataFrame(
            {
                "feature": fit.preparation.features[j],
                "lambda": fit.path.lambdas,
                "coefficient": fit.path.coefficients[:, j],
                "selected": fit.preparation.features[j] in fit.selected,
            }
        )
        for j in entered
    ]
    empty = pd.DataFrame(columns=["feature", "lambda", "coefficient", "selected"])
    return pd.concat(tables, ignore_index=True) if tables else empty


def _odds(log_odds):
    return float(np.exp(np.clip(log_odds, -700, 700)))
