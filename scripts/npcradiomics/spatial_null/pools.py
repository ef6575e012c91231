"""One patient's exchangeable values, and where the observed one stands among them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special, stats

SCORES = ("standard", "normal")
# Differences that vary less than this, relative to the feature's size, differ by rounding alone.
ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class Pool:
    """One patient's exchangeable values.

    values: float64 (b + 1, columns), row 0 observed; NaN columns take no part. left_out: {column:
    reason} of these; n_undefined: draws that were left out because a feature is undefined there.
    """

    patient: str
    values: np.ndarray
    left_out: dict
    n_undefined: int

    @property
    def n_draws(self) -> int:
        """Draws the observed value stands among."""
        return len(self.values) - 1

    @property
    def usable(self) -> np.ndarray:
        """Columns that take part, bool (columns)."""
        return ~np.isnan(self.values[0])


def differences(features: np.ndarray) -> np.ndarray:
    """Region minus remainder: (b + 1, 2, features) -> (b + 1, features).

    Differences equal up to rounding become equal.
    """
    values = features[:, 0] - features[:, 1]
    with np.errstate(invalid="ignore"):
        size = np.nanmax(np.abs(features), axis=(0, 1), initial=0.0)
        spread = np.nanmax(values, axis=0, initial=-np.inf) - np.nanmin(
            values, axis=0, initial=np.inf
        )
    alike = (spread >= 0) & (spread <= ROUNDING * size)
    return np.where(alike & ~np.isnan(values), values[:1], values)


def pool(patient: str, values: np.ndarray) -> Pool:
    """The rows and columns of one patient that can be compared.

    A column takes no part in this patient where the observed value or more than half of the draws
    are undefined (NaN, infinite), or where all values are equal. A draw in which one of the
    remaining columns is undefined is left out as a whole: one pick must serve all columns.

    Parameters
    ----------
    patient : str
    values : float64 (b + 1, columns)
        Row 0 observed.

    Returns
    -------
    Pool

    Raises
    ------
    ValueError
        No draws.
    """
    if len(values) < 2:
        raise ValueError(f"patient {patient}: {len(values) - 1} draws, the null needs one at least")
    defined = np.isfinite(values)
    left_out = {}
    for column in np.flatnonzero(~defined[0]):
        left_out[int(column)] = "undefined in the observed region"
    for column in np.flatnonzero(defined[0] & (defined[1:].mean(axis=0) < 0.5)):
        left_out[int(column)] = (
            f"undefined in {np.count_nonzero(~defined[1:, column])} of {len(values) - 1} draws"
        )
    used = np.ones(values.shape[1], bool)
    used[list(left_out)] = False
    complete = defined[:, used].all(axis=1)
    kept = np.where(used, values, np.nan)[complete]
    for column in np.flatnonzero(used & (np.ptp(kept, axis=0) == 0)):
        left_out[int(column)] = "the same in all draws"
        kept[:, column] = np.nan
    if len(kept) < 2:
        raise ValueError(
            f"patient {patient}: none of {len(values) - 1} draws has all features defined"
        )
    return Pool(patient, kept, left_out, int(np.count_nonzero(~complete)))


def standardise(values: np.ndarray, scores: str = "standard") -> np.ndarray:
    """Columns with mean 0 and SD 1 over all rows, the observed one included.

    With the observed value inside, every row is treated alike, which exchangeability needs.

    Parameters
    ----------
    values : float64 (b + 1, columns)
        NaN columns stay NaN.
    scores : str
        "standard", or "normal": normal scores of the ranks first (average ranks; (rank - 1/2)/(b +
        1)), for heavy tails.

    Raises
    ------
    ValueError
        A column whose values are all equal, unknown scores.
    """
    if scores not in SCORES:
        raise ValueError(f"scores is {scores!r}, expected one of {', '.join(SCORES)}")
    if np.any(np.ptp(values, axis=0) == 0):
        raise ValueError(
            f"column {np.flatnonzero(np.ptp(values, axis=0) == 0)[0]}: all {len(values)} values are equal"
        )
    if scores == "normal":
        ranks = stats.rankdata(values, axis=0, nan_policy="propagate")
        values = special.ndtri((ranks - 0.5) / len(values))
    # Twice centred and scaled by the largest first: 1e200 squared must not overflow.
    values = values / np.maximum(np.abs(values).max(axis=0), np.finfo(float).tiny)
    centred = values - values.mean(axis=0)
    return centred / np.sqrt((centred**2).mean(axis=0))


def rank_shares(values: np.ndarray) -> np.ndarray:
    """Share of draws below the observed row of (b + 1, columns), ties half; NaN columns NaN."""
    below = (values[1:] < values[0]).mean(axis=0) + (values[1:] == values[0]).mean(axis=0) / 2
    return np.where(np.isnan(values[0]), np.nan, below)


def mean_differences(pools: Sequence[Pool], n_columns: int) -> tuple[np.ndarray, np.ndarray]:
    """Means over patients of the observed value and of the draws' mean, each (columns).

    NaN without patients.
    """
    if not pools:
        return np.full(n_columns, np.nan), np.full(n_columns, np.nan)
    observed = np.array([one.values[0] for one in pools])
    drawn = np.array([one.values[1:].mean(axis=0) for one in pools])
    n = np.count_nonzero(~np.isnan(observed), axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.nansum(observed, axis=0) / n, np.nansum(drawn, axis=0) / n
