"""Which features differ between the recurrent and the non-recurrent region (Akram 2020, Methods).

The paper's rule: Shapiro-Wilk on the paired differences; p < 0.05 -> Wilcoxon signed-rank, else
paired t-test; significant below 0.05/47. Difference = recurrent - non_recurrent.
"""

import logging
from collections.abc import Sequence

import numpy as np
import pandas as pd
from statsmodels.stats.multitest import multipletests

from npcradiomics.statistics import effect_sizes, paired_tests
from npcradiomics.statistics.pairs import paired_differences, small_cohort_warning

log = logging.getLogger(__name__)

# The names and their order are fixed; what stands behind `note` may grow.
COLUMNS = (
    *("feature", "n", "mean_difference", "sd_difference", "shapiro_w", "shapiro_p", "test"),
    *("t", "df", "t_p", "t_low", "t_high", "v", "wilcoxon_p"),
    *("p", "p_bonferroni", "p_holm", "p_bh", "dz", "rank_biserial", "significant", "note"),
    *("p_bonferroni_n_tests", "n_tests", "threshold", "dz_low", "dz_high", "hedges_gz"),
    *("rank_biserial_low", "rank_biserial_high", "n_zero", "n_ties", "wilcoxon_method"),
    *("wilcoxon_p_exact_ties", "wilcoxon_p_floor"),
)


def compare_regions(
    features: pd.DataFrame,
    *,
    alpha: float = 0.05,
    n_tests: int = 47,
    normality_alpha: float = 0.05,
    seed: int = 0,
    n_boot: int = 2000,
) -> pd.DataFrame:
    """Compare the two regions feature by feature, as R 3.6 to 4.5 would.

    Logs a warning when the cohort is too small for the Wilcoxon test to reach the threshold.

    Parameters
    ----------
    features : DataFrame
        Columns patient, region (recurrent / non_recurrent), optionally n_voxels and volume_cm3 (no
        features), and one numeric column per feature; pairs are complete per feature.
    alpha, n_tests : float, int
        Significant means p < alpha / n_tests, strictly (the paper: 0.05/47 = 0.00106).
    normality_alpha : float
        Shapiro-Wilk p below it sends a feature to the Wilcoxon test.
    seed, n_boot : int
        Bootstrap of the rank-biserial interval.

    Returns
    -------
    DataFrame
        One row per feature in the order of the columns: n pairs; mean_difference, sd_difference
        (n - 1), t_low, t_high (95 % CI of the mean), the feature's unit; test (t, wilcoxon, or
        missing with the reason in note) and its p; p_bonferroni, p_holm, p_bh as R's p.adjust over
        the tests that exist; p_bonferroni_n_tests = n_tests p, at most 1; threshold = alpha /
        n_tests; dz with its exact noncentral-t interval, hedges_gz; rank_biserial with a percentile
        bootstrap interval; n_zero, n_ties, wilcoxon_method (exact / normal), wilcoxon_p_exact_ties
        (R >= 4.6), wilcoxon_p_floor.

    Raises
    ------
    ValueError
        The table has not two rows per patient, see pairs.pair_rows.
    """
    differences = paired_differences(features)
    threshold = alpha / n_tests
    few = small_cohort_warning(len(differences), threshold)
    if few:
        log.warning(few)
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


def compare_differences(
    differences: np.ndarray, *, threshold: float, normality_alpha: float = 0.05
) -> dict:
    """One row of compare_regions from the complete differences of one feature.

    Without the adjusted p and the bootstrap interval, which need the other features and a seed.

    Parameters
    ----------
    differences : (n,) array
        Recurrent minus non_recurrent.
    threshold, normality_alpha : float
        alpha / n_tests and normality_alpha of compare_regions.
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


def apply_rule(differences: np.ndarray, normality_alpha: float = 0.05) -> dict:
    """The paper's rule on the complete differences of one feature.

    Parameters
    ----------
    differences : (n,) array
        Recurrent minus non_recurrent.
    normality_alpha : float
        Shapiro-Wilk p below it chooses the Wilcoxon test.

    Returns
    -------
    dict
        The three tests (see paired_tests), n, dz, hedges_gz, and test (t / wilcoxon / None) with
        its p and a note that says why there is none.
    """
    n = len(differences)
    shapiro = paired_tests.shapiro_wilk(differences)
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


def adjust(p: Sequence[float], method: str) -> np.ndarray:
    """R's p.adjust: over the p that exist, missing stay missing.

    Parameters
    ----------
    p : (m,) floats
        NaN where a feature has no test.
    method : str
        As in statsmodels.multipletests.
    """
    p = np.asarray(p, float)
    tested = ~np.isnan(p)
    adjusted = np.full(len(p), np.nan)
    if tested.any():
        adjusted[tested] = multipletests(p[tested], method=method)[1]
    return adjusted
