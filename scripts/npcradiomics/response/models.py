"""What the rad-score is compared with: volume, clinical values, both scores together, first-order features.

Each is a logistic regression on few columns, so that all of them are fitted on the same patients
and judged on the same others. A patient without a value that a model needs gets no score from it.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from npcradiomics.features.first_order import first_order
from npcradiomics.response.cohort import split_table
from npcradiomics.response.radscore import Fit, fit_model
from npcradiomics.response.regressions import LogisticModel, fit_columns, fit_imputed
from npcradiomics.response.stability import repeats_of

RADSCORE, VOLUME, CLINICAL = "rad-score", "volume", "clinical"
COMBINED, FIRST_ORDER = "clinical + rad-score", "first-order"
# glmnet's default where features outnumber patients, as the rad-score's do. Its default for fewer
# features, 0.0001, is all but no penalty on percentiles that say the same.
SMALLEST_PENALTY = 0.01
MODELS = (RADSCORE, VOLUME, CLINICAL, COMBINED, FIRST_ORDER)


class Patients(NamedTuple):
    """What is known of patients, a row each: radiomic features, log volume, clinical columns (NaN: no value).

    centre: of each patient; repeats: (patient, perturbation, feature), None where nothing was
    perturbed.
    """

    features: pd.DataFrame
    log_volume: pd.DataFrame
    clinical: pd.DataFrame
    centre: pd.Series | None = None
    repeats: np.ndarray | None = None

    def take(self, rows: np.ndarray) -> "Patients":
        """Those rows (positions or bool), numbered anew."""
        rows = np.flatnonzero(rows) if np.asarray(rows).dtype == bool else rows
        known = (None if table is None else table.iloc[rows] for table in self[:4])
        known = (None if table is None else table.reset_index(drop=True) for table in known)
        return Patients(*known, None if self.repeats is None else self.repeats[rows])


def known_patients(
    table: pd.DataFrame,
    clinical: pd.DataFrame,
    which: str,
    perturbed: pd.DataFrame | None = None,
) -> tuple[Patients, np.ndarray]:
    """What is known of the patients of a set, and their responses (patient,).

    Parameters
    ----------
    table : DataFrame
        cohort/features.tsv.
    clinical : DataFrame
        cohort/clinical.tsv: patient and the clinical columns as numbers; joined by name.
    which : str
        "train" or "validation".
    perturbed : DataFrame
        Repeated measurements of these patients, see `stability.repeats_of`.

    Raises
    ------
    ValueError
        A patient without a row in `clinical`, with the name.
    """
    table = table[table["set"] == which].reset_index(drop=True)
    absent = table.loc[~table["patient"].isin(clinical["patient"]), "patient"]
    if len(absent):
        raise ValueError(f"{len(absent)} patients without clinical row: {', '.join(absent[:5])}")
    own = clinical.set_index("patient").loc[table["patient"]].reset_index(drop=True)
    log_volume = np.log(table["volume_cm3"]).to_frame("log volume")
    features, y = split_table(table)
    repeats = None
    if perturbed is not None:
        repeats = repeats_of(perturbed, table["patient"], list(features))
    features = features.reset_index(drop=True)
    return Patients(features, log_volume, own.astype(float), table["centre"], repeats), y


def fit_others(
    patients: Patients,
    y: np.ndarray,
    rad_score: np.ndarray,
    fold_labels: np.ndarray,
    settings: dict,
    imputations: int = 0,
    rng: np.random.Generator | None = None,
) -> tuple[dict[str, LogisticModel], Fit]:
    """Fit every model but the rad-score.

    Parameters
    ----------
    patients, y
        Of training.
    rad_score : (patient,)
        By the model fitted on the same patients.
    fold_labels : (patient,)
        Of the LASSO's tuning: those of the rad-score's, so that first-order features differ in
        nothing else.
    settings
        Of `radscore.fit_model`.
    imputations, rng
        Of missing clinical values, see `fit_imputed`; 0: complete cases.

    Returns
    -------
    (dict, Fit)
        The regressions by name, and the model of first-order features.
    """

    def fitted(table):
        return fit_imputed(table, y, imputations, rng) if imputations else fit_columns(table, y)

    regressions = {
        VOLUME: fit_columns(patients.log_volume, y),
        CLINICAL: fitted(patients.clinical),
        COMBINED: fitted(with_score(patients.clinical, rad_score)),
    }
    names = first_order(patients.features)
    first, repeats = patients.features[names], patients.repeats
    if repeats is not None:
        repeats = repeats[:, :, patients.features.columns.get_indexer(names)]
    tuned = {"fold_labels": fold_labels, "smallest_penalty": SMALLEST_PENALTY}
    tuned |= {"centres": patients.centre, "repeats": repeats}
    return regressions, fit_model(first, y, None, **settings, **tuned)


def with_score(clinical: pd.DataFrame, rad_score: np.ndarray) -> pd.DataFrame:
    """The clinical columns and the rad-score beside them."""
    return clinical.assign(**{"rad_score": rad_score})


def scores_of(
    regressions: dict[str, LogisticModel],
    first: Callable[[pd.DataFrame, pd.Series | None], np.ndarray],
    patients: Patients,
    rad_score: np.ndarray,
) -> dict[str, np.ndarray]:
    """Linear predictors of patients by every model.

    Parameters
    ----------
    regressions, first
        Of `fit_others`; `first` gives the score of a table of features and their centres.
    patients, rad_score
        Whom to score, and their rad-score.

    Returns
    -------
    dict
        {model: (patient,)}; NaN where a clinical value is missing.
    """
    combined = with_score(patients.clinical, rad_score)
    return {
        RADSCORE: rad_score,
        VOLUME: regressions[VOLUME].linear_predictor(patients.log_volume),
        CLINICAL: regressions[CLINICAL].linear_predictor(patients.clinical),
        COMBINED: regressions[COMBINED].linear_predictor(combined),
        FIRST_ORDER: first(patients.features, patients.centre),
    }


def models_file(
    regressions: dict[str, LogisticModel], first: Fit, patients: Patients, rad_score: np.ndarray
) -> dict:
    """Write the models out, JSON-ready: all that is needed to score a patient by the regressions.

    Parameters
    ----------
    regressions, first
        Of `fit_others`.
    patients, rad_score
        The training patients, for the range of each column: of those on whom the model was fitted.
    """
    known = {
        VOLUME: patients.log_volume,
        CLINICAL: patients.clinical,
        COMBINED: with_score(patients.clinical, rad_score),
    }
    written = {}
    for name, model in regressions.items():
        fit, columns = model.fit, {}
        used = known[name].dropna() if model.completion is None else known[name]
        for place, column in enumerate(model.columns, start=1):
            columns[column] = {
                "coefficient": float(fit.coefficients[place]),
                "se": float(fit.se[place]),
            } | {key: float(used[column].agg(key)) for key in ("min", "median", "max")}
        written[name] = {
            "what": "linear predictor = intercept + sum of coefficient x value; covariance in the"
            " order intercept, columns",
            "patients": model.patients,
            "effective": model.events,
            "intercept": float(fit.coefficients[0]),
            "columns": columns,
            "covariance": fit.covariance.tolist(),
            "note": _note(model),
        }
        if model.completion is not None:
            written[name]["completion"] = {
                "what": "a missing value is its expectation given the others, of a joint normal",
                "columns": list(model.completion.mean.index),
                "mean": model.completion.mean.tolist(),
                "covariance": model.completion.covariance.to_numpy().tolist(),
            }
    kept = dict(zip(first.selected, map(float, first.coefficients[1:]), strict=True))
    written[FIRST_ORDER] = {"features": kept, "notes": first.notes}
    return written


def _note(model):
    words = [f"Firth's penalised likelihood: {model.fit.separated}"] * bool(model.fit.separated)
    n, missing = model.imputed
    if n:
        words.append(
            f"{missing} missing values of {model.incomplete} of {model.patients} training patients"
            f" imputed {n} times, pooled by Rubin's rules"
        )
    return "; ".join(words)
