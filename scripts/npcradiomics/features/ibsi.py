"""The texture definitions of the Image Biomarker Standardisation Initiative (IBSI 1).

Only families the toolbox has too, in 3-D, from the same scanner without weights: GLCM and GLRLM per
direction and averaged (3D_avg) or merged (3D_comb), GLSZM and NGTDM. Names are IBSI's tags. Source:
Zwanenburg 2020, Radiology 295:328, and the IBSI reference manual (arXiv:1612.07003).
"""

import numpy as np

from npcradiomics.features.kernels import DIRECTIONS
from npcradiomics.features.scanning import scan_region

_ONE_EACH = np.arange(len(DIRECTIONS))
_ALL_MERGED = np.zeros(len(DIRECTIONS), np.int64)
_UNWEIGHTED = np.ones(3)
# Of _sizes: runs and zones have the same features under two names.
_SIZE_TAGS = [
    *("sre sze", "lre lze", "lgre lgze", "hgre hgze", "srlge szlge", "srhge szhge"),
    *("lrlge lzlge", "lrhge lzhge", "glnu glnu", "glnu_norm glnu_norm", "rlnu zsnu"),
    *("rlnu_norm zsnu_norm", "r_perc z_perc", "gl_var gl_var", "rl_var zs_var"),
    "rl_entr zs_entr",
]
_RUN_TAGS, _ZONE_TAGS = zip(*(tags.split() for tags in _SIZE_TAGS), strict=True)


def standard_features(levels: np.ndarray, n_levels: int) -> dict[str, float]:
    """Measure IBSI's texture features; arguments and errors as for toolbox.texture_features.

    Averaged features are means over the 13 directions, a direction without any pair of neighbours
    left out. NaN where a formula is 0/0.
    """
    single, _ = scan_region(levels, n_levels, _ONE_EACH, _UNWEIGHTED)
    merged, _ = scan_region(levels, n_levels, _ALL_MERGED, _UNWEIGHTED)
    with np.errstate(invalid="ignore", divide="ignore"):
        per_direction = [cooccurrence(pairs) for pairs in single.pair_counts() if pairs.any()]
        features = _averaged("cm", per_direction) | _suffixed(
            "cm", cooccurrence(merged.pair_counts()[0]), "3D_comb"
        )
        per_direction = [run_lengths(runs) for runs in single.run_counts()]
        features |= _averaged("rlm", per_direction)
        features |= _suffixed("rlm", run_lengths(merged.run_counts()[0]), "3D_comb")
        features |= _suffixed("szm", size_zones(merged.zone_counts()), "3D")
        features |= _suffixed("ngt", neighbourhood(merged.sums[1:], merged.deviations[1:]), "3D")
    return features


def _suffixed(family, values, suffix):
    return {f"{family}_{name}_{suffix}": float(value) for name, value in values.items()}


def _averaged(family, per_direction):
    if not per_direction:
        raise ValueError(
            "no two voxels of the region are neighbours: no co-occurrence matrix exists"
        )
    means = {name: np.mean([values[name] for values in per_direction]) for name in per_direction[0]}
    return _suffixed(family, means, "3D_avg")


def _entropy(p):
    p = p[p > 0]
    return -(p * np.log2(p)).sum()


def cooccurrence(pairs: np.ndarray) -> dict[str, float]:
    """Measure the 25 co-occurrence features of symmetric pair counts (level, level)."""
    n = len(pairs)
    p = pairs / pairs.sum()
    i, j = np.indices(p.shape) + 1.0
    k = np.arange(n)
    level = k + 1.0
    px = p.sum(axis=1)
    mean = (level * px).sum()
    variance = ((level - mean) ** 2 * px).sum()
    difference = np.bincount(np.abs(i - j).astype(int).ravel(), p.ravel(), n)
    summed = np.bincount((i + j).astype(int).ravel(), p.ravel(), 2 * n + 1)
    s = np.arange(2 * n + 1)
    difference_mean = (k * difference).sum()
    sum_mean = (s * summed).sum()
    both = np.outer(px, px)
    occupied = p > 0
    hxy, hx = _entropy(p), _entropy(px)
    hxy1 = -(p[occupied] * np.log2(both[occupied])).sum()
    hxy2 = _entropy(both)
    centred = i + j - 2 * mean
    return {
        "joint_max": p.max(),
        "joint_avg": mean,
        "joint_var": variance,
        "joint_entr": hxy,
        "diff_avg": difference_mean,
        "diff_var": ((k - difference_mean) ** 2 * difference).sum(),
        "diff_entr": _entropy(difference),
        "sum_avg": sum_mean,
        "sum_var": ((s - sum_mean) ** 2 * summed).sum(),
        "sum_entr": _entropy(summed),
        "energy": (p**2).sum(),
        "contrast": (k**2 * difference).sum(),
        "dissimilarity": difference_mean,
        "inv_diff": (difference / (1 + k)).sum(),
        "inv_diff_norm": (difference / (1 + k / n)).sum(),
        "inv_diff_mom": (difference / (1 + k**2)).sum(),
        "inv_diff_mom_norm": (difference / (1 + (k / n) ** 2)).sum(),
        "inv_var": (difference[1:] / k[1:] ** 2).sum(),
        "corr": ((i - mean) * (j - mean) * p).sum() / variance,
        "auto_corr": (i * j * p).sum(),
        "clust_tend": (centred**2 * p).sum(),
        "clust_shade": (centred**3 * p).sum(),
        "clust_prom": (centred**4 * p).sum(),
        "info_corr1": (hxy - hxy1) / hx,
        "info_corr2": np.sqrt(max(1 - np.exp(-2 * (hxy2 - hxy)), 0)),
    }


def _sizes(counts):
    """The 16 features shared by run lengths and zone sizes, of counts (level, size)."""
    total = counts.sum()
    i = np.arange(1.0, counts.shape[0] + 1)[:, None]
    j = np.arange(1.0, counts.shape[1] + 1)[None, :]
    p = counts / total
    by_level, by_size = counts.sum(axis=1), counts.sum(axis=0)
    return [
        (p / j**2).sum(),
        (p * j**2).sum(),
        (p / i**2).sum(),
        (p * i**2).sum(),
        (p / (i * j) ** 2).sum(),
        (p * i**2 / j**2).sum(),
        (p * j**2 / i**2).sum(),
        (p * (i * j) ** 2).sum(),
        (by_level**2).sum() / total,
        (by_level**2).sum() / total**2,
        (by_size**2).sum() / total,
        (by_size**2).sum() / total**2,
        # Each direction visits each voxel once: IBSI's number of voxels, times directions when they
        # are merged.
        total / (counts * j).sum(),
        ((i - (i * p).sum()) ** 2 * p).sum(),
        ((j - (j * p).sum()) ** 2 * p).sum(),
        _entropy(p),
    ]


def run_lengths(counts: np.ndarray) -> dict[str, float]:
    """Measure the 16 run-length features of counts (level, length), one direction or merged."""
    return dict(zip(_RUN_TAGS, _sizes(counts), strict=True))


def size_zones(counts: np.ndarray) -> dict[str, float]:
    """Measure the 16 size-zone features of counts (level, size)."""
    return dict(zip(_ZONE_TAGS, _sizes(counts), strict=True))


def neighbourhood(sums: np.ndarray, number: np.ndarray) -> dict[str, float]:
    """Measure the five NGTDM features of sums (level) and numbers of voxels (level)."""
    seen = number > 0
    s, number = sums[seen], number[seen]
    level = np.flatnonzero(seen) + 1.0
    total, n_occupied = number.sum(), len(number)
    p = number / total
    i, j = level[:, None], level[None, :]
    pi, pj = p[:, None], p[None, :]
    weighted = (p * s).sum()
    return {
        "coarseness": 1 / weighted,
        "contrast": (pi * pj * (i - j) ** 2).sum()
        / (n_occupied * (n_occupied - 1))
        * s.sum()
        / total,
        "busyness": weighted / np.abs(i * pi - j * pj).sum(),
        "complexity": (np.abs(i - j) * (pi * s[:, None] + pj * s[None, :]) / (pi + pj)).sum()
        / total,
        "strength": ((pi + pj) * (i - j) ** 2).sum() / s.sum(),
    }
