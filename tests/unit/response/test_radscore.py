"""The whole model: nothing of the validation set gets in, the file scores like the fit, and hard cases are said."""

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import fit_radscore
from npcradiomics.response.radscore import NOTHING_KEPT, fit_model, model_file
from npcradiomics.response.scoring import score_patients, without_strangers
from response_reference import ResponseCase


def drawn(n=90, p=30, effect=1.2, seed=0):
    rng = np.random.default_rng(seed)
    y = (np.arange(n) % 3 == 0).astype(int)
    x = rng.normal(5.0, 2.0, (n, p))
    x[:, :2] += effect * y[:, None]
    return pd.DataFrame(
        x, columns=[f"f{k}" for k in range(p)], index=[f"P{k}" for k in range(n)]
    ), y


def rng():
    return np.random.default_rng(1)


def test_score_of_r_s_case_is_glmnet_s(shared):
    case = ResponseCase(shared, "rs_signal")
    fit = fit_model(case.train, case.y_train, rng(), score="lasso", fold_labels=case.fold_train)
    assert fit.chosen_lambda == pytest.approx(case.results["explicit"]["lambda_min"], rel=1e-9)
    np.testing.assert_allclose(fit.rad_score(case.features), case.scores("rad_score"), atol=5e-4)


def test_null_case_of_r_keeps_nothing_and_says_so(shared):
    case = ResponseCase(shared, "rs_null")
    fit = fit_model(case.train, case.y_train, rng(), fold_labels=case.fold_train)
    assert fit.selected == []
    assert fit.notes[0] == NOTHING_KEPT
    assert "events per candidate" in fit.notes[1] and len(fit.notes) == 2
    np.testing.assert_allclose(fit.rad_score(case.features), case.scores("rad_score"), atol=1e-12)
    model = model_file(fit, 96, 32)
    assert model["threshold"] is None
    assert set(score_patients(model, case.features)["called"]) == {"ineffective"}


def run_script(folder, table):
    """Rule fit_radscore on a cohort table; the bytes of all it writes."""
    folder.mkdir()
    table.to_csv(folder / "features.tsv", sep="\t", index=False)
    names = ("model", "curve", "paths", "preparation", "dropped")
    output = SimpleNamespace(**{name: folder / name for name in names})
    snakemake = SimpleNamespace(
        input=SimpleNamespace(features=folder / "features.tsv", perturbed=[]),
        output=output,
        params=SimpleNamespace(model={"lambda_rule": "min", "score": "logistic"}, seed=3),
    )
    fit_radscore.main(snakemake)
    return [(folder / name).read_bytes() for name in names]


def test_validation_patients_are_never_seen(tmp_path):
    # Every value, response and name of the validation set changed: the same model, byte for byte.
    features, y = drawn()
    identity = pd.DataFrame({"patient": features.index, "response": "PR", "effective": y})
    identity["set"] = np.where(np.arange(len(y)) < 60, "train", "validation")
    identity = identity.assign(centre="", volume_cm3=1.0)
    table = identity.join(features, on="patient")
    changed = table.copy()
    outside = changed["set"] == "validation"
    changed.loc[outside, features.columns] = changed.loc[outside, features.columns] * -1000 + 7
    changed.loc[outside, "effective"] = 1 - changed.loc[outside, "effective"]
    changed.loc[outside, "patient"] = "X" + changed.loc[outside, "patient"]
    first = run_script(tmp_path / "a", table)
    assert run_script(tmp_path / "b", changed) == first
    assert run_script(tmp_path / "c", table[~outside]) == first
    # And the test can fail: a training value does change the model.
    changed = table.copy()
    changed.loc[5, "f0"] += 1.0
    assert run_script(tmp_path / "d", changed) != first


def test_file_scores_as_the_fit_does():
    features, y = drawn()
    fit = fit_model(features, y, rng())
    assert {"f0", "f1"} <= set(fit.selected)
    model = json.loads(json.dumps(model_file(fit, len(y), y.sum())))
    new, _ = drawn(seed=9)
    new.iloc[0] = 1e6  # an outlier becomes the training median
    scored = score_patients(model, new[new.columns[::-1]].assign(extra="x"))
    np.testing.assert_allclose(scored["rad_score"], fit.rad_score(new), rtol=1e-12)
    np.testing.assert_allclose(scored["probability"], 1 / (1 + np.exp(-scored["rad_score"])))
    assert list(scored["called"] == "effective") == list(scored["rad_score"] > model["threshold"])


def test_score_written_out():
    model = {
        "intercept": -1.0,
        "threshold": 0.0,
        "features": {
            "a": {
                "lower": 0.0,
                "upper": 10.0,
                "median": 4.0,
                "mean": 5.0,
                "sd": 2.0,
                "coefficient": 3.0,
            }
        },
    }
    scored = score_patients(model, pd.DataFrame({"a": [7.0, 11.0]}, index=["P1", "P2"]))
    assert list(scored["rad_score"]) == [2.0, -2.5]
    assert list(scored["called"]) == ["effective", "ineffective"]
    with pytest.raises(ValueError, match="1 of 1 features are missing: a"):
        score_patients(model, pd.DataFrame({"b": [1.0]}))


def test_patients_unlike_those_of_training_get_no_score():
    features, y = drawn()
    fit = fit_model(features, y, rng())
    model = json.loads(json.dumps(model_file(fit, len(y), y.sum())))
    new, _ = drawn(n=3, seed=9)
    names = fit.selected
    highest = features[names].max()
    new.iloc[1] = 1e4  # every feature far outside
    new.loc[new.index[2], names[0]] = highest[names[0]] + 1e-6  # one feature just outside
    scored = score_patients(model, new)
    inside = ((new[names] < features[names].min()) | (new[names] > highest)).sum(axis=1)
    assert list(scored["n_outside_training"]) == list(inside)
    assert scored["n_outside_training"].iloc[1] == len(names) == scored["n_features"].iloc[1]
    # By hand: without the outlier rule, every value counts as it is.
    one = model["features"]
    by_hand = model["intercept"] + sum(
        one[n]["coefficient"] * (1e4 - one[n]["mean"]) / one[n]["sd"] for n in names
    )
    assert scored["rad_score_unreplaced"].iloc[1] == pytest.approx(by_hand, rel=1e-12)
    kept, said = without_strangers(scored, max_outside=0.5)
    assert kept["called"].iloc[1] == "not scored" and np.isnan(kept["rad_score"].iloc[1])
    assert list(kept["rad_score"].iloc[[0, 2]]) == list(scored["rad_score"].iloc[[0, 2]])
    assert len(said) == 1 and f"P1: {len(names)} of {len(names)} features lie outside" in said[0]
    with pytest.raises(ValueError, match=r"not scored .* without replaced values"):
        without_strangers(scored.iloc[[1]])


def test_perfect_separation_is_reported_and_the_lasso_scores():
    features, y = drawn(effect=30.0)
    fit = fit_model(features, y, rng())
    assert fit.score_from == "lasso"
    assert any(
        "no logistic regression: the features separate the 90 patients perfectly" in note
        for note in fit.notes
    )
    assert np.isfinite(fit.rad_score(features)).all()
    model = model_file(fit, 90, 30)
    assert all(one["logistic"] is None for one in model["features"].values())
    json.dumps(model, allow_nan=False)


def test_events_per_variable_are_counted():
    features, y = drawn()
    fit = fit_model(features, y, rng())
    assert f"30 patients of the rarer response for {len(fit.selected)} features" in fit.notes[0]


def test_too_few_of_a_response_are_refused_with_the_count():
    features, y = drawn()
    few = np.zeros(90, dtype=int)
    few[:9] = 1
    with pytest.raises(
        ValueError, match="9 effective patients to fit a model on, at least 10 needed"
    ):
        fit_model(features, few, rng())
    with pytest.raises(ValueError, match="9 ineffective patients"):
        fit_model(features, 1 - few, rng())
    features.loc["P3", "f2"] = np.nan
    with pytest.raises(ValueError, match="f2 of patient P3"):
        fit_model(features, y, rng())
