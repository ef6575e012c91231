import numpy as np
import pandas as pd
import pytest
from scipy import stats

import statistics_reference as reference
from npcradiomics.statistics.comparison import apply_rule, compare_regions
from npcradiomics.statistics.paired_tests import signed_rank
from npcradiomics.statistics.stability import COLUMNS, stability

STRONG = np.array([2.1, 3.0, 2.6, 3.3, 1.9, 2.8, 3.6, 2.2, 2.9, 3.1, 2.4, 2.7, 3.4, 2.0])
SKEWED = np.geomspace(1, 4096, 14) * np.where(np.arange(14) == 2, -1, 1)
WEAK = np.array([0.1, -0.2, 0.3, 0.1, -0.1, 0.2, 0.0, 0.4, -0.3, 0.2, 0.1, -0.2, 0.3, 0.1])


def _stability(**options):
    table = reference.stacked(F_Strong=STRONG, F_Skewed=SKEWED, F_Weak=WEAK)
    return table, stability(table, compare_regions(table), **options)


def test_only_significant_features_have_rows():
    _, ours = _stability(n_boot=50)
    assert list(ours["feature"]) == ["F_Strong", "F_Skewed"]
    assert list(ours["test"]) == ["t", "wilcoxon"]


def test_leaving_one_out_equals_comparing_the_other_patients():
    table, ours = _stability(n_boot=50)
    left_out = {
        patient: compare_regions(table[table["patient"] != patient], n_boot=10).set_index("feature")
        for patient in table["patient"].unique()
    }
    for row in ours.itertuples():
        for name in ("p", "dz"):
            values = pd.Series(
                {patient: answers.loc[row.feature, name] for patient, answers in left_out.items()}
            )
            assert getattr(row, f"{name}_min") == pytest.approx(values.min(), rel=1e-12)
            assert getattr(row, f"{name}_max") == pytest.approx(values.max(), rel=1e-12)
            assert values[getattr(row, f"{name}_max_without")] == values.max()
            assert values[getattr(row, f"{name}_min_without")] == values.min()
        significant = [answers.loc[row.feature, "significant"] for answers in left_out.values()]
        assert row.left_out_significant == np.mean(significant)


def test_bootstrap_of_a_strong_and_of_a_borderline_feature():
    _, ours = _stability(n_boot=400)
    shares = ours.set_index("feature")["bootstrap_significant"]
    assert shares["F_Strong"] == 1.0
    # V = 3 of 14: most cohorts draw the negative patient once at most; a few patients carry the
    # mean, so the t-test stays far from the threshold.
    assert 0.5 < shares["F_Skewed"] < 1
    assert ours.set_index("feature").loc["F_Skewed", "bootstrap_t_significant"] < 0.05


def test_bootstrap_share_of_the_t_test_equals_a_plain_loop():
    values = STRONG - 2.0
    table = reference.stacked(F_A=values)
    statistics = compare_regions(table)
    ours = stability(table, statistics, n_boot=200, seed=7)
    drawn = np.random.default_rng([7, 14]).integers(0, 14, (200, 14))
    p = [stats.ttest_1samp(values[i], 0) for i in drawn]
    expected = np.mean([answer.pvalue < 0.05 / 47 and answer.statistic > 0 for answer in p])
    assert 0 < expected < 1
    assert ours["bootstrap_significant"][0] == expected


def test_same_seed_same_share():
    _, one = _stability(n_boot=100, seed=1)
    _, same = _stability(n_boot=100, seed=1)
    pd.testing.assert_frame_equal(one, same)


def test_nothing_significant_gives_an_empty_table_with_its_columns():
    table = reference.stacked(F_Weak=WEAK)
    ours = stability(table, compare_regions(table))
    assert ours.empty and list(ours.columns) == list(COLUMNS)


def _many(kind, n=61):
    """Differences of n patients, of which leaving one out leaves the normal Wilcoxon p (50 non-zero differences or more)."""
    rng = np.random.default_rng(5)
    values = rng.lognormal(0, 1, n) if kind != "normal" else rng.normal(0.6, 1, n)
    if kind == "tied":
        values = np.round(2 * values) / 2
        values[:5] = 0, 0, -1, -2, -0.5
    if kind == "outlier":
        values[7] = 1e9  # its squared deviation is all of the sum but 1e-14 of it
    return values


@pytest.mark.parametrize("kind", ["normal", "skewed", "tied", "outlier"])
def test_leaving_one_of_many_out_equals_the_rule_on_the_others(kind):
    values = _many(kind)
    table = reference.stacked(F_A=values)
    statistics = compare_regions(table, n_boot=10).assign(significant=True)
    row = stability(table, statistics, n_boot=10).iloc[0]
    answers = pd.DataFrame([apply_rule(np.delete(values, i)) for i in range(len(values))])
    for name in ("p", "dz"):
        assert (row[f"{name}_min"], row[f"{name}_max"]) == (
            answers[name].min(),
            answers[name].max(),
        )
    assert row["left_out_significant"] == np.mean(answers["p"] < 0.05 / 47)
    assert row["other_test"] == (answers["test"] != statistics["test"][0]).sum()


def test_of_more_than_500_patients_nobody_is_left_out_and_that_is_said(caplog):
    values = np.random.default_rng(3).lognormal(0, 1, 501)
    table = reference.stacked(F_A=values)
    statistics = compare_regions(table, n_boot=10)
    row = stability(table, statistics, n_boot=20).iloc[0]
    assert caplog.messages == ["501 patients: nobody is left out in turn above 500"]
    left_out = [c for c in COLUMNS if c.startswith(("p_", "dz_", "left_out", "other"))]
    assert len(left_out) == 10 and row[left_out].isna().all()
    # The mean is 17 of its standard errors from 0: no drawn cohort loses it.
    assert row["bootstrap_significant"] == row["bootstrap_t_significant"] == 1.0


def test_bootstrap_share_of_the_signed_rank_test_equals_a_plain_loop():
    # Borderline, with ties and zeros: in some of the drawn cohorts fewer than 50 differences are
    # left.
    values = np.round(np.random.default_rng(5).lognormal(0, 1, 60) - 0.55, 1)
    values[:8] = 0
    table = reference.stacked(F_A=values)
    statistics = compare_regions(table, n_boot=10).assign(significant=True)
    assert statistics["test"][0] == "wilcoxon"
    ours = stability(table, statistics, n_boot=300, seed=7)
    samples = values[np.random.default_rng([7, 60]).integers(0, 60, (300, 60))]
    few = np.count_nonzero(samples, axis=1) < 50
    assert 0 < few.sum() < 300
    expected = []
    for sample in samples:
        nonzero = sample[sample != 0]
        p = signed_rank(sample)["wilcoxon_p"]
        if len(nonzero) < 50:
            signs = stats.rankdata(np.abs(nonzero))
            p = exact_two_sided(signs, signs[nonzero > 0].sum())
        expected.append(p < 0.05 / 47 and np.sign(sample.mean()) == np.sign(values.mean()))
    assert 0 < np.mean(expected) < 1
    assert ours["bootstrap_significant"][0] == np.mean(expected)


def exact_two_sided(ranks, v):
    """The distribution of the rank sum over all signs, as a dictionary that grows by a rank at a time."""
    shares = {0.0: 1.0}
    for rank in ranks:
        grown = {}
        for total, share in shares.items():
            for new in (total, total + rank):
                grown[new] = grown.get(new, 0.0) + share / 2
        shares = grown
    tail = min(v, ranks.sum() - v)
    return min(1.0, 2 * sum(share for total, share in shares.items() if total <= tail))
