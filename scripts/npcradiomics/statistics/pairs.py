"""Two regions per patient, joined by name: the paired differences every later table starts from."""

import math

import numpy as np
import pandas as pd

from npcradiomics.region_names import PAIR, REGIONS

KEYS = ("patient", "region")
# They describe a region's size; they are not among the 47 features of Akram 2020, Table 1.
SIZES = ("n_voxels", "volume_cm3")


def feature_names(features: pd.DataFrame) -> list[str]:
    """Names of the feature columns of a table, in its order: everything but patient, region and the sizes."""
    return [name for name in features.columns if name not in KEYS + SIZES]


def pair_rows(features: pd.DataFrame) -> pd.DataFrame:
    """The rows of both regions that are compared; refuses a table without two such rows per patient.

    Parameters
    ----------
    features : DataFrame
        Columns patient, region, (n_voxels, volume_cm3,) and one numeric column per feature; missing
        values are allowed in features only.

    Raises
    ------
    ValueError
        Names the patients, regions or columns that are wrong.
    """
    missing = [name for name in KEYS if name not in features.columns]
    if missing:
        raise ValueError(f"feature table has no column {', '.join(missing)}")
    twice = list(features.columns[features.columns.duplicated()])
    if twice:
        raise ValueError(f"feature table has columns twice: {', '.join(map(str, twice))}")
    names = feature_names(features)
    if not names or features.empty:
        raise ValueError(
            f"feature table has {len(features)} rows and {len(names)} features, needs one at least"
        )
    if features["patient"].isna().any():
        rows = np.flatnonzero(features["patient"].isna())
        raise ValueError(f"{len(rows)} rows without a patient, the first is row {rows[0] + 1}")
    unknown = sorted(set(features["region"].map(str)) - set(REGIONS))
    if unknown:
        raise ValueError(
            f"unknown region {', '.join(map(repr, unknown))}, expected {' or '.join(REGIONS)}"
        )
    features = features[features["region"].isin(PAIR)]
    repeated = features[features.duplicated(list(KEYS))]
    if len(repeated):
        raise ValueError(
            f"more than one row for {_listed(repeated['patient'] + ' ' + repeated['region'])}"
        )
    rows_per_patient = features.groupby("patient", sort=False)["region"].size()
    single = rows_per_patient.index[rows_per_patient != 2]
    if len(single):
        raise ValueError(f"only one region for {len(single)} patients: {_listed(single)}")
    text = [name for name in names if not pd.api.types.is_numeric_dtype(features[name])]
    if text:
        raise ValueError(f"columns that are not numbers: {_listed(text)}")
    infinite = [
        name for name in names if np.isinf(features[name].to_numpy(float, na_value=np.nan)).any()
    ]
    if infinite:
        raise ValueError(f"infinite values in {_listed(infinite)}")
    return features


def paired_differences(features: pd.DataFrame) -> pd.DataFrame:
    """Recurrent minus non_recurrent, matched by patient.

    Parameters
    ----------
    features : DataFrame
        See pair_rows, whose errors are raised.

    Returns
    -------
    DataFrame (patients x features)
        Index patient (sorted, so no result depends on the order of rows), missing where either
        region lacks the value.
    """
    by_region = pair_rows(features).set_index("patient").sort_index().groupby("region")
    names = feature_names(features)
    recurrent, rest = (by_region.get_group(region)[names].astype(float) for region in PAIR)
    return recurrent - rest.loc[recurrent.index]


def small_cohort_warning(n: int, threshold: float) -> str:
    """One sentence if the exact Wilcoxon test of so few pairs gives no p below the threshold.

    Parameters
    ----------
    n : int
        Pairs; the smallest p is that of differences of one sign.
    threshold : float
        Of p.

    Returns
    -------
    str
        "" where the pairs are enough.
    """
    needed = math.floor(1 - math.log2(threshold)) + 1
    if n >= needed:
        return ""
    return (
        f"{n} patients: the Wilcoxon test cannot go below p = {2.0 ** (1 - n):.2g}, "
        f"the threshold is {threshold:.3g}; it needs {needed} patients; here only a t-test can be significant"
    )


def _listed(items):
    items = [str(item) for item in items]
    return ", ".join(items[:8]) + (f" and {len(items) - 8} more" if len(items) > 8 else "")
