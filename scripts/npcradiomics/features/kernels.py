"""Compiled passes over the voxels of one region: what every texture matrix is counted from.

A region lives in a *grid*: its box with one voxel of margin on every side, flattened in (z, y, x)
order, int32, 0 outside and ``INSIDE + level`` inside. One addition over neighbours then yields
their number and the sum of their levels. All counts are integers, kept apart for face, edge and
corner neighbours; weights come in when the features are computed, so no order of voxels can change
a result.

A compiled function and everything it calls stay in one file: numba's cache looks at the time stamp
of that file only.
"""

import numpy as np

from npcradiomics.compilation import at, compiled

# Compiled into kernels_zones, too, whose cache does not see a change here.
INSIDE = 1 << 16
LEVEL = INSIDE - 1
STRETCH = 128  # grid cells looked at in one go; more of them push the matrices out of the cache
LANES = 8  # their number is a multiple of it: what a loop over vectors leaves over is slow
GAP = 32  # cells outside the region that are cheaper to look at than to skip


# Half of the 26 neighbours, all later in (z, y, x) order; within a class those inside the slice
# come first.
DIRECTIONS = np.array(
    [
        *[(0, 0, 1), (0, 1, 0), (1, 0, 0)],
        *[(0, 1, -1), (0, 1, 1), (1, 0, -1), (1, 0, 1), (1, -1, 0), (1, 1, 0)],
        *[(1, -1, -1), (1, -1, 1), (1, 1, -1), (1, 1, 1)],
    ]
)
DISTANCE_CLASS = np.abs(DIRECTIONS).sum(axis=1) - 1  # 0 face, 1 edge, 2 corner
LOWEST_BIT = np.array([(k & -k).bit_length() - 1 for k in range(1 << 13)], np.int8)


@compiled
def _look_around(grid, first, n_cells, steps, row, table, sums, links, pairs):
    """Look at the neighbours of n_cells grid cells from `first` on, region or not.

    In loops that become vector instructions, of 32 bits because every step is made int32 (numba's
    integers are int64 otherwise). sums int32 (3, cells): values of the face, edge and corner
    neighbours, added; links int32 (cells): bit d set where the cell equals its neighbour in
    direction d; pairs int32 (13, cells): place of the pair in the tables of `row` columns, that of
    direction d beginning at table[d], lower level first.
    """
    width = np.int32(row)
    none = np.int32(0)
    for x in range(n_cells):
        sums[at(0), at(x)] = 0
        sums[at(1), at(x)] = 0
        sums[at(2), at(x)] = 0
        links[at(x)] = 0
    for d in range(13):
        forward = first + steps[d]
        backward = first - steps[d]
        kind = 0 if d < 3 else (1 if d < 9 else 2)
        bit = np.int32(1 << d)
        begin = np.int32(table[d])
        base = np.int32(table[d] - INSIDE * (row + 1))
        for x in range(n_cells):
            value = grid[at(first + x)]
            other = grid[at(forward + x)]
            both = np.int32(other + grid[at(backward + x)])
            sums[at(kind), at(x)] = np.int32(sums[at(kind), at(x)] + both)
            links[at(x)] = np.int32(links[at(x)] | (bit if other == value else none))
            place = np.int32(min(value, other) * width)
            place = np.int32(place + max(value, other))
            # Outside, the lower value is 0 and the place before the table.
            pairs[at(d), at(x)] = max(np.int32(place + base), begin)


@compiled
def _root(forest, p):
    """The root of p's tree; every other step of the way is shortened."""
    parent = np.int64(forest[at(p)])
    while parent >= 0:
        above = np.int64(forest[at(parent)])
        if above < 0:
            return parent
        forest[at(p)] = above
        p = above
        parent = np.int64(forest[at(p)])
    return p


@compiled
def scan(
    grid: np.ndarray,
    voxels: np.ndarray,
    steps: np.ndarray,
    tables: np.ndarray,
    weights: np.ndarray,
    glcm: np.ndarray,
    runs: np.ndarray,
    counts: np.ndarray,
    deviations: np.ndarray,
    sums: np.ndarray,
    forest: np.ndarray,
    members: np.ndarray,
    links: np.ndarray,
) -> tuple[int, int]:
    """Count pairs, runs longer than one voxel and neighbourhood differences of one region.

    Parameters
    ----------
    grid : (cells + LANES,) int32
    voxels : (n,) int32
        Positions of the region's voxels, rising.
    steps, tables : (13,) int64
        DIRECTIONS as distances in the grid; the table of `glcm` and `runs` each is counted in.
    weights : (3,) float64
        Of face, edge and corner neighbours in the neighbourhood mean.
    glcm : (table, level, level) int32, added to
        Pairs, lower level first; row 0 is outside.
    runs : (length, table, level) int32, added to
        Runs of 2 voxels and more.
    counts, deviations : (level,) int64, zero before
        Voxels, and voxels with a neighbour.
    sums : (level,) float64, added to
        |level - mean of neighbours|.
    forest : (cells,) int32, filled from the first voxel to the last
        The zones as trees: a voxel's parent, and at its root, the zone's first voxel, minus the
        number of its voxels.
    members, links : (n + 1,) int32, filled
        The voxels that equal a later neighbour; scratch.

    Returns
    -------
    (int, int)
        Longest run or 1, and number of members.
    """
    row = glcm.shape[2]
    flat = glcm.ravel()
    table = tables * (row * row)
    near = np.empty((3, STRETCH), np.int32)
    equal = np.empty(STRETCH, np.int32)
    pairs = np.empty((13, STRETCH), np.int32)
    longest = 1
    n_members = 0
    begin = 0
    while begin < voxels.size:
        first = np.int64(voxels[begin])
        end = begin + 1
        while (
            end < voxels.size
            and voxels[end] - voxels[end - 1] <= GAP
            and voxels[end] - first < STRETCH
        ):
            end += 1
        n_cells = (voxels[end - 1] - first + LANES) // LANES * LANES
        _look_around(grid, first, n_cells, steps, row, table, near, equal, pairs)
        for k in range(begin, end):
            x = at(voxels[at(k)] - first)
            for d in range(13):
                flat[at(pairs[at(d), x])] += 1
            level = np.int64(grid[at(voxels[at(k)])]) & LEVEL
            here = at(level)
            counts[here] += 1
            n_face = near[at(0), x] >> 16
            n_edge = near[at(1), x] >> 16
            n_corner = near[at(2), x] >> 16
            if n_face + n_edge + n_corner > 0:
                # Differences are integers until here: a voxel among equals contributes an exact
                # zero.
                difference = (
                    weights[0] * ((near[at(0), x] & LEVEL) - n_face * level)
                    + weights[1] * ((near[at(1), x] & LEVEL) - n_edge * level)
                    + weights[2] * ((near[at(2), x] & LEVEL) - n_corner * level)
                )
                total = weights[0] * n_face + weights[1] * n_edge + weights[2] * n_corner
                sums[here] += abs(difference) / total
            else:
                deviations[here] -= 1
            # Written always, kept only where an equal neighbour exists: a branch would often be
            # mispredicted here.
            members[at(n_members)] = voxels[at(k)]
            links[at(n_members)] = equal[x]
            n_members += equal[x] != 0
        begin = end
    deviations += counts

    forest[voxels[0] : voxels[-1] + 1] = -1
    for k in range(n_members):
        p = np.int64(members[at(k)])
        value = grid[at(p)]
        ahead = np.int64(links[at(k)])
        root = _root(forest, p)
        while ahead:
            d = LOWEST_BIT[at(ahead)]
            ahead &= ahead - 1
            step = steps[at(d)]
            if grid[at(p - step)] != value:
                length = 2
                q = p + 2 * step
                while grid[at(q)] == value:
                    length += 1
                    q += step
                runs[at(length), at(tables[at(d)]), at(value & LEVEL)] += 1
                longest = max(longest, length)
            other = _root(forest, p + step)
            if other != root:
                lower = min(root, other)
                higher = max(root, other)
                forest[at(lower)] += forest[at(higher)]
                forest[at(higher)] = lower
                root = lower
    return longest, n_members


@compiled
def fill_grid(grid: np.ndarray, voxels: np.ndarray, levels: np.ndarray) -> None:
    """Write the levels (n) of a region at its voxels (n)."""
    for k in range(voxels.size):
        grid[at(voxels[at(k)])] = INSIDE + levels[at(k)]


@compiled
def clear_pairs(glcm: np.ndarray) -> None:
    """Make the tables (table, level, level) of pairs zero where `scan` counts: j >= i."""
    for table in range(glcm.shape[0]):
        for i in range(glcm.shape[1]):
            glcm[table, i, i:] = 0


@compiled
def clear_grid(grid: np.ndarray, voxels: np.ndarray) -> None:
    """Make the grid empty again where the region was."""
    for k in range(voxels.size):
        grid[at(voxels[at(k)])] = 0
