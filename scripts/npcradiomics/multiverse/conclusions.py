"""One word per feature: does what is found hold on every path, or does it hang on one choice?"""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy import stats

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
    """
    tested = np.flatnonzero(~np.isnan(statistic))
    if not tested.size:
        return UNTESTED, ""
    if p_curve > alpha:
        return DOES_NOT, ""
    best = tested[np.argmax(np.abs(statistic[tested]))]
    kept = (np.sign(statistic) == np.sign(statistic[best])) & (p <= alpha)
    behind = gap > stats.norm.isf(alpha / max(tested.size - 1, 1))
    lost = [k for k in tested if behind[k] and not kept[k]]
    if not lost:
        return HOLDS, ""
    axes = [axis for axis in shares if any(_part(universes, k, best, axis) for k in lost)]
    return DEPENDS, max(axes, key=lambda axis: shares[axis])


def _part(universes, one, other, axis):
    return axis in universes[one] and universes[one][axis] != universes[other][axis]


def spoken(word: str, axis: str) -> str:
    """The word with its axis: "depends on levels"."""
    return f"{word} {axis}" if word == DEPENDS else word


def cohort_sentence(words: Sequence[str], axes: Sequence[str], n_universes: int) -> str:
    """What the whole cohort says: a sentence.

    Parameters
    ----------
    words, axes : sequence of str
        Of each feature, as `word` gives them.
    n_universes : int
    """
    n, counted = len(words), [one for one in words if one != UNTESTED]
    if not counted:
        return f"No feature could be tested in {n_universes} universes: no patient has draws."
    depends = [axis for one, axis in zip(words, axes, strict=True) if one == DEPENDS]
    by_axis = ", ".join(f"{axis} {depends.count(axis)}" for axis in dict.fromkeys(depends))
    return (
        f"Over {n_universes} universes, {words.count(HOLDS)} of {n} features hold on every path,"
        f" {len(depends)} depend on one choice{f' ({by_axis})' if depends else ''} and"
        f" {words.count(DOES_NOT)} do not hold on any."
    )
