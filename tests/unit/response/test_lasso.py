"""Preparation, LASSO path and cross-validation against R (glmnet 4.1-6) and against arithmetic."""

import numpy as np
import pandas as pd
import pytest

from npcradiomics.response.lasso import cross_validate, lasso_path, prepare, stratified_folds
from response_reference import ResponseCase


@pytest.fixture(scope="module", params=["rs_signal", "rs_null"])
def case(shared, request):
    return ResponseCase(shared, request.param)


@pytest.fixture(scope="module")
def scaled(case):
    return prepare(case.train).apply(case.train)


def test_preparation_is_r_s(case):
    preparation = prepare(case.train)
    expected = case.table("r_preprocess")
    assert preparation.features == list(expected["feature"][expected["kept"]])
    for mine, theirs in {
        **{name: name for name in ("q1", "q3", "lower", "upper", "median")},
        "mean": "mean_after",
        "sd": "sd_after",
    }.items():
        np.testing.assert_allclose(preparation.table[mine], expected[theirs], rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(preparation.table["n_out_train"], expected["n_out_train"])
    validation, table = case.features[~case.is_train][preparation.features], preparation.table
    outside = (validation < table["lower"].to_numpy()) | (validation > table["upper"].to_numpy())
    np.testing.assert_array_equal(outside.sum(), expected["n_out_validation"])


def test_path_is_glmnet_s(case, scaled):
    path = lasso_path(scaled, case.y_train)
    assert path.lambdas[0] == pytest.approx(case.results["lambda_max"], rel=1e-9)
    np.testing.assert_allclose(path.lambdas, case.table("r_cv_explicit_tight")["lambda"], rtol=1e-9)
    indices, intercepts, coefficients = case.path()
    np.testing.assert_allclose(path.intercepts[indices], intercepts, atol=5e-5)
    np.testing.assert_allclose(path.coefficients[indices], coefficients, atol=5e-5)


def test_cross_validation_is_glmnet_s(case, scaled):
    expected = case.table("r_cv_explicit_tight")
    result = cross_validate(scaled, case.y_train, case.fold_train, expected["lambda"])
    np.testing.assert_allclose(result.cvm, expected["cvm"], atol=1e-4)
    np.testing.assert_allclose(result.cvsd, expected["cvsd"], atol=1e-4)
    assert result.lambda_min == pytest.approx(case.results["explicit"]["lambda_min"], rel=1e-9)
    assert result.lambda_1se == pytest.approx(case.results["explicit"]["lambda_1se"], rel=1e-9)


def test_cross_validation_is_near_glmnet_s_default(case, scaled):
    # R's default interpolates between penalties of each fold's own path, and beyond its end repeats
    # its last model: compared down to where the first of these paths ends, and lambda.min to two
    # steps of the grid.
    expected = case.table("r_cv_default")
    folds = (case.fold_train != label for label in np.unique(case.fold_train))
    ends = max(lasso_path(scaled[rows], case.y_train[rows]).lambdas[-1] for rows in folds)
    reached = expected["lambda"] >= ends
    assert reached.sum() >= 80
    result = cross_validate(scaled, case.y_train, case.fold_train, expected["lambda"])
    np.testing.assert_allclose(result.cvm[reached], expected["cvm"][reached], atol=2e-2)
    np.testing.assert_allclose(result.cvsd[reached], expected["cvsd"][reached], atol=2e-2)
    steps = np.log(result.lambda_min / case.results["default"]["lambda_min"]) / np.log(0.01) * 99
    assert abs(steps) <= 2.001


def test_misclassification_curve_is_glmnet_s(case, scaled):
    expected = case.table("r_cv_explicit_class")
    result = cross_validate(
        scaled, case.y_train, case.fold_train, expected["lambda"], measure="class"
    )
    np.testing.assert_allclose(result.cvm, expected["cvm"], atol=1e-9)
    assert result.lambda_min == pytest.approx(
        case.results["explicit_class"]["lambda_min"], rel=1e-9
    )
    assert result.lambda_1se == pytest.approx(
        case.results["explicit_class"]["lambda_1se"], rel=1e-9
    )


def test_coefficients_at_lambda_min_and_1se_are_glmnet_s(case, scaled):
    expected = case.table("r_coefficients").set_index("feature")
    for column in ("lambda_min", "lambda_1se"):
        path = lasso_path(scaled, case.y_train)
        k = np.argmin(np.abs(path.lambdas - case.results["explicit"][column]))
        mine = pd.Series(path.coefficients[k], scaled.columns)
        theirs = expected[f"coef_{column}"].drop("(Intercept)").reindex(mine.index, fill_value=0.0)
        np.testing.assert_allclose(mine, theirs, atol=5e-5)
        assert path.intercepts[k] == pytest.approx(
            expected[f"coef_{column}"]["(Intercept)"], abs=5e-5
        )


@pytest.fixture
def drawn():
    rng = np.random.default_rng(3)
    x = rng.normal(2.0, 3.0, (60, 12)) @ (np.eye(12) + 0.4)
    return x, (rng.random(60) < 1 / (1 + np.exp(-0.3 * (x[:, 0] - x[:, 1])))).astype(int)


def test_optimality_conditions_hold(drawn):
    # The path is right if and only if each gradient is lambda * sign where the coefficient is not
    # zero, and at most lambda in size where it is: no other solver needed.
    x, y = drawn
    path = lasso_path(x, y)
    scale = x.std(axis=0)
    for penalty, intercept, coefficients in zip(*path, strict=True):
        residual = y - 1 / (1 + np.exp(-(intercept + x @ coefficients)))
        gradient = ((x - x.mean(axis=0)) / scale).T @ residual / len(y)
        assert residual.sum() == pytest.approx(0, abs=1e-6)
        kept = coefficients != 0
        np.testing.assert_allclose(gradient[kept], penalty * np.sign(coefficients[kept]), atol=1e-8)
        assert np.abs(gradient).max() <= penalty + 1e-8


def test_largest_penalty_keeps_nothing_and_the_next_one_something(drawn):
    x, y = drawn
    path = lasso_path(x, y)
    assert not path.coefficients[0].any()
    assert path.coefficients[1].any()
    assert path.intercepts[0] == pytest.approx(np.log(y.mean() / (1 - y.mean())))


def test_units_of_a_feature_do_not_matter(drawn):
    x, y = drawn
    units = np.geomspace(1e-3, 1e4, 12)
    grid = np.array([0.1, 0.03])
    plain, other = lasso_path(x, y, grid), lasso_path(x * units, y, grid)
    np.testing.assert_allclose(other.coefficients * units, plain.coefficients, atol=1e-7)


def test_cross_validation_is_a_mean_over_folds(drawn):
    x, y = drawn
    folds, grid = np.arange(60) % 4, np.array([0.08, 0.02])
    losses = []
    for fold in range(4):
        out = folds == fold
        path = lasso_path(x[~out], y[~out], grid)
        p = 1 / (1 + np.exp(-(path.intercepts + x[out] @ path.coefficients.T)))
        losses.append(
            [-2 * np.mean(np.log(np.where(y[out] == 1, column, 1 - column))) for column in p.T]
        )
    result = cross_validate(x, y, folds, grid)
    np.testing.assert_allclose(result.cvm, np.mean(losses, axis=0), rtol=1e-12)
    np.testing.assert_allclose(result.cvsd, np.std(losses, axis=0, ddof=1) / 2, rtol=1e-12)


def test_preparation_by_hand():
    train = pd.DataFrame(
        {
            "a": [1.0, 2, 3, 4, 100],
            "flat": [5.0] * 5,
            "twice": [2.0, 4, 6, 8, 200],
            "b": [3.0, 1, 2, 5, 4],
        }
    )
    preparation = prepare(train)
    # Q1 2, Q3 4: bounds -1 and 7; 100 becomes the median 3; then mean 2.6, SD sqrt(5.2/4).
    row = preparation.table.set_index("feature").loc["a"]
    assert [row["lower"], row["upper"], row["median"], row["n_out_train"]] == [-1, 7, 3, 1]
    assert row["mean"] == pytest.approx(2.6)
    assert row["sd"] == pytest.approx(np.sqrt(5.2 / 4))
    assert preparation.features == ["a", "b"]
    assert "constant" in preparation.dropped["flat"]
    assert preparation.dropped["twice"] == "the same as a up to scale"
    new = preparation.apply(pd.DataFrame({"b": [2.0], "a": [50.0], "extra": [0]}))
    assert list(new) == ["a", "b"]
    assert new["a"][0] == pytest.approx((3 - 2.6) / np.sqrt(1.3))


def test_preparation_can_leave_outliers():
    train = pd.DataFrame({"a": [1.0, 2, 3, 4, 100]})
    assert prepare(train, outliers="none").table["mean"][0] == 22
    assert prepare(train, iqr_factor=1000).table["n_out_train"][0] == 0


def test_folds_are_stratified(drawn):
    y = np.repeat([0, 1], [64, 32])
    folds = stratified_folds(y, 10, np.random.default_rng(0))
    counts = pd.crosstab(folds, y)
    assert list(counts.index) == list(range(1, 11))
    assert np.ptp(counts.to_numpy(), axis=0).max() <= 1
    assert np.ptp(counts.sum(axis=1)) <= 1


def test_optimality_holds_for_few_patients_ties_twins_and_far_scales():
    rng = np.random.default_rng(4)
    twins = rng.normal(size=(60, 30))
    twins[:, 5], twins[:, 6], twins[:, 7] = twins[:, 4], 3 - 2 * twins[:, 4], 1.0
    cases = {
        "20 patients, 500 features": rng.normal(size=(20, 500)),
        "ties": rng.integers(0, 3, (60, 40)).astype(float),
        "twins and a constant": twins,
        "scales": rng.normal(size=(60, 30)) * np.geomspace(1e-8, 1e8, 30),
        "far-off values": rng.standard_cauchy(size=(60, 40)),
    }
    for name, x in cases.items():
        y = np.arange(len(x)) % 2
        scale = np.where(np.ptp(x, axis=0) == 0, 1.0, x.std(axis=0))
        for penalty, intercept, coefficients in zip(*lasso_path(x, y), strict=True):
            residual = y - 1 / (1 + np.exp(-(intercept + x @ coefficients)))
            gradient = ((x - x.mean(axis=0)) / scale).T @ residual / len(y)
            signs = penalty * np.sign(coefficients)
            assert np.abs(np.where(coefficients != 0, gradient - signs, 0)).max() < 1e-8, name
            assert np.abs(gradient).max() < penalty + 1e-8, name


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: prepare(pd.DataFrame({"a": [1.0, np.nan, 2.0]}, index=["P1", "P2", "P3"])),
            "1 of 3 .* a of patient P2",
        ),
        (lambda: prepare(pd.DataFrame({"a": ["x", "y"]})), "no numbers: a"),
        (
            lambda: prepare(pd.DataFrame({"a": [1.0, 1.0, 1.0]})),
            "none of 1 features varies among 3",
        ),
        (lambda: prepare(pd.DataFrame({"a": [1.0]})), "1 training patients, at least 2"),
        (
            lambda: prepare(pd.DataFrame({"a": [1.0, 2.0]})).apply(pd.DataFrame({"b": [1.0]})),
            "1 of 1 features are missing: a",
        ),
        (lambda: lasso_path([[1.0], [2.0]], [1, 1]), "all 2 patients have one response"),
        (lambda: lasso_path([[1.0], [2.0]], [0, 1, 1]), r"shape \(2, 1\), y \(3,\)"),
        (
            lambda: stratified_folds([0, 0, 0, 1], 3, np.random.default_rng(0)),
            "1 patients with response 1 for 3 folds",
        ),
        (
            lambda: cross_validate([[1.0], [2], [3], [5]], [0, 1, 0, 1], [1, 1, 2, 2], [0.1]),
            "2 folds, at least 3",
        ),
    ],
)
def test_refusals_name_the_numbers(call, words):
    with pytest.raises(ValueError, match=words):
        call()
