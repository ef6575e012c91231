"""The models with and without steps that are not the paper's: ComBat, stable features alone, multiple imputation."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import special

from npcradiomics.response.calibration import brier
from npcradiomics.response.discrimination import area, auc_delong, delong_test
from npcradiomics.response.lasso import stratified_folds
from npcradiomics.response.models import CLINICAL, COMBINED, RADSCORE, Patients
from npcradiomics.response.radscore import rarer_count
from npcradiomics.response.validation import fit_all, numbers_of, repetition

PLAIN = "none"
IMPUTATIONS = 20  # where the study itself has complete cases


class Variant(NamedTuple):
    """name; settings of `radscore.fit_model`; imputations; models that the steps can change."""

    name: str
    settings: dict
    imputations: int
    models: tuple


def variants_of(settings: dict, imputations: int, minimum_icc: float) -> list[Variant]:
    """What is compared, the model without any of the steps first.

    Parameters
    ----------
    settings, imputations
        Of the study; whatever of the steps they have is put off and on here.
    minimum_icc
        Of the stable features.
    """
    plain = settings | {"harmonization": "none", "minimum_icc": 0.0}
    combat, stable = {"harmonization": "combat"}, {"minimum_icc": minimum_icc}
    imaged = RADSCORE, COMBINED
    return [
        Variant(PLAIN, plain, 0, (RADSCORE, CLINICAL, COMBINED)),
        Variant("ComBat", plain | combat, 0, imaged),
        Variant("stable features", plain | stable, 0, imaged),
        Variant("ComBat, stable features", plain | combat | stable, 0, imaged),
        Variant("multiple imputation", plain, imputations or IMPUTATIONS, (CLINICAL, COMBINED)),
    ]


def compare_variants(
    variants: list[Variant],
    training: tuple[Patients, np.ndarray],
    validation: tuple[Patients, np.ndarray],
    model_seed: int,
    seed: int,
    repetitions: int,
) -> tuple[pd.DataFrame, list[str]]:
    """Judge every variant on the same patients, tuning folds and outer folds.

    Parameters
    ----------
    variants
        Of `variants_of`.
    training, validation
        Patients (training with their repeated measurements) and responses.
    model_seed
        Of the tuning's folds.
    seed, repetitions
        Of the nested cross-validation; every step is learnt anew in each of its fits.

    Returns
    -------
    (DataFrame, list)
        A row per model and variant: model, steps, candidates and kept (features of the rad-score),
        patients with a score in both sets, training_auc, nested_auc and its SD, auc on the
        validation set with interval, brier, and the difference of this area minus that of the same
        model without the steps, with interval and DeLong's p. And lines on what could not be done.
    """
    rows, said, plain = [], [], None
    for variant in variants:
        try:
            found, scores = _judged(variant, training, validation, model_seed, seed, repetitions)
        except ValueError as error:
            if plain is None:
                raise
            said.append(f"No {variant.name}: {error}")
            continue
        plain = scores if plain is None else plain
        for row in found:
            rows.append(row | _difference(validation[1], scores, plain, row["model"]))
    order = (RADSCORE, CLINICAL, COMBINED)
    table = pd.DataFrame(rows)
    return table.sort_values("model", key=lambda one: one.map(order.index), kind="stable"), said


def _judged(variant, training, validation, model_seed, seed, repetitions):
    patients, y = training
    rng = np.random.default_rng(model_seed)
    folds = min(variant.settings["folds"], rarer_count(y))
    labels = stratified_folds(y, folds, rng)
    fit, score = fit_all(patients, y, labels, rng, variant.settings, variant.imputations)
    inside, outside = score(patients), score(validation[0])
    nested = pd.DataFrame(
        repetition("nested", k, patients, y, seed, variant.settings, variant.imputations)[0]
        for k in range(repetitions)
    )
    rows = []
    for model in variant.models:
        (own, own_score), (new, new_score) = (
            _known(y, inside[model]),
            _known(validation[1], outside[model]),
        )
        repeated = numbers_of(nested, model)["auc"]
        row = {"model": model, "steps": variant.name}
        row |= {"candidates": len(fit.preparation.features), "kept": len(fit.selected)}
        row |= {"training_patients": len(own), "validation_patients": len(new)}
        row |= {"training_auc": area(own, own_score)}
        row |= {"nested_auc": repeated.mean(), "nested_auc_sd": repeated.std()}
        row |= dict(zip(("auc", "auc_low", "auc_high"), auc_delong(new, new_score), strict=True))
        rows.append(row | {"brier": brier(new, special.expit(new_score))})
    return rows, outside


def _known(y, score):
    known = np.isfinite(score)
    return y[known], score[known]


def _difference(y, scores, plain, model):
    names = ("difference", "difference_low", "difference_high", "z", "delong_p")
    if scores is plain:
        return {"difference_patients": 0} | dict.fromkeys(names, np.nan)
    both = np.isfinite(scores[model]) & np.isfinite(plain[model])
    found = delong_test(y[both], scores[model][both], plain[model][both])
    return {"difference_patients": int(both.sum())} | dict(zip(names, found, strict=True))
