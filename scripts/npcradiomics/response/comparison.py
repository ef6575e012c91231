"""Whether the rad-score is worth more than what is simpler: every model on the same patients."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import special

from npcradiomics.response.calibration import brier, recalibrate, smooth_curve
from npcradiomics.response.discrimination import (
    THRESHOLDS,
    area,
    auc_delong,
    delong_test,
    net_benefit,
)
from npcradiomics.response.models import MODELS, RADSCORE, VOLUME
from npcradiomics.response.validation import numbers_of
from npcradiomics.rounding import fixed_text, interval_text, p_words

ALPHA = 0.05
FEWEST = 2  # of each response, for an area with an interval
N_POINTS = 60


def compare_models(
    training: pd.DataFrame,
    validation: pd.DataFrame,
    nested: pd.DataFrame,
    bootstrap: pd.DataFrame,
) -> pd.DataFrame:
    """What each model is worth, and how its area differs from the rad-score's.

    Parameters
    ----------
    training, validation : DataFrame
        effective and a column of linear predictors per model (NaN: a value is missing); a row per
        patient.
    nested, bootstrap : DataFrame
        Repetitions of `validation.repetition`.

    Returns
    -------
    DataFrame
        A row per model: training_patients and validation_patients (who have a score),
        training_auc, corrected_auc (optimism of the bootstrap taken off), nested_auc and its SD
        over repetitions, nested_brier; of the validation set auc, auc_low, auc_high, brier, slope
        with its interval, intercept, in_the_large; difference of the rad-score's area minus this model's on the
        validation patients who have both, its interval and DeLong's p (NaN for the rad-score). NaN
        on the validation set where fewer than 2 patients of a response have a score.
    """
    rows = []
    for model in MODELS:
        inside, outside = (_known(table, model) for table in (training, validation))
        apparent = area(*inside)
        drawn, repeated = numbers_of(bootstrap, model), numbers_of(nested, model)
        optimism = (drawn["auc_resampled"] - drawn["auc_original"]).mean()
        row = {"model": model, "training_patients": len(inside[0])}
        row |= {"training_auc": apparent, "corrected_auc": apparent - optimism}
        row |= {"nested_auc": repeated["auc"].mean(), "nested_auc_sd": repeated["auc"].std()}
        row |= {"nested_brier": repeated["brier"].mean(), "validation_patients": len(outside[0])}
        rows.append(row | _figures(*outside) | _difference(validation, model))
    return pd.DataFrame(rows)


def _figures(y, score):
    """Area, Brier score and calibration of one model on the validation patients whom it scores."""
    names = ("slope", "slope_low", "slope_high", "intercept", "in_the_large")
    if not _enough(y):
        return dict.fromkeys(("auc", "auc_low", "auc_high", "brier", *names), np.nan)
    figures = dict(zip(("auc", "auc_low", "auc_high"), auc_delong(y, score), strict=True))
    calibration = recalibrate(y, score)
    figures["brier"] = brier(y, special.expit(score))
    return figures | {name: getattr(calibration, name) for name in names}


def _enough(y):
    return min(np.count_nonzero(y == 1), np.count_nonzero(y == 0)) >= FEWEST


def _known(table, model):
    known = table[table[model].notna()]
    return known["effective"].to_numpy(), known[model].to_numpy()


def _difference(table, model):
    names = ("difference", "difference_low", "difference_high", "z", "delong_p")
    if model == RADSCORE:
        return {"difference_patients": 0} | dict.fromkeys(names, np.nan)
    known = table[table[[RADSCORE, model]].notna().all(axis=1)]
    y, scores = (
        known["effective"].to_numpy(),
        [known[name].to_numpy() for name in (RADSCORE, model)],
    )
    found = delong_test(y, *scores) if _enough(y) else [np.nan] * len(names)
    return {"difference_patients": len(known)} | dict(zip(names, found, strict=True))


def verdict(comparison: pd.DataFrame) -> str:
    """The sentence that must stand first: whether the rad-score beats volume on the validation set."""
    rows = comparison.set_index("model")
    row, own = rows.loc[VOLUME], rows.loc[RADSCORE]
    told = row["delong_p"] < ALPHA
    words = "does not beat" if not told else "beats" if row["difference"] > 0 else "is beaten by"
    interval = interval_text(row["difference_low"], row["difference_high"], 3)
    tested = f" (95 % CI {interval}), paired DeLong test p {p_words(row['delong_p'])}"
    if np.isnan(row["delong_p"]):
        words, tested = "cannot be compared with", ", and no variance for a DeLong test"
    return (
        f"The rad-score {words} volume alone on the validation set, one set of"
        f" {row['difference_patients']:.0f} patients: AUC {fixed_text(own['auc'], 3)} against"
        f" {fixed_text(row['auc'], 3)}, difference {fixed_text(row['difference'], 3)}{tested};"
        f" nested cross-validation gives {fixed_text(own['nested_auc'], 3)} against"
        f" {fixed_text(row['nested_auc'], 3)}"
    )


def too_extreme(comparison: pd.DataFrame) -> dict[str, str]:
    """The calibration slope in words of each model whose 95 % interval lies below 1 on the validation set.

    Returns {model: "0.08 (95 % CI 0.01 to 0.15)"}: its probabilities are nearer to 0 and 1 than the
    responses warrant.
    """
    return {
        row.model: f"{fixed_text(row.slope, 2)} (95 % CI {interval_text(row.slope_low, row.slope_high)})"
        for row in comparison.itertuples()
        if row.slope_high < 1
    }


def decision_curves(
    validation: pd.DataFrame, predictions: Mapping[int, pd.DataFrame]
) -> pd.DataFrame:
    """Net benefit of every model: curve ("validation", "nested"), model, threshold, net_benefit, everyone.

    Of the patients whom every model scores, so that the curves are of the same ones; without models
    that score fewer than 2 validation patients of a response.

    Parameters
    ----------
    validation : DataFrame
        effective and the linear predictors.
    predictions : mapping
        Repetition to the same of the training patients out of their folds; averaged.
    """
    models = _scoring(validation)
    nested = [_benefits("nested", table, models) for table in predictions.values()]
    mean = nested[0].assign(
        net_benefit=np.mean([table["net_benefit"].to_numpy() for table in nested], axis=0)
    )
    return pd.concat([_benefits("validation", validation, models), mean], ignore_index=True)


def _scoring(validation):
    return [model for model in MODELS if _enough(_known(validation, model)[0])]


def _benefits(curve, table, models):
    known = table[table[models].notna().all(axis=1)]
    y = known["effective"].to_numpy()
    tables = []
    for model in models:
        benefit, everyone = net_benefit(y, special.expit(known[model].to_numpy()), THRESHOLDS)
        columns = {"curve": curve, "model": model, "threshold": THRESHOLDS}
        tables.append(pd.DataFrame(columns | {"net_benefit": benefit, "everyone": everyone}))
    return pd.concat(tables, ignore_index=True)


def calibration_curves(validation: pd.DataFrame) -> pd.DataFrame:
    """Smooth calibration curve of every model on the validation set: model, probability, observed.

    Without models that score fewer than 2 validation patients of a response.
    """
    tables = []
    for model in _scoring(validation):
        y, score = _known(validation, model)
        probability = special.expit(score)
        at = np.linspace(probability.min(), probability.max(), N_POINTS)
        observed = np.clip(smooth_curve(y, probability, at), 0, 1)
        tables.append(pd.DataFrame({"model": model, "probability": at, "observed": observed}))
    return pd.concat(tables, ignore_index=True)
