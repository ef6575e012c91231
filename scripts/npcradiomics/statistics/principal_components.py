"""Principal components of a few scaled features (Akram 2020, Figure 5), as R's prcomp with scaling."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from npcradiomics.statistics.pairs import pair_rows

# Loadings closer than this count as equal in the sign rule, so that rounding cannot decide a sign.
_EQUAL = 1e-9


class Components(NamedTuple):
    """Tidy tables of one principal component analysis.

    explained: component, variance (of the scaled data), share (adds up to 1);
    loadings: feature, mean, sd (what the scaling used), PC1, PC2, ...;
    scores: patient, (region,) PC1, PC2, ...;
    excluded: patient, (region,) note: rows left out because a feature is missing.
    """

    explained: pd.DataFrame
    loadings: pd.DataFrame
    scores: pd.DataFrame
    excluded: pd.DataFrame


def principal_components(features: pd.DataFrame, names: Sequence[str]) -> Components:
    """Components of the regions stacked, as the paper: 2 rows per patient (28 x 7 for 14 patients).

    A row (patient and region) with a missing value is left out and listed in `excluded`, the
    patient's other region stays: R's reference did so (na.omit). The loading with the largest
    absolute value is positive in each component (the first, if equal).

    Parameters
    ----------
    features : DataFrame
        See pairs.pair_rows.
    names : sequence of str
        The features to use.

    Returns
    -------
    Components

    Raises
    ------
    ValueError
        Names unknown or constant features, or says that fewer than 2 rows are complete.
    """
    features = pair_rows(features)
    _refuse_unknown(features, names)
    return _decompose(features[["patient", "region"]], features[list(names)].astype(float))


def _decompose(keys, table):
    names = list(table.columns)
    keys, table = keys.reset_index(drop=True), table.reset_index(drop=True)
    complete = table.notna().all(axis=1)
    notes = table[~complete].apply(
        lambda row: "missing " + ", ".join(row.index[row.isna()]), axis=1
    )
    excluded = keys[~complete].assign(note=list(notes) if len(notes) else [])
    x = table[complete].to_numpy()
    if len(x) < 2:
        raise ValueError(f"{len(x)} of {len(table)} rows are complete, components need 2 at least")
    mean, sd = x.mean(axis=0), x.std(axis=0, ddof=1)
    # ptp, not sd: the SD of equal numbers can round to something above zero.
    constant = [name for name, spread in zip(names, np.ptp(x, axis=0), strict=True) if spread == 0]
    if constant:
        raise ValueError(
            f"constant in the {len(x)} complete rows, cannot be scaled: {', '.join(constant)}"
        )
    u, singular, loadings = np.linalg.svd((x - mean) / sd, full_matrices=False)
    size = np.abs(loadings)
    largest = np.argmax(size >= size.max(axis=1, keepdims=True) - _EQUAL, axis=1)
    sign = np.sign(loadings[np.arange(len(loadings)), largest])
    variance = singular**2 / (len(x) - 1)
    labels = [f"PC{k + 1}" for k in range(len(singular))]
    explained = pd.DataFrame(
        {"component": labels, "variance": variance, "share": variance / variance.sum()}
    )
    head = pd.DataFrame({"feature": names, "mean": mean, "sd": sd})
    columns = pd.DataFrame((loadings * sign[:, None]).T, columns=labels)
    scores = pd.DataFrame(u * singular * sign, columns=labels)
    kept = keys[complete].reset_index(drop=True)
    return Components(
        explained,
        pd.concat([head, columns], axis=1),
        pd.concat([kept, scores], axis=1),
        excluded.reset_index(drop=True),
    )


def _refuse_unknown(table, names):
    unknown = [name for name in names if name not in table.columns]
    if unknown or not len(names):
        raise ValueError(
            f"no feature named {', '.join(unknown)}" if unknown else "no features given"
        )
