"""Compiled growth of one region in a tumour, and what its shape is measured by.

A tumour is a list of voxels in (z, y, x) order, cut into runs (consecutive voxels of a row). Costs
are made of +, -, *, / and floor alone, so that every machine gets the same bits.
"""

import numpy as np

from npcradiomics.compilation import at, compiled

N_BINS = 2048  # of costs, to find the n-th lowest without sorting all


@compiled
def _wave(turns):
    """A smooth wave of period 1 between -1 and 1 (two parabolas;

    close to a sine, and the same on every machine).
    """
    part = turns - np.floor(turns) - 0.5
    return 8.0 * part * (1.0 - 2.0 * abs(part))


@compiled
def _cost(metric, waves, depth, dz, dy, dx):
    """Squared distance of (dz, dy, dx) mm in the metric, stretched by the waves: (1 + depth * mean wave)^2."""
    p0 = (metric[0, 0] * dz + metric[0, 1] * dy) + metric[0, 2] * dx
    p1 = (metric[1, 0] * dz + metric[1, 1] * dy) + metric[1, 2] * dx
    p2 = (metric[2, 0] * dz + metric[2, 1] * dy) + metric[2, 2] * dx
    w0 = _wave((waves[0, 3] + waves[0, 0] * dz + waves[0, 1] * dy) + waves[0, 2] * dx)
    w1 = _wave((waves[1, 3] + waves[1, 0] * dz + waves[1, 1] * dy) + waves[1, 2] * dx)
    w2 = _wave((waves[2, 3] + waves[2, 0] * dz + waves[2, 1] * dy) + waves[2, 2] * dx)
    stretch = 1.0 + depth / 3.0 * (w0 + w1 + w2)
    return (p0 * p0 + p1 * p1 + p2 * p2) * (stretch * stretch)


@compiled
def nearest(places, run_first, run_piece, spacing, seed, n, metric, waves, depth, reach, members):
    """Mark the n voxels of the seed's piece that cost least, whether they hang together or not.

    places int32 (3, n_voxels): z, y, x; run_first int64 (n_runs + 1): first voxel of each run;
    run_piece int32 (n_runs); spacing float64 (3) z, y, x in mm; seed: voxel; metric (3, 3), waves
    (3, 4), depth: see _cost; reach: unstretched distance up to which voxels are looked at first
    (the result does not depend on it); members bool (n_voxels): overwritten. The seed's piece has
    at least n voxels.
    """
    n_runs = run_piece.size
    costs = np.empty(members.size + 1)
    voxels = np.empty(members.size + 1, np.int32)
    z0, y0, x0 = places[0, seed], places[1, seed], places[2, seed]
    run = np.searchsorted(run_first, seed, side="right") - 1
    piece = run_piece[run]
    a0, a1, a2 = metric[0, 2], metric[1, 2], metric[2, 2]
    square = a0 * a0 + a1 * a1 + a2 * a2
    members[:] = False
    while True:
        limit = reach * reach
        m = 0
        n_left_out = 0
        for r in range(n_runs):
            if run_piece[r] != piece:
                continue
            k0 = run_first[r]
            k1 = run_first[r + 1]
            dz = (places[0, k0] - z0) * spacing[0]
            dy = (places[1, k0] - y0) * spacing[1]
            # Along a row the squared distance is a parabola: voxels beyond the reach need no cost.
            b0 = metric[0, 0] * dz + metric[0, 1] * dy
            b1 = metric[1, 0] * dz + metric[1, 1] * dy
            b2 = metric[2, 0] * dz + metric[2, 1] * dy
            middle = -(a0 * b0 + a1 * b1 + a2 * b2) / square
            least = b0 * b0 + b1 * b1 + b2 * b2 - middle * middle * square
            if least > limit:
                n_left_out += k1 - k0
                continue
            half = np.sqrt((limit - least) / square)
            first_x = places[2, k0] - x0
            low = max(k0, k0 + np.int64(np.ceil((middle - half) / spacing[2])) - first_x)
            high = min(k1, k0 + np.int64(np.floor((middle + half) / spacing[2])) - first_x + 1)
            if high <= low:
                n_left_out += k1 - k0
                continue
            n_left_out += k1 - k0 - (high - low)
            first = np.float64(first_x - k0)
            for k in range(high - low):
                dx = (first + (low + k)) * spacing[2]
                costs[at(m + k)] = _cost(metric, waves, depth, dz, dy, dx)
                voxels[at(m + k)] = low + k
            m += high - low
        # What was left out costs at least so much.
        sure = limit * (1.0 - depth) ** 2
        if n_left_out == 0:
            sure = 0.0
            for k in range(m):
                sure = max(sure, costs[at(k)])
        counts = np.zeros(N_BINS + 1, np.int64)
        scale = N_BINS / sure
        for k in range(m):
            counts[np.int64(min(costs[at(k)] * scale, float(N_BINS)))] += 1
        if n_left_out == 0 or counts[:N_BINS].sum() >= n:
            break
        reach *= 1.3
    last_bin = 0
    below = 0
    while below + counts[last_bin] < n:
        below += counts[last_bin]
        last_bin += 1
    close = np.empty(counts[last_bin])
    n_close = 0
    for k in range(m):
        if np.int64(min(costs[at(k)] * scale, float(N_BINS))) == last_bin:
            close[n_close] = costs[at(k)]
            n_close += 1
    close.sort()
    highest = close[n - below - 1]
    n_equal = (
        n - below - np.searchsorted(close, highest)
    )  # of equal costs the first in (z, y, x) order
    for k in range(m):
        if costs[at(k)] < highest:
            members[at(voxels[at(k)])] = True
        elif costs[at(k)] == highest and n_equal > 0:
            members[at(voxels[at(k)])] = True
            n_equal -= 1


@compiled
def flood(places, grid, positions, steps, spacing, seed, n, metric, waves, depth, members):
    """Mark n voxels that hang together: from the seed on, always the neighbour that costs least is added.

    grid int32 (cells): voxel at each place of the tumour's box with a margin, -1 outside; positions
    int32 (n_voxels): the voxels' places in it; steps int64 (26): to the neighbours; the rest as in
    `nearest`. The seed's piece has at least n voxels. Where the n nearest hang together, they are
    the result.
    """
    keys = np.empty(members.size)
    heap = np.empty(members.size, np.int32)
    queued = np.zeros(members.size, np.bool_)
    members[:] = False
    keys[0] = 0.0
    heap[0] = seed
    queued[seed] = True
    size = 1
    for _ in range(n):
        voxel = heap[0]
        members[voxel] = True
        size -= 1
        key, moved = keys[size], heap[size]
        hole = 0
        while 2 * hole + 1 < size:
            child = 2 * hole + 1
            if child + 1 < size and _before(keys, heap, child + 1, keys[child], heap[child]):
                child += 1
            if not _before(keys, heap, child, key, moved):
                break
            keys[hole], heap[hole] = keys[child], heap[child]
            hole = child
        keys[hole], heap[hole] = key, moved
        for step in steps:
            other = grid[positions[voxel] + step]
            if other < 0 or queued[other]:
                continue
            queued[other] = True
            dz = (places[0, other] - places[0, seed]) * spacing[0]
            dy = (places[1, other] - places[1, seed]) * spacing[1]
            dx = np.float64(places[2, other] - places[2, seed]) * spacing[2]
            key = _cost(metric, waves, depth, dz, dy, dx)
            hole = size
            size += 1
            while hole > 0:
                parent = (hole - 1) // 2
                if _before(keys, heap, parent, key, other):
                    break
                keys[hole], heap[hole] = keys[parent], heap[parent]
                hole = parent
            keys[hole], heap[hole] = key, other


@compiled
def _before(keys, heap, place, key, voxel):
    """Whether the heap's entry comes before (key, voxel);

    of equal costs the first in (z, y, x) order.
    """
    return keys[place] < key or (keys[place] == key and heap[place] < voxel)


@compiled
def measure_members(members, places, run_first, run_row, run_piece, n_rows, width, depth, surface):
    """What the shape of a region is computed from, in one pass over the runs that region and remainder make.

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
