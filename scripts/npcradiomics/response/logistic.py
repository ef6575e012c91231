"""Logistic regression without penalty: statsmodels' fit, and separation told apart from an answer."""

import warnings
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special, stats
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_linear_model import GLM

# A linear predictor beyond this is a probability of 0 or 1: of separation, or of one far-off
# patient.
_SUSPICIOUS = 15.0


@dataclass(frozen=True, eq=False)
class LogisticFit:
    """A fit: coefficients (1 + feature), the intercept first; se likewise; deviance; separated; covariance.

    `separated` says why the likelihood has no maximum at finite coefficients, which are NaN then;
    "" otherwise.
    """

    coefficients: np.ndarray
    se: np.ndarray
    deviance: float
    separated: str
    covariance: np.ndarray  # (1 + feature, 1 + feature), of the coefficients

    def wald(self, level: float = 0.95) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """z, p (two-sided), low and high of each coefficient, (1 + feature,) each."""
        z = self.coefficients / self.se
        reach = stats.norm.isf((1 - level) / 2) * self.se
        return z, 2 * stats.norm.sf(np.abs(z)), self.coefficients - reach, self.coefficients + reach


def fit_logistic(x: np.ndarray, y: np.ndarray, offset: np.ndarray | None = None) -> LogisticFit:
    """Maximum likelihood, as R's glm(family = binomial).

    Parameters
    ----------
    x : (patient, feature) array
        Without the intercept, which is added.
    y : (patient,) array
        0 or 1.
    offset : (patient,) array, optional
        Added to the linear predictor.

    Returns
    -------
    LogisticFit
        Without coefficients, `separated` saying why, where there are as many of them as patients,
        where features are linearly dependent, and where they separate the patients: statsmodels
        answers with coefficients that grow with the number of iterations there.
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    design = np.column_stack([np.ones(y.size), x])
    n, k = design.shape
    if k >= n or np.linalg.matrix_rank(design) < k:
        return _no_maximum(
            k, f"{k} coefficients cannot be told from {n} patients (too many, or dependent)"
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of perfect predictions: looked at below
        fit = GLM(y, design, family=Binomial(), offset=offset).fit(maxiter=100, tol=1e-13)
        answer = LogisticFit(fit.params, fit.bse, float(fit.deviance), "", fit.cov_params())
    eta = design @ answer.coefficients
    if np.abs(eta).max() > _SUSPICIOUS and _separates(design, y):
        which = "the" if np.all((eta > 0) == (y == 1)) else "some of the"
        return _no_maximum(k, f"the features separate {which} {n} patients perfectly")
    return answer


def fit_firth(x: np.ndarray, y: np.ndarray) -> LogisticFit:
    """Firth's penalised likelihood, which has a maximum also where the patients are separated.

    Columns that are dependent share their coefficient (the smallest solution).

    Parameters
    ----------
    x : (patient, feature) array
        Without the intercept, which is added.
    y : (patient,) array
        0 or 1.

    Raises
    ------
    ValueError
        No maximum found, with the steps.

    References
    ----------
    Firth 1993, Biometrika 80:27; Heinze 2002, Stat Med 21:2409.
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    centre, scale = x.mean(axis=0), x.std(axis=0)
    design = np.column_stack([np.ones(y.size), (x - centre) / scale])
    found = optimize.minimize(
        lambda beta: -_penalised(design, y, beta),
        np.zeros(design.shape[1]),
        jac=lambda beta: -_modified_score(design, y, beta)[0],
        method="BFGS",
        options={"gtol": 1e-7},
    )
    beta = found.x
    score, inverse = _modified_score(design, y, beta)
    if np.abs(score).max() > 1e-4:  # BFGS may stop a little early, for rounding
        raise ValueError(f"Firth's likelihood has no maximum after {found.nit} steps")
    back = np.eye(beta.size)
    back[0, 1:] = -centre / scale
    back[1:, 1:] = np.diag(1 / scale)
    covariance = back @ inverse @ back.T
    deviance = -2 * _log_likelihood(design, y, beta)
    return LogisticFit(back @ beta, np.sqrt(np.diag(covariance)), deviance, "", covariance)


def _modified_score(design, y, beta):
    """Firth's score, and the inverse of the information."""
    p = special.expit(design @ beta)
    weighted = design * np.sqrt(p * (1 - p))[:, None]
    inverse = np.linalg.pinv(weighted.T @ weighted, hermitian=True)
    leverage = np.einsum("ij,ij->i", weighted @ inverse, weighted)
    return design.T @ (y - p + leverage * (0.5 - p)), inverse


def _log_likelihood(design, y, beta):
    eta = design @ beta
    return float((y * eta - np.logaddexp(0, eta)).sum())


def _penalised(design, y, beta):
    p = special.expit(design @ beta)
    values = np.linalg.eigvalsh(design.T @ (design * (p * (1 - p))[:, None]))
    kept = values[values > values[-1] * 1e-12]
    return _log_likelihood(design, y, beta) + 0.5 * float(np.log(kept).sum())


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


def _no_maximum(k, why):
    return LogisticFit(np.full(k, np.nan), np.full(k, np.nan), 0.0, why, np.full((k, k), np.nan))
