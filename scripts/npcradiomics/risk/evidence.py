"""Whether a cohort's map finds the recurrence, and whether it is better than depth alone."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from npcradiomics.risk import scores
from npcradiomics.rounding import fixed_text, p_words

MODEL, DEPTH_ONLY, INTENSITY, CENTRE, RANDOM = "model", "depth", "intensity", "centre", "random"
MAPS = (MODEL, DEPTH_ONLY, INTENSITY, CENTRE, RANDOM)
OBSERVED = 0  # refit of the recurrences themselves; the others are cohorts of draws
LEVEL = 0.95


def summarise(found: Mapping[str, np.ndarray], measures: Sequence[str]) -> pd.DataFrame:
    """Mean of every map and measure, against depth alone, with the exact p of the refits.

    Parameters
    ----------
    found : {map: (patients, 1 + refits, measures) array}
        The first refit is the observed one; alone, there is no exact p.
    measures : sequence of str

    Returns
    -------
    pandas.DataFrame
        map, measure, n, mean, low, high; p_exact (one-sided, of the mean); minus_depth with its low,
        high and p of the paired t-test (two-sided), and p_exact_minus_depth.
    """
    rows = []
    for name, values in found.items():
        for j, measure in enumerate(measures):
            own, depth = values[:, :, j], found[DEPTH_ONLY][:, :, j]
            mean, low, high, _ = _mean(own[:, OBSERVED])
            row = {"map": name, "measure": measure, "n": len(own)}
            row |= {"mean": mean, "low": low, "high": high}
            refitted = own.shape[1] > 1
            row["p_exact"] = _exact_p(own.mean(axis=0)) if refitted and name != RANDOM else np.nan
            difference = own - depth
            names = ("minus_depth", "minus_depth_low", "minus_depth_high", "minus_depth_p")
            compared = name != DEPTH_ONLY
            answer = _mean(difference[:, OBSERVED]) if compared else [np.nan] * len(names)
            row |= dict(zip(names, answer, strict=True))
            exact = _exact_p(difference.mean(axis=0)) if refitted and compared else np.nan
            rows.append(row | {"p_exact_minus_depth": exact})
    return pd.DataFrame(rows)


def _mean(values):
    """Mean, t interval, p of the t-test against 0."""
    if np.ptp(values) == 0:
        return float(values[0]), float(values[0]), float(values[0]), np.nan
    test = stats.ttest_1samp(values, 0.0)
    interval = test.confidence_interval(LEVEL)
    return float(values.mean()), float(interval.low), float(interval.high), float(test.pvalue)


def _exact_p(means):
    """Share of the refits that reach the observed one, it among them; equal up to rounding is equal."""
    return float(
        np.mean(np.round(means, scores.DIGITS) >= np.round(means[OBSERVED], scores.DIGITS))
    )


def verdict_on(summary: pd.DataFrame, alpha: float) -> tuple[bool, str]:
    """Whether the map is better than depth alone, and the sentence that says so.

    Better: a boost as large as the recurrence covers more of it than the boost by depth alone on
    average, with p <= alpha both in the paired t-test and exactly against the refits.

    Parameters
    ----------
    summary : pandas.DataFrame
        Of `summarise`.
    alpha : float
    """
    chosen = summary["measure"] == scores.OWN_VOLUME
    rows = summary[chosen].set_index("map")
    one = rows.loc[MODEL]
    better = bool(
        one["minus_depth"] > 0
        and one["minus_depth_p"] <= alpha
        and one["p_exact_minus_depth"] <= alpha
    )
    mean, depth = (fixed_text(100 * rows.loc[name, "mean"], 1) for name in (MODEL, DEPTH_ONLY))
    low, high = (fixed_text(100 * one[f"minus_depth_{end}"], 1) for end in ("low", "high"))
    sentence = (
        f"The map is {'' if better else 'not '}better than depth alone: a boost as large as the recurrence, from its top,"
        f" covers {mean} % of the recurrence, by depth alone {depth} %"
        f" (difference {fixed_text(100 * one['minus_depth'], 1)} points, 95 % CI {low} to {high};"
        f" paired t p {p_words(one['minus_depth_p'])}, exact p {p_words(one['p_exact_minus_depth'])}; n = {int(one['n'])})."
    )
    return better, sentence
