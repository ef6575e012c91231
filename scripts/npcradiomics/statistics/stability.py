"""What a significant feature owes to single patients: leave one out, and cohorts drawn from the cohort."""

import logging

import numpy as np
import pandas as pd
from scipy import stats

from npcradiomics.statistics import paired_tests
from npcradiomics.statistics.comparison import apply_rule
from npcradiomics.statistics.pairs import paired_differences

log = logging.getLogger(__name__)

# Of more patients nobody is left out: one of 500 moves the mean by 0.2 %, and the tests of 5,000
# cohorts of 4,999 patients would take minutes per feature.
LEAVE_ONE_OUT_UP_TO = 500

COLUMNS = (
    *("feature", "n", "test", "p", "dz", "p_min", "p_min_without", "p_max", "p_max_without"),
    *("dz_min", "dz_min_without", "dz_max", "dz_max_without", "left_out_significant", "other_test"),
    *("bootstrap_significant", "bootstrap_t_significant", "n_boot"),
)


def stability(
    features: pd.DataFrame,
    statistics: pd.DataFrame,
    *,
    normality_alpha: float = 0.05,
    n_boot: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Range of p and dz without each patient in turn, and share of bootstrap cohorts that stay significant.

    Leaving one out applies the paper's whole rule again, up to 500 pairs; of more these columns are
    missing, with a warning. A bootstrap cohort keeps the test of the whole cohort: patients drawn
    twice are ties, by which Shapiro-Wilk rejects, and with which the Wilcoxon test of R < 4.6 falls
    back to a normal approximation that with 14 patients hardly reaches 0.05/47; the Wilcoxon p is
    therefore the exact one with ties (below 50 pairs).

    Parameters
    ----------
    features : DataFrame
        See pairs.pair_rows.
    statistics : DataFrame
        comparison.compare_regions of the same features; its significant rows and threshold are used.
    normality_alpha : float
        As in compare_regions.
    n_boot, seed : int
        Number of bootstrap cohorts; both fix them.

    Returns
    -------
    DataFrame
        One row per significant feature: p and dz of the whole cohort; p_min, p_max, dz_min, dz_max
        over the cohorts without one patient, and `_without` whom; left_out_significant, share of
        those cohorts still below the threshold; other_test, how many of them the paper's rule sends
        to the other test; bootstrap_significant, share of n_boot cohorts of n patients drawn with
        replacement in which the feature is below the threshold with the same sign;
        bootstrap_t_significant, the same by the t-test whatever the rule chose. No feature is
        significant: an empty table with these columns.
    """
    differences = paired_differences(features)
    if len(differences) > LEAVE_ONE_OUT_UP_TO:
        log.warning(
            f"{len(differences)} patients: nobody is left out in turn above {LEAVE_ONE_OUT_UP_TO}"
        )
    rows, drawn = [], {}
    for row in statistics[statistics["significant"]].itertuples():
        complete = differences[row.feature].dropna()
        described = {name: getattr(row, name) for name in ("feature", "n", "test", "p", "dz")}
        n = len(complete)
        if n not in drawn:
            drawn = {n: np.random.default_rng([seed, n]).integers(0, n, (n_boot, n))}
        left_out = {}
        if n <= LEAVE_ONE_OUT_UP_TO:
            left_out = _leave_one_out(complete, row, normality_alpha)
        rows.append(described | left_out | _bootstrap(complete.to_numpy(), row, drawn[n]))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _leave_one_out(complete, row, normality_alpha):
    values = complete.to_numpy()
    answers = pd.DataFrame(
        [apply_rule(np.delete(values, i), normality_alpha) for i in range(len(values))],
        index=complete.index,
    )
    ranges = {}
    for name in ("p", "dz"):
        tested = answers[name].dropna()
        for which, pick in (("min", tested.idxmin), ("max", tested.idxmax)):
            without = pick() if len(tested) else None
            ranges[f"{name}_{which}"] = tested[without] if len(tested) else np.nan
            ranges[f"{name}_{which}_without"] = without
    still = float(np.mean(answers["p"] < row.threshold))
    return ranges | {
        "left_out_significant": still,
        "other_test": int((answers["test"] != row.test).sum()),
    }


def _bootstrap(values, row, drawn):
    """Shares of the drawn cohorts, (n_boot, n), that are significant with the sign of the whole cohort."""
    by_t, by_rule = [], []
    for block in np.array_split(drawn, max(1, drawn.size // 200_000)):
        samples = values[block]
        same_sign = np.sign(samples.mean(axis=1)) == np.sign(row.mean_difference)
        t_p = stats.ttest_1samp(samples, 0, axis=1).pvalue
        t_p[np.ptp(samples, axis=1) == 0] = 1.0  # one patient n times has no t; scipy: p = 0
        p = t_p if row.test == "t" else _rank_p(samples)
        by_t.append((t_p < row.threshold) & same_sign)
        by_rule.append((p < row.threshold) & same_sign)
    return {
        "bootstrap_significant": float(np.mean(np.concatenate(by_rule))),
        "bootstrap_t_significant": float(np.mean(np.concatenate(by_t))),
        "n_boot": len(drawn),
    }


def _rank_p(samples):
    """Wilcoxon p of each row: normal, but exact with ties below 50 differences."""
    n = np.count_nonzero(samples, axis=1)
    many = n >= paired_tests.EXACT_BELOW
    p = np.ones(len(samples))
    if many.any():
        p[many] = stats.wilcoxon(
            samples[many], zero_method="wilcox", method="asymptotic", correction=True, axis=1
        ).pvalue
    for i in np.flatnonzero(~many & (n > 0)):
        nonzero = samples[i][samples[i] != 0]
        ranks = stats.rankdata(np.abs(nonzero))
        p[i] = paired_tests.exact_p(ranks, ranks[nonzero > 0].sum())
    return p
