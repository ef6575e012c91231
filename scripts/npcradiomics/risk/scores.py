"""How well a map ranks the voxels of a tumour by whether the tumour came back there."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy import stats

AUC, OWN_VOLUME = "auc", "coverage_gtvr"
BLURRED = "_blurred"  # behind a measure: on the recurrence within the registration's error
# Of the curve of coverage against boost size, in % of the GTV.
CURVE_PERCENT = (2, 5, 10, 15, 20, 25, 30, 40, 50, 60, 80)
DIGITS = 9  # what places predict equal up to rounding is equal


def coverage_name(percent: float) -> str:
    """Name of the coverage by a boost of so many % of the GTV."""
    return f"coverage_{percent:g}"


def measures(boost_percent: Sequence[float]) -> dict[str, float]:
    """{name: % of the GTV} of every coverage by a boost of fixed size, the smallest first."""
    return {coverage_name(p): p for p in sorted({*boost_percent, *CURVE_PERCENT})}


def ranked(values: np.ndarray) -> np.ndarray:
    """A map in 0-1: the share of the tumour's voxels that have less, half of those that have as much.

    Parameters
    ----------
    values : (n,) array
        One per voxel of the GTV; NaN, where nothing is known, is the mean of the others.
    """
    known = np.isfinite(values)
    middle = values[known].mean() if known.any() else 0.0
    rounded = np.round(np.where(known, values, middle), DIGITS)
    return (stats.rankdata(rounded) - 0.5) / len(values)


def score(risk: np.ndarray, recurrent: np.ndarray, boosts: Mapping[str, float]) -> dict[str, float]:
    """ROC-AUC of the voxels, and iso-volumetric coverage of the recurrence.

    A boost is filled from the top of the map. Of voxels with the same risk, of which only some
    have room, it takes the expected share: what any order among them has on average.

    Parameters
    ----------
    risk : (n,) array
        One per voxel of the GTV.
    recurrent : (n,) bool array, or chances in 0-1
        Neither nothing nor everything is recurrent. A chance counts as that share of the voxel.
    boosts : {name: % of the GTV}
        As of `measures`.

    Returns
    -------
    dict
        auc; coverage_gtvr, of a boost as large as the recurrence; each of boosts. All in 0-1.

    Raises
    ------
    ValueError
        Nothing or everything is recurrent.
    """
    n, n_recurrent = len(recurrent), float(np.sum(recurrent))
    if not 0 < n_recurrent < n:
        raise ValueError(
            f"{n_recurrent:g} of {n} voxels of the GTV are recurrent: nothing to score"
        )
    _, level = np.unique(-risk, return_inverse=True)
    size = np.concatenate([[0], np.bincount(level).cumsum()])
    covered = np.concatenate([[0.0], np.bincount(level, recurrent).cumsum()]) / n_recurrent
    share = n_recurrent / n
    area = np.trapezoid(covered, size / n)
    voxels = np.array([n_recurrent, *(n * percent / 100 for percent in boosts.values())])
    reached = np.interp(voxels, size, covered)
    names = (AUC, OWN_VOLUME, *boosts)
    return dict(zip(names, [(area - share / 2) / (1 - share), *reached], strict=True))


def expected_of_random(recurrent: np.ndarray, boosts: Mapping[str, float]) -> dict[str, float]:
    """What a boost covers on average that takes any voxel with the same probability; as of `score`."""
    share = float(np.mean(recurrent))
    shares = {name: percent / 100 for name, percent in boosts.items()}
    return {AUC: 0.5, OWN_VOLUME: share} | shares
