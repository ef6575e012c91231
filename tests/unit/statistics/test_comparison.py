import itertools
import time

import numpy as np
import pandas as pd
import pingouin
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

import statistics_reference as reference
from npcradiomics.statistics import effect_sizes, paired_tests
from npcradiomics.statistics.comparison import adjust, apply_rule, compare_regions
from npcradiomics.statistics.pairs import small_cohort_warning

FIXED = [
    *("feature", "n", "mean_difference", "sd_difference", "shapiro_w", "shapiro_p", "test"),
    *("t", "df", "t_p", "t_low", "t_high", "v", "wilcoxon_p"),
    *("p", "p_bonferroni", "p_holm", "p_bh", "dz", "rank_biserial", "significant", "note"),
]
# Our column: R's column in r_univariate.csv, and the manifest's tolerances (relative, absolute).
R_COLUMNS = {
    "n": ("n_pairs", 0, 0),
    "n_zero": ("n_zero", 0, 0),
    "n_ties": ("n_ties", 0, 0),
    "v": ("V", 0, 0),
    "df": ("t_df", 0, 0),
    "mean_difference": ("mean_diff", 1e-9, 0),
    "sd_difference": ("sd_diff", 1e-9, 0),
    "shapiro_w": ("shapiro_W", 1e-7, 0),
    "shapiro_p": ("shapiro_p", 1e-6, 0),
    "t": ("t", 1e-9, 0),
    "t_p": ("t_p", 1e-9, 0),
    "t_low": ("t_ci_low", 1e-9, 0),
    "t_high": ("t_ci_high", 1e-9, 0),
    "wilcoxon_p": ("wilcoxon_p", 1e-9, 0),
    "rank_biserial": ("rank_biserial", 0, 1e-12),
    "dz": ("cohen_dz", 1e-9, 0),
    "hedges_gz": ("hedges_gz", 1e-9, 0),
    "dz_low": ("dz_ci_low", 0, 1e-4),
    "dz_high": ("dz_ci_high", 0, 1e-4),
    "p": ("chosen_p", 1e-9, 0),
    "p_bonferroni": ("chosen_p_bonferroni", 1e-9, 0),
    "p_bonferroni_n_tests": ("chosen_p_bonferroni_n47", 1e-9, 0),
    "p_holm": ("chosen_p_holm", 1e-9, 0),
    "p_bh": ("chosen_p_BH", 1e-9, 0),
}


@pytest.mark.parametrize("cohort", reference.COHORTS)
def test_equal_r_on_the_reference_cohorts(shared, cohort):
    folder = reference.cohort_folder(shared, cohort)
    expected = pd.read_csv(folder / "r_univariate.csv")
    ours = compare_regions(reference.read_features(folder))
    assert list(ours["feature"]) == list(expected["feature"])
    for name, (r_name, relative, absolute) in R_COLUMNS.items():
        assert_allclose(
            ours[name].astype(float), expected[r_name], relative, absolute, err_msg=name
        )
    assert list(ours["test"].fillna("none")) == list(expected["chosen_test"])
    assert_array_equal(ours["significant"], expected["significant_paper_rule"])
    # From 50 differences on the reference package answers with its own normal approximation.
    small = ours["n"] - ours["n_zero"] < 50
    exact = expected["wilcoxon_p_exact_ties"][small]
    assert_allclose(ours["wilcoxon_p_exact_ties"][small], exact, rtol=1e-9)


@pytest.mark.parametrize("name", reference.R["paired"])
def test_equal_r_on_single_vectors(name):
    case = reference.R["paired"][name]
    ours = apply_rule(np.array(case["differences"]))
    for key, value in case["r"].items():
        tolerance = {"shapiro_w": 1e-7, "shapiro_p": 1e-6}.get(key, 1e-9)
        # Of 0, 0, 1 R's p is 0 and scipy's 8e-16, the rounding of W = 3/4.
        rounding = 1e-15 if key == "shapiro_p" else 0
        expected = np.nan if value is None else value
        assert_allclose(ours[key], expected, rtol=tolerance, atol=rounding, err_msg=key)


def test_shapiro_equals_r_for_thousands():
    # R 4.2.2: x <- ((1:5000 * 0.6180339887498949) %% 1)^1.02, and the sums of 12 such sequences for
    # 4,999.
    uniform = paired_tests.shapiro_wilk((np.arange(1, 5001.0) * 0.6180339887498949 % 1) ** 1.02)
    assert_allclose(
        [uniform["shapiro_w"], uniform["shapiro_p"]],
        [0.95427328161229885, 5.9152278946149987e-37],
        1e-6,
    )
    assert_allclose(uniform["shapiro_w"], 0.95427328161229885, 1e-7)
    sums = sum(np.arange(1, 5000.0) * np.sqrt(k * k + 1.0) % 1 for k in range(1, 13))
    nearly = paired_tests.shapiro_wilk(sums)
    assert_allclose(
        [nearly["shapiro_w"], nearly["shapiro_p"]],
        [0.99926693019126223, 0.035916633033799106],
        1e-6,
    )
    assert_allclose(nearly["shapiro_w"], 0.99926693019126223, 1e-7)


@pytest.mark.parametrize("unit", [1e-200, 1e-9, 1e9])
def test_shapiro_does_not_depend_on_the_unit(unit):
    differences = np.array(reference.R["paired"]["skewed_14"]["differences"])
    ours, expected = (paired_tests.shapiro_wilk(differences * k) for k in (unit, 1.0))
    assert_allclose(ours["shapiro_w"], expected["shapiro_w"], 1e-12)
    assert_allclose(ours["shapiro_p"], expected["shapiro_p"], 1e-9)


@pytest.mark.parametrize("name", ["normal_14", "untied_49", "ties_zeros_14"])
def test_equal_pingouin_with_explicit_options(name):
    differences = np.array(reference.R["paired"][name]["differences"])
    ours = apply_rule(differences)
    zero = np.zeros_like(differences)
    t = pingouin.ttest(differences, zero, paired=True).iloc[0]
    method = {"exact": "exact", "normal": "asymptotic"}[ours["wilcoxon_method"]]
    rank = pingouin.wilcoxon(
        differences, method=method, correction=True, zero_method="wilcox"
    ).iloc[0]
    dz = pingouin.compute_effsize(differences, zero, paired=True, eftype="cohen_dz")
    assert_allclose([ours["t"], ours["t_p"], ours["dz"]], [t["T"], t["p_val"], dz], rtol=1e-12)
    assert_allclose(
        [ours["wilcoxon_p"], ours["rank_biserial"]], [rank["p_val"], rank["RBC"]], rtol=1e-12
    )


def test_columns_come_in_the_fixed_order_first():
    ours = compare_regions(reference.stacked(F_A=np.arange(1.0, 15.0)))
    assert list(ours.columns[: len(FIXED)]) == FIXED
    assert list(ours["feature"]) == ["F_A"]


def test_sizes_are_no_features():
    table = reference.stacked(F_A=np.arange(1.0, 15.0)).assign(n_voxels=100, volume_cm3=2.0)
    assert list(compare_regions(table)["feature"]) == ["F_A"]


def test_difference_is_recurrent_minus_the_rest_and_rows_may_come_in_any_order():
    table = reference.stacked(F_A=np.array([3.0, 1.0, 2.5, 4.0, 2.0, 3.5, 1.5, 2.2, 3.1, 0.5, 1.1]))
    ours = compare_regions(table)
    assert ours["mean_difference"][0] == pytest.approx(24.4 / 11)
    shuffled = compare_regions(table.sample(frac=1, random_state=3))
    pd.testing.assert_frame_equal(ours, shuffled)


def test_table_2_of_the_paper_by_its_rule():
    # V = 4 of 14 untied differences: 14 of 16384 sign patterns are as far out, the paper's printed
    # 0.0009.
    differences = -(np.arange(1.0, 15.0) ** 4)
    differences[3] *= -1
    row = apply_rule(differences)
    assert (row["test"], row["v"], row["wilcoxon_method"]) == ("wilcoxon", 4.0, "exact")
    assert row["p"] == pytest.approx(14 / 16384)


def test_strictly_below_the_threshold():
    table = reference.stacked(
        F_A=np.array([1.0, 2.0, 3.5, 4.0, 5.5, 7.0, 7.5, 9.0, 10.0, 12.0, 11.2])
    )
    p = compare_regions(table)["p"][0]
    assert not compare_regions(table, alpha=p, n_tests=1)["significant"][0]
    assert compare_regions(table, alpha=p * (1 + 1e-12), n_tests=1)["significant"][0]


@pytest.mark.parametrize(
    ("differences", "reason"),
    [
        (np.zeros(12), "all 12 differences are zero"),
        (np.full(12, 0.5), "all 12 differences are 0.5"),
        (np.full(12, 0.1) + np.r_[np.zeros(11), 1.4e-17], "all 12 differences are 0.1"),
        (np.r_[1.0, 2.0, np.full(10, np.nan)], "2 complete pairs, 3 needed"),
        (np.full(12, np.nan), "0 complete pairs, 3 needed"),
    ],
)
def test_untestable_features_are_missing_with_a_reason(differences, reason):
    tested = np.linspace(1, 3, 12) ** 2
    table = compare_regions(reference.stacked(F_A=differences, F_B=tested))
    row = table.iloc[0]
    assert row["note"] == f"not tested: {reason}"
    assert pd.isna(row["test"]) and np.isnan(row["p"]) and not row["significant"]
    assert np.isnan(
        row[["p_bonferroni", "p_holm", "p_bh", "p_bonferroni_n_tests"]].astype(float)
    ).all()
    # Adjusted over the one test that exists; the paper's 47 beside it.
    assert table["p_bonferroni"][1] == table["p"][1]
    assert table["p_bonferroni_n_tests"][1] == min(1, 47 * table["p"][1])


def test_more_than_5000_pairs_have_no_shapiro_as_in_r():
    row = apply_rule(np.random.default_rng(0).normal(1, 1, 5001))
    assert row["note"] == "not tested: Shapiro-Wilk needs 3 to 5000 pairs, there are 5001"
    assert np.isnan(row["p"]) and row["t_p"] < 1e-300 and row["wilcoxon_p"] < 1e-300


@pytest.mark.parametrize("n", [1, 2, 5, 9])
def test_exact_p_with_ties_equals_enumeration_of_all_signs(n):
    ranks = stats.rankdata(np.random.default_rng(n).integers(1, 4, n))
    sums = np.array([np.dot(signs, ranks) for signs in itertools.product([0, 1], repeat=n)])
    for v in np.unique(sums):
        expected = np.mean(np.abs(sums - ranks.sum() / 2) >= abs(v - ranks.sum() / 2) - 1e-9)
        assert paired_tests.exact_p(ranks, v) == pytest.approx(expected, rel=1e-12)


def test_what_the_wilcoxon_test_cannot_reach_is_said():
    differences = np.r_[0.0, np.geomspace(1, 4096, 13)]
    row = compare_regions(reference.stacked(F_A=differences)).iloc[0]
    # 13 differences of one sign: z = (45.5 - 0.5) / sqrt(204.75), normal since one difference was
    # zero.
    assert row["wilcoxon_p_floor"] == pytest.approx(2 * stats.norm.sf(45 / np.sqrt(204.75)))
    assert row["p"] == row["wilcoxon_p_floor"] and not row["significant"]
    assert row["note"].startswith(
        "Wilcoxon (normal, 1 zeros, 0 ties) cannot go below p = 0.0017 here"
    )
    assert row["wilcoxon_p_exact_ties"] == pytest.approx(2 / 2**13)


def test_small_cohorts_warn(caplog):
    assert "it needs 11 patients" in small_cohort_warning(10, 0.05 / 47)
    assert small_cohort_warning(11, 0.05 / 47) == ""
    compare_regions(reference.stacked(F_A=np.array([1.0, 2.0, 4.0, 3.0, 7.0])))
    (said,) = caplog.messages
    assert said.startswith("5 patients: ") and "p = 0.062, the threshold is 0.00106" in said


def test_adjusted_p_by_hand():
    p = [0.01, np.nan, 0.04, 0.03, 0.5]
    assert_allclose(adjust(p, "bonferroni"), [0.04, np.nan, 0.16, 0.12, 1.0])
    assert_allclose(adjust(p, "holm"), [0.04, np.nan, 0.09, 0.09, 0.5])
    assert_allclose(adjust(p, "fdr_bh"), [0.04, np.nan, 0.16 / 3, 0.16 / 3, 0.5])


@pytest.mark.parametrize(
    ("t", "df"), [(3.2, 13), (-0.4, 4), (0.0, 2), (17.8, 13), (40.0, 59), (12.0, 1)]
)
def test_noncentral_t_equals_scipy(t, df):
    for shift in (t - 2, t, t + 1.5):
        ours = effect_sizes.noncentral_t_cdf(t, df, shift)
        assert ours == pytest.approx(stats.nct.cdf(t, df, shift), abs=2e-8)


def test_interval_of_dz_is_finite_where_scipy_does_not_return():
    low, high = effect_sizes.dz_interval(500.0, 14)
    # Far out T is t-shift over chi: the interval of the ratio is that of chi alone.
    expected = 500 / np.sqrt(14) * np.sqrt(stats.chi2.ppf([0.025, 0.975], 13) / 13)
    assert_allclose([low, high], expected, rtol=1e-4)


def test_hedges_correction_closed_form():
    # df = 2: gamma(1) / (1 * gamma(1/2)) = 1/sqrt(pi)
    assert effect_sizes.hedges_correction(2) == pytest.approx(1 / np.sqrt(np.pi))


@pytest.mark.parametrize("name", ["skewed_14", "ties_zeros_14", "untied_50"])
def test_bootstrap_interval_equals_ranking_every_resample(name):
    differences = np.array(reference.R["paired"][name]["differences"])
    counts = effect_sizes.resample_counts(len(differences), 300, seed=5)
    assert_array_equal(counts.sum(axis=1), len(differences))
    slow = []
    for resample in counts:
        drawn = np.repeat(differences, resample)
        drawn = drawn[drawn != 0]
        ranks = stats.rankdata(np.abs(drawn))
        slow.append((ranks[drawn > 0].sum() - ranks[drawn < 0].sum()) / ranks.sum())
    expected = np.quantile(slow, [0.025, 0.975])
    assert_allclose(effect_sizes.rank_biserial_interval(differences, counts), expected, atol=1e-12)


def test_bootstrap_follows_its_seed():
    table = reference.stacked(F_A=np.array(reference.R["paired"]["untied_49"]["differences"]))
    one, same, other = (
        compare_regions(table, seed=seed)["rank_biserial_low"][0] for seed in (1, 1, 2)
    )
    assert one == same != other


def _table():
    return reference.stacked(F_A=np.arange(1.0, 4.0))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (_table().drop(columns="region"), "no column region"),
        (_table().iloc[1:], "only one region for 1 patients: P01"),
        (pd.concat([_table(), _table().iloc[:1]]), "more than one row for P01 recurrent"),
        (
            _table().replace("recurrent", "GTVr"),
            "unknown region 'GTVr', expected recurrent or non_recurrent",
        ),
        (_table().assign(F_B="high"), "not numbers: F_B"),
        (_table().assign(F_B=[np.inf, 1, 2, 3, 4, 5]), "infinite values in F_B"),
        (_table().drop(columns="F_A"), "6 rows and 0 features"),
        (
            _table().assign(patient=[None, *["P"] * 5]),
            "1 rows without a patient, the first is row 1",
        ),
        (pd.concat([_table(), _table()[["F_A"]]], axis=1), "columns twice: F_A"),
    ],
)
def test_wrong_tables_are_refused_by_name(table, message):
    with pytest.raises(ValueError, match=message):
        compare_regions(table)


def test_five_thousand_patients_in_seconds():
    rng = np.random.default_rng(1)
    table = reference.stacked(**{f"F_{i:02d}": rng.normal(size=5000) for i in range(10)})
    start = time.process_time()
    compare_regions(table)
    # 1.5 s of processor time where it was written; sorting every resample takes above 10.
    assert time.process_time() - start < 8
