"""The 396 features: names, ITK's values against a slow count by hand, closed forms."""

import itertools

import numpy as np
import pytest

from npcradiomics.features.analysis_kit import (
    form_factor,
    grey_levels,
    kit_features,
    kit_histogram,
)
from npcradiomics.features.in_plane import ANGLES, COOCCURRENCE, OFFSETS, RUN_LENGTH

STEPS_YX = {0: (0, 1), 45: (-1, 1), 90: (-1, 0), 135: (-1, -1)}
SPACING = (6.0, 1.1, 1.1)
N_LEVELS = 32  # more than the region is wide: one voxel of distance per bin


@pytest.fixture(scope="module")
def region():
    rng = np.random.default_rng(11)
    z, y, x = np.indices((4, 20, 22))
    mask = ((z - 1.5) / 2.2) ** 2 + ((y - 9.5) / 9.0) ** 2 + ((x - 10.5) / 10.0) ** 2 < 1
    coarse = rng.normal(size=(4, 7, 8)).repeat(3, axis=1).repeat(3, axis=2)[:, :20, :22]
    return np.round(200 + 40 * coarse + 10 * rng.normal(size=mask.shape)), mask


@pytest.fixture(scope="module")
def features(region):
    return kit_features(*region, SPACING, N_LEVELS).features


def test_there_are_396_names_in_the_counts_of_the_program(features):
    names = list(features)
    assert len(names) == len(set(names)) == 396
    directional = [name for name in names if "_offset" in name]
    assert len([n for n in directional if n.split("_")[0] in COOCCURRENCE]) == 144
    assert len([n for n in directional if n.split("_")[0] in RUN_LENGTH]) == 180
    # The five the paper kept, and one of the examples.
    for name in (
        "stdDeviation",
        "ClusterProminence_angle135_offset4",
        "Correlation_angle135_offset4",
    ):
        assert name in names
    for name in (
        "Inertia_angle135_offset4",
        "InverseDifferenceMoment_angle45_offset4",
        "Inertia_AllDirection_offset7_SD",
    ):
        assert name in names


def counted_pairs(levels, step, offset, n_levels=N_LEVELS):
    """Symmetric pair counts of levels 0..n-1 (negative outside), voxel by voxel."""
    pairs = np.zeros((n_levels, n_levels))
    for z, y, x in np.argwhere(levels >= 0):
        other = y + offset * step[0], x + offset * step[1]
        if (
            0 <= other[0] < levels.shape[1]
            and 0 <= other[1] < levels.shape[2]
            and levels[z, *other] >= 0
        ):
            a, b = levels[z, y, x], levels[z, *other]
            pairs[a, b] += 1
            pairs[b, a] += 1
    return pairs


def cooccurrence_by_hand(pairs):
    """ITK's formulas;

    its Correlation divides by the variance twice, HaralickCorrelation by that of the margins.
    """
    p = pairs / pairs.sum()
    i, j = np.indices(p.shape)
    mean = (i * p).sum()
    variance = ((i - mean) ** 2 * p).sum()
    margin = p.sum(axis=1)
    return {
        "GLCMEnergy": (p**2).sum(),
        "GLCMEntropy": -(p[p > 1e-4] * np.log2(p[p > 1e-4])).sum(),  # ITK leaves rarer pairs out
        "Correlation": ((i - mean) * (j - mean) * p).sum() / variance**2,
        "InverseDifferenceMoment": (p / (1 + (i - j) ** 2)).sum(),
        "Inertia": ((i - j) ** 2 * p).sum(),
        "ClusterShade": ((i + j - 2 * mean) ** 3 * p).sum(),
        "ClusterProminence": ((i + j - 2 * mean) ** 4 * p).sum(),
        "HaralickCorrelation": ((i * j * p).sum() - margin.mean() ** 2) / margin.var(),
    }


def runs_by_hand(levels, step, offset):
    """(level, length index) counts of runs: voxels `offset` apart with one level;

    index = whole distance in voxels.
    """
    runs = {}
    distance = offset * np.hypot(*step)
    inside = {tuple(v) for v in np.argwhere(levels >= 0)}
    for z, y, x in inside:
        level = levels[z, y, x]
        before = (z, y - offset * step[0], x - offset * step[1])
        if before in inside and levels[before] == level:
            continue
        n, here = 1, (z, y + offset * step[0], x + offset * step[1])
        while here in inside and levels[here] == level:
            n, here = n + 1, (z, here[1] + offset * step[0], here[2] + offset * step[1])
        key = (level, int(np.floor((n - 1) * distance + 1e-9)))
        runs[key] = runs.get(key, 0) + 1
    return runs


def run_length_by_hand(runs):
    total = sum(runs.values())
    i = np.array([level + 1.0 for level, _ in runs])
    j = np.array([length + 1.0 for _, length in runs])
    n = np.array(list(runs.values()), dtype=float)

    def grouped(key):
        return sum(np.sum(n[key == k]) ** 2 for k in np.unique(key)) / total

    values = [n / j**2, n * j**2, None, None, n / i**2, n * i**2, n / (i * j) ** 2, n * i**2 / j**2]
    values += [n * j**2 / i**2, n * (i * j) ** 2]
    sums = [None if v is None else v.sum() / total for v in values]
    sums[2], sums[3] = grouped(i), grouped(j)
    return dict(zip(RUN_LENGTH, sums, strict=True))


@pytest.mark.parametrize(("angle", "offset"), list(itertools.product(ANGLES, OFFSETS)))
def test_itk_s_co_occurrence_is_the_count_by_hand(region, features, angle, offset):
    levels = grey_levels(*region, N_LEVELS) - 1
    expected = cooccurrence_by_hand(counted_pairs(levels, STEPS_YX[angle], offset))
    for name, value in expected.items():
        assert features[f"{name}_angle{angle}_offset{offset}"] == pytest.approx(value, rel=1e-9), (
            name
        )


def test_entropy_with_many_levels_leaves_rare_pairs_out():
    volume = np.random.default_rng(2).normal(size=(3, 60, 60))
    inside = np.ones_like(volume)
    pairs = counted_pairs(grey_levels(volume, inside > 0, 128) - 1, (0, 1), 1, 128)
    p = pairs / pairs.sum()
    found = kit_features(volume, inside, SPACING, 128).features["GLCMEntropy_angle0_offset1"]
    assert found == pytest.approx(cooccurrence_by_hand(pairs)["GLCMEntropy"], rel=1e-9)
    assert found < -(p[p > 0] * np.log2(p[p > 0])).sum() - 1


@pytest.mark.parametrize(("angle", "offset"), list(itertools.product(ANGLES, OFFSETS)))
def test_itk_s_run_length_is_the_count_by_hand(region, features, angle, offset):
    levels = grey_levels(*region, N_LEVELS) - 1
    expected = run_length_by_hand(runs_by_hand(levels, STEPS_YX[angle], offset))
    for name, value in expected.items():
        assert features[f"{name}_angle{angle}_offset{offset}"] == pytest.approx(value, rel=1e-9), (
            name
        )


def test_all_direction_is_mean_and_sd_over_the_four_angles(features):
    four = [features[f"Inertia_angle{angle}_offset7"] for angle in ANGLES]
    assert features["Inertia_AllDirection_offset7"] == pytest.approx(np.mean(four))
    assert features["Inertia_AllDirection_offset7_SD"] == pytest.approx(np.std(four))


def test_stripes_along_the_diagonal_are_told_by_their_angle():
    # Rows and columns grow downwards and to the right: voxels with equal x - y lie on the
    # 135-degree diagonal.
    y, x = np.indices((24, 28))
    volume = ((x - y) % 8 < 3).astype(float)[None]
    features = kit_features(volume, np.ones_like(volume), SPACING, 2).features
    assert features["Inertia_angle135_offset4"] == 0
    assert features["Inertia_angle45_offset4"] == 0  # 8 voxels across the stripes: one whole period
    assert features["Inertia_angle0_offset4"] == 0.75  # 6 of the 8 places in a period change
    assert features["InverseDifferenceMoment_angle135_offset1"] == 1


def test_brightness_and_contrast_leave_texture_alone(region, features):
    volume, mask = region
    other = kit_features(3 * volume + 1000, mask, SPACING, N_LEVELS).features
    for name, value in features.items():
        if "_offset" in name or name in (
            "skewness",
            "kurtosis",
            "Entropy",
            "SmallAreaEmphasis",
            "HaraEntropy",
        ):
            assert other[name] == pytest.approx(value, rel=1e-9), name


def test_what_lies_outside_the_mask_does_not_matter(region, features):
    volume, mask = region
    changed = np.where(mask, volume, 1e6)
    assert kit_features(changed, mask, SPACING, N_LEVELS).features == features


def test_histogram_by_hand():
    values = np.array([1.0, 2.0, 3.0, 4.0, 10.0])
    found = kit_histogram(values, np.array([1, 1, 2, 2, 4]), 4)
    assert len(found) == 42
    assert found["MeanValue"] == 4
    assert found["stdDeviation"] == pytest.approx(np.sqrt(12.5))
    assert found["RMS"] == pytest.approx(np.sqrt(130 / 5))
    assert found["MeanDeviation"] == pytest.approx(12 / 5)
    assert found["skewness"] == pytest.approx((-27 - 8 - 1 + 216) / 5 / 10**1.5)
    assert found["Uniformity"] == pytest.approx(0.16 + 0.16 + 0.04)
    assert found["Entropy"] == pytest.approx(-0.8 * np.log2(0.4) - 0.2 * np.log2(0.2))
    assert [found["Percentile50"], found["Quantile0.25"], found["Percentile90"]] == pytest.approx(
        [3, 2, 7.6]
    )
    assert found["FrequencySize"] == 3


def test_form_factor_of_a_ball():
    z, y, x = np.indices((61, 61, 61)) - 30
    found = form_factor(z**2 + y**2 + x**2 < 25**2, (1.0, 1.0, 1.0))
    assert len(found) == 9
    assert found["VolumeMM"] == pytest.approx(4 / 3 * np.pi * 25**3, rel=0.01)
    # A mesh of voxels stays 8 % above the area of the ball, however fine.
    assert found["Sphericity"] == pytest.approx(1, abs=0.09)
    assert found["Maximum3DDiameter"] == pytest.approx(50, abs=1)
    assert found["SphericalDisproportion"] == pytest.approx(1 / found["Sphericity"])
    assert found["Compactness2"] == pytest.approx(found["Sphericity"] ** 3)


def test_one_slice_works_in_the_plane_and_says_what_does_not_compare(region):
    volume, mask = region
    flat = kit_features(volume[1:2], mask[1:2], SPACING, N_LEVELS)
    assert len(flat.features) == 396
    assert "form factor" in flat.notes[0]
    assert kit_features(volume, mask, SPACING, N_LEVELS).notes == []
    # In-plane features of one slice are those of the same slice twice.
    twice = kit_features(
        np.repeat(volume[1:2], 2, 0), np.repeat(mask[1:2], 2, 0), SPACING, N_LEVELS
    ).features
    for name, value in flat.features.items():
        if name.split("_")[0] in COOCCURRENCE:
            assert twice[name] == pytest.approx(value, rel=1e-9), name


@pytest.mark.parametrize(
    ("volume", "mask", "words"),
    [
        (np.full((2, 9, 9), 7.0), np.ones((2, 9, 9)), "all 162 voxels of the region have the value 7"),
        (np.zeros((2, 9, 9)), np.zeros((2, 9, 9)), "empty"),
        (np.arange(50.0).reshape(2, 5, 5), np.ones((2, 5, 5)), "no two of the 50 voxels .* lie 7 voxels apart at 0 degrees"),
        (np.full((2, 9, 9), np.nan), np.ones((2, 9, 9)), "162 of 162 voxels in mask are NaN"),
    ],
)  # fmt: skip
def test_refusals(volume, mask, words):
    with pytest.raises(ValueError, match=words):
        kit_features(volume, mask, SPACING, N_LEVELS)
