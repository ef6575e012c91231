"""How well a score tells effective from ineffective: ROC, its area with DeLong's interval, Youden's threshold, rates."""

from typing import NamedTuple

import numpy as np
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

# Threshold probabilities at which net benefit is shown.
THRESHOLDS = np.round(np.arange(0.05, 0.96, 0.01), 2)


class Auc(NamedTuple):
    """Area under the ROC curve with its confidence interval."""

    auc: float
    low: float
    high: float


class Difference(NamedTuple):
    """AUC of the first score minus that of the second, on the same patients; z and p two-sided."""

    difference: float
    low: float
    high: float
    z: float
    p: float


class Threshold(NamedTuple):
    """A score above `threshold` is called effective."""

    threshold: float
    sensitivity: float
    specificity: float


class Rate(NamedTuple):
    """k of n, with the exact (Clopper-Pearson) interval."""

    k: int
    n: int
    estimate: float
    low: float
    high: float


class Curve(NamedTuple):
    """Sensitivity and specificity at thresholds that rise from -inf to inf, halfway between scores."""

    thresholds: np.ndarray
    sensitivity: np.ndarray
    specificity: np.ndarray


def auc_delong(y: np.ndarray, score: np.ndarray, level: float = 0.95) -> Auc:
    """Area under the ROC curve and its interval, as pROC's ci.auc; a tie counts one half.

    Parameters
    ----------
    y : (patient,) array
        0 or 1, 1 = effective.
    score : (patient,) array
        A higher one speaks for effective.
    level : float
        Of the normal interval, which is cut at 0 and 1.

    Raises
    ------
    ValueError
        Fewer than 2 patients of either response, or a score that is NaN.

    References
    ----------
    DeLong 1988, Biometrics 44:837.
    """
    of_cases, of_controls = _placements(y, score)
    auc = float(of_cases.mean())
    reach = stats.norm.isf((1 - level) / 2) * np.sqrt(_variance(of_cases, of_controls))
    return Auc(auc, float(max(auc - reach, 0.0)), float(min(auc + reach, 1.0)))


def delong_test(
    y: np.ndarray, first: np.ndarray, second: np.ndarray, level: float = 0.95
) -> Difference:
    """Compare the areas of two scores of the same patients, as pROC's roc.test(paired = TRUE).

    Parameters
    ----------
    y : (patient,) array
        0 or 1, 1 = effective.
    first, second : (patient,) arrays
        A higher one speaks for effective.
    level : float
        Of the interval of the difference.

    Returns
    -------
    Difference
        p is 1 where the two rank every patient alike, as pROC's. Where the areas differ and the
        variance is 0 (both scores part the patients without a single exception, or one does and
        the other is constant) there is no test: interval, z and p are NaN.

    Raises
    ------
    ValueError
        As `auc_delong`.

    References
    ----------
    DeLong 1988, Biometrics 44:837.
    """
    pairs = zip(_placements(y, first), _placements(y, second), strict=True)
    of_cases, of_controls = (one - other for one, other in pairs)
    difference = float(of_cases.mean())
    se = float(np.sqrt(_variance(of_cases, of_controls)))
    reach = stats.norm.isf((1 - level) / 2) * se
    if se == 0 and difference != 0:
        return Difference(difference, np.nan, np.nan, np.nan, np.nan)
    z = difference / se if se > 0 else 0.0
    return Difference(
        difference, difference - reach, difference + reach, z, float(2 * stats.norm.sf(abs(z)))
    )


def _placements(y, score):
    """Placement of each case among the controls and the other way round, from ranks: O(n log n)."""
    cases, controls = _split(y, score)
    if min(cases.size, controls.size) < 2:
        raise ValueError(
            f"{cases.size} effective and {controls.size} ineffective patients, at least 2 of each needed"
        )
    both = stats.rankdata(np.concatenate([cases, controls]))
    of_cases = (both[: cases.size] - stats.rankdata(cases)) / controls.size
    of_controls = 1.0 - (both[cases.size :] - stats.rankdata(controls)) / cases.size
    return of_cases, of_controls


def _variance(of_cases, of_controls):
    return of_cases.var(ddof=1) / of_cases.size + of_controls.var(ddof=1) / of_controls.size


def area(y: np.ndarray, score: np.ndarray) -> float:
    """The area alone, (cases above controls + ties / 2) / pairs.

    Parameters
    ----------
    y, score : (patient,) arrays
        As in auc_delong; one patient of each response is enough.
    """
    cases, controls = _split(y, score)
    ranks = stats.rankdata(np.concatenate([cases, controls]))
    pairs = cases.size * controls.size
    return float((ranks[: cases.size].sum() - cases.size * (cases.size + 1) / 2) / pairs)


def roc_curve(y: np.ndarray, score: np.ndarray) -> Curve:
    """The whole curve; thresholds as pROC has them.

    Parameters
    ----------
    y, score : (patient,) arrays
        As in auc_delong; one patient of each response is enough.
    """
    cases, controls = _split(y, score)
    scores = np.unique(np.concatenate([cases, controls]))
    thresholds = np.concatenate([[-np.inf], (scores[1:] + scores[:-1]) / 2, [np.inf]])
    sensitivity = (
        cases.size - np.searchsorted(np.sort(cases), thresholds, side="right")
    ) / cases.size
    specificity = np.searchsorted(np.sort(controls), thresholds, side="right") / controls.size
    return Curve(thresholds, sensitivity, specificity)


def youden(y: np.ndarray, score: np.ndarray) -> Threshold:
    """The threshold with the largest sensitivity + specificity; of several the lowest.

    Where no score tells anything (all equal) it is inf: nobody is called effective.

    Parameters
    ----------
    y, score : (patient,) arrays
        As in auc_delong; one patient of each response is enough.

    References
    ----------
    Youden 1950, Cancer 3:32.
    """
    curve = roc_curve(y, score)
    total = curve.sensitivity + curve.specificity
    best = int(np.argmax(np.round(total, 12)))
    if total[best] <= 1.0 + 1e-12:
        best = total.size - 1
    return Threshold(*(float(values[best]) for values in curve))


def rates_at(
    y: np.ndarray, score: np.ndarray, threshold: float, level: float = 0.95
) -> tuple[Rate, Rate]:
    """Sensitivity and specificity of `score > threshold`, with exact intervals.

    Parameters
    ----------
    y : (patient,) array
        0 or 1, 1 = effective.
    score : (patient,) array
        A higher one speaks for effective.
    threshold : float
        In the unit of the score.
    level : float
        Of the intervals.
    """
    cases, controls = _split(y, score)
    hits, passes = np.count_nonzero(cases > threshold), np.count_nonzero(controls <= threshold)
    return rate(hits, cases.size, level), rate(passes, controls.size, level)


def rate(k: int, n: int, level: float = 0.95) -> Rate:
    """Share k of n with the exact interval of Clopper and Pearson 1934, Biometrika 26:404.

    statsmodels has its quantiles of the beta distribution; scipy's binomtest looks for the limits
    by root finding and is up to 3e-10 off (n up to 59).
    """
    low, high = proportion_confint(k, n, alpha=1 - level, method="beta")
    return Rate(int(k), int(n), k / n, float(low), float(high))


def net_benefit(
    y: np.ndarray, probability: np.ndarray, thresholds: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Decision curve: net benefit of treating by the model, and of treating everybody.

    Parameters
    ----------
    y : (patient,) array
        0 or 1.
    probability : (patient,) array
        Treated where it is above the threshold.
    thresholds : (threshold,) array
        From 0 to below 1.

    Returns
    -------
    model, everyone : (threshold,) arrays
        Treating nobody has 0.

    References
    ----------
    Vickers 2006, Med Decis Making 26:565.
    """
    y, probability, thresholds = np.asarray(y), np.asarray(probability), np.asarray(thresholds)
    odds = thresholds / (1 - thresholds)
    chosen = probability[:, None] > thresholds
    model = (chosen & (y[:, None] == 1)).mean(axis=0) - odds * (chosen & (y[:, None] == 0)).mean(
        axis=0
    )
    return model, y.mean() - odds * (1 - y.mean())


def _split(y, score):
    y, score = np.asarray(y), np.asarray(score, dtype=np.float64)
    if y.shape != score.shape or y.ndim != 1:
        raise ValueError(f"{y.size} responses for {score.size} scores")
    if np.isnan(score).any():
        raise ValueError(f"{np.count_nonzero(np.isnan(score))} of {score.size} scores are NaN")
    if not np.isin(y, (0, 1)).all():
        raise ValueError("responses must be 0 (ineffective) or 1 (effective)")
    cases, controls = score[y == 1], score[y == 0]
    if not (cases.size and controls.size):
        raise ValueError(
            f"{cases.size} effective and {controls.size} ineffective patients: a ROC curve needs both"
        )
    return cases, controls
