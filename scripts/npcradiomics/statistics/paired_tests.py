"""Shapiro-Wilk, paired t and Wilcoxon signed-rank on one vector of differences, as R 3.6 to 4.5 give them.

pingouin computes the tests. Ours is what R does otherwise: where it refuses or answers NaN, its
choice of the Wilcoxon method, V, and (R 4.6) the exact p with ties. Each function takes the
complete differences of one feature; what R refuses is NaN, and `reason` says why ("" otherwise).
"""

import math

import numpy as np
import pandas as pd
import pingouin
from scipy import stats

# It prints intervals with two decimals otherwise.
pingouin.options["round.column.CI95"] = None

# shapiro.test refuses other sizes: the approximation of the p-value was fitted on these.
SHAPIRO_SIZES = (3, 5000)
# wilcox.test: exact null distribution below this number of non-zero differences.
EXACT_BELOW = 50


def shapiro_wilk(differences: np.ndarray) -> dict:
    """Shapiro-Wilk test of normality, R's shapiro.test.

    Parameters
    ----------
    differences : (n,) array
        In any unit.

    Returns
    -------
    dict
        shapiro_w, shapiro_p, reason. No answer for fewer than 3 or more than 5,000 differences, and
        where all are the same.

    References
    ----------
    Royston 1995, Appl Stat 44:547. Of 14 to 5,000 differences p is within 4e-7 of R's (relative).
    """
    n = len(differences)
    no_answer = {"shapiro_w": np.nan, "shapiro_p": np.nan}
    if not SHAPIRO_SIZES[0] <= n <= SHAPIRO_SIZES[1]:
        low, high = SHAPIRO_SIZES
        return no_answer | {"reason": f"Shapiro-Wilk needs {low} to {high} pairs, there are {n}"}
    spread = np.ptp(differences)
    if spread == 0:
        return no_answer | {"reason": f"all {n} differences are {differences[0]:g}"}
    # Scaled, because scipy takes a range below 1e-19 for none; a Series, because pingouin refuses
    # arrays of 3.
    scaled = pd.Series((differences - np.median(differences)) / spread)
    answer = pingouin.normality(scaled).iloc[0]
    return {"shapiro_w": float(answer["W"]), "shapiro_p": float(answer["pval"]), "reason": ""}


def paired_t(differences: np.ndarray, level: float = 0.95) -> dict:
    """Paired t-test, R's t.test(paired = TRUE).

    Parameters
    ----------
    differences : (n,) array
        At least 2, not all the same (R: "data are essentially constant"; scipy: t = inf, p = 0).
    level : float
        Of the confidence interval.

    Returns
    -------
    dict
        mean_difference, sd_difference (n - 1), t, df, t_p, t_low, t_high (of the mean), reason.
    """
    n = len(differences)
    mean, sd = mean_and_sd(differences)
    described = {"mean_difference": mean, "sd_difference": sd}
    no_answer = described | dict.fromkeys(["t", "df", "t_p", "t_low", "t_high"], np.nan)
    if n < 2:
        return no_answer | {"reason": f"{n} pairs"}
    if not differences.any():
        return no_answer | {"df": n - 1, "reason": f"all {n} differences are zero"}
    standard_error = sd / np.sqrt(n)
    # R's guard: a spread within rounding of the mean is none.
    if standard_error <= 10 * np.finfo(float).eps * abs(mean):
        return no_answer | {"reason": f"all {n} differences are {mean:g}"}
    answer = pingouin.ttest(differences, 0, confidence=level).iloc[0]
    low, high = answer[f"CI{100 * level:.0f}"]
    test = {"t": answer["T"], "t_p": answer["p_val"], "t_low": low, "t_high": high}
    test = {name: float(value) for name, value in test.items()}
    return described | test | {"df": n - 1, "reason": ""}


def mean_and_sd(values: np.ndarray) -> tuple[float, float]:
    """Mean and SD (n - 1) by exact sums, NaN where there are too few of the (n,) values.

    R adds in long double: differences that cancel (+0.1, -0.1, ...) have the mean 0 there, and
    1e-17 where doubles are added one by one.
    """
    n = len(values)
    if n == 0:
        return np.nan, np.nan
    mean = math.fsum(values) / n
    if n == 1:
        return mean, np.nan
    return mean, math.sqrt(math.fsum((values - mean) ** 2) / (n - 1))


def signed_rank(differences: np.ndarray) -> dict:
    """Wilcoxon signed-rank test, wilcox.test(paired = TRUE) of R before 4.6.

    Zeros are dropped, ranks averaged; exact if fewer than 50 differences are left and none was zero
    or tied, otherwise normal with tie and continuity correction.

    Parameters
    ----------
    differences : (n,) array
        At least one that is not zero.

    Returns
    -------
    dict
        v (sum of the positive ranks), wilcoxon_p, wilcoxon_method (exact / normal), n_zero, n_ties
        (non-zero differences minus distinct absolute values), rank_biserial = (W+ - W-)/(W+ + W-),
        reason.

    References
    ----------
    Kerby 2014, Compr Psychol 3:11 (the rank-biserial correlation).
    """
    nonzero = differences[differences != 0]
    n, n_zero = len(nonzero), len(differences) - len(nonzero)
    ranks = stats.rankdata(np.abs(nonzero))
    v = float(ranks[nonzero > 0].sum())
    total = n * (n + 1) / 2
    counts = {"n_zero": n_zero, "n_ties": n - len(np.unique(ranks))}
    if n == 0:
        reason = f"all {n_zero} differences are zero" if n_zero else "0 pairs"
        no_answer = {"v": 0.0 if n_zero else np.nan, "wilcoxon_p": np.nan, "wilcoxon_method": None}
        return counts | no_answer | {"rank_biserial": np.nan, "reason": reason}
    method = "exact" if n < EXACT_BELOW and not n_zero and not counts["n_ties"] else "normal"
    return counts | {
        "v": v,
        "wilcoxon_p": _wilcoxon_p(nonzero, method),
        "wilcoxon_method": method,
        "rank_biserial": (2 * v - total) / total,
        "reason": "",
    }


def signed_rank_beside(differences: np.ndarray, method: str) -> dict:
    """What stands beside the Wilcoxon p: the exact p with ties, and the smallest p within reach.

    Parameters
    ----------
    differences : (n,) array
        As for signed_rank.
    method : str
        wilcoxon_method of signed_rank.

    Returns
    -------
    dict
        wilcoxon_p_exact_ties, below 50 non-zero differences (R >= 4.6; package exactRankTests);
        wilcoxon_p_floor, what `method` gives if all differences have one sign.
    """
    nonzero = differences[differences != 0]
    exact_ties = floor = np.nan
    if 0 < len(nonzero) < EXACT_BELOW:
        ranks = stats.rankdata(np.abs(nonzero))
        exact_ties = exact_p(ranks, ranks[nonzero > 0].sum())
    if len(nonzero):
        floor = _wilcoxon_p(np.abs(nonzero), method)
    return {"wilcoxon_p_exact_ties": exact_ties, "wilcoxon_p_floor": floor}


def _wilcoxon_p(nonzero, method):
    # The method is ours to choose: scipy's "auto" goes another way with ties and zeros.
    scipy_method = {"exact": "exact", "normal": "asymptotic"}[method]
    answer = pingouin.wilcoxon(
        nonzero, zero_method="wilcox", method=scipy_method, correction=True
    ).iloc[0]
    return float(answer["p_val"])


def exact_p(ranks: np.ndarray, v: float) -> float:
    """Two-sided p of a rank sum under the exact distribution of signs given (average) ranks.

    Own code: scipy has it with ties only as an enumeration of 2^n signs. Doubled ranks are whole
    numbers, so their sums can be counted by adding one rank at a time.

    Parameters
    ----------
    ranks : (n,) array
        Multiples of 1/2.
    v : float
        Sum of the positive ranks.

    References
    ----------
    Streitberg & Röhmel 1986, Stat Softw Newsl 12:10.
    """
    steps = np.rint(2 * ranks).astype(int)
    share = np.zeros(steps.sum() + 1)
    share[0] = 1.0
    for step in steps:
        with_rank = np.zeros_like(share)
        with_rank[step:] = share[: len(share) - step]
        share = (share + with_rank) / 2
    smaller_tail = round(2 * min(v, steps.sum() / 2 - v))
    return float(min(2 * share[: smaller_tail + 1].sum(), 1.0))
