import numpy as np
import pandas as pd
import pytest
import statistics_reference as reference
from scipy import stats

from npcradiomics.comparison import compare_regions
from npcradiomics.stability import COLUMNS, stability

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


@pytest.mark.filterwarnings("ignore:.*patients")
def test_leaving_one_out_equals_comparing_the_other_patients():
    table, ours = _stability(n_boot=50)
    left_out = {
        patient: compare_regions(table[table["patient"] != patient], n_boot=10).set_index("feature")
        for patient in table["patient"].unique()
    }
    for row in ours.itertuples():
        for name in ("p", "dz"):
            values = pd.Series({patient: answers.loc[row.feature, name] for patient, answers in left_out.items()})
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
    # V = 3 of 14: most cohorts draw the negative patient once at most; a few patients carry the mean, so the
    # t-test stays far from the threshold.
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
