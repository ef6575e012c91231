"""The 40 texture features of the MATLAB TextureToolbox (Akram 2020, Table 2).

By Vallieres; commit d3a6173; formulas in `definitions`. Distances between voxels are counted in
indices, whatever the voxel size: weights 1, sqrt 2, sqrt 3 for face, edge and corner neighbours in
GLCM and GLRLM, their inverses in NGTDM.
"""

import math
from collections.abc import Collection

import numpy as np

from npcradiomics.features.kernels_toolbox import (
    glcm_features,
    ngtdm_features,
    run_table,
    size_features,
)
from npcradiomics.features.scanning import RegionScanner, scan_region

FAMILIES = {
    "GLCM": (
        "Energy",
        "Contrast",
        "Entropy",
        "Homogeneity",
        "Correlation",
        "SumAverage",
        "Variance",
        "Dissimilarity",
        "AutoCorrelation",
    ),
    "GLRLM": (
        *("SRE", "LRE", "GLN", "RLN", "RP", "LGRE", "HGRE"),
        *("SRLGE", "SRHGE", "LRLGE", "LRHGE", "GLV", "RLV"),
    ),
    "GLSZM": (
        *("SZE", "LZE", "GLN", "ZSN", "ZP", "LGZE", "HGZE"),
        *("SZLGE", "SZHGE", "LZLGE", "LZHGE", "GLV", "ZSV"),
    ),
    "NGTDM": ("Coarseness", "Contrast", "Busyness", "Complexity", "Strength"),
}
TEXTURE_NAMES = tuple(f"{family}_{name}" for family, names in FAMILIES.items() for name in names)
_ENDS = np.cumsum([len(names) for names in FAMILIES.values()]).tolist()

N_DIRECTIONS = {"2D": np.array([2, 2, 0]), "3D": np.array([3, 6, 4])}
_NO_PAIR = "no two voxels of the region are neighbours"
_ONE_LEVEL = "all voxels with a neighbour have the same level"
_ZERO_BUSYNESS = "denominator is zero: level times number of voxels is the same for every level"


def texture_features(levels: np.ndarray, n_levels: int) -> dict[str, float]:
    """Measure the 40 features of one region.

    A region in one slice takes the 2-D branch, see `scanning.branch_of`.

    Parameters
    ----------
    levels : (z, y, x) or, for one slice, (y, x)
        Integers: 0 outside, 1 to n_levels inside.
    n_levels
        2 to 1024, the levels asked for: empty ones count as rows of the matrices.

    Returns
    -------
    dict
        Features in the order of TEXTURE_NAMES; NaN where undefined, see `undefined_features`.

    Raises
    ------
    ValueError
        As `scanning.scan_region`.
    """
    scanner, side = scan_region(levels, n_levels)
    return dict(zip(TEXTURE_NAMES, texture_values(scanner, side).tolist(), strict=True))


def texture_values(
    scanner: RegionScanner, branch: str, families: Collection[str] = FAMILIES
) -> np.ndarray:
    """Features float64 (40) of the region a scanner counted last, ordered as TEXTURE_NAMES.

    Those of other families than asked for are NaN.
    """
    values = np.full(len(TEXTURE_NAMES), np.nan)
    glcm, glrlm, glszm, ngtdm = (
        values[end - len(names) : end] for end, names in zip(_ENDS, FAMILIES.values(), strict=True)
    )
    if "GLCM" in families:
        glcm_features(scanner.glcm, glcm)
    if "GLRLM" in families:
        runs = run_table(scanner.runs, scanner.counts, scanner.longest, N_DIRECTIONS[branch])
        size_features(runs, np.arange(1, scanner.longest + 1), glrlm)
    if "GLSZM" in families:
        size_features(*scanner.zone_table(), glszm)
    if "NGTDM" in families:
        ngtdm_features(scanner.deviations, scanner.sums, ngtdm)
    return values


def undefined_features(features: dict[str, float]) -> dict[str, str]:
    """Why features are NaN: feature to reason; empty when all 40 of `texture_features` exist."""
    missing = {name for name in TEXTURE_NAMES if math.isnan(features[name])}
    if "GLCM_Energy" in missing:
        return dict.fromkeys((name for name in TEXTURE_NAMES if name in missing), _NO_PAIR)
    one_level = "NGTDM_Contrast" in missing
    reasons = {"NGTDM_Busyness": _ONE_LEVEL if one_level else _ZERO_BUSYNESS}
    return {name: reasons.get(name, _ONE_LEVEL) for name in TEXTURE_NAMES if name in missing}
