"""The record of a patient's places: what it computes from them, and its file."""

import dataclasses

import numpy as np
import pytest
from scipy import sparse

from npcradiomics.risk import places as module
from npcradiomics.risk.places import Places, read, write
from npcradiomics.spatial_null.pools import standardise

MEMBERS = np.array([[1, 1, 0, 0, 0], [0, 1, 1, 0, 0], [0, 0, 0, 1, 1]], bool)
DRAWS = np.array([[1, 0, 0, 0, 0], [0, 0, 1, 1, 1]], bool)


def record(**changed):
    """Three places of two voxels in a GTV of five."""
    features = np.array([[1.0, 5.0, np.nan], [2.0, 5.0, 1.0], [6.0, 5.0, 3.0]])
    fields = {
        "patient": "P01",
        "reason": "",
        "draws_reason": "",
        "notes": "a note",
        "feature_names": np.array(["a", "b", "c"]),
        "features": features,
        "position_names": np.array(module.POSITION_NAMES),
        "position": np.zeros((3, 5)),
        "intensity": np.array([1.0, 2.0, 3.0]),
        "n_voxels": 2,
        "places": sparse.csr_array(MEMBERS),
        "observed": np.array([0, 1, 1, 1, 0], bool),
        "draws": sparse.csr_array(DRAWS),
        "cells": np.array([2, 3, 4, 7, 11]),
        "shape": np.array([2, 2, 3]),
        "spacing_zyx_mm": np.array([5.0, 0.7, 0.7]),
        "seed": 1,
    }
    return Places(**(fields | changed))


def test_shares_of_a_region_and_of_several():
    one = record()
    assert one.shares(one.observed).tolist() == [0.5, 1.0, 0.5]
    assert one.shares(one.draws).tolist() == [[0.5, 0.0], [0.0, 0.5], [0.0, 1.0]]
    assert one.shares(one.draws[:1]).tolist() == [[0.5], [0.0], [0.0]]


def test_a_voxel_gets_the_mean_of_the_places_that_hold_it():
    one = record()
    assert one.at_voxels(np.array([1.0, 3.0, 8.0])).tolist() == [1.0, 2.0, 3.0, 8.0, 8.0]
    both = one.at_voxels(np.array([[1.0, 0.0], [3.0, 4.0], [8.0, 0.0]]))
    assert both.T.tolist() == [[1.0, 2.0, 3.0, 8.0, 8.0], [0.0, 2.0, 4.0, 0.0, 0.0]]
    volume = one.on_grid(np.arange(1.0, 6.0))
    assert volume.ravel().tolist() == [0, 0, 1, 2, 3, 0, 0, 4, 0, 0, 0, 5]


def test_adjusted_features_are_the_nulls_scores_where_it_has_them():
    one = record()
    expected = standardise(one.features[:, :1])[:, 0]
    assert one.adjusted[:, 0] == pytest.approx(expected, abs=1e-15)
    assert one.adjusted[:, 1].tolist() == [0.0, 0.0, 0.0]  # alike everywhere: says nothing
    assert one.adjusted[1:, 2] == pytest.approx([-1.0, 1.0])
    assert np.isnan(one.adjusted[0, 2])


def test_a_record_comes_back_and_equal_ones_are_equal_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "ROWS_AT_ONCE", 2)  # three places: two rounds
    write(record(), tmp_path / "one.npz")
    write(record(), tmp_path / "two.npz")
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    back, one = read(tmp_path / "one.npz"), record()
    for field in dataclasses.fields(Places):
        value, expected = getattr(back, field.name), getattr(one, field.name)
        if field.name in ("places", "draws"):
            value, expected = value.toarray(), expected.toarray()
        assert type(value) is type(expected), field.name
        np.testing.assert_array_equal(value, expected)


def test_a_new_patient_has_neither_recurrence_nor_draws(tmp_path):
    none = sparse.csr_array((0, 5), dtype=bool)
    write(record(observed=np.empty(0, bool), draws=none), tmp_path / "new.npz")
    back = read(tmp_path / "new.npz")
    assert back.observed.size == 0
    assert back.draws.shape == (0, 5)


def test_a_file_that_is_none_is_refused_with_what_to_do(tmp_path):
    (tmp_path / "places.npz").write_bytes(b"PK nothing")
    with pytest.raises(ValueError, match=r"places\.npz: cannot be read.*rule measure_places"):
        read(tmp_path / "places.npz")
