"""Logistic regressions on few columns by name: of complete cases, or of imputations pooled."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from npcradiomics.response.imputation import Completion, completion_of, impute, pool
from npcradiomics.response.logistic import LogisticFit, fit_firth, fit_logistic


class LogisticModel(NamedTuple):
    """A logistic regression on columns by name, its fit on `patients` of whom `events` responded.

    Constant columns are left out of `columns`. Where the likelihood has no maximum
    (`fit.separated`) the fit is Firth's. imputed: how many imputations were pooled, of how many
    missing values; incomplete: patients who miss one; completion: what fills the values of a patient to be scored, None where such a
    patient has no score.
    """

    columns: list
    fit: LogisticFit
    patients: int
    events: int
    imputed: tuple[int, int] = (0, 0)
    incomplete: int = 0
    completion: Completion | None = None

    def linear_predictor(self, table: pd.DataFrame) -> np.ndarray:
        """Linear predictor (patient,) of a table with the columns; NaN where a value is missing and not completed."""
        if self.completion is not None:
            table = self.completion.fill(table)
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


def fit_imputed(
    table: pd.DataFrame, y: np.ndarray, n: int, rng: np.random.Generator
) -> LogisticModel:
    """Fit a logistic regression on n imputations of the missing values, pooled by Rubin's rules.

    Parameters
    ----------
    table, y
        As `fit_columns`; all patients are used. Without a missing value it is `fit_columns`.
    n, rng
        Of `imputation.impute`.

    Returns
    -------
    LogisticModel
        Of separated imputations the fit is Firth's; the deviance is the mean.
    """
    missing = int(table.isna().sum().sum())
    if not missing:
        return fit_columns(table, y)
    imputed = impute(table, y, n, rng)
    models = [fit_columns(one, y) for one in imputed]
    fits = [model.fit for model in models]
    coefficients, covariance = pool(
        np.array([fit.coefficients for fit in fits]), np.array([fit.covariance for fit in fits])
    )
    separated = next((fit.separated for fit in fits if fit.separated), "")
    deviance = float(np.mean([fit.deviance for fit in fits]))
    fit = LogisticFit(coefficients, np.sqrt(np.diag(covariance)), deviance, separated, covariance)
    return models[0]._replace(
        fit=fit,
        imputed=(n, missing),
        incomplete=int(table.isna().any(axis=1).sum()),
        completion=completion_of(imputed),
    )
