"""Logistic regression without penalty: maximum likelihood, standard errors, and separation told apart from an answer."""

from dataclasses import dataclass

import numpy as np
from scipy import optimize, special, stats

_SUSPICIOUS = 30.0  # a linear predictor beyond this is a probability of 0 or 1: of separation, or of one far-off patient


@dataclass(frozen=True, eq=False)
class LogisticFit:
    """coefficients (1 + feature), the intercept first; se likewise; deviance; separated: why there is no maximum, or "".

    With `separated` the coefficients are NaN: the likelihood has no maximum at finite coefficients.
    """

    coefficients: np.ndarray
    se: np.ndarray
    deviance: float
    separated: str

    def wald(self, level=0.95):
        """z, p (two-sided), low and high of each coefficient (1 + feature)."""
        z = self.coefficients / self.se
        reach = stats.norm.isf((1 - level) / 2) * self.se
        return z, 2 * stats.norm.sf(np.abs(z)), self.coefficients - reach, self.coefficients + reach


def fit_logistic(x, y, offset=None):
    """Maximum likelihood by Newton's method: x (patient, feature), y (patient) of 0 and 1, offset (patient) or None.

    Returns LogisticFit. ValueError: as many coefficients as patients or more, linearly dependent
    features. Equals R's glm(family = binomial).
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    offset = np.zeros(y.size) if offset is None else np.asarray(offset, dtype=np.float64)
    design = np.column_stack([np.ones(y.size), x])
    n, k = design.shape
    if k >= n or np.linalg.matrix_rank(design) < k:
        return _no_maximum(
            k, f"{k} coefficients cannot be told from {n} patients (too many, or dependent)"
        )
    beta = np.zeros(k)
    deviance = _deviance(y, offset)
    suspected = False
    for _ in range(100):
        eta = offset + design @ beta
        if np.all(eta[y == 1] > 0) and np.all(eta[y == 0] < 0) and k > 1 and not offset.any():
            return _no_maximum(k, f"the features separate the {n} patients perfectly")
        if not suspected and np.abs(eta - offset).max() > _SUSPICIOUS:
            suspected = True
            if _separates(design, y):
                return _no_maximum(k, f"the features separate some of the {n} patients perfectly")
        p = special.expit(eta)
        hessian = (design.T * (p * (1 - p))) @ design
        try:
            step = np.linalg.solve(hessian, design.T @ (y - p))
        except np.linalg.LinAlgError:
            return _no_maximum(k, f"the features separate some of the {n} patients perfectly")
        for _halving in range(40):
            new = _deviance(y, offset + design @ (beta + step))
            if new <= deviance + 1e-12 * abs(deviance):
                break
            step = step / 2
        beta = beta + step
        settled = abs(deviance - new) < 1e-13 * (abs(new) + 0.1)
        deviance = new
        if settled:
            break
    p = special.expit(offset + design @ beta)
    covariance = np.linalg.inv((design.T * (p * (1 - p))) @ design)
    return LogisticFit(beta, np.sqrt(np.diag(covariance)), float(deviance), "")


def _separates(design, y):
    """Whether some plane has no patient on the wrong side and not all upon it (Konis 2007): a linear programme.

    Each patient's distance to the right side may be 0 to 1; their sum is 0 if and only if the
    maximum is finite.
    """
    signed = design / np.abs(design).max(axis=0) * (2 * y - 1)[:, None]
    limits = np.concatenate([np.zeros(y.size), np.ones(y.size)])
    found = optimize.linprog(
        -signed.sum(axis=0), np.vstack([-signed, signed]), limits, bounds=(None, None)
    )
    return -found.fun > 0.5


def _deviance(y, eta):
    return 2.0 * float((np.logaddexp(0.0, eta) - y * eta).sum())


def _no_maximum(k, why):
    return LogisticFit(np.full(k, np.nan), np.full(k, np.nan), 0.0, why)
