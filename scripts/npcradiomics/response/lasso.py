"""LASSO on the logistic loss, and its cross-validation, as glmnet has them."""

from typing import NamedTuple

import numpy as np

from npcradiomics.response.kernels_lasso import lasso_steps
from npcradiomics.response.preparation import Preparation, prepare

# What goes in is prepared first: one door for both.
__all__ = [
    "CrossValidation",
    "Path",
    "Preparation",
    "cross_validate",
    "lasso_path",
    "prepare",
    "stratified_folds",
]

N_LAMBDAS = 100
MEASURES = ("deviance", "class")
TOLERANCE = 1e-9  # of the optimality conditions, on standardised features
MAX_STEPS = 1000
_FOLD_CLIP = 1e-5  # glmnet's bound on probabilities in the deviance of a fold


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


def lasso_path(
    x: np.ndarray,
    y: np.ndarray,
    lambdas: np.ndarray | None = None,
    smallest: float | None = None,
) -> Path:
    """LASSO along falling penalties: min (1/n) sum loss + lambda sum |b_j s_j|.

    s_j is the SD of a feature (divided by n): glmnet's standardize = TRUE. Agrees with glmnet 4.1-6
    (thresh 1e-14) to 5e-5 in every coefficient.

    Parameters
    ----------
    x : (patient, feature)
    y : (patient,)
        0 and 1, 1 = effective.
    lambdas : (k,)
        By default glmnet's grid, 100 values down to 0.01 of the largest (0.0001 where patients are
        as many as features), ended early as glmnet ends it.
    smallest : float
        That last value of the default grid, as a share of the largest.

    Returns
    -------
    Path
        Coefficients on the scale of x.

    Raises
    ------
    ValueError
        One class only, lengths that differ, numbers that are not finite, lambdas not positive.

    References
    ----------
    Friedman 2010, J Stat Softw 33(1).
    """
    x, y = _checked(x, y)
    standard, centre, scale = _standardised(x)
    own_grid = lambdas is None
    if own_grid:
        lambdas = _grid(standard, y, smallest)
    lambdas = np.asarray(lambdas, dtype=np.float64)
    if lambdas.ndim != 1 or lambdas.size == 0 or not (lambdas > 0).all():
        raise ValueError("lambdas must be a row of positive numbers")
    order = np.argsort(-lambdas, kind="stable")
    lambdas = lambdas[order]
    intercepts, coefficients = np.empty(lambdas.size), np.empty((lambdas.size, x.shape[1]))
    worst = lasso_steps(standard, y, lambdas, TOLERANCE, MAX_STEPS, intercepts, coefficients)
    if worst > 1e-6:
        raise ValueError(
            f"the LASSO path did not settle: optimality is missed by {worst:.2g} after"
            f" {MAX_STEPS} steps"
        )
    last = _early_end(standard, y, intercepts, coefficients) if own_grid else lambdas.size
    coefficients = coefficients[:last] / scale
    return Path(lambdas[:last], intercepts[:last] - coefficients @ centre, coefficients)


def cross_validate(
    x: np.ndarray,
    y: np.ndarray,
    folds: np.ndarray,
    lambdas: np.ndarray,
    measure: str = "deviance",
) -> CrossValidation:
    """k-fold cross-validation, as cv.glmnet with `lambda` and `foldid` handed over.

    cvm is the mean of fold means weighted by fold size, cvsd its standard error. lambda_min:
    largest lambda with the smallest cvm; lambda_1se: largest within one cvsd of it.

    Parameters
    ----------
    x, y
        As `lasso_path`.
    folds : (patient,)
        Label of the fold that leaves the patient out.
    lambdas : (k,)
    measure : 'deviance', 'class'
        -2 log-likelihood per patient, or share misclassified at probability 0.5.

    Raises
    ------
    ValueError
        Fewer than 3 folds, one class missing where a fold is left out.
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


def stratified_folds(y: np.ndarray, n_folds: int, rng: np.random.Generator) -> np.ndarray:
    """Fold labels 1..n_folds (patient), each response spread evenly over the folds at random.

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
    """Features (feature, patient) of mean 0 and variance 1 (divided by n), 0 where constant.

    With their means and SDs.
    """
    centre, scale = x.mean(axis=0), x.std(axis=0)
    constant = np.ptp(x, axis=0) == 0
    scale = np.where(constant | (scale == 0), 1.0, scale)
    return np.ascontiguousarray(np.where(constant, 0.0, (x - centre) / scale).T), centre, scale


def _grid(standard, y, smallest):
    largest = np.abs(standard @ (y - y.mean())).max() / y.size
    if largest == 0:
        raise ValueError(f"no feature of {len(standard)} varies with the response")
    ratio = smallest or (0.01 if y.size < len(standard) else 1e-4)
    return largest * ratio ** (np.arange(N_LAMBDAS) / (N_LAMBDAS - 1))


def _early_end(standard, y, intercepts, coefficients):
    """How many penalties glmnet's own grid keeps.

    Up to 99.9 % of the deviance, or a gain below 1e-5 after the fifth.
    """
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
