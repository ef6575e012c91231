"""The response study's sentence on cohorts whose truth is known: the project's own comparison, then the rules."""

import numpy as np
import pandas as pd
import pytest

from npcradiomics.publication.pages.report_answer import AMBER, GREEN, RED
from npcradiomics.publication.pages.report_response import response_answer
from npcradiomics.response.comparison import compare_models
from npcradiomics.response.models import MODELS, RADSCORE, VOLUME


def cohort(seed, signal, volume, n=200):
    """Linear predictors of n patients whose log odds are `signal` times one number and `volume` times another."""
    rng = np.random.default_rng(seed)
    first, second = rng.normal(size=(2, n))
    odds = signal * first + volume * second
    scores = {model: rng.normal(size=n) for model in MODELS}
    scores |= {RADSCORE: signal * first if signal else 0.3 * first}
    scores |= {VOLUME: volume * second if volume else 0.3 * second}
    y = (rng.uniform(size=n) < 1 / (1 + np.exp(-odds))).astype(int)
    return pd.DataFrame({"effective": y} | scores)


def answer(signal=2.0, volume=0.0, steeper=1.0, p=0.005, nested=None, said=""):
    training, validation = cohort(3, signal, volume), cohort(4, signal, volume)
    validation[RADSCORE] *= steeper
    training_auc = (
        compare(training, validation, 0.5).set_index("model").loc[RADSCORE, "training_auc"]
    )
    compared = compare(training, validation, training_auc if nested is None else nested)
    return response_answer(compared, {"nested_auc_p": p}, said)


def compare(training, validation, nested):
    def columns(*names):
        return {
            f"{'' if m == RADSCORE else f'{m}: '}{name}": [nested] * 2
            for m in MODELS
            for name in names
        }

    repeated = pd.DataFrame(columns("auc", "brier"))
    return compare_models(
        training, validation, repeated, pd.DataFrame(columns("auc_resampled", "auc_original"))
    )


def test_the_score_says_more_than_volume():
    found = answer(signal=2.0)
    assert found.sentences[0].startswith(
        "In one set of 200 patients it was not made from, the rad-score tells responders from others better than guessing (AUC 0.8"
    )
    assert found.sentences[1].startswith("It says more than the tumour's volume alone (AUC 0.")
    assert (found.light, found.against) == (GREEN, [])


def test_volume_says_more_than_the_score():
    found = answer(signal=0.6, volume=2.0)
    assert found.sentences[1].startswith("It says less than the tumour's volume alone")
    assert found.light == AMBER and "Volume is simpler" in found.against[0]


def test_the_score_is_the_volume_in_other_words():
    training, validation = cohort(3, 1.5, 0.0), cohort(4, 1.5, 0.0)
    for table, noise in ((training, 5), (validation, 6)):
        table[VOLUME] = table[RADSCORE] + 0.1 * np.random.default_rng(noise).normal(size=200)
    found = response_answer(compare(training, validation, 0.85), {"nested_auc_p": 0.005}, "")
    assert "better than guessing" in found.sentences[0]
    assert found.sentences[1].startswith(
        "It is not shown to say more than the tumour's volume alone"
    )
    assert found.light == AMBER and found.against == [
        "Volume is simpler and not shown to be worse."
    ]


def test_nothing_in_the_image():
    found = answer(signal=0.0, p=0.6)
    assert "the rad-score cannot be told from guessing (AUC 0." in found.sentences[0]
    assert found.light == RED and len(found.against) >= 2
    assert found.against[1] == (
        "Models of shuffled responses do as well in training (nested, permutation p = 0.6000)."
    )


def test_probabilities_too_extreme():
    found = answer(signal=2.0, steeper=3.0)
    # Three times too steep: the slope is a third of what it was.
    (words,) = found.against
    slope = float(words.partition("slope ")[2].split(" ")[0])
    assert slope == pytest.approx(1 / 3, abs=0.1) and found.light == AMBER


def test_it_looks_better_in_training_than_it_is():
    found = answer(nested=0.6)
    assert found.light == AMBER
    assert found.against[0].startswith(
        "On its 200 training patients it looks better than it is (AUC 0.8"
    )
    assert found.against[0].endswith("nested 0.60).")


def test_what_every_figure_must_say_is_said_here_too():
    found = answer(said="no logistic regression: separated; the rad-score is the LASSO's")
    assert found.against == ["No logistic regression: separated; the rad-score is the LASSO's."]
    assert found.light == AMBER


def test_a_score_that_is_the_same_for_all_is_a_guess():
    training, validation = cohort(3, 2.0, 0.0), cohort(4, 2.0, 0.0)
    training[RADSCORE] = validation[RADSCORE] = -0.7
    found = response_answer(
        compare(training, validation, 0.5), {"nested_auc_p": 1.0}, "Nothing kept"
    )
    assert "cannot be told from guessing (AUC 0.50" in found.sentences[0]
    assert found.light == RED and "Nothing kept." in found.against
    assert not any("slope" in words for words in found.against)
