"""The model of Liu 2025 from end to end: preparation, LASSO, logistic regression, rad-score, threshold; and its file.

Only training patients come in here. A new patient is scored from the file alone.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from npcradiomics.response.cohort import MIN_PER_RESPONSE
from npcradiomics.response.discrimination import Threshold, youden
from npcradiomics.response.lasso import (
    CrossValidation,
    Path,
    Preparation,
    cross_validate,
    lasso_path,
    prepare,
    stratified_folds,
)
from npcradiomics.response.logistic import LogisticFit, fit_logistic

EVENTS_PER_VARIABLE = 10  # below this many a logistic model is known to be too optimistic
NOTHING_KEPT = (
    "LASSO kept no feature: the model is the intercept alone and gives every patient the same score"
)


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted model.

    selected: names the LASSO kept; lasso: intercept and coefficients (1 + selected) at the chosen
    penalty; logistic: LogisticFit on the selected; score_from: "logistic", "lasso" or "intercept";
    threshold: Youden's on training; notes: what a reader must know.
    """

    preparation: Preparation
    path: Path
    cross_validation: CrossValidation
    chosen_lambda: float
    selected: list
    lasso: np.ndarray
    logistic: LogisticFit
    score_from: str
    threshold: Threshold
    notes: list

    @property
    def coefficients(self):
        """Intercept and coefficients (1 + selected) of the rad-score, on prepared features."""
        return self.logistic.coefficients if self.score_from == "logistic" else self.lasso

    def rad_score(self, features):
        """Rad-score (patient) of a table of raw features."""
        prepared = self.preparation.apply(features)[self.selected].to_numpy()
        return self.coefficients[0] + prepared @ self.coefficients[1:]


def fit_model(
    features,
    y,
    rng,
    *,
    outliers="iqr",
    iqr_factor=1.5,
    folds=10,
    measure="deviance",
    lambda_rule="min",
    score="logistic",
    fold_labels=None,
    min_per_response=MIN_PER_RESPONSE,
):
    """Fit on training patients: features (patient, feature) table of raw values, y (patient) of 0 and 1.

    rng draws the folds, unless fold_labels (patient) are given; lambda_rule: "min" or "1se"; score:
    "logistic" (unpenalised regression on the features kept, the paper's) or "lasso" (the penalised
    linear predictor). Where the logistic regression has no maximum (separation) the score is the
    LASSO's, and `notes` says so. Returns Fit. Folds are as many as the rarer response has patients,
    at most. ValueError: fewer than min_per_response patients of a response, and what prepare and
    lasso_path refuse.
    """
    y = np.asarray(y)
    for value, response in ((1, "effective"), (0, "ineffective")):
        count = int(np.count_nonzero(y == value))
        if count < min_per_response:
            raise ValueError(
                f"{count} {response} patients to fit a model on, at least {min_per_response} needed"
            )
    preparation = prepare(features, outliers, iqr_factor)
    x = preparation.apply(features)
    path = lasso_path(x, y)
    labels = (
        stratified_folds(y, min(folds, rarer_count(y)), rng) if fold_labels is None else fold_labels
    )
    validated = cross_validate(x, y, labels, path.lambdas, measure)
    chosen = {"min": validated.lambda_min, "1se": validated.lambda_1se}[lambda_rule]
    row = int(np.flatnonzero(path.lambdas == chosen)[0])
    kept = np.flatnonzero(path.coefficients[row])
    selected = [preparation.features[j] for j in kept]
    lasso = np.concatenate([[path.intercepts[row]], path.coefficients[row][kept]])
    logistic = fit_logistic(x.to_numpy()[:, kept], y)
    score_from, notes = _judged(y, selected, logistic, score)
    beta = logistic.coefficients if score_from == "logistic" else lasso
    threshold = youden(y, beta[0] + x.to_numpy()[:, kept] @ beta[1:])
    return Fit(
        preparation,
        path,
        validated,
        chosen,
        selected,
        lasso,
        logistic,
        score_from,
        threshold,
        notes,
    )


def cross_validation_table(fit):
    """lambda, cvm, cvsd, n_features (kept by the model of all training patients), chosen ("min", "1se", "min, 1se", "")."""
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


def paths_table(fit):
    """feature, lambda, coefficient of every feature that enters the path anywhere;

    selected: kept by the model.
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


def rarer_count(y):
    """Patients of the rarer response."""
    return int(min(np.count_nonzero(y), len(y) - np.count_nonzero(y)))


def model_file(fit, n_patients, n_effective):
    """The model as a JSON-ready dict: all that is needed to score a patient, readable by people."""
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
        "what": "rad-score = intercept + sum of coefficient x (value - mean) / sd; a value outside lower..upper becomes"
        " the median first; effective where the rad-score is above the threshold",
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


def score_patients(model, features):
    """Rad-scores of patients by a model file: features (patient, feature) table of raw values, any other columns.

    Returns a table with the index of `features`: rad_score, probability, called ("effective" or
    "ineffective"). ValueError: a feature of the model is missing or holds no finite number.
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


def _odds(log_odds):
    return float(np.exp(np.clip(log_odds, -700, 700)))


def _judged(y, selected, logistic, wanted):
    """Where the rad-score comes from, and the sentences that must be said."""
    if not selected:
        return "intercept", [NOTHING_KEPT]
    fewer = rarer_count(y)
    per_variable = fewer / len(selected)
    features = f"{len(selected)} feature{'s' if len(selected) > 1 else ''}"
    notes = [
        f"{fewer} patients of the rarer response for {features}: {per_variable:.1f} events per variable"
    ]
    if per_variable < EVENTS_PER_VARIABLE:
        notes[0] += (
            f", below {EVENTS_PER_VARIABLE}: coefficients are too large, training figures too good"
        )
    if logistic.separated:
        notes.append(f"no logistic regression: {logistic.separated}; the rad-score is the LASSO's")
        return "lasso", notes
    return wanted, notes
