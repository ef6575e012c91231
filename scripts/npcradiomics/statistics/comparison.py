"""Which features differ between the recurrent and the non-recurrent region (Akram 2020, Methods).

The paper's rule: Shapiro-Wilk on the paired differences; p < 0.05 -> Wilcoxon signed-rank, else
paired t-test; significant below 0.05/47. Difference = recurrent - non_recurrent.
"""

import warnings

import numpy as np
import pandas as pd
from statsmodels.stats.multitest import multipletests

from npcradiomics.statistics import effect_sizes, normality, paired_tests
from npcradiomics.statistics.paired_tests import small_cohort_warning
from npcradiomics.statistics.pairs import paired_differences

# The names and their order are fixed; what stands behind `note` may grow.
COLUMNS = (
    *("feature", "n", "mean_difference", "sd_difference", "shapiro_w", "shapiro_p", "test"),
    *("t", "df", "t_p", "t_low", "t_high", "v", "wilcoxon_p"),
    *("p", "p_bonferroni", "p_holm", "p_bh", "dz", "rank_biserial", "significant", "note"),
    *("p_bonferroni_n_tests", "n_tests", "threshold", "dz_low", "dz_high", "hedges_gz"),
    *("rank_biserial_low", "rank_biserial_high", "n_zero", "n_ties", "wilcoxon_method"),
    *("wilcoxon_p_exact_ties", "wilcoxon_p_floor"),
)


def compare_regions(features, *, alpha=0.05, n_tests=47, normality_alpha=0.05, seed=0, n_boot=2000):
    """Compare the two regions feature by feature, as R 3.6 to 4.5 would.

    Parameters
    features: DataFrame, columns patient, region (recurrent / non_recurrent), optionally n_voxels and
        volume_cm3 (no features), and one numeric column per feature; pairs are complete per feature.
    alpha, n_tests: significant means p < alpha / n_tests, strictly (the paper: 0.05/47 = 0.00106).
    normality_alpha: Shapiro-Wilk p below it sends a feature to the Wilcoxon test.
    seed, n_boot: bootstrap of the rank-biserial interval.

    Returns a DataFrame, one row per feature in the order of the columns: n pairs; mean_difference,
    sd_difference (n - 1), t_low, t_high (95 % CI of the mean), the feature's unit; test (t,
    wilcoxon, or missing with the reason in note) and its p; p_bonferroni, p_holm, p_bh as R's
    p.adjust over the tests that exist; p_bonferroni_n_tests = n_tests p, at most 1; threshold =
    alpha / n_tests; dz with its exact noncentral-t interval, hedges_gz; rank_biserial with a
    percentile bootstrap interval; n_zero, n_ties, wilcoxon_method (exact / normal),
    wilcoxon_p_exact_ties (R >= 4.6), wilcoxon_p_floor.

    Errors: ValueError for a table that is no two rows per patient, see pairs.check_regions.
    Warns when the cohort is too small for the Wilcoxon test to reach the threshold.
    """
    differences = paired_differences(features)
    threshold = alpha / n_tests
    warning = small_cohort_warning(len(differences), threshold)
    if warning:
        warnings.warn(warning, stacklevel=2)
    rows, counts = [], {}
    for name in differences.columns:
        complete = differences[name].dropna().to_numpy()
        row = compare_differences(complete, threshold=threshold, normality_alpha=normality_alpha)
        n = len(complete)
        low, high = np.nan, np.nan
        if n:
            if n not in counts:
                counts = {n: effect_sizes.resample_counts(n, n_boot, seed)}
            low, high = effect_sizes.rank_biserial_interval(complete, counts[n])
        rows.append({"feature": name, "rank_biserial_low": low, "rank_biserial_high": high} | row)
    table = pd.DataFrame(rows)
    table["p_bonferroni"] = adjust(table["p"], "bonferroni")
    table["p_holm"] = adjust(table["p"], "holm")
    table["p_bh"] = adjust(table["p"], "fdr_bh")
    table["p_bonferroni_n_tests"] = np.minimum(table["p"] * n_tests, 1.0)
    table["n_tests"] = n_tests
    table["threshold"] = threshold
    return table[list(COLUMNS)]


def compare_differences(differences, *, threshold, normality_alpha=0.05):
    """One row of compare_regions, as a dict, from the complete differences of one feature, (n,).

    Without the adjusted p and the bootstrap interval, which need the other features and a seed.
    """
    row = apply_rule(differences, normality_alpha)
    beside = paired_tests.signed_rank_beside(differences, row["wilcoxon_method"])
    dz_low, dz_high = np.nan, np.nan
    if not np.isnan(row["dz"]):
        dz_low, dz_high = effect_sizes.dz_interval(row["t"], row["n"])
    row |= {"dz_low": dz_low, "dz_high": dz_high, "significant": bool(row["p"] < threshold)}
    if row["test"] == "wilcoxon" and beside["wilcoxon_p_floor"] >= threshold:
        row["note"] = (
            f"Wilcoxon ({row['wilcoxon_method']}, {row['n_zero']} zeros, {row['n_ties']} ties) cannot go "
            f"below p = {beside['wilcoxon_p_floor']:.2g} here, the threshold is {threshold:.3g}"
        )
    return row | beside


def apply_rule(differences, normality_alpha=0.05):
    """The paper's rule on the complete differences of one feature, (n,): the three tests, dz, hedges_gz, and

    test (t / wilcoxon / None) with its p and a note that says why there is none, as a dict.
    """
    n = len(differences)
    shapiro = normality.shapiro_wilk(differences)
    t = paired_tests.paired_t(differences)
    rank = paired_tests.signed_rank(differences)
    dz = t["mean_difference"] / t["sd_difference"] if not np.isnan(t["t"]) else np.nan
    gz = dz * effect_sizes.hedges_correction(n - 1) if n > 2 else np.nan
    reason = (
        f"{n} complete pairs, 3 needed"
        if n < 3
        else t["reason"] or shapiro["reason"] or rank["reason"]
    )
    if reason:
        chosen = {"test": None, "p": np.nan, "note": f"not tested: {reason}"}
    elif shapiro["shapiro_p"] < normality_alpha:
        chosen = {"test": "wilcoxon", "p": rank["wilcoxon_p"], "note": ""}
    else:
        chosen = {"test": "t", "p": t["t_p"], "note": ""}
    return shapiro | t | rank | chosen | {"n": n, "dz": dz, "hedges_gz": gz}


def adjust(p, method):
    """R's p.adjust: over the p that exist, missing stay missing.

    method as in statsmodels.multipletests.
    """
    p = np.asarray(p, float)
    tested = ~np.isnan(p)
    adjusted = np.full(len(p), np.nan)
    if tested.any():
        adjusted[tested] = multipletests(p[tested], method=method)[1]
    return adjusted
