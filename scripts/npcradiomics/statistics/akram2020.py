"""What Akram 2020 prints: the features of Table 1, the rows of Table 2, and our rows beside them."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import special

N_PATIENTS = 14


class PrintedRow(NamedTuple):
    """A row of Table 2: mean and SD of the differences (recurrent - non_recurrent), p as printed, test."""

    feature: str
    mean: float
    sd: float
    p: str
    test: str


TABLE2 = (
    PrintedRow("GLSZM_GLV", 4.06e-02, 3.00e-02, "0.0002", "t"),
    PrintedRow("GLSZM_ZSV", 1.98e-06, 1.49e-06, "0.0003", "t"),
    PrintedRow("GLSZM_LZE", -3.63e-01, 5.17e-01, "0.0009", "wilcoxon"),
    PrintedRow("Intensity_Variance", -5.38e02, 4.38e02, "0.0005", "t"),
    PrintedRow("NGTDM_Busyness", -5.31e-02, 2.94e-02, "<0.0001", "t"),
    PrintedRow("NGTDM_Coarseness", 3.39e-03, 2.59e-03, "0.0003", "t"),
    PrintedRow("NGTDM_Strength", 5.15e01, 4.10e01, "0.0004", "t"),
)
SEVEN_FEATURES = tuple(row.feature for row in TABLE2)

_EFFECT_SIZES = (
    "dz",
    "dz_low",
    "dz_high",
    "hedges_gz",
    "rank_biserial",
    "rank_biserial_low",
    "rank_biserial_high",
)


def recompute_p(mean: float, sd: float, n: int) -> float:
    """Two-sided p of the paired t-test from a printed mean and SD of n differences (df = n - 1).

    Parameters
    ----------
    mean, sd : float
        Of the differences, in the feature's unit.
    n : int
        Pairs.

    Raises
    ------
    ValueError
        n < 2, or sd not above 0.
    """
    if n < 2 or not sd > 0:
        raise ValueError(f"a t-test needs n >= 2 and sd > 0, got n = {n}, sd = {sd}")
    return float(2 * special.stdtr(n - 1, -abs(mean) / (sd / np.sqrt(n))))


def beside_ours(statistics: pd.DataFrame) -> pd.DataFrame:
    """The paper's seven rows beside ours, then the features significant here only.

    Parameters
    ----------
    statistics : DataFrame
        Of comparison.compare_regions.

    Returns
    -------
    DataFrame
        feature, paper_mean, paper_sd, paper_p (text as printed), paper_test, paper_p_recomputed
        (t-test from the printed mean and SD, n = 14; on the Wilcoxon row it is the other test's
        answer), then mean_difference, sd_difference, p, test, significant, note, the effect sizes
        with their intervals of our cohort and same_sign (missing where either has no difference).
        Features absent from `statistics` have missing values.
    """
    printed = pd.DataFrame(TABLE2).rename(
        columns=lambda name: name if name == "feature" else f"paper_{name}"
    )
    printed["paper_p_recomputed"] = [recompute_p(row.mean, row.sd, N_PATIENTS) for row in TABLE2]
    columns = [
        "feature",
        "mean_difference",
        "sd_difference",
        "p",
        "test",
        "significant",
        "note",
        *_EFFECT_SIZES,
    ]
    wanted = statistics["significant"] | statistics["feature"].isin(SEVEN_FEATURES)
    table = printed.merge(statistics.loc[wanted, columns], on="feature", how="outer", sort=False)
    order = {
        feature: place
        for place, feature in enumerate([*SEVEN_FEATURES, *statistics["feature"]][::-1])
    }
    table = table.sort_values("feature", key=lambda names: -names.map(order)).reset_index(drop=True)
    product = np.sign(table["paper_mean"]) * np.sign(table["mean_difference"])
    table["same_sign"] = pd.array(
        [pd.NA if np.isnan(s) else s > 0 for s in product], dtype="boolean"
    )
    return table
