"""Whether predicted probabilities are the shares that happen: slope, intercept, Brier, Hosmer-Lemeshow, smooth curve."""

from typing import NamedTuple

import numpy as np
from scipy import stats
from statsmodels.nonparametric.smoothers_lowess import lowess

from npcradiomics.response.logistic import fit_logistic

MIN_GROUPS = 3


class Recalibration(NamedTuple):
    """Logistic regression of the response on the linear predictor, and the intercept at slope 1 (in the large)."""

    intercept: float
    slope: float
    slope_low: float
    slope_high: float
    in_the_large: float
    note: str


class HosmerLemeshow(NamedTuple):
    """Chi-square over groups of predicted risk, its p with groups - 2 degrees or, elsewhere, groups."""

    chisq: float
    groups: int
    p_development: float
    p_external: float


def recalibrate(y: np.ndarray, score: np.ndarray) -> Recalibration:
    """Slope and intercept of the response on the linear predictor, as rms's val.prob.

    Parameters
    ----------
    y : (patient,) array
        0 or 1.
    score : (patient,) array
        The linear predictor.

    Returns
    -------
    Recalibration
        Slope and intercept are NaN, with the reason in `note`, where the score is constant or
        separates the patients.

    References
    ----------
    Cox 1958, Biometrika 45:562.
    """
    y, score = np.asarray(y, dtype=np.float64), np.asarray(score, dtype=np.float64)
    large = fit_logistic(np.empty((y.size, 0)), y, offset=score)
    if np.ptp(score) < 1e-12:
        return Recalibration(
            *[np.nan] * 4, float(large.coefficients[0]), "every patient has the same score"
        )
    fit = fit_logistic(score[:, None], y)
    _, _, low, high = fit.wald()
    words = f"no slope: {fit.separated}" if fit.separated else ""
    return Recalibration(
        *map(float, (*fit.coefficients, low[1], high[1], large.coefficients[0])), words
    )


def brier(y: np.ndarray, probability: np.ndarray) -> float:
    """Mean squared difference of response (0 or 1) and probability, (patient,) each."""
    return float(np.mean((np.asarray(y, dtype=np.float64) - probability) ** 2))


def hosmer_lemeshow(y: np.ndarray, probability: np.ndarray, groups: int = 10) -> HosmerLemeshow:
    """Chi-square over groups of equal numbers cut at the quantiles (type 7) of the probability.

    Parameters
    ----------
    y : (patient,) array
        0 or 1.
    probability : (patient,) array
        Predicted.
    groups : int
        Wanted. Quantiles that fall together are one cut, so there may be fewer; with fewer than
        three there is no test and chisq and p are NaN.

    References
    ----------
    Hosmer 1980, Commun Stat A 9:1043.
    """
    y, probability = np.asarray(y, dtype=np.float64), np.asarray(probability, dtype=np.float64)
    cuts = np.unique(np.quantile(probability, np.linspace(0, 1, groups + 1)))
    n_groups = cuts.size - 1
    if n_groups < MIN_GROUPS:
        return HosmerLemeshow(np.nan, max(n_groups, 1), np.nan, np.nan)
    group = np.clip(np.searchsorted(cuts, probability, side="left") - 1, 0, n_groups - 1)
    n, observed, expected = (
        np.bincount(group, weights, n_groups) for weights in (None, y, probability)
    )
    filled = n > 0  # with fewer patients than groups some quantiles have nobody between them
    n, observed, expected, n_groups = (
        n[filled],
        observed[filled],
        expected[filled],
        int(filled.sum()),
    )
    if n_groups < MIN_GROUPS:
        return HosmerLemeshow(np.nan, n_groups, np.nan, np.nan)
    chisq = float(((observed - expected) ** 2 / (expected * (1 - expected / n))).sum())
    return HosmerLemeshow(
        chisq,
        n_groups,
        float(stats.chi2.sf(chisq, n_groups - 2)),
        float(stats.chi2.sf(chisq, n_groups)),
    )


def smooth_curve(
    y: np.ndarray, probability: np.ndarray, at: np.ndarray | None = None
) -> np.ndarray:
    """Share of effective patients by predicted probability: LOWESS (2/3, no robustness, as val.prob).

    Parameters
    ----------
    y : (patient,) array
        0 or 1.
    probability : (patient,) array
        Predicted.
    at : (point,) array, optional
        Probabilities of the curve; the patients' own otherwise.

    Returns
    -------
    (point,) array
        NaN where the probabilities do not vary, and outside their range.
    """
    y, probability = np.asarray(y, dtype=np.float64), np.asarray(probability, dtype=np.float64)
    at = probability if at is None else np.asarray(at)
    if np.ptp(probability) < 1e-12:
        return np.full(at.size, np.nan)
    # R's lowess leaves out points nearer than 1 % of the range and interpolates.
    fitted = lowess(y, probability, frac=2 / 3, it=0, delta=0.01 * np.ptp(probability))
    x, first = np.unique(fitted[:, 0], return_index=True)
    return np.interp(at, x, fitted[first, 1], left=np.nan, right=np.nan)


def band(
    y: np.ndarray,
    probability: np.ndarray,
    at: np.ndarray,
    n_bootstrap: int,
    rng: np.random.Generator,
    level: float = 0.95,
) -> tuple[np.ndarray, np.ndarray]:
    """Pointwise bootstrap band of the smooth curve over patients.

    Parameters
    ----------
    y, probability, at
        As in smooth_curve.
    n_bootstrap, rng
        Cohorts drawn with replacement, and who draws.
    level : float
        Of the band.

    Returns
    -------
    low, high : (point,) arrays
        NaN where under half of the cohorts have a curve.
    """
    y, probability = np.asarray(y), np.asarray(probability)
    curves = np.empty((n_bootstrap, len(at)))
    for k in range(n_bootstrap):
        drawn = rng.integers(0, y.size, y.size)
        curves[k] = smooth_curve(y[drawn], probability[drawn], at)
    known = np.count_nonzero(np.isfinite(curves), axis=0) * 2 >= n_bootstrap
    low, high = np.full(len(at), np.nan), np.full(len(at), np.nan)
    if known.any():
        low[known], high[known] = np.nanquantile(
            curves[:, known], ((1 - level) / 2, (1 + level) / 2), axis=0
        )
    return np.clip(low, 0, 1), np.clip(high, 0, 1)
