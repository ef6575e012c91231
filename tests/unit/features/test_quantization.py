import numpy as np
import pytest
import yaml
from numpy.testing import assert_allclose

import toolbox_reference
from npcradiomics.features.quantization import N_LEVELS, fit, fit_optimal, uniform
from repository import ROOT


@pytest.mark.parametrize(
    ("study", "section"), [("heterogeneity", "extraction"), ("response", "features")]
)
def test_config_and_core_have_one_default(study, section):
    schema = ROOT / f"workflow/schemas/{study}_config.schema.yaml"
    declared = yaml.safe_load(schema.read_text(encoding="utf-8"))["properties"][section]
    assert declared["properties"]["n_levels"]["default"] == N_LEVELS == 256


def reference_values(case, entry, region, arrays):
    """The intensities a reference run quantized, in (z, y, x) order."""
    volume, _ = toolbox_reference.load_case(case)
    if "resampled_raw" in arrays:
        return arrays["resampled_raw"][arrays["levels"] > 0]
    return volume["volume"][arrays["levels"] > 0]


@pytest.mark.parametrize("case", toolbox_reference.CASES)
def test_quantizers_equal_the_original_toolbox_to_the_last_bit(case):
    for region, setting, entry, arrays in toolbox_reference.runs(case):
        values = reference_values(case, entry, region, arrays)
        n_levels = arrays["GLCM"].shape[0]
        quantizer = (uniform if "Uniform" in setting else fit)(values, n_levels)
        # Tie voxels included: means are summed in MATLAB's order.
        assert np.array_equal(quantizer.apply(values), arrays["levels"][arrays["levels"] > 0]), (
            region,
            setting,
        )
        assert (quantizer.low, quantizer.high) == (entry["raw_min"], entry["raw_max"])
        if "Lloyd" in setting:
            assert_allclose(quantizer.thresholds, arrays["thresholds"], rtol=0, atol=1e-15)
            assert_allclose(quantizer.codebook, arrays["codebook"], rtol=0, atol=1e-15)
            assert quantizer.n_iterations == entry["lloyd"]["iterations"]
            assert quantizer.distortion == pytest.approx(
                entry["lloyd"]["distortion"], rel=1e-12, abs=1e-40
            )


def slow_lloyd(x, n_levels):
    """MATLAB's lloyds restated from DEFINITIONS section 1, cell by cell."""
    x = np.sort(x)
    width = (x[-1] - x[0]) / n_levels
    codes = x[0] + width / 2 + width * np.arange(n_levels)
    last, passes = 0.0, 0
    while True:
        thresholds = (codes[1:] + codes[:-1]) / 2
        cell = (x[:, None] > thresholds).sum(1)
        distortion = ((x - codes[cell]) ** 2).mean()
        tiny = np.finfo(float).eps * x[-1]
        measure = abs(distortion - last) / distortion if distortion > tiny else distortion
        if measure <= 1e-7 or measure <= tiny:
            return thresholds, codes, passes, distortion
        last, passes = distortion, passes + 1
        new = codes.copy()
        for i in range(n_levels):
            low = thresholds[i - 1] if i else x[0]
            high = thresholds[i] if i < n_levels - 1 else x[-1]
            members = x[cell == i]
            if not members.size:
                members = x[(x >= low) & (x <= high)]
            new[i] = (
                np.add.accumulate(members)[-1] / members.size if members.size else (low + high) / 2
            )
        codes = np.sort(new)


RNG = np.random.default_rng(20)
SAMPLES = {
    "normal": RNG.normal(100, 20, 900),
    "two peaks with a gap": np.concatenate([RNG.normal(0, 1, 300), RNG.normal(50, 1, 200)]),
    "integers": RNG.integers(0, 400, 700),
    "few integers": RNG.integers(-3, 9, 300),
    "exponential, empty cells": RNG.exponential(1, 400) ** 3,
    "float32": RNG.gamma(3, 100, 500).astype(np.float32),
    "two values": np.array([4, 4, 9]),
    "negative": -RNG.random(200) * 1e6,
    "lattice that falls on thresholds": np.repeat(np.arange(0, 64, 3), RNG.integers(1, 9, 22)),
}


@pytest.mark.parametrize("n_levels", [2, 3, 8, 32, 100, 256, 1024])
@pytest.mark.parametrize("name", SAMPLES)
def test_fit_equals_a_slow_restatement(name, n_levels):
    values = SAMPLES[name].astype(float)
    x = (values - values.min()) / (values.max() - values.min())
    thresholds, codes, passes, distortion = slow_lloyd(x, n_levels)
    quantizer = fit(SAMPLES[name], n_levels)
    assert np.array_equal(quantizer.thresholds, thresholds)
    assert np.array_equal(quantizer.codebook, codes)
    assert quantizer.n_iterations == passes
    assert quantizer.distortion == pytest.approx(distortion, rel=1e-10, abs=1e-30)
    assert np.array_equal(quantizer.apply(SAMPLES[name]), (x[:, None] > thresholds).sum(1) + 1)


def test_help_example_of_matlab():
    # sin at 1000 points, 8 codes: thresholds +-0.81185, +-0.55... since R14SP3 (0.8572 before),
    # DEFINITIONS section 1.
    quantizer = fit(np.sin(2 * np.pi * np.arange(1, 1001) / 1000), 8)
    thresholds = 2 * quantizer.thresholds - 1
    assert_allclose(thresholds, -thresholds[::-1], atol=1e-12)
    assert_allclose(thresholds[4:], [0.277, 0.5516, 0.81185], atol=3e-4)
    assert thresholds[6] == pytest.approx(0.81185, abs=5e-6)


def test_equally_spread_values_give_equal_steps():
    quantizer = fit(np.arange(1024), 8)
    assert_allclose(quantizer.thresholds * 1023, np.arange(1, 8) * 128 - 0.5)
    assert_allclose(quantizer.codebook * 1023, np.arange(8) * 128 + 63.5)
    assert np.array_equal(quantizer.apply(np.arange(1024)), np.arange(1024) // 128 + 1)


def test_apply_keeps_the_shape_and_clips_to_the_range_of_the_fit():
    quantizer = fit(np.array([0.0, 1, 2, 3]), 4)
    levels = quantizer.apply(np.array([[[-50.0, 0, 1], [2, 3, 80]]]))
    assert levels.tolist() == [[[1, 1, 2], [3, 4, 4]]]
    assert uniform(np.array([0, 30]), 4).apply(np.array([-9, 5, 14, 15, 99])).tolist() == [
        1,
        2,
        2,
        3,
        4,
    ]


def test_a_value_on_a_threshold_gets_the_lower_level():
    quantizer = fit(np.array([0, 2, 4]), 2)  # codes 0.25 -> mean of 0 and 1/2, and 1; threshold 5/8
    assert_allclose(quantizer.thresholds, [0.625])
    assert quantizer.apply(np.array([2.4999, 2.5, 2.5001])).tolist() == [1, 1, 2]


@pytest.mark.parametrize("seed", range(12))
def test_optimum_equals_exhaustive_search(seed):
    from itertools import combinations

    rng = np.random.default_rng(seed)
    values = np.sort(rng.integers(0, 40, 12) if seed % 2 else rng.exponential(1, 12))
    x = (values - values.min()) / (values.max() - values.min())
    distinct = np.unique(x)
    for n_levels in (2, 3, 4):
        best = min(
            sum(((part - part.mean()) ** 2).sum() for part in np.split(x, np.searchsorted(x, cut)))
            for cut in combinations(distinct[1:], n_levels - 1)
        )
        quantizer = fit_optimal(values, n_levels)
        assert quantizer.distortion == pytest.approx(best / x.size, rel=1e-9)
        reached = (x - quantizer.codebook[quantizer.apply(values) - 1]) ** 2
        assert reached.mean() == pytest.approx(best / x.size, rel=1e-9)
        assert quantizer.distortion <= fit(values, n_levels).distortion * (1 + 1e-12)


def test_optimum_of_many_values_is_a_fixed_point_below_lloyd():
    values = np.random.default_rng(3).gamma(3, 100, 5000)
    for n_levels in (16, 256):
        optimal, lloyd = fit_optimal(values, n_levels), fit(values, n_levels)
        assert optimal.distortion < lloyd.distortion
        x = (values - optimal.low) / (optimal.high - optimal.low)
        levels = optimal.apply(values)
        assert np.array_equal(np.unique(levels), np.arange(1, n_levels + 1))
        means = np.bincount(levels - 1, x) / np.bincount(levels - 1)
        assert_allclose(means, optimal.codebook, rtol=1e-12)


@pytest.mark.parametrize("quantize", [fit, fit_optimal, uniform])
@pytest.mark.parametrize(
    ("values", "n_levels", "message"),
    [
        (np.full(7, 3.5), 8, "all 7 values are 3.5: a constant region"),
        (np.array([]), 8, "0 voxels"),
        (np.array([1.0, np.nan, 2, np.inf]), 8, "2 of 4 values are NaN or infinite"),
        (np.arange(9), 1, "n_levels is 1;"),
        (np.arange(9), 1025, "n_levels is 1025;"),
        (np.arange(9), 2.5, "n_levels is 2.5;"),
    ],
)
def test_bad_input_is_refused_with_its_numbers(quantize, values, n_levels, message):
    with pytest.raises(ValueError, match=message):
        quantize(values, n_levels)


def test_optimum_refuses_as_many_levels_as_values():
    with pytest.raises(ValueError, match="5 distinct values for 8 levels"):
        fit_optimal(np.array([1, 1, 2, 3, 4, 9]), 8)


def test_apply_refuses_nan():
    with pytest.raises(ValueError, match="1 of 2 values are NaN"):
        fit(np.arange(9), 4).apply(np.array([np.nan, 1.0]))
