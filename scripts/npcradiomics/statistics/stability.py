"""What a significant feature owes to single patients: leave one out, and cohorts drawn from the cohort."""

import numpy as np
import pandas as pd
from scipy import stats

from npcradiomics.statistics import normality, paired_tests
from npcradiomics.statistics.comparison import apply_rule
from npcradiomics.statistics.effect_sizes import resample_counts, resampled_rank_sums
from npcradiomics.statistics.pairs import paired_differences

COLUMNS = (
    *("feature", "n", "test", "p", "dz", "p_min", "p_min_without", "p_max", "p_max_without"),
    *("dz_min", "dz_min_without", "dz_max", "dz_max_without", "left_out_significant", "other_test"),
    *("bootstrap_significant", "bootstrap_t_significant", "n_boot"),
)


def stability(features, statistics, *, normality_alpha=0.05, n_boot=1000, seed=0):
    """Range of p and dz without each patient in turn, and share of bootstrap cohorts that stay significant.

    Parameters: features, see pairs.check_regions; statistics, comparison.compare_regions of the
    same features (its significant rows and its threshold are used); normality_alpha as there;
    n_boot cohorts, seed. Returns: DataFrame, one row per significant feature: p and dz of the whole
    cohort; p_min, p_max, dz_min, dz_max over the cohorts without one patient, and `_without` whom;
    left_out_significant, share of those cohorts still below the threshold; other_test, how many of
    them the paper's rule sends to the other test; bootstrap_significant, share of n_boot cohorts of
    n patients drawn with replacement in which the feature is below the threshold with the same
    sign; bootstrap_t_significant, the same by the t-test whatever the rule chose.

    Leaving one out applies the paper's whole rule again. A bootstrap cohort keeps the test of the
    whole cohort: patients drawn twice are ties, by which Shapiro-Wilk rejects, and with which the
    Wilcoxon test of R < 4.6 falls back to a normal approximation that with 14 patients hardly
    reaches 0.05/47; the Wilcoxon p is therefore the exact one with ties (below 50 pairs). No
    feature is significant: an empty table with these columns.
    """
    differences = paired_differences(features)
    rows, drawn, counts = [], {}, {}
    for row in statistics[statistics["significant"]].itertuples():
        complete = differences[row.feature].dropna()
        described = {name: getattr(row, name) for name in ("feature", "n", "test", "p", "dz")}
        n = len(complete)
        if n not in drawn:
            drawn = {n: np.random.default_rng([seed, n]).integers(0, n, (n_boot, n))}
            counts = {n: resample_counts(n, n_boot, seed)}  # the same cohorts
        left_out = _leave_one_out(complete, row, normality_alpha)
        by_t, mean = _t_p(complete.to_numpy(), drawn[n])
        p = by_t if row.test == "t" else _rank_p(complete.to_numpy(), drawn[n], counts[n])
        same_sign = np.sign(mean) == np.sign(row.mean_difference)
        shares = {
            "bootstrap_significant": float(np.mean((p < row.threshold) & same_sign)),
            "bootstrap_t_significant": float(np.mean((by_t < row.threshold) & same_sign)),
            "n_boot": n_boot,
        }
        rows.append(described | left_out | shares)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _leave_one_out(complete, row, normality_alpha):
    values = complete.to_numpy()
    answers = _without_each(values, normality_alpha).set_index(complete.index)
    ranges = {}
    for name in ("p", "dz"):
        tested = answers[name].dropna()
        for which, pick in (("min", tested.idxmin), ("max", tested.idxmax)):
            without = pick() if len(tested) else None
            ranges[f"{name}_{which}"] = np.nan
            if len(tested):
                ranges[f"{name}_{which}"] = apply_rule(
                    values[complete.index != without], normality_alpha
                )[name]
            ranges[f"{name}_{which}_without"] = without
    still = float(np.mean(answers["p"] < row.threshold))
    return ranges | {
        "left_out_significant": still,
        "other_test": int((answers["test"] != row.test).sum()),
    }


def _without_each(values, normality_alpha):
    """DataFrame test, p, dz of apply_rule without each value in turn.

    All at once where the Wilcoxon p is the normal one: 5,000 times the rule on 5,000 patients would
    take minutes per feature. One by one for few patients, and where rounding decides.
    """
    if np.count_nonzero(values) <= paired_tests.EXACT_BELOW:
        answers = pd.DataFrame(columns=["test", "p", "dz"], index=range(len(values)), dtype=object)
        one_by_one = range(len(values))
    else:
        t = paired_tests.t_without_each(values)
        shapiro_p = normality.shapiro_p_without_each(values, t["squares"])
        rank_p = paired_tests.signed_rank_p_without_each(values)
        by_rank = shapiro_p < normality_alpha
        p = np.where(by_rank, rank_p, t["t_p"])
        answers = pd.DataFrame({"test": np.where(by_rank, "wilcoxon", "t"), "p": p, "dz": t["dz"]})
        one_by_one = np.flatnonzero(t["rounded"] | np.isnan(shapiro_p))
    for i in one_by_one:
        row = apply_rule(np.delete(values, i), normality_alpha)
        answers.loc[i] = [row["test"], row["p"], row["dz"]]
    return answers.astype({"p": float, "dz": float})


def _t_p(values, drawn):
    """p of the t-test and mean of each drawn cohort;

    a patient drawn n times has no t (scipy.stats.ttest_1samp: p = 0).
    """
    n, p, means = len(values), [], []
    for block in np.array_split(drawn, max(1, drawn.size // 200_000)):
        samples = values[block]
        mean, sd = samples.mean(axis=1), samples.std(axis=1, ddof=1)
        constant = np.ptp(samples, axis=1) == 0
        t = np.where(constant, 0.0, mean / np.where(constant, 1.0, sd / np.sqrt(n)))
        p.append(2 * stats.t.sf(np.abs(t), n - 1))
        means.append(mean)
    return np.concatenate(p), np.concatenate(means)


def _rank_p(values, drawn, counts):
    """p of the signed-rank test of each drawn cohort: normal, but exact with ties below 50 differences."""
    v, n, tied = resampled_rank_sums(values, counts)
    few = n < paired_tests.EXACT_BELOW
    p = np.ones(len(n))
    p[~few] = paired_tests.normal_p(v[~few], n[~few], tied[~few])
    for i in np.flatnonzero(few & (n > 0)):
        nonzero = values[drawn[i]][values[drawn[i]] != 0]
        ranks = stats.rankdata(np.abs(nonzero))
        p[i] = paired_tests.exact_p(ranks, ranks[nonzero > 0].sum())
    return p
