"""A model with all its steps repeated: nested cross-validation, bootstrap, permutations.

Every repetition is one row and depends on (seed, kind, number) alone, so that they can be made in
any order, in several jobs, and again. `validation_summary` says what they are worth together.
"""

import numpy as np
import pandas as pd
from scipy import special

from npcradiomics.response.calibration import brier, recalibrate
from npcradiomics.response.discrimination import area
from npcradiomics.response.lasso import stratified_folds
from npcradiomics.response.radscore import fit_model, rarer_count

KINDS = ("nested", "bootstrap", "permutation")
OUTER_FOLDS = 5
FEWEST = 2  # patients of each response a resampled model is fitted on, at least


def repetition(
    kind: str, number: int, features: pd.DataFrame, y: np.ndarray, seed: int, settings: dict
) -> tuple[dict, np.ndarray | None]:
    """One repetition.

    Parameters
    ----------
    kind : 'nested', 'bootstrap', 'permutation'
    number, seed
        Draw what is drawn.
    features : (patient, feature)
        Raw values.
    y : (patient,)
        0 and 1.
    settings
        Of `radscore.fit_model`.

    Returns
    -------
    (dict, (patient,) float64)
        Numbers and `selected`, the features kept by each fit ("a;b|c"); for "nested" probabilities
        out of the folds, else None.
    """
    rng = np.random.default_rng([seed, KINDS.index(kind), number])
    return {"nested": _nested, "bootstrap": _bootstrap, "permutation": _permuted}[kind](
        features, y, rng, settings
    )


def _fit(features, y, rng, settings, **more):
    return fit_model(features, y, rng, **settings, min_per_response=FEWEST, **more)


def _nested(features, y, rng, settings):
    """5-fold outer cross-validation; all steps, with their own 10-fold, on four fifths."""
    folds = stratified_folds(y, min(OUTER_FOLDS, rarer_count(y)), rng)
    score, areas, kept = np.empty(len(y)), [], []
    for fold in np.unique(folds):
        out = folds == fold
        fit = _fit(features[~out], y[~out], rng, settings)
        score[out] = fit.rad_score(features[out])
        # Averaged over folds: scores of different models have no common scale, and pooling
        # intercept-only models ranks patients against their response (each fold's intercept falls
        # when its left-out share is high).
        areas.append(area(y[out], score[out]))
        kept.append(";".join(fit.selected))
    probability = special.expit(score)
    figures = recalibrate(y, score)
    row = {
        "auc": float(np.mean(areas)),
        "brier": brier(y, probability),
        "slope": figures.slope,
        "intercept": figures.intercept,
        "selected": "|".join(kept),
    }
    return row, probability


def _bootstrap(features, y, rng, settings):
    """A model of a resampled cohort, on that cohort and on the one it was drawn from.

    Efron 1983; Harrell 1996.
    """
    drawn = rng.integers(0, len(y), len(y))
    while rarer_count(y[drawn]) < FEWEST or _distinct(y, drawn) < 3:
        drawn = rng.integers(0, len(y), len(y))
    # Copies of a patient stay in one fold: split, they would be learnt and tested at once.
    members = np.unique(drawn)
    labels = stratified_folds(y[members], min(settings["folds"], _distinct(y, drawn)), rng)
    labels = labels[np.searchsorted(members, drawn)]
    resampled = features.iloc[drawn].reset_index(drop=True)
    fit = _fit(resampled, y[drawn], rng, settings, fold_labels=labels)
    row = {}
    for name, table, response in (("resampled", resampled, y[drawn]), ("original", features, y)):
        score = fit.rad_score(table)
        figures = recalibrate(response, score)
        row |= {
            f"auc_{name}": area(response, score),
            f"brier_{name}": brier(response, special.expit(score)),
            f"slope_{name}": figures.slope,
            f"intercept_{name}": figures.intercept,
        }
    return row | {"selected": ";".join(fit.selected)}, None


def _distinct(y, drawn):
    """Distinct patients of the rarer response among those drawn."""
    return rarer_count(y[np.unique(drawn)])


def _permuted(features, y, rng, settings):
    """All steps on shuffled responses: nested AUC of one 5-fold, and the training AUC."""
    shuffled = rng.permutation(y)
    row, _ = _nested(features, shuffled, rng, settings)
    fit = _fit(features, shuffled, rng, settings)
    apparent = area(shuffled, fit.rad_score(features))
    return {"auc": row["auc"], "auc_training": apparent, "n_selected": len(fit.selected)}, None
