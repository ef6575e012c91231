import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import stats

import statistics_reference as reference
from npcradiomics.statistics.volume_effect import size_effects, volume_ratios


def _sizes(log_ratio):
    n = len(log_ratio)
    rest = np.full(n, 20.0)
    return pd.DataFrame(
        {
            "patient": [f"P{i + 1:02d}" for i in range(n)],
            "recurrent_cm3": rest * np.exp(log_ratio),
            "non_recurrent_cm3": rest,
            "n_voxels": 100,
        }
    )


def test_ratio_by_hand():
    table = volume_ratios(
        pd.DataFrame({"patient": ["A"], "recurrent_cm3": [5.0], "non_recurrent_cm3": [15.0]})
    )
    assert table["recurrent_fraction"][0] == 0.25
    assert table["log_volume_ratio"][0] == pytest.approx(-np.log(3))


def test_planted_size_effect_is_marked_and_a_planted_difference_is_not():
    rng = np.random.default_rng(4)
    log_ratio = rng.uniform(-2, 0.5, 40)
    noise = rng.normal(0, 0.3, 40)
    table = reference.stacked(
        F_Size=-2 * log_ratio + noise, F_Own=3 + noise, F_Both=5 - 2 * log_ratio + noise
    )
    ours = size_effects(table, _sizes(log_ratio).sample(frac=1, random_state=0)).set_index(
        "feature"
    )
    assert list(ours["size_mark"]) == ["size", "own", "own"]
    # Spearman by its definition: Pearson of the ranks.
    rho = np.corrcoef(stats.rankdata(-2 * log_ratio + noise), stats.rankdata(log_ratio))[0, 1]
    assert ours.loc["F_Size", "size_spearman"] == pytest.approx(rho)
    t = rho * np.sqrt(38 / (1 - rho**2))
    assert ours.loc["F_Size", "size_spearman_p"] == pytest.approx(2 * stats.t.sf(abs(t), 38))


def test_line_by_hand():
    # x = -1 0 1 2, d = 1 2 3 6: slope 1.6, intercept 2.2, residuals .4 -.2 -.8 .6, s2 = 0.6,
    # variance of the intercept s2 (1/4 + 0.5^2 / 5) = 0.18
    ours = size_effects(
        reference.stacked(F_A=np.array([1.0, 2, 3, 6])), _sizes(np.array([-1.0, 0, 1, 2]))
    ).iloc[0]
    assert_allclose([ours["slope"], ours["equal_size_difference"]], [1.6, 2.2])
    half = stats.t.ppf(0.975, 2) * np.sqrt(0.18)
    assert_allclose([ours["equal_size_low"], ours["equal_size_high"]], [2.2 - half, 2.2 + half])
    assert ours["equal_size_p"] == pytest.approx(2 * stats.t.sf(2.2 / np.sqrt(0.18), 2))
    assert not ours["extrapolated"]


def test_no_false_marks_of_own_difference_under_pure_size():
    rng = np.random.default_rng(8)
    marks = []
    for _ in range(40):
        log_ratio = rng.uniform(-2, 0.5, 14)
        differences = {f"F_{k}": -log_ratio + rng.normal(0, 0.3, 14) for k in range(5)}
        marks += list(
            size_effects(reference.stacked(**differences), _sizes(log_ratio))["size_mark"]
        )
    # "own" happens by chance in 2.5 % (one side of a 5 % test): of 200 features 5 are expected.
    assert marks.count("own") < 13
    assert marks.count("size") > 150


@pytest.mark.parametrize("scale", [1e-200, 1e-8, 1e8])
def test_marks_do_not_depend_on_the_unit(scale):
    log_ratio = np.linspace(-2, -0.5, 12)
    d = -log_ratio + 0.1 * np.sin(np.arange(12.0))
    one, other = (
        size_effects(reference.stacked(F_A=v), _sizes(log_ratio)).iloc[0] for v in (d, d * scale)
    )
    assert one["size_mark"] == other["size_mark"] == "size"
    assert other["equal_size_p"] == pytest.approx(one["equal_size_p"])
    assert other["equal_size_low"] == pytest.approx(one["equal_size_low"] * scale, rel=1e-9)
    assert one["extrapolated"]


def test_what_cannot_be_said_is_open_with_a_reason():
    nan = np.nan
    table = reference.stacked(F_A=np.full(5, 2.0), F_B=np.array([1.0, 2, 3, nan, nan]))
    ours = size_effects(table, _sizes(np.linspace(-1, 1, 5)))
    assert list(ours["size_mark"]) == ["open", "open"]
    assert list(ours["note"]) == [
        "all 5 differences are the same",
        "3 complete pairs, 4 needed for a line and its error",
    ]
    same = size_effects(reference.stacked(F_A=np.arange(5.0)), _sizes(np.zeros(5)))
    assert same["note"][0] == "all 5 volume ratios are the same"


def test_errors_name_the_patient():
    table = reference.stacked(F_A=np.arange(5.0))
    sizes = _sizes(np.zeros(5))
    with pytest.raises(ValueError, match="no sizes for 1 patients: P05"):
        size_effects(table, sizes.iloc[:4])
    with pytest.raises(ValueError, match=r"patient P02: recurrent_cm3 is 0\.0, must be above 0"):
        size_effects(table, sizes.assign(recurrent_cm3=[1, 0.0, 1, 1, 1]))
    with pytest.raises(ValueError, match="patient P01 twice"):
        volume_ratios(pd.concat([sizes, sizes]))
    with pytest.raises(ValueError, match="no column non_recurrent_cm3"):
        volume_ratios(sizes.drop(columns="non_recurrent_cm3"))
