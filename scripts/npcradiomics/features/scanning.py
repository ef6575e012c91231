"""One pass over the voxels of a region counts its pairs, runs, zones and neighbourhoods of levels.

What the counts mean is defined elsewhere: `toolbox` weighs them as the paper does, `ibsi` and
`analysis_kit` do not.
"""

import numpy as np

from npcradiomics.features.kernels import (
    DIRECTIONS,
    DISTANCE_CLASS,
    LANES,
    clear_grid,
    clear_pairs,
    fill_grid,
    scan,
)
from npcradiomics.features.kernels_region import find_box, list_voxels
from npcradiomics.features.kernels_zones import measure_zones, zone_table
from npcradiomics.features.quantization import check_n_levels

SMALLEST_REGION = 2  # voxels: one pair of neighbours, without which GLCM and NGTDM do not exist
INVERSE_DISTANCES = 1.0 / np.sqrt([1.0, 2.0, 3.0])


class RegionScanner:
    """Buffers for the regions of one box, used again for every region.

    Memory: 8 bytes per voxel of the box and 12 n_levels^2 bytes, once.

    Parameters
    ----------
    shape : (z, y, x)
        Of the box.
    n_levels
        2 to 1024.
    n_voxels
        Most voxels a region may have.
    tables : (13,)
        The table each of DIRECTIONS is counted in; by default one each for faces, edges, corners.
    weights : (3,)
        Of face, edge and corner neighbours in a neighbourhood's mean.
    """

    def __init__(
        self,
        shape: np.ndarray,
        n_levels: int,
        n_voxels: int,
        tables: np.ndarray = DISTANCE_CLASS,
        weights: np.ndarray = INVERSE_DISTANCES,
    ) -> None:
        padded = np.array(shape) + 2
        self.plane = padded[1] * padded[2]
        self.steps = DIRECTIONS @ np.array([self.plane, padded[2], 1])
        self.tables = np.asarray(tables, np.int64)
        self.weights = np.asarray(weights, np.float64)
        self.n_levels = n_levels
        n_tables = int(self.tables.max()) + 1
        rows = n_levels + 1
        # Whole vectors of cells are looked at, a few of them beyond the last voxel's neighbours.
        self.grid = np.zeros(padded.prod() + LANES, np.int32)
        self.forest = np.empty(padded.prod(), np.int32)
        self.members = np.empty(n_voxels + 1, np.int32)
        self.links = np.empty(n_voxels + 1, np.int32)
        self.column = np.zeros(n_voxels + 1, np.int32)
        self.zone_sizes = np.empty(int(np.sqrt(2 * n_voxels)) + 1, np.int64)
        self.zones = np.empty((self.zone_sizes.size, rows), np.int32)
        self.glcm = np.zeros((n_tables, rows, rows), np.int32)
        self.runs = np.empty((max(shape) + 1, n_tables, rows), np.int32)
        self.counts = np.zeros(rows, np.int64)
        self.deviations = np.zeros(rows, np.int64)
        self.sums = np.zeros(rows)
        self.longest = max(shape)

    def scan(self, positions: np.ndarray, levels: np.ndarray) -> None:
        """Count one region.

        Parameters
        ----------
        positions : (n,) int32
            Of its voxels in the grid (see `kernels`), rising.
        levels : (n,) int
            1 to n_levels.
        """
        clear_pairs(self.glcm)
        self.runs[: self.longest + 1].fill(0)
        for buffer in (self.counts, self.deviations, self.sums):
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
            self.deviations,
            self.sums,
            self.forest,
            self.members,
            self.links,
        )
        self.n_columns = measure_zones(
            self.grid,
            self.members[:n_members],
            self.forest,
            self.links,
            self.column,
            self.zone_sizes,
            self.zones,
        )
        clear_grid(self.grid, positions)

    def zone_table(self) -> tuple[np.ndarray, np.ndarray]:
        """Zones float64 (size, level) of the region counted last, and its sizes int64."""
        return zone_table(self.zones, self.zone_sizes[: self.n_columns], self.counts)

    def largest_zone(self) -> int:
        """Voxels of the largest zone of the region counted last."""
        return int(self.zone_sizes[: self.n_columns].max(initial=1))

    def pair_counts(self) -> np.ndarray:
        """Pairs float64 (table, level, level) of the region counted last, each from both ends."""
        pairs = self.glcm[:, 1:, 1:].astype(np.float64)
        return pairs + pairs.transpose(0, 2, 1)

    def run_counts(self) -> np.ndarray:
        """Runs float64 (table, level, length) of the region counted last, all 13 directions."""
        runs = self.runs[: self.longest + 1, :, 1:].astype(np.float64)
        n_directions = np.bincount(self.tables)
        runs[1] = n_directions[:, None] * self.counts[1:] - np.tensordot(
            np.arange(len(runs)), runs, 1
        )
        return runs[1:].transpose(1, 2, 0)

    def zone_counts(self) -> np.ndarray:
        """Zones float64 (level, size) of the region counted last."""
        table, sizes = self.zone_table()
        zones = np.zeros((self.n_levels, sizes.max()))
        zones[:, sizes - 1] = table[:, 1:].T
        return zones


def scan_region(
    levels: np.ndarray,
    n_levels: int,
    tables: np.ndarray = DISTANCE_CLASS,
    weights: np.ndarray = INVERSE_DISTANCES,
) -> tuple[RegionScanner, str]:
    """Check the levels of a region and count them.

    Parameters
    ----------
    levels : (z, y, x) or, for one slice, (y, x)
        Integers: 0 outside, 1 to n_levels inside.
    n_levels
        2 to 1024.
    tables, weights
        See `RegionScanner`.

    Returns
    -------
    (RegionScanner, str)
        The scanner, its last region this one, and the region's branch.

    Raises
    ------
    ValueError
        Empty region, fewer than SMALLEST_REGION voxels, levels no integers or not within 1 to
        n_levels.
    """
    check_n_levels(n_levels)
    levels = _as_levels(levels)
    if levels.min(initial=0) < 0 or levels.max(initial=0) > n_levels:
        raise ValueError(
            f"levels run from {levels.min()} to {levels.max()}; expected 0 (outside) or 1 to"
            f" {n_levels}"
        )
    box, n_voxels = find_box(levels)
    check_size(n_voxels)
    scanner = RegionScanner(box[1::2] - box[::2], n_levels, n_voxels, tables, weights)
    positions, cells = list_voxels(levels, box, n_voxels)
    scanner.scan(positions, levels.ravel()[cells])
    return scanner, branch_of(box[1] - box[0])


def branch_of(n_slices: int) -> str:
    """'2D' when the tight box of a region has one slice, else '3D'.

    The toolbox then counts 8 neighbours and 4 run directions instead of 26 and 13: features of the
    two branches do not compare.
    """
    return "2D" if n_slices == 1 else "3D"


def check_size(n_voxels: int) -> None:
    """Raise ValueError when a region is too small for GLCM and NGTDM to exist."""
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
