"""How far a value or a row of values lies from a group's: the modified z-score, Mahalanobis' distance."""

import numpy as np

ODD = 3.5  # beyond it Iglewicz and Hoaglin call a value an outlier
LEAST = 10  # values that say what is usual
TO_SD = 0.6745  # median absolute deviation of a normal distribution with SD 1
MEAN_TO_SD = 1.253314  # 1 / its mean absolute deviation


def modified_z(values: np.ndarray, group: np.ndarray) -> np.ndarray:
    """The modified z-score of each value against a group.

    Distance from the group's median in units of its median absolute deviation, brought to the scale
    of an SD. Where more than half of the group say the same, the mean absolute deviation from the
    median stands in its place: then what up to some 22 % of the group share is odd, and what more of
    them share is not.

    Parameters
    ----------
    values, group : (n,), (m,)
        NaN for those who have none.

    Returns
    -------
    ndarray (n,)
        NaN for all where fewer than LEAST of the group have a value; 0 where nobody differs, and
        infinite for the one who differs from a group without any spread.

    References
    ----------
    Iglewicz and Hoaglin 1993, How to detect and handle outliers, ASQC; the fallback is SPSS's.
    """
    values, group = np.asarray(values, float), np.asarray(group, float)
    known = group[np.isfinite(group)]
    if known.size < LEAST:
        return np.full(values.shape, np.nan)
    median = np.median(known)
    away = np.abs(known - median)
    spread = np.median(away) / TO_SD or away.mean() * MEAN_TO_SD
    distance = values - median
    if spread == 0:
        return np.select([distance > 0, distance < 0], [np.inf, -np.inf], distance)
    return distance / spread


def mahalanobis(values: np.ndarray, inverse: np.ndarray) -> np.ndarray:
    """Distances (row,) from 0 of values (row, feature) by an inverse covariance (feature, feature).

    References
    ----------
    Mahalanobis 1936, Proc Natl Inst Sci India 2:49.
    """
    return np.sqrt(np.einsum("ij,jk,ik->i", values, inverse, values).clip(min=0.0))
