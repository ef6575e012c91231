"""Compiled placing of one region in a tumour: grown from a voxel, or a given shape moved about.

A tumour is a list of voxels in (z, y, x) order, cut into runs (consecutive voxels of a row). Costs
are made of +, -, *, / and floor alone, so that every machine gets the same bits.
"""

import numpy as np

from npcradiomics.compilation import at, compiled

N_BINS = 2048  # of costs, to find the n-th lowest without sorting all


@compiled
def _wave(turns):
    """A smooth wave of period 1 between -1 and 1 (two parabolas; close to a sine, and the same on every machine)."""
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
        if _mark_lowest(costs, voxels, m, n, sure, n_left_out == 0, members):
            break
        reach *= 1.3


@compiled
def _mark_lowest(costs, voxels, m, n, sure, everything, members):
    """Mark the n of m voxels that cost least; False where fewer than n are surely among them.

    costs, from 0 on; sure: what was left out costs at least so much; everything: nothing was left
    out.
    """
    counts = np.zeros(N_BINS + 1, np.int64)
    scale = N_BINS / sure
    for k in range(m):
        counts[np.int64(min(costs[at(k)] * scale, float(N_BINS)))] += 1
    if not everything and counts[:N_BINS].sum() < n:
        return False
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
    return True


@compiled
def flood(places, grid, positions, steps, spacing, seed, n, metric, waves, depth, members):
    """Mark n voxels that hang together: from the seed on, always the neighbour that costs least is
    added.

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
    """Whether the heap's entry comes before (key, voxel); of equal costs the first in (z, y, x) order."""
    return keys[place] < key or (keys[place] == key and heap[place] < voxel)


@compiled
def find_place(
    sample, span, places, grid, rows, columns, ratio, turns, picks, chances, low, high, beyond
):
    """The first of the proposed moves that brings low to high voxels of a sample of the shape into
    the tumour.

    sample int32 (3, m): z, y, x of voxels of the shape in its own frame; span int64 (2): its lowest
    and highest slice; places, grid: see `flood`; rows, columns of the grid; ratio: spacing along x
    / along y; turns float64 (moves, 2): cosine and sine of the turn in the slice; picks int64
    (moves, 4): mirror along z and along x (1 or -1), voxel of the sample, voxel of the tumour it
    comes to lie on; chances float64 (moves), uniform in [0, 1); beyond: slices of the shape above
    or below all of the tumour. Returns the move's number, -1 without one, and the voxels inside.

    A move that brings k voxels inside is proposed by k pairs of voxels: kept with a chance of low /
    k, every move is as probable as every other.
    """
    m = sample.shape[1]
    slices = grid.size // (rows * columns)  # the first and the last are margin
    for move in range(len(chances)):
        cosine, sine = turns[move, 0], turns[move, 1]
        mirror_z, mirror_x, w, g = picks[move]
        one = places[0, g] + mirror_z * (span[0] - sample[0, w])
        other = places[0, g] + mirror_z * (span[1] - sample[0, w])
        if max(1 - min(one, other), 0) + max(max(one, other) - (slices - 2), 0) != beyond:
            continue
        outside = 0
        for k in range(m):
            dy = np.float64(sample[1, k] - sample[1, w])
            dx = np.float64(mirror_x * (sample[2, k] - sample[2, w]))
            z = places[0, g] + mirror_z * (sample[0, k] - sample[0, w])
            y = np.int64(np.floor(places[1, g] + (cosine * dy - sine * ratio * dx) + 0.5))
            x = np.int64(np.floor(places[2, g] + (sine / ratio * dy + cosine * dx) + 0.5))
            if 0 <= z < slices and 0 <= y < rows and 0 <= x < columns:
                outside += grid[at((z * rows + y) * columns + x)] < 0
            else:
                outside += 1
            if outside > m - low:
                break
        inside = m - outside
        if low <= inside <= high and chances[move] * inside < low:
            return move, inside
    return -1, 0


@compiled
def lay_shape(distance, start, turn, pick, places, run_first, ratio, reach, n, members):
    """Mark the n voxels of the tumour that lie deepest in, or closest to, the moved shape.

    distance float64 (z, y, x): signed distance from the shape in its own frame, negative inside, in
    a box that holds all that is closer than reach; start int64 (3): the voxel of the shape, there,
    that comes to lie on the tumour's; turn, pick: one row of turns and picks, see `find_place`; the
    rest as in `nearest`. Returns whether n voxels of the tumour are closer than reach; members mean
    nothing if not.
    """
    n_z, n_y, n_x = distance.shape
    costs = np.empty(members.size + 1)
    voxels = np.empty(members.size + 1, np.int32)
    members[:] = False
    deepest = distance.min()
    mirror_z, mirror_x, _, g = pick
    # Back from the tumour to the shape: turned back, then mirrored. One step along a row is
    # (step_y, step_x).
    step_y, step_x = turn[1] * ratio, mirror_x * turn[0]
    m = 0
    for r in range(run_first.size - 1):
        k0, k1 = run_first[r], run_first[r + 1]
        z = start[0] + mirror_z * (places[0, k0] - places[0, g])
        if z < 0 or z >= n_z:
            continue
        dy = np.float64(places[1, k0] - places[1, g])
        dx = np.float64(places[2, k0] - places[2, g])
        y0 = start[1] + (turn[0] * dy + turn[1] * ratio * dx)
        x0 = start[2] + mirror_x * (turn[0] * dx - turn[1] / ratio * dy)
        low, high = _clip(y0, step_y, n_y, 0.0, np.float64(k1 - k0 - 1))
        low, high = _clip(x0, step_x, n_x, low, high)
        if low > high:
            continue
        for k in range(np.int64(np.floor(low)), np.int64(np.ceil(high)) + 1):
            y = y0 + k * step_y
            x = x0 + k * step_x
            if y < 0.0 or y > n_y - 1 or x < 0.0 or x > n_x - 1:
                continue
            j, i = min(np.int64(y), n_y - 2), min(np.int64(x), n_x - 2)
            part_y, part_x = y - j, x - i
            near = distance[z, j, i] * (1.0 - part_x) + distance[z, j, i + 1] * part_x
            far = distance[z, j + 1, i] * (1.0 - part_x) + distance[z, j + 1, i + 1] * part_x
            costs[at(m)] = (near * (1.0 - part_y) + far * part_y) - deepest
            voxels[at(m)] = k0 + k
            m += 1
    return m >= n and _mark_lowest(costs, voxels, m, n, reach - deepest, False, members)


@compiled
def _clip(start, step, n, low, high):
    """The part of low .. high in which start + k * step lies in 0 .. n - 1; empty: low > high."""
    if step == 0.0:
        return low, high
    one, other = -start / step, (n - 1 - start) / step
    return max(low, min(one, other)), min(high, max(one, other))
