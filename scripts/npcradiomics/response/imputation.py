"""Missing clinical values, imputed several times by chained equations, and fits pooled by Rubin's rules."""

import warnings
from typing import NamedTuple

import numpy as np
import pandas as pd
from statsmodels.imputation.mice import MICEData

# Cycles thrown away at the start and then run for each imputation are those of statsmodels' MICE.fit,
# donors of predictive mean matching those of R's mice.
BURN_IN, CYCLES = 10, 4
DONORS = 5


class Completion(NamedTuple):
    """Mean (column,) and covariance (column, column) of training patients, over all imputations.

    A patient to be scored is completed by these alone, without the response.
    """

    mean: pd.Series
    covariance: pd.DataFrame

    def fill(self, table: pd.DataFrame) -> pd.DataFrame:
        """Set each missing value to its expectation given what the patient has (joint normal).

        Parameters
        ----------
        table : (patient, column)
            NaN where a value is missing; other columns are left out.

        References
        ----------
        Hoogland 2020, Stat Med 39:3591 (conditional modelling imputation of new patients).
        """
        filled = table[self.mean.index].astype(float)
        values, mean = filled.to_numpy(copy=True), self.mean.to_numpy()
        covariance = self.covariance.to_numpy()
        for row in values:
            out = np.isnan(row)
            if out.any():
                weights = covariance[np.ix_(out, ~out)] @ np.linalg.pinv(
                    covariance[np.ix_(~out, ~out)], hermitian=True
                )
                row[out] = mean[out] + weights @ (row[~out] - mean[~out])
        return pd.DataFrame(values, filled.index, filled.columns)


class _Chain(MICEData):
    """MICEData without formulas, whose parsing takes nine tenths of its time: every column on all others."""

    def get_fitting_data(self, vname):
        endog, exog, _, _, _ = self.get_split_data(vname)
        return endog, exog, {}, {}

    def get_split_data(self, vname):
        values, place = self.data.to_numpy(dtype=float), self.data.columns.get_loc(vname)
        exog = np.insert(np.delete(values, place, axis=1), 0, 1.0, axis=1)
        seen, missing = self.ix_obs[vname], self.ix_miss[vname]
        return values[seen, place], exog[seen], exog[missing], {}, {}


def impute(
    table: pd.DataFrame, y: np.ndarray, n: int, rng: np.random.Generator
) -> list[pd.DataFrame]:
    """Impute training patients n times: statsmodels' MICE, predictive mean matching of 5 donors.

    Each column is regressed on all others and the response, which a later regression on the
    response needs. A category of three words or more is imputed column by column.

    Parameters
    ----------
    table : (patient, column)
        NaN where a value is missing; every column has at least one value.
    y : (patient,)
        0 or 1.
    n, rng

    Returns
    -------
    list
        n complete tables.

    Raises
    ------
    ValueError
        A column without any value, by name.

    References
    ----------
    van Buuren 2011, J Stat Softw 45(3); Moons 2006, J Clin Epidemiol 59:1092 (the response in it).
    """
    empty = [name for name in table if table[name].isna().all()]
    if empty:
        raise ValueError(f"no patient of {len(table)} has a value of {', '.join(empty)}")
    # MICEData takes names for formulas: no spaces, no colons.
    known = table.set_axis([f"c{k}" for k in range(table.shape[1])], axis="columns")
    varies = known.columns[known.max() > known.min()]
    chain = _Chain(known[varies].assign(response=np.asarray(y, float)), k_pmm=DONORS, rng=rng)
    imputed = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of columns that depend on one another
        chain.update_all(BURN_IN)
        for _ in range(n):
            chain.update_all(CYCLES)
            done = known.copy()
            done[varies] = chain.data[varies].to_numpy()
            done = done.fillna(known.max())  # a column of one value
            imputed.append(done.set_axis(table.columns, axis="columns").set_axis(table.index))
    return imputed


def completion_of(imputed: list[pd.DataFrame]) -> Completion:
    """Mean and covariance over the patients of all imputations."""
    together = pd.concat(imputed)
    return Completion(together.mean(), together.cov())


def pool(coefficients: np.ndarray, covariances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pool m fits by Rubin's rules: the mean, and covariance within + (1 + 1/m) between.

    Parameters
    ----------
    coefficients : (m, k)
    covariances : (m, k, k)

    Returns
    -------
    (k,), (k, k)

    References
    ----------
    Rubin 1987, Multiple Imputation for Nonresponse in Surveys, as R's mice::pool.
    """
    coefficients = np.asarray(coefficients, float)
    m = len(coefficients)
    within = np.mean(covariances, axis=0)
    if m == 1:
        return coefficients[0], within
    between = np.atleast_2d(np.cov(coefficients, rowvar=False))
    return coefficients.mean(axis=0), within + (1 + 1 / m) * between
