import math

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

import toolbox_reference
from npcradiomics.features.histogram import HISTOGRAM_NAMES, histogram_features


@pytest.mark.parametrize("case", toolbox_reference.CASES)
def test_equal_the_plain_moments_of_the_reference_files(case):
    volume, _ = toolbox_reference.load_case(case)
    for region, setting, entry, _ in toolbox_reference.runs(case):
        if not setting.startswith("Other_none"):
            continue
        plain = entry["plain_intensity_reference"]
        features = histogram_features(volume["volume"][volume[region] > 0])
        assert list(features) == list(HISTOGRAM_NAMES)
        expected = [
            plain[name]
            for name in (
                "mean",
                "variance_n_minus_1",
                "skewness_m3",
                "kurtosis_m4_not_excess",
                "MAD_about_mean",
                "hyperskewness_m5",
                "hyperflatness_m6",
            )
        ]
        assert_allclose(list(features.values()), expected, rtol=1e-11)


def test_closed_form_of_two_values():
    # p ones and q zeros, p + q = 1: central moments are those of a Bernoulli variable.
    features = histogram_features(np.repeat([0.0, 1.0], [30, 10]))
    p, q = 0.25, 0.75
    s = math.sqrt(p * q)
    assert features["Intensity_Mean"] == p
    assert features["Intensity_Variance"] == pytest.approx(p * q * 40 / 39, rel=1e-14)
    assert features["Intensity_MAD"] == pytest.approx(2 * p * q, rel=1e-14)
    for name, k in (("Skewness", 3), ("Kurtosis", 4), ("Hyperskewness", 5), ("Hyperflatness", 6)):
        moment = (p * q**k + q * (-p) ** k) / s**k
        assert features[f"Intensity_{name}"] == pytest.approx(moment, rel=1e-13)


def test_closed_form_of_a_uniform_distribution():
    # Midpoints of n equal steps: m2 = (1 - 1/n^2)/12 exactly; kurtosis 9/5 and hyperflatness 27/7
    # in the limit.
    n = 100_000
    features = histogram_features((np.arange(n) + 0.5) / n)
    assert features["Intensity_Variance"] == pytest.approx(
        (1 - n**-2.0) / 12 * n / (n - 1), rel=1e-12
    )
    assert features["Intensity_Kurtosis"] == pytest.approx(9 / 5, rel=1e-8)
    assert features["Intensity_Hyperflatness"] == pytest.approx(27 / 7, rel=1e-8)
    assert features["Intensity_MAD"] == pytest.approx(0.25, rel=1e-10)
    assert (
        abs(features["Intensity_Skewness"]) < 1e-12
        and abs(features["Intensity_Hyperskewness"]) < 1e-12
    )


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.float32, np.float64])
def test_equal_scipy(dtype):
    values = np.random.default_rng(1).gamma(4, 20, (9, 11, 13)).astype(dtype)
    features = histogram_features(values)
    v = values.astype(float).ravel()
    z = (v - v.mean()) / v.std()
    expected = [
        v.mean(),
        v.var(ddof=1),
        stats.skew(v),
        stats.kurtosis(v, fisher=False),
        np.abs(v - v.mean()).mean(),
        (z**5).mean(),
        (z**6).mean(),
    ]
    assert_allclose(list(features.values()), expected, rtol=1e-11)


@pytest.mark.parametrize(("scale", "shift"), [(1e-30, 0), (1e40, 0), (1, 1e9)])
def test_scale_and_offset_cost_no_digits(scale, shift):
    base = np.random.default_rng(2).integers(0, 200, 5000).astype(float)
    plain = histogram_features(base)
    moved = histogram_features(base * scale + shift)
    assert moved["Intensity_Mean"] == pytest.approx(
        plain["Intensity_Mean"] * scale + shift, rel=1e-14
    )
    assert moved["Intensity_MAD"] == pytest.approx(plain["Intensity_MAD"] * scale, rel=1e-12)
    assert moved["Intensity_Variance"] == pytest.approx(
        plain["Intensity_Variance"] * scale**2, rel=1e-12
    )
    for name in ("Skewness", "Kurtosis", "Hyperskewness", "Hyperflatness"):
        assert moved[f"Intensity_{name}"] == pytest.approx(plain[f"Intensity_{name}"], rel=1e-11)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.array([]), "0 voxels"),
        (np.full(5, 7), "all 5 values are 7:"),
        (np.array([3]), "all 1 values are 3:"),
        (np.array([1, np.nan, 3]), "1 of 3 values are NaN"),
    ],
)
def test_bad_input_is_refused_with_its_numbers(values, message):
    with pytest.raises(ValueError, match=message):
        histogram_features(values)
