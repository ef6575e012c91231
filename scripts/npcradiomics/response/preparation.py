"""Outliers and scaling of a table of features before the LASSO, learnt on the training patients."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

OUTLIER_RULES = ("iqr", "none")
_SAME = 1e-12  # two features whose |r| is within this of 1 are one feature


@dataclass(frozen=True, eq=False)
class Preparation:
    """Outlier bounds, median and scale of each kept feature, all from the training patients.

    table: one row per kept feature: feature, q1, q3, lower, upper, median, lowest, highest (of the
    training patients), n_out_train, mean, sd (n - 1, after replacement). dropped: the other
    features to the reason.
    """

    table: pd.DataFrame
    dropped: dict

    @property
    def features(self) -> list[str]:
        """Names of the kept features."""
        return self.table["feature"].tolist()

    def standardised(self, features: pd.DataFrame) -> pd.DataFrame:
        """Kept features (patient, kept feature) over training's mean and SD, no value replaced."""
        values = features[self.features].to_numpy(dtype=np.float64)
        scaled = (values - self.table["mean"].to_numpy()) / self.table["sd"].to_numpy()
        return pd.DataFrame(scaled, index=features.index, columns=self.features)

    def apply(self, features: pd.DataFrame) -> pd.DataFrame:
        """Scaled features (patient, kept feature) of any patients; other columns are ignored.

        A value outside [lower, upper] becomes the training median, then (value - mean) / sd.
        ValueError: a kept feature is missing, or holds no finite number.
        """
        features = pd.DataFrame(features)
        missing = [name for name in self.features if name not in features]
        if missing:
            raise ValueError(
                f"{len(missing)} of {len(self.features)} features are missing: {_some(missing)}"
            )
        values = _numbers(features if list(features) == self.features else features[self.features])
        table = self.table
        outside = (values < table["lower"].to_numpy()) | (values > table["upper"].to_numpy())
        values = np.where(outside, table["median"].to_numpy(), values)
        scaled = (values - table["mean"].to_numpy()) / table["sd"].to_numpy()
        return pd.DataFrame(scaled, index=features.index, columns=self.features)


def prepare(train: pd.DataFrame, outliers: str = "iqr", iqr_factor: float = 1.5) -> Preparation:
    """Fit the preparation on the training patients.

    Constant features and those that are another one times a number plus a number are dropped with
    the reason. Liu 2025 gives no rule for outliers; this one is ours.

    Parameters
    ----------
    train : (patient, feature)
    outliers : 'iqr', 'none'
        'iqr': outside Q1 - factor IQR .. Q3 + factor IQR (quantiles of type 7).
    iqr_factor

    Raises
    ------
    ValueError
        Fewer than 2 patients, values that are no finite numbers, nothing left.
    """
    train = pd.DataFrame(train)
    names = list(train.columns)
    if len(train) < 2:
        raise ValueError(f"{len(train)} training patients, at least 2 needed")
    if outliers not in OUTLIER_RULES:
        raise ValueError(f"outliers is {outliers!r}; expected one of {', '.join(OUTLIER_RULES)}")
    values = _numbers(train)
    q1, median, q3 = np.quantile(values, (0.25, 0.5, 0.75), axis=0)
    reach = iqr_factor * (q3 - q1) if outliers == "iqr" else np.full(len(names), np.inf)
    lower, upper = q1 - reach, q3 + reach
    outside = (values < lower) | (values > upper)
    lowest, highest = values.min(axis=0), values.max(axis=0)
    values = np.where(outside, median, values)
    mean, sd = values.mean(axis=0), values.std(axis=0, ddof=1)
    dropped = {}
    for j in np.flatnonzero(np.ptp(values, axis=0) == 0):
        sd[j] = 0.0
        dropped[names[j]] = (
            f"constant after the outlier rule ({np.count_nonzero(outside[:, j])} values replaced)"
        )
    kept = np.flatnonzero(sd > 0)
    scaled = (values[:, kept] - mean[kept]) / sd[kept]
    for j, first in _duplicates(scaled).items():
        dropped[names[kept[j]]] = f"the same as {names[kept[first]]} up to scale"
    kept = [j for j in kept if names[j] not in dropped]
    if not kept:
        raise ValueError(
            f"none of {len(names)} features varies among {len(train)} training patients"
            f" (outlier rule: {outliers})"
        )
    columns = {"q1": q1, "q3": q3, "lower": lower, "upper": upper, "median": median}
    columns |= {"lowest": lowest, "highest": highest}
    columns |= {"n_out_train": outside.sum(axis=0), "mean": mean, "sd": sd}
    table = pd.DataFrame({"feature": names} | columns).iloc[kept].reset_index(drop=True)
    return Preparation(table, dropped)


def _numbers(table):
    try:
        values = table.to_numpy(dtype=np.float64)
    except (TypeError, ValueError) as error:
        words = [name for name in table if not pd.api.types.is_numeric_dtype(table[name])]
        raise ValueError(f"features that are no numbers: {_some(words)}") from error
    broken = ~np.isfinite(values)
    if broken.any():
        row, column = np.argwhere(broken)[0]
        raise ValueError(
            f"{np.count_nonzero(broken)} of {values.size} feature values are missing or infinite,"
            f" the first is {table.columns[column]} of patient {table.index[row]}"
        )
    return values


def _some(names):
    return ", ".join(map(str, names[:5])) + (", ..." if len(names) > 5 else "")


def _duplicates(scaled):
    """{column: earlier column it repeats}, of z-scores (patient, column)."""
    r = np.abs(scaled.T @ scaled) / (len(scaled) - 1)
    found = {}
    for column in range(1, len(r)):
        same = [k for k in np.flatnonzero(r[column, :column] > 1 - _SAME) if k not in found]
        if same:
            found[column] = same[0]
    return found
