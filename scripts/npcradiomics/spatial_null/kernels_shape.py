"""Compiled measure of a region: what its shape and its place in the tumour are computed from."""

import numpy as np

from npcradiomics.compilation import at, compiled


@compiled
def measure_members(members, places, run_first, run_row, run_piece, n_rows, width, depth, surface):
    """What the shape of a region is computed from, in one pass over the runs that region and
    remainder make.

    run_row int64 (n_runs): (z + 1) * width + y + 1, rising; n_rows: rows of all slices with margin;
    depth, surface float64 (n_voxels). Returns sums of depth and surface over the region; pairs of
    its voxels that share an x, y, z face; slices from first to last and slices used; voxels of its
    largest 26-connected piece; voxels of the remainder outside the largest 26-connected piece of it
    in each piece of the tumour.
    """
    n_voxels = members.size
    first = np.empty(n_voxels, np.int32)
    last = np.empty(n_voxels, np.int32)
    kind = np.empty(n_voxels, np.bool_)
    piece = np.empty(n_voxels, np.int32)
    begin = np.empty(n_rows + 1, np.int64)
    used = np.zeros(n_rows // width + 1, np.bool_)
    depth_sum = 0.0
    surface_sum = 0.0
    n_parts = 0
    pairs_x = 0
    row = 0
    for r in range(run_row.size):
        while row <= run_row[r]:
            begin[row] = n_parts
            row += 1
        k = run_first[r]
        end = run_first[r + 1]
        shift = places[2, k] - k
        while k < end:
            member = members[at(k)]
            start = k
            while k < end and members[at(k)] == member:
                k += 1
            first[n_parts] = start + shift
            last[n_parts] = k - 1 + shift
            kind[n_parts] = member
            piece[n_parts] = run_piece[r]
            n_parts += 1
            if member:
                pairs_x += k - start - 1
                used[run_row[r] // width] = True
                for voxel in range(start, k):
                    depth_sum += depth[at(voxel)]
                    surface_sum += surface[at(voxel)]
    while row <= n_rows:
        begin[row] = n_parts
        row += 1

    parent = np.arange(n_parts)
    pairs_y = 0
    pairs_z = 0
    # Rows with neighbours earlier in order; the first and the third share faces with this one.
    steps = (1, width, width - 1, width + 1)
    for row in range(width + 1, n_rows):
        if begin[row] == begin[row + 1]:
            continue
        for s in range(4):
            other = begin[row - steps[s]]
            end = begin[row - steps[s] + 1]
            for i in range(begin[row], begin[row + 1]):
                while other < end and last[other] < first[i] - 1:
                    other += 1
                j = other
                while j < end and first[j] <= last[i] + 1:
                    if kind[j] == kind[i]:
                        _join(parent, i, j)
                        if s < 2 and kind[i]:
                            shared = max(min(last[i], last[j]) - max(first[i], first[j]) + 1, 0)
                            if s == 0:
                                pairs_y += shared
                            else:
                                pairs_z += shared
                    j += 1

    sizes = np.zeros(n_parts, np.int64)
    n_pieces = run_piece.max() + 1
    rest = np.zeros(n_pieces, np.int64)
    rest_largest = np.zeros(n_pieces, np.int64)
    largest = 0
    for part in range(n_parts):
        root = _root(parent, part)
        length = last[part] - first[part] + 1
        sizes[root] += length
        if kind[part]:
            largest = max(largest, sizes[root])
        else:
            rest[piece[part]] += length
            rest_largest[piece[part]] = max(rest_largest[piece[part]], sizes[root])
    n_used = used.sum()
    lowest = 0
    highest = -1
    for z in range(used.size):
        if used[z]:
            highest = z
            if n_used and lowest == 0:
                lowest = z
    n_height = highest - lowest + 1 if n_used else 0
    cut_off = (rest - rest_largest).sum()
    return depth_sum, surface_sum, pairs_x, pairs_y, pairs_z, n_height, n_used, largest, cut_off


@compiled
def sum_over(members, values):
    """Sum of the values of a region, added in the order of `measure_members`."""
    total = 0.0
    for k in range(members.size):
        if members[at(k)]:
            total += values[at(k)]
    return total


@compiled
def _root(parent, part):
    while parent[part] != part:
        parent[part] = parent[parent[part]]
        part = parent[part]
    return part


@compiled
def _join(parent, one, other):
    one = _root(parent, one)
    other = _root(parent, other)
    if one < other:
        parent[other] = one
    else:
        parent[one] = other
