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
STRETCH = 512  # grid cells looked at in one go
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

    In loops that become vector instructions. sums int32 (3, cells): values of the face, edge and
    corner neighbours, added; links int32 (cells): bit d set where the cell equals its neighbour in
    direction d, bit 13 + d its neighbour in the opposite direction; pairs int32 (13, cells): place
    of the pair in the tables of `row` columns, that of direction d beginning at table[d], lower
    level first.
    """
    for x in range(n_cells):
        sums[at(0), at(x)] = 0
        sums[at(1), at(x)] = 0
        sums[at(2), at(x)] = 0
    for x in range(n_cells):
        links[at(x)] = 0
    for d in range(13):
        forward = first + steps[d]
        backward = first - steps[d]
        kind = 0 if d < 3 else (1 if d < 9 else 2)
        ahead = np.int32(1 << d)
        behind = np.int32(1 << (13 + d))
        begin = np.int32(table[d])
        base = np.int32(table[d] - INSIDE * (row + 1))
        for x in range(n_cells):
            value = grid[at(first + x)]
            one = grid[at(forward + x)]
            other = grid[at(backward + x)]
            sums[at(kind), at(x)] += one + other
            links[at(x)] |= (ahead if one == value else np.int32(0)) | (
                behind if other == value else np.int32(0)
            )
            # Outside, the lower value is 0 and the place before the table.
            place = base + min(value, one) * np.int32(row) + max(value, one)
            pairs[at(d), at(x)] = max(place, begin)


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
    parent: np.ndarray,
    members: np.ndarray,
    links: np.ndarray,
) -> tuple[int, int]:
    """Count pairs, runs longer than one voxel and neighbourhood differences of one region.

    Parameters
    ----------
    grid : (cells,) int32
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
    parent : (cells,) int32, filled
        The forest of the zones.
    members, links : (n + 1,) int32, filled
        The voxels that have an equal neighbour; scratch.

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
        n_cells = voxels[end - 1] - first + 1
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

    for k in range(n_members):
        p = np.int64(members[at(k)])
        value = grid[at(p)]
        ahead = np.int64(links[at(k)]) & 0x1FFF
        behind = np.int64(links[at(k)]) >> 13
        starts = ahead & ~behind
        while starts:
            d = LOWEST_BIT[at(starts)]
            starts &= starts - 1
            length = 2
            q = p + 2 * steps[at(d)]
            while grid[at(q)] == value:
                length += 1
                q += steps[at(d)]
            runs[at(length), at(tables[at(d)]), at(value & LEVEL)] += 1
            longest = max(longest, length)

        root = p
        while behind:
            d = LOWEST_BIT[at(behind)]
            behind &= behind - 1
            other = np.int64(parent[at(p - steps[at(d)])])
            while parent[at(other)] != other:
                other = np.int64(parent[at(other)])
            # The smallest position of a zone is its root: the second pass then needs no search.
            if other < root:
                if root != p:
                    parent[at(root)] = other
                root = other
            elif other > root:
                parent[at(other)] = root
        parent[at(p)] = root
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
