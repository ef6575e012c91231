"""What a significant feature owes to single patients: leave one out, and cohorts drawn from the cohort."""

import numpy as np
import pandas as pd
from scipy import stats

from npcradiomics import paired_tests
from npcradiomics.comparison import apply_rule
from npcradiomics.pairs import paired_differences

COLUMNS = (
    *("feature", "n", "test", "p", "dz", "p_min", "p_min_without", "p_max", "p_max_without"),
    *("dz_min", "dz_min_without", "dz_max", "dz_max_without", "left_out_significant", "other_test"),
    *("bootstrap_significant", "bootstrap_t_significant", "n_boot"),
)


def stability(features, statistics, *, normality_alpha=0.05, n_boot=1000, seed=0):
    """Range of p and dz without each patient in turn, and share of bootstrap cohorts that stay significant.

    Parameters: features, see pairs.check_regions; statistics, comparison.compare_regions of the same features
    (its significant rows and its threshold are used); normality_alpha as there; n_boot cohorts, seed.
    Returns: DataFrame, one row per significant feature: p and dz of the whole cohort; p_min, p_max, dz_min,
    dz_max over the cohorts without one patient, and `_without` whom; left_out_significant, share of those
    cohorts still below the threshold; other_test, how many of them the paper's rule sends to the other test;
    bootstrap_significant, share of n_boot cohorts of n patients drawn with replacement in which the feature
    is below the threshold with the same sign; bootstrap_t_significant, the same by the t-test whatever the
    rule chose.

    Leaving one out applies the paper's whole rule again. A bootstrap cohort keeps the test of the whole
    cohort: patients drawn twice are ties, by which Shapiro-Wilk rejects, and with which the Wilcoxon test of
    R < 4.6 falls back to a normal approximation that with 14 patients hardly reaches 0.05/47; the Wilcoxon p
    is therefore the exact one with ties (below 50 pairs).
    No feature is significant: an empty table with these columns.
    """
    differences = paired_differences(features)
    rows = []
    for row in statistics[statistics["significant"]].itertuples():
        complete = differences[row.feature].dropna()
        described = {name: getattr(row, name) for name in ("feature", "n", "test", "p", "dz")}
        left_out = _leave_one_out(complete, row, normality_alpha)
        drawn = np.random.default_rng([seed, len(complete)]).integers(0, len(complete), (n_boot, len(complete)))
        resampled = complete.to_numpy()[drawn]
        by_t = _t_p(resampled)
        p = by_t if row.test == "t" else np.array([_rank_p(sample) for sample in resampled])
        same_sign = np.sign(resampled.mean(axis=1)) == np.sign(row.mean_difference)
        shares = {
            "bootstrap_significant": float(np.mean((p < row.threshold) & same_sign)),
            "bootstrap_t_significant": float(np.mean((by_t < row.threshold) & same_sign)),
            "n_boot": n_boot,
        }
        rows.append(described | left_out | shares)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _leave_one_out(complete, row, normality_alpha):
    values = complete.to_numpy()
    answers = pd.DataFrame([apply_rule(np.delete(values, i), normality_alpha) for i in range(len(values))])
    answers.index = complete.index
    ranges = {}
    for name in ("p", "dz"):
        tested = answers[name].dropna()
        for which, pick in (("min", tested.idxmin), ("max", tested.idxmax)):
            ranges[f"{name}_{which}"] = tested[pick()] if len(tested) else np.nan
            ranges[f"{name}_{which}_without"] = pick() if len(tested) else None
    still = float(np.mean(answers["p"] < row.threshold))
    return ranges | {"left_out_significant": still, "other_test": int((answers["test"] != row.test).sum())}


def _t_p(samples):
    # All cohorts at once; a patient drawn n times has no t (scipy.stats.ttest_1samp: p = 0).
    n = samples.shape[1]
    mean, sd = samples.mean(axis=1), samples.std(axis=1, ddof=1)
    constant = np.ptp(samples, axis=1) == 0
    t = np.where(constant, 0.0, mean / np.where(constant, 1.0, sd / np.sqrt(n)))
    return 2 * stats.t.sf(np.abs(t), n - 1)


def _rank_p(sample):
    nonzero = sample[sample != 0]
    if not len(nonzero):
        return 1.0
    if len(nonzero) >= paired_tests.EXACT_BELOW:
        return paired_tests.signed_rank(nonzero)["wilcoxon_p"]
    ranks = stats.rankdata(np.abs(nonzero))
    return paired_tests.exact_p(ranks, ranks[nonzero > 0].sum())
