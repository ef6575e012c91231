"""A frozen model: the map of a patient it never saw is his left-out map, also from the file; other settings are refused."""

import json
from dataclasses import replace

import numpy as np
import pytest

from npcradiomics.risk import model
from npcradiomics.risk.cohort import fit_cohort
from risk_patients import risk_cohort, with_training

FITTING = {"n_refits": 9, "boost_percent": [10, 20, 30]}


def test_the_map_by_a_model_frozen_without_a_patient_is_his_left_out_map(tmp_path):
    cohort = risk_cohort(5, n=7, effect=1.0)
    everyone = fit_cohort(cohort, **FITTING).model
    others = cohort[:3] + cohort[4:]
    kept = with_training(fit_cohort(others, **FITTING).model, others)
    model.write(kept, tmp_path / "risk_model.npz")
    frozen = model.read(tmp_path / "risk_model.npz")
    left = cohort[3]
    found = frozen.map_of(left)
    np.testing.assert_allclose(found, everyone.map_of(left, left.patient), atol=1e-9)
    assert not np.allclose(found, everyone.map_of(left))


def test_what_is_usual_in_training_comes_back_from_the_file(tmp_path):
    cohort = risk_cohort(5)
    features = np.concatenate([one.features for one in cohort])
    made_with = json.dumps({"size_cm3": 3.0})
    fitted = replace(fit_cohort(cohort, **FITTING).model, made_with=made_with)
    written = with_training(fitted, cohort)
    known = written.training
    model.write(written, tmp_path / "risk_model.npz")
    found = model.read(tmp_path / "risk_model.npz")
    assert (found.training.limit, found.training.farthest) == (known.limit, known.farthest)
    np.testing.assert_array_equal(found.training.of(features), known.of(features))
    np.testing.assert_array_equal(found.training.left_out, known.left_out)
    found.require_settings({"size_cm3": 3.0}, "risk_model.npz")


def test_a_model_of_other_settings_is_refused_with_both_values():
    made_with = json.dumps({"size_cm3": 3.0, "extraction": {"n_levels": 256}, "voxels": 64})
    frozen = replace(fit_cohort(risk_cohort(5), **FITTING).model, made_with=made_with)
    wanted = {"size_cm3": 2.0, "extraction": {"n_levels": 64}, "voxels": 64, "normalisation": "n4"}
    words = (
        "risk_model.npz: the model was made with size_cm3 3.0 (here 2.0),"
        " extraction {'n_levels': 256} (here {'n_levels': 64}), normalisation not known (here n4);"
    )
    with pytest.raises(ValueError) as refused:
        frozen.require_settings(wanted, "risk_model.npz")
    assert str(refused.value).startswith(words)


def test_a_file_without_what_is_usual_in_training_is_refused_with_what_to_do(tmp_path):
    cohort = risk_cohort(5)
    model.write(with_training(fit_cohort(cohort, **FITTING).model, cohort), tmp_path / "whole.npz")
    with np.load(tmp_path / "whole.npz") as whole:
        np.savez(tmp_path / "old.npz", **{n: whole[n] for n in whole if n != "training_limit"})
    with pytest.raises(ValueError, match=r"old\.npz: training_limit missing; fit it again"):
        model.read(tmp_path / "old.npz")
