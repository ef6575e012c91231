"""Compiled Lloyd-Max quantizer of sorted values in [0, 1] as MATLAB runs it, and levels by it."""

import numpy as np

from npcradiomics.compilation import at, compiled

TOLERANCE = 1e-7
EPS = np.finfo(np.float64).eps


@compiled
def sort_integers(values: np.ndarray, low: int, high: int) -> np.ndarray:
    """Integers int64 (n) between low and high in rising order, as float64.

    Counts instead of comparing: n + high - low steps.
    """
    counts = np.zeros(high - low + 1, np.int64)
    for k in range(values.size):
        counts[at(values[at(k)] - low)] += 1
    ordered = np.empty(values.size)
    k = 0
    for step in range(counts.size):
        for _ in range(counts[step]):
            ordered[k] = low + step
            k += 1
    return ordered


@compiled
def _cell_ends(x, thresholds, ends):
    """ends[i] = number of x <= thresholds[i], ends[-1] = n: on a threshold is in the lower cell.

    Searched from what ends holds before, those of the last pass or 0: after some passes thresholds
    move by less than a value.
    """
    k = 0
    for i in range(thresholds.size):
        low = k
        high = max(k, ends[i])
        step = 1
        if high < x.size and x[at(high)] <= thresholds[i]:
            while high < x.size and x[at(high)] <= thresholds[i]:
                low = high + 1
                high += step
                step *= 2
            high = min(high, x.size)
        else:
            while high - step >= low and x[at(high - step)] > thresholds[i]:
                high -= step
                step *= 2
            low = max(low, high - step)
        while low < high:
            middle = (low + high) // 2
            if x[at(middle)] <= thresholds[i]:
                low = middle + 1
            else:
                high = middle
        k = low
        ends[i] = k
    ends[-1] = x.size


@compiled
def _add_up(x, first, last, total):
    """Sequential sum, as MATLAB adds: the last bit decides ties between a value and a threshold."""
    for k in range(first, last):
        total += x[at(k)]
    return total


@compiled
def _cell_means(x, first, last, cells, means):
    """means[i] = sequential mean of x[first[i]:last[i]] for the cells i listed.

    Four cells side by side, whose additions need not wait for each other.
    """
    g = 0
    while g + 4 <= cells.size:
        i, j, k, m = cells[g], cells[g + 1], cells[g + 2], cells[g + 3]
        shortest = min(
            min(last[i] - first[i], last[j] - first[j]), min(last[k] - first[k], last[m] - first[m])
        )
        a = b = c = d = 0.0
        for step in range(shortest):
            a += x[at(first[i] + step)]
            b += x[at(first[j] + step)]
            c += x[at(first[k] + step)]
            d += x[at(first[m] + step)]
        means[i] = _add_up(x, first[i] + shortest, last[i], a) / (last[i] - first[i])
        means[j] = _add_up(x, first[j] + shortest, last[j], b) / (last[j] - first[j])
        means[k] = _add_up(x, first[k] + shortest, last[k], c) / (last[k] - first[k])
        means[m] = _add_up(x, first[m] + shortest, last[m], d) / (last[m] - first[m])
        g += 4
    for i in cells[g:]:
        means[i] = _add_up(x, first[i], last[i], 0.0) / (last[i] - first[i])


@compiled
def _squared_error(x, first, last, code):
    """Four sums side by side: this order is free, and one sum would wait for each addition."""
    a = b = c = d = 0.0
    k = first
    while k + 4 <= last:
        a += (x[at(k)] - code) ** 2
        b += (x[at(k + 1)] - code) ** 2
        c += (x[at(k + 2)] - code) ** 2
        d += (x[at(k + 3)] - code) ** 2
        k += 4
    while k < last:
        a += (x[at(k)] - code) ** 2
        k += 1
    return (a + b) + (c + d)


@compiled
def _place_thresholds(codebook, thresholds):
    for i in range(thresholds.size):
        thresholds[i] = (codebook[i] + codebook[i + 1]) / 2.0


@compiled
def lloyd(x: np.ndarray, n_levels: int) -> tuple[np.ndarray, np.ndarray, int, float]:
    """Fit Lloyd-Max to sorted x float64 (n), x[0] < x[-1], as MATLAB's lloyds since R14SP3.

    Returns
    -------
    (n_levels - 1,) float64, (n_levels,) float64, int, float
        Thresholds, codebook, passes, mean squared error.
    """
    width = (x[-1] - x[0]) / n_levels
    codebook = x[0] + width / 2.0 + width * np.arange(n_levels)
    thresholds = np.empty(n_levels - 1)
    ends = np.zeros(n_levels, np.int64)
    # What each cell held when its mean and its error were computed last; unchanged cells are not
    # summed again.
    mean_first = np.full(n_levels, -1)
    mean_last = np.full(n_levels, -1)
    error_first = np.full(n_levels, -1)
    error_last = np.full(n_levels, -1)
    error_code = np.empty(n_levels)
    means = np.empty(n_levels)
    changed = np.empty(n_levels, np.int64)
    errors = np.zeros(n_levels)
    negligible = EPS * x[-1]
    passes = 0
    distortion = 0.0
    while True:
        _place_thresholds(codebook, thresholds)
        _cell_ends(x, thresholds, ends)
        last_distortion = distortion
        distortion = 0.0
        first = 0
        for i in range(n_levels):
            last = ends[i]
            if first != error_first[i] or last != error_last[i] or codebook[i] != error_code[i]:
                errors[i] = _squared_error(x, first, last, codebook[i])
                error_first[i] = first
                error_last[i] = last
                error_code[i] = codebook[i]
            distortion += errors[i]
            first = last
        distortion /= x.size
        change = distortion
        if distortion > negligible:
            change = abs(distortion - last_distortion) / distortion
        if change <= TOLERANCE or change <= negligible:
            return thresholds, codebook, passes, distortion

        passes += 1
        n_changed = 0
        first = 0
        for i in range(n_levels):
            last = ends[i]
            if last > first and (first != mean_first[i] or last != mean_last[i]):
                mean_first[i] = first
                mean_last[i] = last
                changed[n_changed] = i
                n_changed += 1
            first = last
        _cell_means(x, mean_first, mean_last, changed[:n_changed], means)
        first = 0
        for i in range(n_levels):
            last = ends[i]
            if last > first:
                codebook[i] = means[i]
            else:
                # Empty cell: the values of the closed interval (only ties with its lower
                # threshold), else its centre.
                low = thresholds[i - 1] if i > 0 else x[0]
                high = thresholds[i] if i < n_levels - 1 else x[-1]
                tied = first
                while tied > 0 and x[tied - 1] >= low:
                    tied -= 1
                tie_mean = _add_up(x, tied, first, 0.0) / (first - tied)
                codebook[i] = tie_mean if tied < first else (low + high) / 2.0
            first = last
        for i in range(1, n_levels):
            code = codebook[i]
            k = i
            while k > 0 and codebook[k - 1] > code:
                codebook[k] = codebook[k - 1]
                k -= 1
            codebook[k] = code


N_BUCKETS = 4096


@compiled
def assign_levels(
    values: np.ndarray, low: float, high: float, thresholds: np.ndarray, levels: np.ndarray
) -> None:
    """Write levels int32 (n) of values float64 (n).

    1 + number of thresholds < (value - low) / (high - low).
    """
    # x * 2^k is exact, so a bucket's first level is exact too and only thresholds inside the bucket
    # are compared.
    first = np.empty(N_BUCKETS + 1, np.int32)
    level = 0
    for b in range(N_BUCKETS + 1):
        while level < thresholds.size and thresholds[level] < b / N_BUCKETS:
            level += 1
        first[b] = level
    for k in range(values.size):
        x = (values[at(k)] - low) / (high - low)
        level = first[at(min(max(x, 0.0), 1.0) * N_BUCKETS)]
        while level < thresholds.size and thresholds[at(level)] < x:
            level += 1
        levels[at(k)] = level + 1
