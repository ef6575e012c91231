"""Stable features alone: who is left out, by closed forms, and that training alone decides."""

import numpy as np
import pandas as pd
import pytest

from npcradiomics.response.radscore import fit_model
from npcradiomics.response.stability import repeats_of, unstable_features


def test_icc_of_four_measurements_by_hand():
    # Patients at 0 and 6, each measured at -1 and +1 of it: between 36, within 2, so ICC(1,1) =
    # (36 - 2) / (36 + 2) = 0.895; the second feature only errs: between 0, ICC (0 - 2) / (0 + 2).
    values = np.array([[[-1, -1], [1, 1]], [[5, 1], [7, -1]]], float)
    assert unstable_features(values, ["f", "g"], 0.89) == {"g": "ICC(1,1) -1.000, below 0.89"}
    assert set(unstable_features(values, ["f", "g"], 0.0)) == {"g"}
    with pytest.raises(ValueError, match=r"none of 2 features has an ICC.* of 0.9; .* 0.895"):
        unstable_features(values, ["f", "g"], 0.9)


def test_repeats_are_taken_by_name_and_complete():
    rows = [
        {"patient": p, "perturbation": k, "f": 10 * n + k, "g": -k}
        for n, p in enumerate(["P2", "P1"])
        for k in (2, 1)
    ]
    table = pd.DataFrame(rows)
    found = repeats_of(table, ["P1", "P2"], ["g", "f"])
    np.testing.assert_array_equal(found[0], [[-1, 11], [-2, 12]])
    np.testing.assert_array_equal(found[1], [[-1, 1], [-2, 2]])
    with pytest.raises(ValueError, match="1 patients without all of 2 perturbations: P3 has 0"):
        repeats_of(table, ["P1", "P3"], ["f"])
    with pytest.raises(ValueError, match="P2 has 1"):
        repeats_of(table.iloc[1:], ["P1", "P2"], ["f"])


def cohort(n=80, p=20, seed=0):
    """f0 knows the response and is measured badly; f1 knows less and is measured well."""
    rng = np.random.default_rng(seed)
    y = (np.arange(n) % 2).astype(int)
    x = rng.normal(size=(n, p))
    x[:, 0] += 3 * y
    x[:, 1] += 1.5 * y
    error = np.full(p, 0.2)
    error[0] = 3.0
    repeats = x[:, None] + error * rng.normal(size=(n, 20, p))
    return pd.DataFrame(x).add_prefix("f"), y, repeats


def test_what_another_contour_changes_does_not_enter_the_model():
    features, y, repeats = cohort()
    seen = {}
    for minimum in (0.0, 0.75):
        rng = np.random.default_rng(0)
        fit = fit_model(features, y, rng, folds=5, minimum_icc=minimum, repeats=repeats)
        seen[minimum] = fit
    assert "f0" in seen[0.0].selected and "f1" in seen[0.75].selected
    # Variance 1 + 2.25 between, 9 within: ICC 0.27 in the long run; f1: 1.6 of 1.6 + 0.04.
    assert list(seen[0.75].preparation.dropped) == ["f0"]
    assert seen[0.75].preparation.dropped["f0"].startswith("ICC(1,1) 0.2")
    assert any("1 of 20 features have an ICC(1,1) below 0.75" in n for n in seen[0.75].notes)
    assert not any("ICC" in note for note in seen[0.0].notes)
    with pytest.raises(ValueError, match="and there are no repeated"):
        fit_model(features, y, np.random.default_rng(0), folds=5, minimum_icc=0.75)


def test_the_gain_of_a_centre_is_not_taken_for_stability():
    # g differs between centres and else only errs: with the centres' offset it looks stable.
    features, y, repeats = cohort()
    centres = pd.Series(np.where(np.arange(80) // 2 % 2, "A", "B"))
    rng = np.random.default_rng(1)
    offset = 10.0 * (centres == "B").to_numpy()
    features["g"] = offset + rng.normal(size=80) * 0.1
    again = offset[:, None] + rng.normal(size=(80, 20))
    repeats = np.concatenate([repeats, again[:, :, None]], axis=2)
    options = {"folds": 5, "minimum_icc": 0.75, "repeats": repeats, "centres": centres}
    for harmonization, dropped in (("none", ["f0"]), ("combat", ["f0", "g"])):
        fit = fit_model(features, y, rng, harmonization=harmonization, **options)
        assert list(fit.preparation.dropped) == dropped
