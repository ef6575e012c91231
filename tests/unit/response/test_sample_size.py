"""Riley's criteria: the numbers of pmsampsize, and the sentence on a model."""

import numpy as np
import pytest

from npcradiomics.response.sample_size import highest_r2, riley, sample_size_note


@pytest.mark.parametrize(
    ("r2", "candidates", "prevalence", "expected"),
    [
        # pmsampsize 0.1.0 (Python 3.12), type "b"; the first is Riley's own example (BMJ 2020).
        (0.288, 24, 0.174, (623, 662, 221)),
        (0.1, 396, 1 / 3, (33622, 10234, 342)),
        (0.2378, 20, 1 / 3, (652, 476, 342)),
    ],
)
def test_criteria_are_those_of_pmsampsize(r2, candidates, prevalence, expected):
    asked = riley(r2, candidates, prevalence)
    assert tuple(asked) == expected
    assert asked.patients == max(expected)


def test_highest_r2_is_that_of_pmsampsize():
    assert highest_r2(0.174) == pytest.approx(0.6032086677670351, abs=1e-12)
    assert highest_r2(1 / 3) == pytest.approx(0.7200175444678059, abs=1e-12)


def test_an_r2_that_cannot_be_is_refused():
    for r2 in (0.0, -0.1, 0.8):
        with pytest.raises(ValueError, match=r"expected between 0 and 0\.72"):
            riley(r2, 5, 1 / 3)


def test_the_sentence_has_the_numbers():
    # Null deviance of 1/3 per patient: -2 (1/3 ln 1/3 + 2/3 ln 2/3) = 1.2730; R2 = 0.1 is
    # reached at 1.2730 + ln 0.9.
    null = -2 * (np.log(1 / 3) / 3 + 2 * np.log(2 / 3) / 3)
    words = sample_size_note(96, 32, 396, null + np.log(0.9))
    assert "32 patients of the rarer response for 396 candidate features: 0.081 events" in words
    assert "of 0.100 Riley's criteria ask for 33622 patients" in words
    assert words.endswith("(shrinkage 33622, optimism 10234, overall risk 342), and there are 96")
    assert "nothing is explained" in sample_size_note(96, 32, 396, null)
    assert sample_size_note(96, 32, 396, None).endswith("0.081 events per candidate")
