"""One word per feature, where the truth is planted in the statistics themselves."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from npcradiomics.multiverse.conclusions import cohort_sentence, word, words_by_feature

UNIVERSES = [
    {"levels": levels, "fit": fit}
    for levels, fit in ((256, "region"), (32, "region"), (64, "region"), (256, "gtv"))
]
SHARES = {"levels": 0.7, "fit": 0.3}


def word_of(s, p, gap, p_curve=0.01, shares=SHARES):
    return word(UNIVERSES, *map(np.array, (s, p, gap)), p_curve, shares, 0.05)


@pytest.mark.parametrize(
    ("s", "p", "gap", "expected"),
    [
        # Beyond in all; not beyond in one, but no farther behind than chance; lost in two.
        ([6, 5, 5, 6], [0.001] * 4, [0, 4, 4, 0], ("holds", "")),
        ([4, 1.7, 3, 4], [0.001, 0.09, 0.01, 0.001], [0, 1.5, 0.8, 0], ("holds", "")),
        ([6, 0.5, 1, 6], [0.001, 0.6, 0.3, 0.001], [0, 5, 4, 0], ("depends on", "levels")),
        ([6, 6, 6, 0.1], [0.001, 0.001, 0.001, 0.9], [0, 0, 0, 5], ("depends on", "fit")),
        # Significant, but the other way round, is lost.
        ([-6, -6, 5, -6], [0.001] * 4, [0, 0, 9, 0], ("depends on", "levels")),
        # A universe that cannot be measured is neither.
        ([6, np.nan, 6, 6], [0.001, np.nan, 0.001, 0.001], [0, np.nan, 0, 0], ("holds", "")),
        ([np.nan] * 4, [np.nan] * 4, [np.nan] * 4, ("not tested", "")),
    ],
)
def test_the_word(s, p, gap, expected):
    assert word_of(s, p, gap) == expected


def test_a_search_over_universes_is_paid_for():
    assert word_of([6, 6, 6, 6], [0.001] * 4, [0] * 4, p_curve=0.051) == ("does not hold", "")
    assert word_of([6, 6, 6, 6], [0.001] * 4, [0] * 4, p_curve=0.05) == ("holds", "")


def test_the_axis_is_one_that_parts_the_lost_from_the_strongest():
    """The fit has most of the variance, and is the same in the lost universe and the strongest."""
    lost = ([6, 0.5, 6, 7], [0.001, 0.6, 0.001, 0.001], [1, 5, 1, 0])
    assert word_of(*lost, shares={"levels": 0.2, "fit": 0.8}) == ("depends on", "fit")
    strongest_elsewhere = ([7, 0.5, 6, 6], [0.001, 0.6, 0.001, 0.001], [0, 5, 1, 1])
    found = word_of(*strongest_elsewhere, shares={"levels": 0.2, "fit": 0.8})
    assert found == ("depends on", "levels")


def test_texture_on_the_path_that_does_not_hold_is_told():
    words = ["does not hold", "does not hold", "not tested"]
    assert cohort_sentence(words, [""] * 3, [True, False, False], 9) == (
        "Over 9 universes, of 3 features 0 hold, 0 depend on a choice and 2 do not hold; 1 could not be tested."
        " 1 of those that do not hold is called texture on the study's own path, but in no universe"
        " beyond chance where all universes are searched."
    )


def test_universes_alike_are_rarely_called_different():
    """16 universes with one true effect, correlated by 0.6: some is "lost" in at most 5 % of cohorts.

    The strongest one is chosen by the data, so that one gap of many at 0.05 / 15 is no fair limit.
    """
    rng, n, m, rho, effect = np.random.default_rng(3), 2000, 16, 0.6, 3.5
    s = effect + np.sqrt(rho) * rng.normal(size=(n, 1))
    s = s + np.sqrt(1 - rho) * rng.normal(size=(n, m))
    gap = (s.max(axis=1, keepdims=True) - s) / np.sqrt(2 * (1 - rho))
    p = 2 * stats.norm.sf(np.abs(s))
    universes = [{"levels": k} for k in range(m)]
    found = [
        word(universes, *one, 0.01, {"levels": 1.0}, 0.05)[0] for one in zip(s, p, gap, strict=True)
    ]
    assert stats.binomtest(found.count("depends on"), n, 0.05).proportion_ci().low <= 0.05


def test_the_cohort_in_a_sentence():
    words = ["holds", "depends on", "depends on", "does not hold", "holds"]
    axes = ["", "levels", "fit", "", ""]
    assert cohort_sentence(words, axes, [True] * 3 + [False] * 2, 19) == (
        "Over 19 universes, of 5 features 2 hold, 2 depend on a choice (grey levels 1, quantizer fit 1) and 1 does not hold."
    )
    assert cohort_sentence(["not tested"], [""], [False], 3).startswith(
        "No feature could be tested in 3"
    )


def test_words_are_told_with_an_axis_that_readers_know():
    features = pd.DataFrame(
        {
            "feature": ["a", "b", "c"],
            "word": ["depends on", "holds", "depends on"],
            "word_axis": ["grown_mm", "", "resampling"],
        }
    )
    expected = {"a": "depends on margin", "b": "holds", "c": "depends on resampling"}
    assert words_by_feature(features) == expected
