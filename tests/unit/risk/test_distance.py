"""How far a new tumour's places are: shares that follow from the normal distribution, and what is refused."""

import numpy as np
import pytest

from npcradiomics.risk.distance import distance_record, training_distance

NAMES = ["a", "b", "c"]


def places(n_patients, n_places=400, seed=0, between=0.0):
    """Features of places of patients who are alike, or differ by so many SD; c is b in other units."""
    rng = np.random.default_rng(seed)
    own = between * rng.normal(size=(n_patients, 1, 2))
    ab = own + rng.normal(size=(n_patients, n_places, 2))
    features = np.concatenate([10 + ab, 1e-3 * ab[..., 1:]], axis=2).reshape(-1, 3)
    return features, np.repeat([f"P{k}" for k in range(n_patients)], n_places)


def test_of_a_tumour_like_the_others_one_place_in_twenty_is_beyond():
    known = training_distance(*places(12))
    new, _ = places(1, 20_000, seed=9)
    record = distance_record("N", known, new, NAMES)
    assert record["share_beyond"] == pytest.approx(0.05, abs=0.012)
    assert known.left_out.mean() == pytest.approx(0.05, abs=0.01)
    # Two directions, not three: c is b. Squared distances are chi-squared of 2: its 95 % is 5.99.
    assert known.limit**2 == pytest.approx(5.99, rel=0.05)


def test_patients_who_differ_are_beyond_one_another_and_a_new_one_among_them_is_not_far():
    """Exchangeable: in a mean of 1 / (n + 1) new patients the share is above that of all n left out."""
    n, far = 9, []
    for seed in range(60):
        features, patients = places(n + 1, 60, seed, between=2.0)
        own = patients == f"P{n}"
        known = training_distance(features[~own], patients[~own])
        assert known.left_out.max() > 0.05
        try:
            far.append(distance_record("N", known, features[own], NAMES)["far"])
        except ValueError:
            far.append(True)
    assert np.mean(far) == pytest.approx(1 / (n + 1), abs=0.12)


def test_a_tumour_of_other_units_is_refused_and_the_feature_named():
    known = training_distance(*places(6))
    new, _ = places(1, 50, seed=5)
    new[:, 0] *= 10
    with pytest.raises(ValueError, match=r"^100 % of 50 places .* \(furthest: a \+"):
        distance_record("N", known, new, NAMES)


def test_a_shifted_tumour_is_far_and_the_sentence_says_so():
    known = training_distance(*places(6))
    new, _ = places(1, 200, seed=5)
    record = distance_record("N", known, new + np.array([2.5, 0.0, 0.0]), NAMES)
    assert record["far"] and record["share_beyond"] > record["left_out_largest"]
    assert "places, more than in any of the 6 training patients left out (" in record["sentence"]
    assert next(iter(record["furthest"])) == "a"
    assert record["furthest"]["a"] == pytest.approx(2.5, abs=0.3)


def test_an_undefined_feature_says_nothing():
    known = training_distance(*places(6))
    new, _ = places(1, 5, seed=5)
    new[:, 1:] = np.nan
    np.testing.assert_allclose(
        known.of(new), known.of(np.column_stack([new[:, 0], np.tile(known.mean[1:], (5, 1))]))
    )
