"""The model of Liu 2025: preparation, LASSO, logistic regression, rad-score, threshold.

Only training patients come in here. A new patient is scored from the file alone, see `scoring`.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from npcradiomics.response.cohort import MIN_PER_RESPONSE
from npcradiomics.response.discrimination import Threshold, youden
from npcradiomics.response.distance import distance_file
from npcradiomics.response.harmonization import Harmonization, fit_combat
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
from npcradiomics.response.sample_size import sample_size_note
from npcradiomics.response.stability import unstable_features

EVENTS_PER_VARIABLE = 10  # below this many a logistic model is known to be too optimistic
NOTHING_KEPT = (
    "LASSO kept no feature: the model is the intercept alone and gives every patient the same score"
)
# What the file of a model holds of a feature's preparation.
_OF_A_FEATURE = ("lower", "upper", "median", "lowest", "highest", "mean", "sd")


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted model.

    selected: names the LASSO kept; lasso: intercept and coefficients (1 + selected) at the chosen
    penalty; logistic: LogisticFit on the selected; score_from: "logistic", "lasso" or "intercept";
    threshold: Youden's on training; notes: what a reader must know; standardised: (patient,
    selected) values of the training patients over mean and SD, nothing replaced; harmonization: of
    the centres, None without.
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
    standardised: np.ndarray
    harmonization: Harmonization | None = None

    @property
    def coefficients(self) -> np.ndarray:
        """Intercept and coefficients (1 + selected) of the rad-score, on prepared features."""
        return self.logistic.coefficients if self.score_from == "logistic" else self.lasso

    def rad_score(self, features: pd.DataFrame, centres: pd.Series | None = None) -> np.ndarray:
        """Rad-score (patient) of a table of raw features; centres (patient) where they were harmonized."""
        if self.harmonization is not None:
            features = self.harmonization.apply(features, centres)
        prepared = self.preparation.apply(features)[self.selected].to_numpy()
        return self.coefficients[0] + prepared @ self.coefficients[1:]


def fit_model(
    features: pd.DataFrame,
    y: np.ndarray,
    rng: np.random.Generator,
    *,
    outliers: str = "iqr",
    iqr_factor: float = 1.5,
    folds: int = 10,
    measure: str = "deviance",
    lambda_rule: str = "min",
    score: str = "logistic",
    fold_labels: np.ndarray | None = None,
    min_per_response: int = MIN_PER_RESPONSE,
    smallest_penalty: float | None = None,
    harmonization: str = "none",
    centres: pd.Series | None = None,
    minimum_icc: float = 0.0,
    repeats: np.ndarray | None = None,
) -> Fit:
    """Fit on training patients.

    Parameters
    ----------
    features : (patient, feature)
        Raw values.
    y : (patient,)
        0 and 1.
    rng
        Draws the folds, unless fold_labels (patient) are given.
    outliers, iqr_factor
        Of `preparation.prepare`.
    folds, measure
        Of `lasso.cross_validate`; folds are as many as the rarer response has patients, at most.
    lambda_rule : 'min', '1se'
    score : 'logistic', 'lasso'
        Unpenalised regression on the features kept, the paper's, or the penalised linear predictor.
        Where the regression has no maximum (separation) it is the LASSO's, and `notes` says so.
    min_per_response
        Patients of each response, at least.
    smallest_penalty
        Of `lasso.lasso_path`.
    harmonization : 'none', 'combat'
        'combat' needs centres (patient,): `harmonization.fit_combat`, before anything else.
    minimum_icc
        Above 0 features with a lower ICC(1,1) do not enter; needs repeats (patient, perturbation,
        feature), harmonized likewise.

    Raises
    ------
    ValueError
        Fewer than min_per_response patients of a response, and what prepare, lasso_path, fit_combat
        and unstable_features refuse.
    """
    y = np.asarray(y)
    for value, response in ((1, "effective"), (0, "ineffective")):
        count = int(np.count_nonzero(y == value))
        if count < min_per_response:
            raise ValueError(
                f"{count} {response} patients to fit a model on, at least {min_per_response} needed"
            )
    learnt, unstable = None, {}
    if harmonization == "combat":
        learnt = fit_combat(features, centres)
        features = learnt.apply(features, centres)
    if minimum_icc > 0:
        unstable = _unstable(repeats, list(features), minimum_icc, learnt, centres)
        features = features.drop(columns=list(unstable))
    preparation = prepare(features, outliers, iqr_factor)
    preparation = replace(preparation, dropped=unstable | preparation.dropped)
    x = preparation.apply(features)
    path = lasso_path(x, y, smallest=smallest_penalty)
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
    deviance = float(validated.cvm[row]) if measure == "deviance" else None
    notes.append(sample_size_note(len(y), rarer_count(y), features.shape[1], deviance))
    if unstable:
        notes.append(
            f"{len(unstable)} of {len(unstable) + features.shape[1]} features have an ICC(1,1) below"
            f" {minimum_icc:g} in {repeats.shape[1]} perturbations of each training patient and did"
            " not enter"
        )
    if learnt is not None:
        notes.append(f"ComBat, fitted on training: centres {', '.join(learnt.shift.index)}")
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
        preparation.standardised(features)[selected].to_numpy(),
        learnt,
    )


def _unstable(repeats, names, minimum_icc, learnt, centres):
    """Of the features as the model sees them."""
    if repeats is None:
        raise ValueError(f"minimum_icc is {minimum_icc:g} and there are no repeated measurements")
    if learnt is not None:
        again = (pd.DataFrame(one, columns=names) for one in np.moveaxis(repeats, 1, 0))
        repeats = np.stack([learnt.apply(one, centres).to_numpy() for one in again], axis=1)
    return unstable_features(repeats, names, minimum_icc)


def rarer_count(y: np.ndarray) -> int:
    """Patients of the rarer response."""
    return int(min(np.count_nonzero(y), len(y) - np.count_nonzero(y)))


def _judged(y, selected, logistic, wanted):
    """Where the rad-score comes from, and the sentences that must be said."""
    if not selected:
        return "intercept", [NOTHING_KEPT]
    fewer = rarer_count(y)
    per_variable = fewer / len(selected)
    features = f"{len(selected)} feature{'s' if len(selected) > 1 else ''}"
    notes = [
        f"{fewer} patients of the rarer response for {features}: {per_variable:.1f} events per"
        " variable"
    ]
    if per_variable < EVENTS_PER_VARIABLE:
        notes[0] += (
            f", below {EVENTS_PER_VARIABLE}: coefficients are too large, training figures too good"
        )
    if logistic.separated:
        notes.append(f"no logistic regression: {logistic.separated}; the rad-score is the LASSO's")
        return "lasso", notes
    return wanted, notes


def model_file(fit: Fit, n_patients: int, n_effective: int) -> dict:
    """Write the model out, JSON-ready: all that is needed to score a patient.

    n_patients, n_effective: the training patients, and those of them with the response.
    """
    table = fit.preparation.table.set_index("feature")
    _, p, low, high = fit.logistic.wald()
    features = {}
    for position, name in enumerate(fit.selected, start=1):
        row = table.loc[name]
        features[name] = {key: float(row[key]) for key in _OF_A_FEATURE}
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
        " lower..upper becomes the median first (after harmonization, where there is one); effective where the rad-score is above the"
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
        "distance": distance_file(fit.standardised),
        "harmonization": None
        if fit.harmonization is None
        else fit.harmonization.to_file(fit.selected),
        "notes": fit.notes,
        "dropped": fit.preparation.dropped,
    }


def _odds(log_odds):
    return float(np.exp(np.clip(log_odds, -700, 700)))
