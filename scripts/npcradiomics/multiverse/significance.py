"""Significant or not, for the paper's rule, t and Wilcoxon, on many columns of paired differences at once.

`statistics.comparison` answers for one feature with everything that is printed; a curve test asks
yes or no some million times.
"""

import numpy as np
from scipy import special, stats

from npcradiomics.statistics.paired_tests import EXACT_BELOW, exact_p

FEWEST = 3  # pairs that Shapiro-Wilk needs


class PairedRule:
    """The tests of n differences at one threshold.

    Zeros and tied differences are ranked as they come: among recombined values of continuous
    features they are rare.

    Parameters
    ----------
    n : int
        Pairs, at least FEWEST.
    threshold : float
        Significant below it.
    normality_alpha : float
        Of Shapiro-Wilk, below which the paper's rule takes Wilcoxon.
    """

    def __init__(self, n: int, threshold: float, normality_alpha: float = 0.05):
        if n < FEWEST:
            raise ValueError(f"{n} pairs, {FEWEST} needed")
        self.t_critical = stats.t.isf(threshold / 2, n - 1)
        self.coefficients = shapiro_coefficients(n)
        self.w_critical = shapiro_critical(n, normality_alpha)
        self.v_significant = _rank_sum_p(n) < threshold

    def __call__(self, differences: np.ndarray) -> tuple[np.ndarray, dict]:
        """dz (columns), and {test: significant, bool (columns)}, of differences (columns, n)."""
        n = differences.shape[1]
        mean = differences.mean(axis=1)
        centred = differences - mean[:, None]
        squares = np.einsum("ij,ij->i", centred, centred)
        with np.errstate(divide="ignore", invalid="ignore"):
            dz = np.where(squares > 0, mean / np.sqrt(squares / (n - 1)), 0.0)
            w = (np.sort(centred, axis=1) @ self.coefficients) ** 2 / squares
        by_t = np.abs(dz) * np.sqrt(n) > self.t_critical
        order = np.argsort(np.abs(differences), axis=1)
        positive = np.take_along_axis(differences, order, axis=1) > 0
        by_rank = self.v_significant[positive @ np.arange(1, n + 1)]
        by_rule = np.where(w < self.w_critical, by_rank, by_t)
        return dz, {"paper": by_rule, "t": by_t, "wilcoxon": by_rank}


def shapiro_coefficients(n: int) -> np.ndarray:
    """Weights (n) of the ordered values in Shapiro-Wilk's W = (a x)^2 / sum (x - mean)^2.

    References
    ----------
    Royston 1995, Appl Stat 44:547 (AS R94).
    """
    if n == 3:
        return np.array([-np.sqrt(0.5), 0.0, np.sqrt(0.5)])
    m = special.ndtri((np.arange(1, n + 1) - 0.375) / (n + 0.25))
    size, u = m @ m, 1 / np.sqrt(n)
    a = m / np.sqrt(size)
    last = np.polyval([-2.706056, 4.434685, -2.071190, -0.147981, 0.221157, a[-1]], u)
    if n <= 5:
        fixed, rest = [last], (size - 2 * m[-1] ** 2) / (1 - 2 * last**2)
    else:
        other = np.polyval([-3.582633, 5.682633, -1.752461, -0.293762, 0.042981, a[-2]], u)
        fixed = [other, last]
        rest = (size - 2 * m[-1] ** 2 - 2 * m[-2] ** 2) / (1 - 2 * last**2 - 2 * other**2)
    a = m / np.sqrt(rest)
    k = len(fixed)
    a[-k:], a[:k] = fixed, -np.array(fixed[::-1])
    return a


def shapiro_critical(n: int, alpha: float) -> float:
    """W below which Shapiro-Wilk's p is below alpha (Royston 1995)."""
    if n == 3:
        return float(np.sin(np.pi * alpha / 6 + np.arcsin(np.sqrt(0.75))) ** 2)
    if n <= 11:
        gamma = 0.459 * n - 2.273
        mean = np.polyval([-0.0006714, 0.025054, -0.39978, 0.5440], n)
        sd = np.exp(np.polyval([-0.0020322, 0.062767, -0.77857, 1.3822], n))
        return float(1 - np.exp(gamma - np.exp(-(mean + sd * stats.norm.isf(alpha)))))
    x = np.log(n)
    mean = np.polyval([0.0038915, -0.083751, -0.31082, -1.5861], x)
    sd = np.exp(np.polyval([0.0030302, -0.082676, -0.4803], x))
    return float(1 - np.exp(mean + sd * stats.norm.isf(alpha)))


def _rank_sum_p(n):
    """Two-sided p of each sum 0 .. n (n + 1) / 2 of the positive ranks, as `signed_rank` has it."""
    total = n * (n + 1) // 2
    if n < EXACT_BELOW:
        ranks = np.arange(1.0, n + 1)
        half = np.array([exact_p(ranks, v) for v in range(total // 2 + 1)])
        return np.r_[half, half[: total + 1 - half.size][::-1]]
    away = np.abs(np.arange(total + 1) - total / 2)
    sd = np.sqrt(n * (n + 1) * (2 * n + 1) / 24)
    return np.minimum(2 * stats.norm.sf(np.maximum(away - 0.5, 0) / sd), 1.0)
