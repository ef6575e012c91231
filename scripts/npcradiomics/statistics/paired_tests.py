"""Paired t and Wilcoxon signed-rank on one vector of differences, as R 3.6 to 4.5 give them.

Each function takes the complete differences of one feature, a 1-D float array, and returns a dict;
values that R refuses or answers with NaN are NaN here too, and `reason` says why ("" where there is
an answer). scipy supplies every distribution; what is written out is what its defaults do
otherwise. pingouin wraps the same scipy tests: its ttest rounds the interval to two decimals, its
wilcoxon reports min(W+, W-) instead of V, and both leave constant differences to scipy.
"""

import math

import numpy as np
from scipy import special, stats

# wilcox.test: exact null distribution below this number of non-zero differences.
EXACT_BELOW = 50


def paired_t(differences, level=0.95):
    """R's t.test(paired = TRUE): dict mean_difference, sd_difference, t, df, t_p, t_low, t_high, reason.

    SD has n - 1. Needs 2 differences; constant differences have no t (R: "data are essentially
    constant"; scipy answers t = inf, p = 0).
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
    t = mean / standard_error
    half = stats.t.ppf((1 + level) / 2, n - 1) * standard_error
    p = float(2 * stats.t.sf(abs(t), n - 1))
    test = {
        "t": float(t),
        "df": n - 1,
        "t_p": p,
        "t_low": float(mean - half),
        "t_high": float(mean + half),
    }
    return described | test | {"reason": ""}


def mean_and_sd(values):
    """Mean and SD (n - 1) with an exact sum, NaN where there are too few values.

    R adds in long double; numpy's and scipy.stats.ttest_1samp's double sums of differences that
    cancel (+0.1, -0.1, ...) leave 1e-17 where R has 0, and a t of 1e-16.
    """
    n = len(values)
    if n == 0:
        return np.nan, np.nan
    mean = math.fsum(values) / n
    if n == 1:
        return mean, np.nan
    return mean, math.sqrt(math.fsum((values - mean) ** 2) / (n - 1))


def signed_rank(differences):
    """R < 4.6's wilcox.test(paired = TRUE): zeros dropped, average ranks, V the sum of positive ranks.

    Exact if fewer than 50 differences are left and none was zero or tied, otherwise normal with tie
    and continuity correction. Returns: dict v, wilcoxon_p, wilcoxon_method (exact / normal),
    n_zero, n_ties (non-zero differences minus distinct absolute values), rank_biserial = (W+ -
    W-)/(W+ + W-), reason.
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


def signed_rank_beside(differences, method):
    """What stands beside the Wilcoxon p: dict wilcoxon_p_exact_ties, wilcoxon_p_floor.

    The exact conditional p also with ties, below 50 non-zero differences (R >= 4.6; package
    exactRankTests), and the smallest p that `method` (signed_rank's wilcoxon_method) can give here:
    all of one sign.
    """
    nonzero = differences[differences != 0]
    exact_ties = floor = np.nan
    if 0 < len(nonzero) < EXACT_BELOW:
        ranks = stats.rankdata(np.abs(nonzero))
        exact_ties = exact_p(ranks, ranks[nonzero > 0].sum())
    if len(nonzero):
        floor = _wilcoxon_p(np.abs(nonzero), method)
    return {"wilcoxon_p_exact_ties": exact_ties, "wilcoxon_p_floor": floor}


def t_without_each(differences):
    """The paired t without each difference in turn, all at once: dict of (n,) dz, t_p, squares, rounded.

    squares: sum of squares about the mean; rounded: bool, where one difference carries nearly all
    of it or the rest is constant, so that rounding decides and paired_t has to be asked. Elsewhere
    dz and t_p are right to 1e-11 relative.
    """
    n = len(differences)
    mean, sd = mean_and_sd(differences)
    total = sd**2 * (n - 1)
    squares = total - (differences - mean) ** 2 * n / (n - 1)
    means = (mean * n - differences) / (n - 1)
    rounded = ~(squares > 1e-3 * total) | (squares < (n * 1e-13 * means) ** 2)
    squares = np.where(rounded, np.nan, squares)
    dz = means / np.sqrt(squares / (n - 2))
    t_p = 2 * special.stdtr(n - 2, -np.abs(dz) * np.sqrt(n - 1))
    return {"dz": dz, "t_p": t_p, "squares": squares, "rounded": rounded}


def signed_rank_p_without_each(differences):
    """The normal p of signed_rank without each difference in turn, all at once, (n,)."""
    nonzero = differences != 0
    _, group, ties = np.unique(
        np.abs(differences[nonzero]), return_inverse=True, return_counts=True
    )
    ranks = stats.rankdata(np.abs(differences[nonzero]))
    is_positive = differences[nonzero] > 0
    positive = np.bincount(group, is_positive)
    # The ranks above it fall by 1, those tied with it by 1/2.
    v = ranks[is_positive].sum()
    v_without = v - is_positive * ranks - (positive.sum() - np.cumsum(positive))[group]
    v_without -= (positive[group] - is_positive) / 2
    tied, t = (ties.astype(float) ** 3 - ties).sum(), ties[group].astype(float)
    p = np.full(len(differences), normal_p(v, len(group), tied))
    p[nonzero] = normal_p(v_without, len(group) - 1, tied - 3 * t * (t - 1))
    return p


def normal_p(v, n, tied):
    """Two-sided p of rank sums v by the normal approximation with tie and continuity correction, any shape.

    Parameters: v, sums of the positive ranks; n, non-zero differences; tied, sum of t^3 - t over
    groups of t equal ones. scipy.stats.wilcoxon's numbers, from sums that need no ranking of each
    of thousands of cohorts.
    """
    se = np.sqrt((n * (n + 1.0) * (2.0 * n + 1.0) - tied / 2) / 24)
    z = (v - n * (n + 1.0) / 4) / se
    return 2 * special.ndtr(-np.abs(z - np.sign(z) * 0.5 / se))


def _wilcoxon_p(nonzero, method):
    # scipy's "auto" goes another way with ties and zeros, and it has no continuity correction by
    # default.
    scipy_method = {"exact": "exact", "normal": "asymptotic"}[method]
    return float(
        stats.wilcoxon(nonzero, zero_method="wilcox", method=scipy_method, correction=True).pvalue
    )


def exact_p(ranks, v):
    """Two-sided p of the rank sum v under the exact distribution of signs given these (average) ranks.

    Parameters: ranks, (n,) multiples of 1/2; v, sum of the positive ranks. scipy has this only as
    an enumeration of 2^n signs; doubled ranks are integers, so their sums can be counted by adding
    one rank at a time (Streitberg & Rohmel 1986).
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


def small_cohort_warning(n, threshold):
    """One sentence if n pairs of one sign give the exact Wilcoxon test no p below threshold, else ""."""
    needed = math.floor(1 - math.log2(threshold)) + 1
    if n >= needed:
        return ""
    return (
        f"{n} patients: the Wilcoxon test cannot go below p = {2.0 ** (1 - n):.2g}, "
        f"the threshold is {threshold:.3g}; it needs {needed} patients; here only a t-test can be significant"
    )
