"""One word per feature: does what is found hold over all universes, or does it hang on a choice?"""

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import pandas as pd
from scipy import stats

from npcradiomics.multiverse.design import axis_words

HOLDS, DEPENDS, DOES_NOT, UNTESTED = "holds", "depends on", "does not hold", "not tested"


def rule_words(alpha: float) -> str:
    """The rule of `word` in one paragraph, for captions."""
    return (
        f"{DOES_NOT} = in no universe goes the feature beyond the most extreme of all features and universes in {1 - alpha:.0%} of"
        f" the recombinations. {HOLDS} = in some it does, and in no other universe is it lost. Lost = alone not beyond the spatial"
        f" null (p above {alpha:g}, or the other sign), and farther behind the strongest universe than chance goes (level"
        f" {alpha:g} over all universes). {DEPENDS} an axis = lost in some; of the axes that part lost universes from the"
        " strongest, that with the largest share of the variance of z."
    )


def word(
    universes: Sequence[Mapping],
    statistic: np.ndarray,
    p: np.ndarray,
    gap: np.ndarray,
    p_curve: float,
    shares: Mapping[str, float],
    alpha: float,
) -> tuple[str, str]:
    """The word, and the axis of DEPENDS ("" else).

    The strongest universe is chosen by the data: where all are alike, the widest gap to it is a
    range, and is judged as one (Tukey), which is at most too wide where universes are correlated
    unequally.

    Parameters
    ----------
    universes : sequence of {axis: value}
        The measured ones, M.
    statistic, p, gap : (M,)
        Of one feature, see recombination.CurveTest.
    p_curve : float
        Family-wise, of its strongest universe.
    shares : {axis: share}
        Of the variance of the statistic.
    alpha : float

    References
    ----------
    Hayter 1984, Ann Stat 12:61 (Tukey's range with unequal variances of the differences).
    """
    tested = np.flatnonzero(~np.isnan(statistic))
    if not tested.size:
        return UNTESTED, ""
    if p_curve > alpha:
        return DOES_NOT, ""
    best = tested[np.argmax(np.abs(statistic[tested]))]
    kept = (np.sign(statistic) == np.sign(statistic[best])) & (p <= alpha)
    behind = gap > _widest_gap(alpha, tested.size)
    lost = [k for k in tested if behind[k] and not kept[k]]
    if not lost:
        return HOLDS, ""
    axes = [axis for axis in shares if any(_part(universes, k, best, axis) for k in lost)]
    return DEPENDS, max(axes, key=lambda axis: shares[axis])


@cache
def _widest_gap(alpha, n):
    """Gap that the strongest of n universes has before another with probability alpha by chance."""
    return stats.studentized_range.isf(alpha, n, np.inf) / np.sqrt(2) if n > 1 else np.inf


def _part(universes, one, other, axis):
    return axis in universes[one] and universes[one][axis] != universes[other][axis]


def words_by_feature(features: pd.DataFrame) -> dict[str, str]:
    """Of each feature the word with its axis: "depends on grey levels".

    features: feature, word, word_axis, as of comparison.compare_universes.
    """
    return {
        row.feature: f"{row.word} {axis_words(row.word_axis)}" if row.word == DEPENDS else row.word
        for row in features.itertuples()
    }


def cohort_sentence(
    words: Sequence[str], axes: Sequence[str], on_path: Sequence[bool], n_universes: int
) -> str:
    """What the whole cohort says, in a sentence or two.

    Parameters
    ----------
    words, axes : sequence of str
        Of each feature, as `word` gives them.
    on_path : sequence of bool
        Whether it is called texture on the study's own path.
    n_universes : int
    """
    n, untested = len(words), words.count(UNTESTED)
    if untested == n:
        return f"No feature could be tested in {n_universes} universes: fewer than three patients have draws."
    depends = [axis for one, axis in zip(words, axes, strict=True) if one == DEPENDS]
    by_axis = ", ".join(
        f"{axis_words(axis)} {depends.count(axis)}" for axis in dict.fromkeys(depends)
    )
    lost = [called for one, called in zip(words, on_path, strict=True) if one == DOES_NOT]
    said = (
        f"Over {n_universes} universes, of {n} features {_verb(words.count(HOLDS), 'hold')},"
        f" {_verb(len(depends), 'depend')} on a choice{f' ({by_axis})' if depends else ''} and"
        f" {len(lost)} {'does' if len(lost) == 1 else 'do'} not hold"
        f"{f'; {untested} could not be tested' if untested else ''}."
    )
    if any(lost):
        said += (
            f" {sum(lost)} of those that do not hold {'is' if sum(lost) == 1 else 'are'} called texture on the"
            " study's own path, but in no universe beyond chance where all universes are searched."
        )
    return said


def _verb(n, word):
    return f"{n} {word}{'s' if n == 1 else ''}"
