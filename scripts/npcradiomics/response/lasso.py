"""From a table of features to a sparse model: outliers and scaling, LASSO path, cross-validation as glmnet has them."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from npcradiomics.response.kernels_lasso import lasso_steps

N_LAMBDAS = 100
MEASURES = ("deviance", "class")
OUTLIER_RULES = ("iqr", "none")
TOLERANCE = 1e-9  # of the optimality conditions, on standardised features
MAX_STEPS = 1000
_SAME = 1e-12  # two features whose |r| is within this of 1 are one feature
_FOLD_CLIP = 1e-5  # glmnet's bound on probabilities in the deviance of a fold


@dataclass(frozen=True, eq=False)
class Preparation:
    """Outlier bounds, median and scale of each kept feature, all from the training patients.

    table: one row per kept feature: feature, q1, q3, lower, upper, median, n_out_train, mean, sd (n
    - 1, after replacement). dropped: dict of the other features to the reason.
    """

    table: pd.DataFrame
    dropped: dict

    @property
    def features(self):
        return list(self.table["feature"])

    def apply(self, features):
        """Scaled features (patient, kept feature) of any patients, as a DataFrame with their index.

        A value outside [lower, upper] becomes the training median, then (value - mean) / sd. Other
        columns are ignored. ValueError: a kept feature is missing, or holds no finite number.
        """
        features = pd.DataFrame(features)
        missing = [name for name in self.features if name not in features]
        if missing:
            raise ValueError(
                f"{len(missing)} of {len(self.features)} features are missing: {_some(missing)}"
            )
        values = _numbers(features if list(features) == self.features else features[self.features])
        table = self.table
        outside = (values < table["lower"].to_numpy()) | (values > table["upper"].to_numpy())
        values = np.where(outside, table["median"].to_numpy(), values)
        scaled = (values - table["mean"].to_numpy()) / table["sd"].to_numpy()
        return pd.DataFrame(scaled, index=features.index, columns=self.features)


class Path(NamedTuple):
    """lambdas (k) falling; intercepts (k); coefficients (k, feature); on the scale of x."""

    lambdas: np.ndarray
    intercepts: np.ndarray
    coefficients: np.ndarray


class CrossValidation(NamedTuple):
    """cvm, cvsd (lambda): mean loss over folds and its standard error; lambda_min; lambda_1se."""

    cvm: np.ndarray
    cvsd: np.ndarray
    lambda_min: float
    lambda_1se: float


def prepare(train, outliers="iqr", iqr_factor=1.5):
    """Fit the preparation on the training patients: train is a table (patient, feature) of numbers.

    outliers: "iqr", outside Q1 - factor IQR .. Q3 + factor IQR (quantiles of type 7), or "none".
    Constant features and those that are another one times a number plus a number are dropped with
    the reason. Liu 2025 gives no rule for outliers; this one is ours. Returns Preparation.
    ValueError: fewer than 2 patients, values that are no finite numbers, nothing left.
    """
    train = pd.DataFrame(train)
    names = list(train.columns)
    if len(train) < 2:
        raise ValueError(f"{len(train)} training patients, at least 2 needed")
    if outliers not in OUTLIER_RULES:
        raise ValueError(f"outliers is {outliers!r}; expected one of {', '.join(OUTLIER_RULES)}")
    values = _numbers(train)
    q1, median, q3 = np.quantile(values, (0.25, 0.5, 0.75), axis=0)
    reach = iqr_factor * (q3 - q1) if outliers == "iqr" else np.full(len(names), np.inf)
    lower, upper = q1 - reach, q3 + reach
    outside = (values < lower) | (values > upper)
    values = np.where(outside, median, values)
    mean, sd = values.mean(axis=0), values.std(axis=0, ddof=1)
    dropped = {}
    for j in np.flatnonzero(np.ptp(values, axis=0) == 0):
        sd[j] = 0.0
        dropped[names[j]] = (
            f"constant after the outlier rule ({np.count_nonzero(outside[:, j])} values replaced)"
        )
    kept = np.flatnonzero(sd > 0)
    scaled = (values[:, kept] - mean[kept]) / sd[kept]
    for j, first in _duplicates(scaled).items():
        dropped[names[kept[j]]] = f"the same as {names[kept[first]]} up to scale"
    kept = [j for j in kept if names[j] not in dropped]
    if not kept:
        raise ValueError(
            f"none of {len(names)} features varies among {len(train)} training patients (outlier rule: {outliers})"
        )
    columns = {"q1": q1, "q3": q3, "lower": lower, "upper": upper, "median": median}
    columns |= {"n_out_train": outside.sum(axis=0), "mean": mean, "sd": sd}
    table = pd.DataFrame({"feature": names} | columns).iloc[kept].reset_index(drop=True)
    return Preparation(table, dropped)


def lasso_path(x, y, lambdas=None):
    """LASSO on the logistic loss along falling penalties: min (1/n) sum loss + lambda sum |b_j s_j|.

    x (patient, feature); y (patient) of 0 and 1, 1 = effective; s_j is the SD of a feature (divided
    by n): glmnet's standardize = TRUE. Without lambdas: glmnet's grid, 100 values down to 0.01 of
    the largest (0.0001 where patients are as many as features), ended early as glmnet ends it.
    Returns Path, coefficients on the scale of x. ValueError: one class only, lengths that differ,
    numbers that are not finite, lambdas not positive. Friedman 2010, J Stat Softw 33(1). Agrees
    with glmnet 4.1-6 (thresh 1e-14) to 5e-5 in every coefficient.
    """
    x, y = _checked(x, y)
    standard, centre, scale = _standardised(x)
    own_grid = lambdas is None
    if own_grid:
        lambdas = _grid(standard, y)
    lambdas = np.asarray(lambdas, dtype=np.float64)
    if lambdas.ndim != 1 or lambdas.size == 0 or not (lambdas > 0).all():
        raise ValueError("lambdas must be a row of positive numbers")
    order = np.argsort(-lambdas, kind="stable")
    lambdas = lambdas[order]
    intercepts, coefficients = np.empty(lambdas.size), np.empty((lambdas.size, x.shape[1]))
    worst = lasso_steps(standard, y, lambdas, TOLERANCE, MAX_STEPS, intercepts, coefficients)
    if worst > 1e-6:
        raise ValueError(
            f"the LASSO path did not settle: optimality is missed by {worst:.2g} after {MAX_STEPS} steps"
        )
    last = _early_end(standard, y, intercepts, coefficients) if own_grid else lambdas.size
    coefficients = coefficients[:last] / scale
    return Path(lambdas[:last], intercepts[:last] - coefficients @ centre, coefficients)


def cross_validate(x, y, folds, lambdas, measure="deviance"):
    """k-fold cross-validation along given lambdas, as cv.glmnet with `lambda` and `foldid` handed over.

    folds (patient): label of the fold that leaves the patient out. measure: "deviance" (-2
    log-likelihood per patient) or "class" (share misclassified at probability 0.5). cvm is the mean
    of fold means weighted by fold size, cvsd its standard error. lambda_min: largest lambda with
    the smallest cvm; lambda_1se: largest within one cvsd of it. ValueError: fewer than 3 folds, one
    class missing where a fold is left out.
    """
    x, y = _checked(x, y)
    folds = np.asarray(folds)
    if folds.shape != y.shape:
        raise ValueError(f"{folds.size} fold labels for {y.size} patients")
    if measure not in MEASURES:
        raise ValueError(f"measure is {measure!r}; expected one of {', '.join(MEASURES)}")
    lambdas = np.sort(np.asarray(lambdas, dtype=np.float64))[::-1]
    labels, sizes = np.unique(folds, return_counts=True)
    if labels.size < 3:
        raise ValueError(f"{labels.size} folds, at least 3 needed")
    losses = np.empty((labels.size, lambdas.size))
    for k, label in enumerate(labels):
        out = folds == label
        if np.unique(y[~out]).size < 2:
            raise ValueError(
                f"without fold {label} all {np.count_nonzero(~out)} patients have one response"
            )
        path = lasso_path(x[~out], y[~out], lambdas)
        losses[k] = _loss(y[out], path.intercepts + x[out] @ path.coefficients.T, measure)
    shares = sizes / sizes.sum()
    cvm = shares @ losses
    cvsd = np.sqrt(shares @ (losses - cvm) ** 2 / (labels.size - 1))
    # Rounding must not part equal shares of misclassified patients: of equals the largest penalty
    # is the minimum.
    best = int(np.argmax(cvm <= cvm.min() * (1 + 1e-12)))
    return CrossValidation(
        cvm, cvsd, lambdas[best], lambdas[np.argmax(cvm <= cvm[best] + cvsd[best])]
    )


def stratified_folds(y, n_folds, rng):
    """Fold labels 1..n_folds (patient), each response spread evenly over the folds in random order.

    ValueError when a response has fewer patients than there are folds.
    """
    y = np.asarray(y)
    folds = np.empty(y.size, dtype=np.int64)
    start = 0
    for value in np.unique(y):
        members = rng.permutation(np.flatnonzero(y == value))
        if members.size < n_folds:
            raise ValueError(f"{members.size} patients with response {value} for {n_folds} folds")
        folds[members] = (start + np.arange(members.size)) % n_folds + 1
        start += members.size
    return folds


def _numbers(table):
    try:
        values = table.to_numpy(dtype=np.float64)
    except (TypeError, ValueError) as error:
        words = [name for name in table if not pd.api.types.is_numeric_dtype(table[name])]
        raise ValueError(f"features that are no numbers: {_some(words)}") from error
    broken = ~np.isfinite(values)
    if broken.any():
        row, column = np.argwhere(broken)[0]
        raise ValueError(
            f"{np.count_nonzero(broken)} of {values.size} feature values are missing or infinite, the first is"
            f" {table.columns[column]} of patient {table.index[row]}"
        )
    return values


def _some(names):
    return ", ".join(map(str, names[:5])) + (", ..." if len(names) > 5 else "")


def _duplicates(scaled):
    """{column: earlier column it repeats}, of z-scores (patient, column)."""
    r = np.abs(scaled.T @ scaled) / (len(scaled) - 1)
    found = {}
    for column in range(1, len(r)):
        same = [k for k in np.flatnonzero(r[column, :column] > 1 - _SAME) if k not in found]
        if same:
            found[column] = same[0]
    return found


def _checked(x, y):
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if x.ndim != 2 or y.shape != x.shape[:1]:
        raise ValueError(
            f"x has shape {x.shape}, y {y.shape}; expected (patient, feature) and (patient)"
        )
    if not (np.isfinite(x).all() and np.isin(y, (0.0, 1.0)).all()):
        raise ValueError("x must be finite and y 0 or 1")
    if np.unique(y).size < 2:
        raise ValueError(f"all {y.size} patients have one response")
    return x, y


def _standardised(x):
    """Features (feature, patient) of mean 0 and variance 1 (divided by n), their means and SDs;

    constant ones are 0.
    """
    centre, scale = x.mean(axis=0), x.std(axis=0)
    constant = np.ptp(x, axis=0) == 0
    scale = np.where(constant | (scale == 0), 1.0, scale)
    return np.ascontiguousarray(np.where(constant, 0.0, (x - centre) / scale).T), centre, scale


def _grid(standard, y):
    largest = np.abs(standard @ (y - y.mean())).max() / y.size
    if largest == 0:
        raise ValueError(f"no feature of {len(standard)} varies with the response")
    ratio = 0.01 if y.size < len(standard) else 1e-4
    return largest * ratio ** (np.arange(N_LAMBDAS) / (N_LAMBDAS - 1))


def _early_end(standard, y, intercepts, coefficients):
    """How many penalties glmnet's own grid keeps: to 99.9 % of the deviance, or a gain below 1e-5 after the fifth."""
    eta = intercepts[:, None] + coefficients @ standard
    deviance = 2.0 * (np.logaddexp(0.0, eta) - y * eta).sum(axis=1)
    mean = y.mean()
    null = -2.0 * y.size * (mean * np.log(mean) + (1 - mean) * np.log(1 - mean))
    ratio = 1.0 - deviance / null
    ends = np.flatnonzero((ratio[4:] > 0.999) | (np.diff(ratio)[3:] < 1e-5))
    return int(ends[0]) + 5 if ends.size else len(ratio)


def _loss(y, eta, measure):
    """Mean loss of the patients left out, (lambda); eta (patient, lambda)."""
    if measure == "class":
        return ((eta > 0) != (y[:, None] > 0)).mean(axis=0)
    p = np.clip(1.0 / (1.0 + np.exp(-np.clip(eta, -700, 700))), _FOLD_CLIP, 1.0 - _FOLD_CLIP)
    return -2.0 * (y[:, None] * np.log(p) + (1.0 - y[:, None]) * np.log(1.0 - p)).mean(axis=0)
