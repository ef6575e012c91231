import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

import toolbox_reference
from npcradiomics.features.scanning import scan_region
from npcradiomics.features.toolbox import (
    FAMILIES,
    TEXTURE_NAMES,
    texture_features,
    undefined_features,
)


@pytest.mark.parametrize("case", toolbox_reference.CASES)
def test_matrices_and_features_equal_the_original_toolbox(case):
    n_runs = 0
    for region, setting, entry, arrays in toolbox_reference.runs(case):
        n_levels = arrays["GLCM"].shape[0]
        matrices = toolbox_reference.texture_matrices(arrays["levels"], n_levels)
        for name, matrix in matrices.items():
            assert_allclose(
                matrix, arrays[name], rtol=1e-11, atol=0, err_msg=f"{region} {setting} {name}"
            )
        features = texture_features(arrays["levels"], n_levels)
        expected = toolbox_reference.flat_features(entry)
        assert list(features) == list(expected) == list(TEXTURE_NAMES)
        assert_allclose(
            list(features.values()),
            list(expected.values()),
            rtol=1e-11,
            err_msg=f"{region} {setting}",
        )
        assert scan_region(arrays["levels"], n_levels)[1] == entry["branch"]
        assert undefined_features(features) == {}
        n_runs += 1
    assert n_runs == 24


def slow_matrices(levels, n_levels):
    """The four matrices restated from their definitions, voxel by voxel, in plain Python."""
    region = {tuple(v): int(levels[tuple(v)]) for v in np.argwhere(levels > 0)}
    flat = len({z for z, _, _ in region}) == 1
    slices = (0,) if flat else (-1, 0, 1)
    offsets = [
        (z, y, x) for z in slices for y in (-1, 0, 1) for x in (-1, 0, 1) if (z, y, x) != (0, 0, 0)
    ]

    def moved(voxel, offset, times=1):
        return tuple(v + times * o for v, o in zip(voxel, offset, strict=True))

    def distance(offset):
        return math.sqrt(sum(map(abs, offset)))

    glcm = np.zeros((n_levels, n_levels))
    sums = np.zeros(n_levels)
    number = np.zeros(n_levels)
    for voxel, level in region.items():
        total = weights = 0.0
        for offset in offsets:
            other = region.get(moved(voxel, offset))
            if other is not None:
                glcm[level - 1, other - 1] += distance(offset)
                total += other / distance(offset)
                weights += 1 / distance(offset)
        if weights:
            sums[level - 1] += abs(level - total / weights)
            number[level - 1] += 1

    runs = np.zeros((n_levels, max(levels.shape)))
    for offset in offsets[len(offsets) // 2 :]:
        for voxel, level in region.items():
            if region.get(moved(voxel, offset, -1)) != level:
                length = 1
                while region.get(moved(voxel, offset, length)) == level:
                    length += 1
                runs[level - 1, length - 1] += distance(offset)

    zones = np.zeros((n_levels, len(region)))
    left = set(region)
    while left:
        front = [left.pop()]
        size, level = 0, region[front[0]]
        while front:
            voxel = front.pop()
            size += 1
            for offset in offsets:
                other = moved(voxel, offset)
                if other in left and region[other] == level:
                    left.remove(other)
                    front.append(other)
        zones[level - 1, size - 1] += 1

    def trimmed(matrix):
        return matrix[:, : np.flatnonzero(matrix.any(axis=0))[-1] + 1]

    return {
        "GLCM": glcm,
        "GLRLM": trimmed(runs),
        "GLSZM": trimmed(zones),
        "NGTDM": sums,
        "NGTDM_count": number,
    }


def size_formulas(matrix):
    n, m = matrix.shape
    p = matrix / matrix.sum()
    i = np.arange(1, n + 1)[:, None]
    j = np.arange(1, m + 1)[None, :]
    pg, pr = p.sum(1), p.sum(0)
    return [
        (p / j**2).sum(),
        (p * j**2).sum(),
        (pg**2).sum(),
        (pr**2).sum(),
        1 / (p * j).sum(),
        (p / i**2).sum(),
        (p * i**2).sum(),
        (p / (i**2 * j**2)).sum(),
        (p * i**2 / j**2).sum(),
        (p * j**2 / i**2).sum(),
        (p * i**2 * j**2).sum(),
        ((i * p - (i * p).mean()) ** 2).mean(),
        ((j * p - (j * p).mean()) ** 2).mean(),
    ]


def slow_features(m):
    """The 40 features by the formulas of DEFINITIONS section 3, on full matrices; 0/0 is NaN."""
    n = len(m["GLCM"])
    i = np.arange(1, n + 1)[:, None]
    j = i.T
    p = m["GLCM"] / m["GLCM"].sum()
    q = np.round(m["GLCM"]) / np.round(m["GLCM"]).sum()
    mu, nu = (i * p).sum(), (i * q).sum()
    logs = np.log2(p, where=p > 0, out=np.zeros_like(p))
    glcm = [
        (p**2).sum(),
        ((i - j) ** 2 * p).sum(),
        -(p * logs).sum(),
        (p / (1 + abs(i - j))).sum(),
        ((i - nu) * (j - nu) * q).sum() / ((i - nu) ** 2 * q).sum()
        if (q.sum(1) > 0).sum() > 1
        else np.nan,
        0.5 * ((i + j) * p).sum() / n**2,
        0.5 * (((i - mu) ** 2 + (j - mu) ** 2) * p).sum() / n**2,
        (abs(i - j) * p).sum(),
        (i * j * p).sum(),
    ]
    seen = m["NGTDM_count"] > 0
    number, s, k = m["NGTDM_count"][seen], m["NGTDM"][seen], np.arange(1, n + 1)[seen]
    total, e = number.sum(), seen.sum()
    p = number / total
    a, b = np.meshgrid(range(e), range(e), indexing="ij")
    eps = np.finfo(float).eps
    denominator = np.abs(k[a] * number[a] - k[b] * number[b]).sum() / total
    ngtdm = [
        1 / (eps + (p * s).sum()),
        (p[a] * p[b] * (k[a] - k[b]) ** 2).sum() / (e * (e - 1)) * s.sum() / total
        if e > 1
        else np.nan,
        (p * s).sum() / denominator if denominator > 0 else np.nan,
        (abs(k[a] - k[b]) * (p[a] * s[a] + p[b] * s[b]) / (total * (p[a] + p[b]))).sum(),
        ((p[a] + p[b]) * (k[a] - k[b]) ** 2).sum() / (eps + s.sum()),
    ]
    return glcm + size_formulas(m["GLRLM"]) + size_formulas(m["GLSZM"]) + ngtdm


def random_region(shape, n_levels, share, seed):
    """Levels in smooth patches (so that runs and zones exist) with voxels missing."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(1, n_levels + 1, [-(-s // 2) for s in shape])
    levels = np.kron(coarse, np.ones((2, 2, 2), int))[: shape[0], : shape[1], : shape[2]].copy()
    noisy = rng.random(shape) < 0.4
    levels[noisy] = rng.integers(1, n_levels + 1, noisy.sum())
    levels[rng.random(shape) > share] = 0
    return levels


REGIONS = {
    "touches the border of the array": random_region((5, 6, 7), 8, 1.0, 1),
    "holes": random_region((6, 5, 9), 5, 0.7, 2),
    "sparse, isolated voxels": random_region((6, 7, 8), 4, 0.12, 3),
    "two levels": random_region((5, 5, 5), 2, 0.9, 4),
    "1024 levels": random_region((4, 6, 5), 1024, 0.8, 5),
    "one slice": random_region((1, 9, 11), 6, 0.8, 6),
    "one slice of a deep array": np.pad(
        random_region((1, 9, 8), 6, 0.8, 7), ((3, 2), (1, 1), (2, 0))
    ),
    "one row": random_region((7, 1, 9), 3, 0.9, 8),
    "one column, long run": np.full((9, 1, 1), 2),
    "elongated": random_region((2, 3, 40), 3, 0.95, 9),
    "disconnected pieces": np.pad(random_region((2, 3, 3), 3, 1.0, 10), ((0, 5), (4, 0), (0, 6)))
    + np.pad(random_region((3, 3, 4), 3, 1.0, 11), ((4, 0), (0, 4), (5, 0))),
    "rows longer than the kernel looks at in one go": random_region((2, 3, 300), 4, 0.9, 12),
    "a comb, whose teeth become one zone in the last slice": np.where(
        (np.indices((4, 9, 40))[2] % 3 > 0) & (np.indices((4, 9, 40))[0] < 3), 2, 1
    ),
    "one zone that winds": np.where(np.indices((5, 7, 7)).sum(0) % 3 > 0, 1, 2),
}


@pytest.mark.parametrize("name", REGIONS)
def test_matrices_and_features_equal_a_slow_restatement(name):
    levels = REGIONS[name]
    n_levels = max(2, levels.max())
    expected = slow_matrices(levels, n_levels)
    matrices = toolbox_reference.texture_matrices(levels, n_levels)
    assert list(matrices) == list(expected)
    for key in expected:
        assert_allclose(matrices[key], expected[key], rtol=1e-12, atol=1e-13, err_msg=key)
    assert_allclose(
        list(texture_features(levels, n_levels).values()), slow_features(expected), rtol=1e-10
    )


@pytest.mark.parametrize("n_levels", [2, 3, 7, 64, 255, 256, 1000, 1024])
def test_empty_levels_keep_their_rows(n_levels):
    levels = random_region((4, 5, 6), 2, 0.9, n_levels)
    levels[levels == 2] = n_levels
    expected = slow_matrices(levels, n_levels)
    assert_allclose(
        list(texture_features(levels, n_levels).values()), slow_features(expected), rtol=1e-10
    )


def test_two_voxels_by_hand():
    features = texture_features(np.array([[[1, 4]]]), 4)
    assert features["GLCM_Energy"] == 0.5
    assert features["GLCM_Contrast"] == pytest.approx(9)
    assert features["GLCM_Entropy"] == pytest.approx(1)
    assert features["GLCM_Homogeneity"] == pytest.approx(1 / 4)
    assert features["GLCM_Correlation"] == pytest.approx(-1)
    assert features["GLCM_SumAverage"] == pytest.approx(2.5 / 16)
    assert features["GLCM_Variance"] == pytest.approx(2.25 / 16)
    assert features["GLCM_AutoCorrelation"] == pytest.approx(4)
    assert features["GLSZM_ZP"] == 1
    assert features["GLSZM_GLV"] == pytest.approx((0.5**2 + 2**2) / 4 - (2.5 / 4) ** 2)
    assert features["NGTDM_Coarseness"] == pytest.approx(1 / 3)
    assert features["NGTDM_Contrast"] == pytest.approx(2 * 0.25 * 9 / 2 * 6 / 2)
    assert features["NGTDM_Busyness"] == pytest.approx(3 / 3)
    assert features["NGTDM_Strength"] == pytest.approx(2 * 9 / 6)


def test_a_region_is_the_same_wherever_it_lies_and_however_it_is_stored():
    levels = random_region((5, 6, 7), 9, 0.8, 12)
    expected = texture_features(levels, 9)
    moved = np.pad(levels, ((4, 1), (0, 7), (2, 3)))
    assert texture_features(moved, 9) == expected
    assert texture_features(np.asfortranarray(moved).astype(np.int8), 9) == expected
    assert texture_features(levels.astype(float), 9) == expected
    assert texture_features(levels[:1], 9) == texture_features(levels[0], 9)


def test_mirroring_and_turning_change_nothing_but_the_last_bits():
    levels = random_region((5, 6, 7), 9, 0.8, 13)
    expected = list(texture_features(levels, 9).values())
    for other in (
        levels[::-1],
        levels[:, ::-1],
        levels.transpose(2, 0, 1),
        levels.transpose(0, 2, 1)[:, :, ::-1],
    ):
        assert_allclose(list(texture_features(other, 9).values()), expected, rtol=1e-12)


def test_levels_of_the_caller_stay_as_they_are():
    levels = random_region((3, 4, 5), 4, 0.8, 14)
    before = levels.copy()
    texture_features(levels, 4)
    assert np.array_equal(levels, before)


def test_branch_depends_on_the_slices_of_the_region_only():
    levels = np.zeros((4, 3, 3), int)
    levels[2] = 1
    assert scan_region(levels, 2)[1] == "2D"
    levels[0, 0, 0] = 1
    assert scan_region(levels, 2)[1] == "3D"
    assert scan_region(np.ones((3, 3), int), 2)[1] == "2D"


def test_no_neighbours_leaves_glcm_and_ngtdm_undefined_with_the_reason():
    levels = np.zeros((3, 3, 5), int)
    levels[0, 0, 0], levels[2, 2, 4], levels[0, 0, 4] = 1, 2, 3
    features = texture_features(levels, 3)
    undefined = undefined_features(features)
    names = {f"{family}_{name}" for family in ("GLCM", "NGTDM") for name in FAMILIES[family]}
    assert set(undefined) == names == {name for name in features if math.isnan(features[name])}
    assert set(undefined.values()) == {"no two voxels of the region are neighbours"}
    assert features["GLSZM_ZP"] == 1 and features["GLRLM_RP"] == 1


def test_one_level_leaves_three_features_undefined_with_the_reason():
    features = texture_features(np.full((2, 2, 2), 3), 4)
    assert undefined_features(features) == dict.fromkeys(
        ("GLCM_Correlation", "NGTDM_Contrast", "NGTDM_Busyness"),
        "all voxels with a neighbour have the same level",
    )
    assert features["GLCM_Energy"] == 1 and features["NGTDM_Coarseness"] == 1 / np.finfo(float).eps


def test_busyness_with_a_zero_denominator_has_its_own_reason():
    features = texture_features(np.array([[1, 1, 2]]), 2)  # 1 * 2 voxels = 2 * 1 voxel
    assert undefined_features(features) == {
        "NGTDM_Busyness": "denominator is zero: level times number of voxels is the same for every level"
    }


@pytest.mark.parametrize(
    ("levels", "n_levels", "message"),
    [
        (np.zeros((2, 2, 2), int), 4, "empty"),
        (np.eye(1, 4, dtype=int), 4, "1 voxel;.*at least 2"),
        (np.array([[1, 5]]), 4, "to 5; .*1 to 4"),
        (np.array([[1, -2]]), 4, "from -2 to 1"),
        (np.array([[1, 2.5]]), 4, "1 levels are no integers, the first is 2.5"),
        (np.array([[1, np.nan]]), 4, "1 levels are no integers, the first is nan"),
        (np.array([1, 2]), 4, "1 axes"),
        (np.array([[1, 2]]), 1, "n_levels is 1;"),
        (np.array([[1, 2]]), 1025, "n_levels is 1025;"),
        (np.array([[1, 2]]), 8.0, "n_levels is 8.0;"),
    ],
)
def test_bad_input_is_refused_with_its_numbers(levels, n_levels, message):
    with pytest.raises(ValueError, match=message):
        texture_features(levels, n_levels)
