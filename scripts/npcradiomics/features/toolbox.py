"""The 40 texture features and four matrices of the MATLAB TextureToolbox (Vallieres; commit d3a6173, Akram
2020 Table 2).

Definitions: `npcradiomics.definitions`. Distances between voxels are counted in indices, whatever
the voxel size: weights 1, sqrt 2, sqrt 3 for face, edge and corner neighbours in GLCM and GLRLM,
their inverses in NGTDM.
"""

import math

import numpy as np

from npcradiomics.features.kernels import (
    DIRECTIONS,
    DISTANCE_CLASS,
    clear_grid,
    fill_grid,
    find_box,
    list_voxels,
    measure_zones,
    scan,
)
from npcradiomics.features.kernels_toolbox import (
    glcm_features,
    ngtdm_features,
    run_table,
    size_features,
    zone_table,
)
from npcradiomics.features.quantization import check_n_levels

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
SMALLEST_REGION = 2  # voxels: one pair of neighbours, without which GLCM and NGTDM do not exist

INVERSE_DISTANCES = 1.0 / np.sqrt([1.0, 2.0, 3.0])
_N_DIRECTIONS = {"2D": np.array([2, 2, 0]), "3D": np.array([3, 6, 4])}
_NO_PAIR = "no two voxels of the region are neighbours"
_ONE_LEVEL = "all voxels with a neighbour have the same level"
_ZERO_BUSYNESS = "denominator is zero: level times number of voxels is the same for every level"


class Scanner:
    """Buffers for the regions of one box, used again for every region.

    shape: (z, y, x) of the box; n_levels: 2 to 1024; n_voxels: most voxels a region may have.
    Memory: 12 bytes per voxel of the box and 12 n_levels^2 bytes, once. `tables` and `weights`
    choose what is counted together and how neighbours are weighted in NGTDM (the toolbox by
    default; `npcradiomics.standard` counts other ways).
    """

    def __init__(self, shape, n_levels, n_voxels, tables=DISTANCE_CLASS, weights=INVERSE_DISTANCES):
        padded = np.array(shape) + 2
        self.plane = padded[1] * padded[2]
        self.steps = DIRECTIONS @ np.array([self.plane, padded[2], 1])
        self.tables = np.asarray(tables, np.int64)
        self.weights = np.asarray(weights, np.float64)
        self.n_levels = n_levels
        n_tables = int(self.tables.max()) + 1
        rows = n_levels + 1
        self.grid = np.zeros(padded.prod(), np.int32)
        self.parent = np.zeros(padded.prod(), np.int32)
        self.size = np.zeros(padded.prod(), np.int32)
        self.members = np.empty(n_voxels + 1, np.int32)
        self.links = np.empty(n_voxels + 1, np.int32)
        self.column = np.zeros(n_voxels + 1, np.int32)
        self.zone_sizes = np.empty(int(np.sqrt(2 * n_voxels)) + 1, np.int64)
        self.zones = np.empty((self.zone_sizes.size, rows), np.int32)
        self.glcm = np.empty((n_tables, rows, rows), np.int32)
        self.runs = np.empty((max(shape) + 1, n_tables, rows), np.int32)
        self.counts = np.zeros(rows, np.int64)
        self.neighbours = np.zeros((3, rows), np.int64)
        self.deviations = np.zeros(rows, np.int64)
        self.sums = np.zeros(rows)
        self.longest = max(shape)

    def scan(self, positions, levels):
        """Count one region: positions int32 (n), rising; levels int (n), 1 to n_levels."""
        self.glcm.fill(0)
        self.runs[: self.longest + 1].fill(0)
        for buffer in (self.counts, self.neighbours, self.deviations, self.sums):
            buffer.fill(0)
        fill_grid(self.grid, positions, levels)
        self.longest, n_members = scan(
            self.grid,
            positions,
            self.steps,
            self.tables,
            self.weights,
            self.glcm,
            self.runs,
            self.counts,
            self.neighbours,
            self.deviations,
            self.sums,
            self.parent,
            self.members,
            self.links,
        )
        self.n_columns = measure_zones(
            self.grid,
            self.members[:n_members],
            self.parent,
            self.size,
            self.column,
            self.zone_sizes,
            self.zones,
        )
        clear_grid(self.grid, positions)

    def features(self, branch):
        """The 40 values float64 (40) of the region counted last, in the order of TEXTURE_NAMES; NaN where
        undefined.
        """
        values = np.empty(len(TEXTURE_NAMES))
        glcm_features(self.glcm, self.neighbours, values[:9])
        table = run_table(self.runs, self.counts, self.longest, _N_DIRECTIONS[branch])
        size_features(table, np.arange(1, self.longest + 1), values[9:22])
        table, sizes = zone_table(self.zones, self.zone_sizes[: self.n_columns], self.counts)
        size_features(table, sizes, values[22:35])
        ngtdm_features(self.deviations, self.sums, values[35:])
        return values

    def matrices(self, branch):
        """The four matrices of the region counted last; see `texture_matrices`."""
        face, edge, corner = self.pair_counts()
        runs = run_table(self.runs, self.counts, self.longest, _N_DIRECTIONS[branch])
        return {
            "GLCM": face + np.sqrt(2) * edge + np.sqrt(3) * corner,
            "GLRLM": np.ascontiguousarray(runs[:, 1:].T),
            "GLSZM": self.zone_counts(),
            "NGTDM": self.sums[1:].copy(),
            "NGTDM_count": self.deviations[1:].astype(np.float64),
        }

    def pair_counts(self):
        """Pairs float64 (table, level, level) of the region counted last, each from both ends."""
        pairs = self.glcm[:, 1:, 1:].astype(np.float64)
        return pairs + pairs.transpose(0, 2, 1)

    def run_counts(self):
        """Runs float64 (table, level, length) of the region counted last, all 13 directions, without
        weights.
        """
        runs = self.runs[: self.longest + 1, :, 1:].astype(np.float64)
        n_directions = np.bincount(self.tables)
        runs[1] = n_directions[:, None] * self.counts[1:] - np.tensordot(
            np.arange(len(runs)), runs, 1
        )
        return runs[1:].transpose(1, 2, 0)

    def zone_counts(self):
        """Zones float64 (level, size) of the region counted last."""
        table, sizes = zone_table(self.zones, self.zone_sizes[: self.n_columns], self.counts)
        zones = np.zeros((self.n_levels, sizes.max()))
        zones[:, sizes - 1] = table[:, 1:].T
        return zones


def texture_features(levels, n_levels):
    """The 40 features, dict of float in the order of TEXTURE_NAMES.

    levels: integers (z, y, x) or, for one slice, (y, x); 0 outside, 1 to n_levels inside. n_levels:
    2 to 1024, the levels asked for (empty ones count as rows of the matrices). A region in one
    slice takes the 2-D branch, see `branch`. A feature that is undefined for the region is NaN;
    `undefined_features` says why. ValueError: fewer than SMALLEST_REGION voxels, empty region,
    levels no integers or not within 1 to n_levels.
    """
    scanner, side = scan_region(levels, n_levels)
    return dict(zip(TEXTURE_NAMES, scanner.features(side).tolist(), strict=True))


def texture_matrices(levels, n_levels):
    """The four matrices, dict of float64 arrays; arguments and errors as for `texture_features`.

    GLCM (n_levels, n_levels), weighted pairs, each from both ends; GLRLM (n_levels, longest run),
    weighted; GLSZM (n_levels, largest zone); NGTDM (n_levels), sum of |level - neighbourhood mean|;
    NGTDM_count (n_levels), voxels in that sum.
    """
    scanner, side = scan_region(levels, n_levels)
    return scanner.matrices(side)


def undefined_features(features):
    """Why features are NaN: dict of feature to reason;

    empty when all 40 of `texture_features` are defined.
    """
    missing = {name for name in TEXTURE_NAMES if math.isnan(features[name])}
    if "GLCM_Energy" in missing:
        return dict.fromkeys((name for name in TEXTURE_NAMES if name in missing), _NO_PAIR)
    one_level = "NGTDM_Contrast" in missing
    reasons = {"NGTDM_Busyness": _ONE_LEVEL if one_level else _ZERO_BUSYNESS}
    return {name: reasons.get(name, _ONE_LEVEL) for name in TEXTURE_NAMES if name in missing}


def branch(levels):
    """'2D' when the region (levels > 0, array (z, y, x) or (y, x)) lies in one slice, else '3D'.

    The toolbox then counts 8 neighbours and 4 run directions instead of 26 and 13: features of the
    two branches do not compare.
    """
    box, _ = find_box(_as_levels(levels))
    return branch_of(box[1] - box[0])


def branch_of(n_slices):
    """The branch of a region whose tight box has this number of slices."""
    return "2D" if n_slices == 1 else "3D"


def check_size(n_voxels):
    """ValueError when a region is too small for GLCM and NGTDM to exist."""
    if n_voxels == 0:
        raise ValueError("region is empty (0 voxels)")
    if n_voxels < SMALLEST_REGION:
        raise ValueError(
            f"region has {n_voxels} voxel; GLCM and NGTDM need at least {SMALLEST_REGION}"
        )


def _as_levels(levels):
    levels = np.asarray(levels)
    if levels.ndim not in (2, 3):
        raise ValueError(
            f"levels have {levels.ndim} axes; expected (z, y, x), or (y, x) for one slice"
        )
    if levels.dtype.kind not in "iu":
        broken = levels[levels != np.rint(levels)]
        if broken.size:
            raise ValueError(f"{broken.size} levels are no integers, the first is {broken[0]}")
    return np.ascontiguousarray(levels, np.int32).reshape((-1, *levels.shape[-2:]))


def scan_region(levels, n_levels, tables=DISTANCE_CLASS, weights=INVERSE_DISTANCES):
    """Check levels, count them; returns (Scanner, branch). Arguments and errors as for `texture_features` and
    `Scanner`.
    """
    check_n_levels(n_levels)
    levels = _as_levels(levels)
    if levels.min(initial=0) < 0 or levels.max(initial=0) > n_levels:
        raise ValueError(
            f"levels run from {levels.min()} to {levels.max()}; expected 0 (outside) or 1 to {n_levels}"
        )
    box, n_voxels = find_box(levels)
    check_size(n_voxels)
    scanner = Scanner(box[1::2] - box[::2], n_levels, n_voxels, tables, weights)
    positions, cells = list_voxels(levels, box, n_voxels)
    scanner.scan(positions, levels.ravel()[cells])
    return scanner, branch_of(box[1] - box[0])
