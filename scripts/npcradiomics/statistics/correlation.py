"""Pearson correlation between the paired differences of features (Akram 2020, Figure 3)."""

import numpy as np
import pandas as pd
from scipy import stats

from npcradiomics.statistics.pairs import paired_differences


def correlate_differences(features, names):
    """R's cor.test on every pair of features, pairwise complete.

    Parameters: features, see pairs.check_regions; names, features in the order wanted. Returns:
    tidy DataFrame feature_a, feature_b, n, r, p, note; every ordered pair and the diagonal (r = 1,
    p = 0), so that it pivots to a full matrix. r and p are missing, with the reason in note, where
    fewer than 3 pairs are complete or a feature's differences are constant. Errors: ValueError for
    unknown names.
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


def pearson(x, y):
    """R's cor.test(x, y) on the complete pairs of two (n,) arrays: dict n, r, p, note.

    Own p: scipy.stats.pearsonr, which pingouin calls, takes it from a beta distribution that parts
    from R's t = r sqrt((n-2)/(1-r^2)) near |r| = 1 (relative 1e-8 at 1 - |r| = 5e-9, n = 14).
    """
    complete = ~(np.isnan(x) | np.isnan(y))
    x, y = x[complete], y[complete]
    n = len(x)
    if n < 3:
        return {"n": n, "r": np.nan, "p": np.nan, "note": f"{n} complete pairs, 3 needed"}
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return {"n": n, "r": np.nan, "p": np.nan, "note": "constant differences"}
    # Scaled first: squares of values near 1e-200 would vanish.
    x = (x - x.mean()) / np.ptp(x)
    y = (y - y.mean()) / np.ptp(y)
    r = float(np.clip(x @ y / np.sqrt((x @ x) * (y @ y)), -1.0, 1.0))
    t = r * np.sqrt((n - 2) / (1 - r * r)) if abs(r) < 1 else np.inf
    return {"n": n, "r": r, "p": float(2 * stats.t.sf(abs(t), n - 2)), "note": ""}


def _with_itself(x):
    row = pearson(x, x)
    return row if np.isnan(row["r"]) else row | {"r": 1.0, "p": 0.0}
