"""Pearson correlation between the paired differences of features (Akram 2020, Figure 3)."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from npcradiomics.statistics.pairs import paired_differences


def correlate_differences(features: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """R's cor.test on every pair of features, pairwise complete.

    Parameters
    ----------
    features : DataFrame
        See pairs.pair_rows.
    names : sequence of str
        Features in the order wanted.

    Returns
    -------
    DataFrame
        Tidy: feature_a, feature_b, n, r, p, note; every ordered pair and the diagonal (r = 1,
        p = 0), so that it pivots to a full matrix. r and p are missing, with the reason in note,
        where fewer than 3 pairs are complete or a feature's differences are constant.

    Raises
    ------
    ValueError
        Unknown names.
    """
    differences = paired_differences(features)
    unknown = [name for name in names if name not in differences.columns]
    if unknown:
        raise ValueError(f"no feature named {', '.join(unknown)}")
    values = differences[list(names)].to_numpy()
    rows = {}
    for a, first in enumerate(names):
        for b in range(a, len(names)):
            row = pearson(values[:, a], values[:, b]) if b > a else _with_itself(values[:, a])
            rows[a, b] = {"feature_a": first, "feature_b": names[b]} | row
            rows[b, a] = {"feature_a": names[b], "feature_b": first} | row
    columns = ["feature_a", "feature_b", "n", "r", "p", "note"]
    return pd.DataFrame([rows[key] for key in sorted(rows)], columns=columns)


def pearson(x: np.ndarray, y: np.ndarray) -> dict:
    """R's cor.test(x, y) on the complete pairs of two features.

    By scipy's pearsonr, which pingouin.pairwise_corr calls: that one stops where a pair of columns
    has too few values and leaves constant columns out without a word. Where 1 - |r| is below 1e-6
    the rounding of r moves p by more than 1e-8 (relative; p is below 1e-30 there for 14 pairs).

    Parameters
    ----------
    x, y : (n,) arrays
        Differences of the same patients.

    Returns
    -------
    dict
        n, r, p, note.
    """
    complete = ~(np.isnan(x) | np.isnan(y))
    x, y = x[complete], y[complete]
    n = len(x)
    if n < 3:
        return {"n": n, "r": np.nan, "p": np.nan, "note": f"{n} complete pairs, 3 needed"}
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return {"n": n, "r": np.nan, "p": np.nan, "note": "constant differences"}
    r, p = stats.pearsonr(x, y)
    return {"n": n, "r": float(r), "p": float(p), "note": ""}


def _with_itself(x):
    row = pearson(x, x)
    return row if np.isnan(row["r"]) else row | {"r": 1.0, "p": 0.0}
