"""What Akram 2020 prints: the features of Table 1, the rows of Table 2, and our rows beside them."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import special

from npcradiomics.rounding import p_words

N_PATIENTS = 14

# Table 1, in its order: family, our name, the printed name. One printed slip is corrected: GLSZM lists "small
# zone low gray-level emphasis (SZHGE)", which must say high. Its "variation" is the toolbox's Variance.
TABLE1 = (
    ("Intensity Histogram", "Intensity_Mean", "mean"),
    ("Intensity Histogram", "Intensity_Variance", "variance"),
    ("Intensity Histogram", "Intensity_Skewness", "skewness"),
    ("Intensity Histogram", "Intensity_Kurtosis", "kurtosis"),
    ("Intensity Histogram", "Intensity_MAD", "mean absolute deviation (MAD)"),
    ("Intensity Histogram", "Intensity_Hyperskewness", "hyperskewness"),
    ("Intensity Histogram", "Intensity_Hyperflatness", "hyperflatness"),
    ("GLCM", "GLCM_Energy", "energy"),
    ("GLCM", "GLCM_Contrast", "contrast"),
    ("GLCM", "GLCM_Entropy", "entropy"),
    ("GLCM", "GLCM_Homogeneity", "homogeneity"),
    ("GLCM", "GLCM_Correlation", "correlation"),
    ("GLCM", "GLCM_SumAverage", "sum average"),
    ("GLCM", "GLCM_Variance", "variation"),
    ("GLCM", "GLCM_Dissimilarity", "dissimilarity"),
    ("GLCM", "GLCM_AutoCorrelation", "autocorrelation"),
    ("GLRLM", "GLRLM_SRE", "short run emphasis (SRE)"),
    ("GLRLM", "GLRLM_LRE", "long run emphasis (LRE)"),
    ("GLRLM", "GLRLM_GLN", "gray level non-uniformity (GLN)"),
    ("GLRLM", "GLRLM_RLN", "run length non-uniformity (RLN)"),
    ("GLRLM", "GLRLM_RP", "run percentage (RP)"),
    ("GLRLM", "GLRLM_LGRE", "low gray-level run emphasis (LGRE)"),
    ("GLRLM", "GLRLM_HGRE", "high gray-level run emphasis (HGRE)"),
    ("GLRLM", "GLRLM_SRLGE", "short run low gray-level emphasis (SRLGE)"),
    ("GLRLM", "GLRLM_SRHGE", "short run high gray-level emphasis (SRHGE)"),
    ("GLRLM", "GLRLM_LRLGE", "long run low gray-level emphasis (LRLGE)"),
    ("GLRLM", "GLRLM_LRHGE", "long run high gray-level emphasis (LRHGE)"),
    ("GLRLM", "GLRLM_GLV", "gray level variance (GLV)"),
    ("GLRLM", "GLRLM_RLV", "run length variance (RLV)"),
    ("GLSZM", "GLSZM_SZE", "small zone emphasis (SZE)"),
    ("GLSZM", "GLSZM_LZE", "large zone emphasis (LZE)"),
    ("GLSZM", "GLSZM_GLN", "gray-level non-uniformity (GLN)"),
    ("GLSZM", "GLSZM_ZSN", "zone size non-uniformity (ZSN)"),
    ("GLSZM", "GLSZM_ZP", "zone percentage (ZP)"),
    ("GLSZM", "GLSZM_LGZE", "low gray-level zone emphasis (LGZE)"),
    ("GLSZM", "GLSZM_HGZE", "high gray-level zone emphasis (HGZE)"),
    ("GLSZM", "GLSZM_SZLGE", "small zone low gray-level emphasis (SZLGE)"),
    ("GLSZM", "GLSZM_SZHGE", "small zone high gray-level emphasis (SZHGE)"),
    ("GLSZM", "GLSZM_LZLGE", "large zone low gray-level emphasis (LZLGE)"),
    ("GLSZM", "GLSZM_LZHGE", "large zone high gray-level emphasis (LZHGE)"),
    ("GLSZM", "GLSZM_GLV", "gray level variance (GLV)"),
    ("GLSZM", "GLSZM_ZSV", "zone size variance (ZSV)"),
    ("NGTDM", "NGTDM_Coarseness", "coarseness"),
    ("NGTDM", "NGTDM_Contrast", "contrast"),
    ("NGTDM", "NGTDM_Busyness", "busyness"),
    ("NGTDM", "NGTDM_Complexity", "complexity"),
    ("NGTDM", "NGTDM_Strength", "strength"),
)
FEATURES = tuple(feature for _, feature, _ in TABLE1)


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

_EFFECT_SIZES = ("dz", "dz_low", "dz_high", "hedges_gz", "rank_biserial", "rank_biserial_low", "rank_biserial_high")

# Whose patients a cohort is, in the words of the generated paragraph.
_WHOSE = {"simulated": "simulated patients", "user": "patients of another cohort"}


def recompute_p(mean, sd, n):
    """Two-sided p of the paired t-test from a printed mean and SD of n differences (df = n - 1).

    Errors: ValueError unless n >= 2 and sd > 0.
    """
    if n < 2 or not sd > 0:
        raise ValueError(f"a t-test needs n >= 2 and sd > 0, got n = {n}, sd = {sd}")
    return float(2 * special.stdtr(n - 1, -abs(mean) / (sd / np.sqrt(n))))


def beside_ours(statistics):
    """The paper's seven rows beside ours, then the features significant here only.

    Parameters: statistics, the table of comparison.compare_regions.
    Returns: DataFrame feature, paper_mean, paper_sd, paper_p (text as printed), paper_test,
    paper_p_recomputed (t-test from the printed mean and SD, n = 14; on the Wilcoxon row it is the other
    test's answer), then mean_difference, sd_difference, p, test, significant, note, the effect sizes with their
    intervals of our cohort and same_sign (missing where either has no difference). Features absent from `statistics` have missing values.
    """
    printed = pd.DataFrame(TABLE2).rename(columns=lambda name: name if name == "feature" else f"paper_{name}")
    printed["paper_p_recomputed"] = [recompute_p(row.mean, row.sd, N_PATIENTS) for row in TABLE2]
    columns = ["feature", "mean_difference", "sd_difference", "p", "test", "significant", "note", *_EFFECT_SIZES]
    wanted = statistics["significant"] | statistics["feature"].isin(SEVEN_FEATURES)
    table = printed.merge(statistics.loc[wanted, columns], on="feature", how="outer", sort=False)
    order = {feature: place for place, feature in enumerate([*SEVEN_FEATURES, *statistics["feature"]][::-1])}
    table = table.sort_values("feature", key=lambda names: -names.map(order)).reset_index(drop=True)
    product = np.sign(table["paper_mean"]) * np.sign(table["mean_difference"])
    table["same_sign"] = pd.array([pd.NA if np.isnan(s) else s > 0 for s in product], dtype="boolean")
    return table


def found_here(statistics, patients="user"):
    """The paragraph under Table 2: which of the paper's seven are found here, and with which sign.

    Parameters: statistics, the table of comparison.compare_regions; patients, "simulated" or "user".
    Errors: ValueError for another value of patients, or an empty table.
    """
    if patients not in _WHOSE:
        raise ValueError(f"patients is {patients!r}, expected {' or '.join(_WHOSE)}")
    if statistics.empty:
        raise ValueError("no statistics: the table has 0 features")
    rows = beside_ours(statistics)
    seven, others = rows[rows["feature"].isin(SEVEN_FEATURES)], rows[~rows["feature"].isin(SEVEN_FEATURES)]
    found = seven["significant"].eq(True)
    same = seven[found & seven["same_sign"].eq(True)]
    opposite = seven[found & ~seven["same_sign"].eq(True)]
    sentences = [
        f"Of the {len(SEVEN_FEATURES)} features significant in Akram 2020, {found.sum()} "
        f"{'is' if found.sum() == 1 else 'are'} significant in this cohort"
        f" (n = {statistics['n'].max()}, p < {statistics['threshold'].iloc[0]:.5f})."
    ]
    if len(same):
        sentences.append(f"With the paper's sign: {_signed(same)}.")
    if len(opposite):
        sentences.append(f"With the opposite sign: {_signed(opposite)}.")
    if not found.all():
        sentences.append(f"Not found: {', '.join(_missed(row) for row in seven[~found].itertuples())}.")
    if len(others):
        sentences.append(f"Significant here and not in the paper: {_signed(others)}.")
    sentences.append(
        f"These are {_WHOSE[patients]}, not the paper's 14: their means, SDs and p are not expected to "
        "equal the printed ones, and agreement or disagreement neither confirms nor refutes the paper."
    )
    return " ".join(sentences)


def _signed(rows):
    signs = np.where(rows["mean_difference"] > 0, "higher", "lower")
    return ", ".join(
        f"{name} ({sign} in the recurrent region)" for name, sign in zip(rows["feature"], signs, strict=True)
    )


def _missed(row):
    if pd.isna(row.p):
        return f"{row.feature} ({row.note if isinstance(row.note, str) and row.note else 'not in this table'})"
    direction = "higher" if row.mean_difference > 0 else "lower"
    return f"{row.feature} ({direction}, p {p_words(row.p)})"
