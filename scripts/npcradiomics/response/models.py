"""What the rad-score is compared with: volume, clinical values, both scores together, first-order features.

Each is a logistic regression on few columns, so that all of them are fitted on the same patients
and judged on the same others. A patient without a value that a model needs gets no score from it.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from npcradiomics.features.first_order import first_order
from npcradiomics.response.cohort import split_table
from npcradiomics.response.logistic import LogisticFit, fit_firth, fit_logistic
from npcradiomics.response.radscore import Fit, fit_model

RADSCORE, VOLUME, CLINICAL = "rad-score", "volume", "clinical"
COMBINED, FIRST_ORDER = "clinical + rad-score", "first-order"
# glmnet's default where features outnumber patients, as the rad-score's do. Its default for fewer
# features, 0.0001, is all but no penalty on percentiles that say the same.
SMALLEST_PENALTY = 0.01
MODELS = (RADSCORE, VOLUME, CLINICAL, COMBINED, FIRST_ORDER)


class Patients(NamedTuple):
    """What is known of patients, a row each: radiomic features, log volume, clinical columns (NaN: no value)."""

    features: pd.DataFrame
    log_volume: pd.DataFrame
    clinical: pd.DataFrame

    def take(self, rows: np.ndarray) -> "Patients":
        """Those rows (positions or bool), numbered anew."""
        rows = np.flatnonzero(rows) if np.asarray(rows).dtype == bool else rows
        return Patients(*(table.iloc[rows].reset_index(drop=True) for table in self))


def known_patients(
    table: pd.DataFrame, clinical: pd.DataFrame, which: str
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
    return Patients(features.reset_index(drop=True), log_volume, own.astype(float)), y


class LogisticModel(NamedTuple):
    """A logistic regression on columns by name, its fit on `patients` of whom `events` responded.

    Constant columns are left out of `columns`. Where the likelihood has no maximum
    (`fit.separated`) the fit is Firth's.
    """

    columns: list
    fit: LogisticFit
    patients: int
    events: int

    def linear_predictor(self, table: pd.DataFrame) -> np.ndarray:
        """Linear predictor (patient,) of a table with the columns; NaN where a value is missing."""
        x = table[self.columns].to_numpy(dtype=np.float64)
        return self.fit.coefficients[0] + x @ self.fit.coefficients[1:]


def clinical_columns(
    rows: Sequence[dict], numbers: Sequence[str], categories: Sequence[str]
) -> pd.DataFrame:
    """Clinical values of patients as numbers, one column per number and per further word of a category.

    Parameters
    ----------
    rows
        Of the patients table; a missing value is absent or empty.
    numbers, categories
        Columns of numbers and of words.

    Returns
    -------
    DataFrame
        (patient, column), NaN where there is no value. A category of words a, b, c has the columns
        `name: b` and `name: c`, 1 or 0; `a`, the first in the alphabet, is the reference.
    """
    table = pd.DataFrame(rows).reindex(columns=[*numbers, *categories]).replace("", np.nan)
    columns = {name: table[name].astype(float) for name in numbers}
    for name in categories:
        for word in sorted(table[name].dropna().unique())[1:]:
            columns[f"{name}: {word}"] = (table[name] == word).where(table[name].notna()) * 1.0
    return pd.DataFrame(columns, index=table.index, dtype=np.float64)


def fit_columns(table: pd.DataFrame, y: np.ndarray) -> LogisticModel:
    """Fit a logistic regression on the patients without a missing value.

    Parameters
    ----------
    table : (patient, column)
        NaN where a value is missing.
    y : (patient,)
        0 or 1.

    Raises
    ------
    ValueError
        No complete patient of one response, with the counts.
    """
    y = np.asarray(y)
    complete = table.notna().all(axis=1).to_numpy()
    used, response = table[complete], y[complete]
    if np.unique(response).size < 2:
        raise ValueError(
            f"{complete.sum()} of {len(y)} patients have all of {', '.join(table)}, and"
            f" {response.sum()} of them responded: both responses are needed"
        )
    varies = (used != used.iloc[0]).any().to_numpy()
    columns = [name for name, more in zip(table, varies, strict=True) if more]
    fit = fit_logistic(used[columns].to_numpy(), response)
    if fit.separated:
        fit = replace(fit_firth(used[columns].to_numpy(), response), separated=fit.separated)
    return LogisticModel(columns, fit, len(response), int(response.sum()))


def fit_others(
    patients: Patients,
    y: np.ndarray,
    rad_score: np.ndarray,
    fold_labels: np.ndarray,
    settings: dict,
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

    Returns
    -------
    (dict, Fit)
        The regressions by name, and the model of first-order features.
    """
    regressions = {
        VOLUME: fit_columns(patients.log_volume, y),
        CLINICAL: fit_columns(patients.clinical, y),
        COMBINED: fit_columns(with_score(patients.clinical, rad_score), y),
    }
    first = patients.features[first_order(patients.features)]
    tuned = {"fold_labels": fold_labels, "smallest_penalty": SMALLEST_PENALTY}
    return regressions, fit_model(first, y, None, **settings, **tuned)


def with_score(clinical: pd.DataFrame, rad_score: np.ndarray) -> pd.DataFrame:
    """The clinical columns and the rad-score beside them."""
    return clinical.assign(**{"rad_score": rad_score})


def scores_of(
    regressions: dict[str, LogisticModel],
    first: Callable[[pd.DataFrame], np.ndarray],
    patients: Patients,
    rad_score: np.ndarray,
) -> dict[str, np.ndarray]:
    """Linear predictors of patients by every model.

    Parameters
    ----------
    regressions, first
        Of `fit_others`; `first` gives the score of a table of features.
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
        FIRST_ORDER: first(patients.features),
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
        The training patients, for the range of each column.
    """
    known = with_score(patients.clinical.join(patients.log_volume), rad_score)
    written = {}
    for name, model in regressions.items():
        fit, columns = model.fit, {}
        for place, column in enumerate(model.columns, start=1):
            columns[column] = {
                "coefficient": float(fit.coefficients[place]),
                "se": float(fit.se[place]),
            } | {key: float(known[column].agg(key)) for key in ("min", "median", "max")}
        written[name] = {
            "what": "linear predictor = intercept + sum of coefficient x value; covariance in the"
            " order intercept, columns",
            "patients": model.patients,
            "effective": model.events,
            "intercept": float(fit.coefficients[0]),
            "columns": columns,
            "covariance": fit.covariance.tolist(),
            "note": f"Firth's penalised likelihood: {fit.separated}" if fit.separated else "",
        }
    kept = dict(zip(first.selected, map(float, first.coefficients[1:]), strict=True))
    written[FIRST_ORDER] = {"features": kept, "notes": first.notes}
    return written
