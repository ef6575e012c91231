"""Models with all their steps repeated: nested cross-validation, bootstrap, permutations.

Every repetition is one row and depends on (seed, kind, number) alone, so that they can be made in
any order, in several jobs, and again. `validation_summary` says what they are worth together.
"""

import numpy as np
import pandas as pd
from scipy import special

from npcradiomics.response.calibration import brier, recalibrate
from npcradiomics.response.discrimination import area
from npcradiomics.response.harmonization import MIN_PER_CENTRE, require_centres
from npcradiomics.response.lasso import stratified_folds
from npcradiomics.response.models import MODELS, RADSCORE, Patients, fit_others, scores_of
from npcradiomics.response.radscore import fit_model, rarer_count

KINDS = ("nested", "bootstrap", "permutation")
OUTER_FOLDS = 5
FEWEST = 2  # patients of each response a resampled model is fitted on, at least


def repetition(
    kind: str,
    number: int,
    patients: Patients,
    y: np.ndarray,
    seed: int,
    settings: dict,
    imputations: int = 0,
) -> tuple[dict, pd.DataFrame | None]:
    """One repetition.

    Parameters
    ----------
    kind : 'nested', 'bootstrap', 'permutation'
    number, seed
        Draw what is drawn.
    patients
        Of training.
    y : (patient,)
        0 and 1.
    settings
        Of `radscore.fit_model`.
    imputations
        Of missing clinical values, made in every fit anew; 0: complete cases.

    Returns
    -------
    (dict, DataFrame)
        Numbers and `selected`, the features kept by each fit ("a;b|c"); for "nested" linear
        predictors out of the folds (patient, model), else None. The numbers of the other models
        (`models.MODELS`) bear their names, as "volume: auc"; a permutation has the rad-score's
        alone.
    """
    rng = np.random.default_rng([seed, KINDS.index(kind), number])
    return {"nested": _nested, "bootstrap": _bootstrap, "permutation": _permuted}[kind](
        patients, y, rng, settings, imputations
    )


def numbers_of(table: pd.DataFrame, model: str) -> pd.DataFrame:
    """The columns of repetitions that are a model's, under the names the rad-score's have."""
    if model == RADSCORE:
        return table[[name for name in table if ": " not in name]]
    named = {name: name.removeprefix(f"{model}: ") for name in table}
    return table[[name for name in table if named[name] != name]].rename(columns=named)


def _fit(patients, y, rng, settings, **more):
    known = {"centres": patients.centre, "repeats": patients.repeats}
    return fit_model(
        patients.features, y, rng, **settings, min_per_response=FEWEST, **known, **more
    )


def _score(fit, patients):
    return fit.rad_score(patients.features, patients.centre)


def _tuning_folds(y, rng, settings):
    return stratified_folds(y, min(settings.get("folds", 10), rarer_count(y)), rng)


def fit_all(patients, y, labels, rng, settings, imputations):
    """Every model on the same patients and tuning folds: the rad-score's, and who scores others by all of them."""
    fit = _fit(patients, y, None, settings, fold_labels=labels)
    loose = settings | {"min_per_response": FEWEST}
    # Imputations have a stream of their own, so that the folds stay those of complete cases.
    own = rng.spawn(1)[0]
    regressions, first = fit_others(
        patients, y, _score(fit, patients), labels, loose, imputations, own
    )

    def score(others):
        return scores_of(regressions, first.rad_score, others, _score(fit, others))

    return fit, score


def _figures(model, y, score, auc=None, ending=""):
    """Area and Brier score of linear predictors of those patients who have one; the rad-score's slope and intercept."""
    known = np.isfinite(score)
    y, score = y[known], score[known]
    row = {"auc": area(y, score) if auc is None else auc, "brier": brier(y, special.expit(score))}
    if model == RADSCORE:
        figures = recalibrate(y, score)
        row |= {"slope": figures.slope, "intercept": figures.intercept}
    before = "" if model == RADSCORE else f"{model}: "
    return {f"{before}{key}{ending}": value for key, value in row.items()}


def _nested(patients, y, rng, settings, imputations, models=MODELS):
    """5-fold outer cross-validation; all steps, with their own 10-fold, on four fifths."""
    folds = stratified_folds(y, min(OUTER_FOLDS, rarer_count(y)), rng)
    scores = pd.DataFrame(np.nan, index=range(len(y)), columns=list(models))
    areas, kept = {name: [] for name in models}, []
    for fold in np.unique(folds):
        out = folds == fold
        inside = patients.take(~out), y[~out]
        labels = _tuning_folds(inside[1], rng, settings)
        if len(models) > 1:
            fit, score = fit_all(*inside, labels, rng, settings, imputations)
            found = score(patients.take(out))
        else:
            fit = _fit(*inside, None, settings, fold_labels=labels)
            found = {RADSCORE: _score(fit, patients.take(out))}
        for name in models:
            scores.loc[out, name] = found[name]
            # Averaged over folds: scores of different models have no common scale, and pooling
            # intercept-only models ranks patients against their response (each fold's intercept
            # falls when its left-out share is high).
            known = np.isfinite(found[name])
            if np.unique(y[out][known]).size == 2:
                areas[name].append(area(y[out][known], found[name][known]))
        kept.append(";".join(fit.selected))
    row = {}
    for name in models:
        mean = float(np.mean(areas[name])) if areas[name] else np.nan
        row |= _figures(name, y, scores[name].to_numpy(), mean)
    return row | {"selected": "|".join(kept)}, scores


def _bootstrap(patients, y, rng, settings, imputations):
    """Models of a resampled cohort, on that cohort and on the one it was drawn from.

    Efron 1983; Harrell 1996.
    """
    drawn = rng.integers(0, len(y), len(y))
    centres = patients.centre if settings.get("harmonization") == "combat" else None
    if centres is not None:
        require_centres(centres)
    while (
        rarer_count(y[drawn]) < FEWEST
        or _distinct(y, drawn) < 3
        or (centres is not None and _fewest(centres, drawn) < MIN_PER_CENTRE)
    ):
        drawn = rng.integers(0, len(y), len(y))
    # Copies of a patient stay in one fold: split, they would be learnt and tested at once.
    members = np.unique(drawn)
    labels = stratified_folds(y[members], min(settings["folds"], _distinct(y, drawn)), rng)
    labels = labels[np.searchsorted(members, drawn)]
    resampled = patients.take(drawn)
    fit, score = fit_all(resampled, y[drawn], labels, rng, settings, imputations)
    row = {}
    for name, whom, response in (("resampled", resampled, y[drawn]), ("original", patients, y)):
        for model, found in score(whom).items():
            row |= _figures(model, response, found, ending=f"_{name}")
    return row | {"selected": ";".join(fit.selected)}, None


def _distinct(y, drawn):
    """Distinct patients of the rarer response among those drawn."""
    return rarer_count(y[np.unique(drawn)])


def _fewest(centres, drawn):
    """Patients of the smallest centre among those drawn."""
    return int(centres.iloc[drawn].value_counts().reindex(centres.unique(), fill_value=0).min())


def _permuted(patients, y, rng, settings, imputations):
    """All steps on shuffled responses: nested AUC of one 5-fold, and the training AUC."""
    shuffled = rng.permutation(y)
    row, _ = _nested(patients, shuffled, rng, settings, imputations, models=(RADSCORE,))
    fit = _fit(patients, shuffled, rng, settings)
    apparent = area(shuffled, _score(fit, patients))
    return {"auc": row["auc"], "auc_training": apparent, "n_selected": len(fit.selected)}, None
