"""Compiled run-length and size-zone features of the neighbourhood of every voxel of a tumour.

What `kernels` and `kernels_toolbox` give for one region, for thousands of small ones: a cube holds
few runs and zones, so these are kept as a list of occupied cells of the matrices instead of
matrices, and all voxels are done in one call.
"""

import numpy as np

from npcradiomics.compilation import at, compiled
from npcradiomics.features.kernels import DIRECTIONS, DISTANCE_CLASS, LOWEST_BIT

SQRT2 = np.sqrt(2.0)
SQRT3 = np.sqrt(3.0)
WEIGHTS = np.sqrt(DISTANCE_CLASS + 1.0)  # of a run in each direction
# Directions as bits, and how many are faces, edges and corners; a neighbourhood in one slice has
# those of the slice.
IN_SLICE = DIRECTIONS[:, 0] == 0
ALL, FLAT = (1 << 13) - 1, int(np.sum(IN_SLICE << np.arange(13)))
N_ALL, N_FLAT = np.bincount(DISTANCE_CLASS), np.bincount(DISTANCE_CLASS[IN_SLICE], minlength=3)


@compiled
def size_maps(
    levels: np.ndarray,
    places: np.ndarray,
    offsets: np.ndarray,
    positions: np.ndarray,
    steps: np.ndarray,
    side: int,
    n_levels: int,
    runs: np.ndarray,
    zones: np.ndarray,
) -> None:
    """Measure the thirteen features of runs and of zones round every voxel.

    Parameters
    ----------
    levels : (cells,) int32
        Of the tumour's box with a margin as wide as the neighbourhood's radius; 0 outside.
    places : (n,) int64
        The tumour's voxels in it.
    offsets, positions : (side^3,) int64
        The neighbourhood's voxels from its centre, in `levels`; and in a grid of their own with one
        cell of margin, both in (z, y, x) order.
    steps : (13,) int64
        kernels.DIRECTIONS in that grid.
    side, n_levels
    runs, zones : (n, 13) float64, filled
        As kernels_toolbox.size_features orders them; NaN for a voxel alone.
    """
    wide = side + 2
    grid = np.zeros(wide * wide * wide, np.int32)
    members = np.empty(offsets.size, np.int64)
    linked = np.empty(offsets.size, np.int64)
    stack = np.empty(offsets.size, np.int64)
    # Runs and zones of one voxel, by level; runs of faces, edges and corners apart.
    single = np.zeros((4, n_levels + 1), np.int64)
    # Occupied cells (size, level) of a matrix: where each is listed, and the list.
    place_of = np.zeros((offsets.size + 1) * (n_levels + 1), np.int64)
    cell = np.empty(offsets.size * 14, np.int64)
    count = np.empty(offsets.size * 14)
    by_level = np.zeros(n_levels + 1)
    by_size = np.zeros(offsets.size + 1)
    row = n_levels + 1
    buffers = (place_of, cell, count)
    for k in range(places.size):
        n = 0
        for c in range(offsets.size):
            level = levels[at(places[k] + offsets[at(c)])]
            grid[at(positions[at(c)])] = level
            members[at(n)] = positions[at(c)]
            n += level > 0
        if n < 2:
            runs[k] = np.nan
            zones[k] = np.nan
            continue
        in_one_slice = members[0] // (wide * wide) == members[n - 1] // (wide * wide)
        all_directions = FLAT if in_one_slice else ALL
        of_class = N_FLAT if in_one_slice else N_ALL
        n_cells = 0
        n_linked = 0
        longest = 1
        for m in range(n):
            p = members[at(m)]
            level = grid[at(p)]
            for c in range(3):
                single[at(c), at(level)] += of_class[c]
            single[3, at(level)] += 1
            ahead = np.int64(0)
            behind = np.int64(0)
            for d in range(13):
                ahead |= np.int64(grid[at(p + steps[at(d)])] == level) << d
                behind |= np.int64(grid[at(p - steps[at(d)])] == level) << d
            linked[at(n_linked)] = p
            n_linked += (ahead | behind) != 0
            starts = ahead & ~behind & all_directions
            while starts:
                d = np.int64(LOWEST_BIT[at(starts)])
                starts &= starts - 1
                length = 2
                q = p + 2 * steps[at(d)]
                while grid[at(q)] == level:
                    length += 1
                    q += steps[at(d)]
                longest = max(longest, length)
                single[at(DISTANCE_CLASS[at(d)]), at(level)] -= length
                n_cells = _add(length * row + level, WEIGHTS[at(d)], *buffers, n_cells)
        for m in range(n):
            level = grid[at(members[at(m)])]
            weight = (single[0, level] + SQRT2 * single[1, level]) + SQRT3 * single[2, level]
            if weight > 0.0:
                n_cells = _add(row + level, weight, *buffers, n_cells)
            for c in range(3):
                single[at(c), at(level)] = 0
        _measure(cell, count, n_cells, longest, n_levels, place_of, by_level, by_size, runs[k])
        n_cells = 0
        largest = 1
        for m in range(n_linked):
            level = grid[at(linked[at(m)])]
            if level < 0:  # in a zone already
                continue
            stack[0] = linked[at(m)]
            grid[at(stack[0])] = -level
            waiting = 1
            size = 0
            while waiting:
                waiting -= 1
                p = stack[at(waiting)]
                size += 1
                for d in range(13):
                    for q in (p - steps[at(d)], p + steps[at(d)]):
                        if grid[at(q)] == level:
                            grid[at(q)] = -level
                            stack[at(waiting)] = q
                            waiting += 1
            largest = max(largest, size)
            single[3, level] -= size
            n_cells = _add(size * row + level, 1.0, *buffers, n_cells)
        for m in range(n):
            level = abs(grid[at(members[at(m)])])
            if single[3, level] > 0:
                n_cells = _add(row + level, np.float64(single[3, level]), *buffers, n_cells)
            single[3, level] = 0
        _measure(cell, count, n_cells, largest, n_levels, place_of, by_level, by_size, zones[k])


@compiled
def _add(key, weight, place_of, cell, count, n_cells):
    """Count one run or zone; returns how many cells are occupied."""
    place = place_of[at(key)]
    if place == 0:
        cell[at(n_cells)] = key
        count[at(n_cells)] = weight
        place_of[at(key)] = n_cells + 1
        return n_cells + 1
    count[at(place - 1)] += weight
    return n_cells


@compiled
def _measure(cell, count, n_cells, largest, n_levels, place_of, by_level, by_size, values):
    """Fill values (13) from the occupied cells and make the buffers empty again; see kernels_toolbox.size_features."""
    total = 0.0
    for c in range(n_cells):
        total += count[at(c)]
    values[:] = 0.0
    voxels = 0.0
    level_mean = 0.0
    for c in range(n_cells):
        size = cell[at(c)] // (n_levels + 1)
        level = cell[at(c)] - size * (n_levels + 1)
        p = count[at(c)] / total
        by_level[at(level)] += p
        by_size[at(size)] += p
        square = float(level) * level
        area = float(size) * size
        values[0] += p / area
        values[1] += p * area
        values[5] += p / square
        values[6] += p * square
        values[7] += p / square / area
        values[8] += p * square / area
        values[9] += p / square * area
        values[10] += p * square * area
        voxels += p * size
        level_mean += p * level
    size_mean = voxels / (n_levels * largest)
    level_mean /= n_levels * largest
    values[4] = 1.0 / voxels
    for c in range(n_cells):
        size = cell[at(c)] // (n_levels + 1)
        level = cell[at(c)] - size * (n_levels + 1)
        p = count[at(c)] / total
        # Each level and each size once: the first cell takes its sum away.
        values[2] += by_level[at(level)] * by_level[at(level)]
        values[3] += by_size[at(size)] * by_size[at(size)]
        by_level[at(level)] = 0.0
        by_size[at(size)] = 0.0
        values[11] += (level * p - level_mean) ** 2
        values[12] += (size * p - size_mean) ** 2
        place_of[at(cell[at(c)])] = 0
    empty = n_levels * largest - n_cells
    values[11] = (values[11] + empty * level_mean**2) / (n_levels * largest)
    values[12] = (values[12] + empty * size_mean**2) / (n_levels * largest)
