"""Compiled count of the zones of one region: from the trees that `kernels.scan` leaves to a table."""

import numpy as np

from npcradiomics.compilation import at, compiled
from npcradiomics.features.kernels import LEVEL


@compiled
def measure_zones(
    grid: np.ndarray,
    members: np.ndarray,
    forest: np.ndarray,
    roots: np.ndarray,
    column: np.ndarray,
    sizes: np.ndarray,
    zones: np.ndarray,
) -> int:
    """Count the 26-connected zones of more than one voxel that `kernels.scan` left in `forest`.

    Parameters
    ----------
    grid, members, forest
        As `scan` has them, members cut to their number.
    roots : (n + 1,) int32
        Scratch.
    column : (n + 1,) int32
        Maps a size to its column; all zero before and after.
    sizes : (columns,) int64, filled
        The sizes that occur, in no particular order; n voxels have at most sqrt(2n) of them.
    zones : (column, level) int32, filled
        Their numbers; rows used are cleared first.

    Returns
    -------
    int
        Number of columns.
    """
    n_roots = 0
    for k in range(members.size):
        p = members[at(k)]
        # Written always, kept only where p is a root: which ones are is as good as random.
        roots[at(n_roots)] = p
        n_roots += forest[at(p)] < 0
    n_columns = 0
    for k in range(n_roots):
        p = roots[at(k)]
        size = -np.int64(forest[at(p)])
        if column[at(size)] == 0:
            sizes[n_columns] = size
            zones[n_columns, :] = 0
            n_columns += 1
            column[at(size)] = n_columns
        zones[at(column[at(size)] - 1), at(grid[at(p)] & LEVEL)] += 1
    for c in range(n_columns):
        column[sizes[c]] = 0
    return n_columns


@compiled
def zone_table(
    zones: np.ndarray, sizes: np.ndarray, counts: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Add the zones of one voxel, what the larger ones leave over of counts int64 (level).

    `zones` and `sizes` are those of `measure_zones`.

    Returns
    -------
    (1 + column, level) float64, (1 + column,) int64
        Zones, column 0 those of one voxel (may be empty), and sizes.
    """
    n = counts.size - 1
    table = np.zeros((sizes.size + 1, n + 1))
    all_sizes = np.ones(sizes.size + 1, np.int64)
    for i in range(n + 1):
        table[0, i] = counts[i]
    for c in range(sizes.size):
        all_sizes[c + 1] = sizes[c]
        for i in range(1, n + 1):
            table[at(c + 1), at(i)] = zones[at(c), at(i)]
            table[at(0), at(i)] -= sizes[c] * zones[at(c), at(i)]
    return table, all_sizes
