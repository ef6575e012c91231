"""Compiled search for the scalar quantizer with the smallest squared error of all."""

import numpy as np

from npcradiomics.compilation import compiled


@compiled
def _optimal_row(weight, first, second, last_row, row, cut, stack):
    """row[j] = min over i < j of last_row[i] + error of i..j-1 in one cell; cut[j] = that i.

    The best cut rises with j, so the middle j halves the search for both sides.
    """
    n = row.size - 1
    top = 1
    stack[0, 0] = 0
    stack[0, 1] = n
    stack[0, 2] = 0
    stack[0, 3] = n
    while top:
        top -= 1
        low, high, cut_low, cut_high = stack[top]
        middle = (low + high) // 2
        best = np.inf
        best_cut = cut_low
        for i in range(cut_low, min(middle - 1, cut_high) + 1):
            total = first[middle] - first[i]
            error = max(
                second[middle] - second[i] - total * total / (weight[middle] - weight[i]), 0.0
            )
            if last_row[i] + error < best:
                best = last_row[i] + error
                best_cut = i
        row[middle] = best
        cut[middle] = best_cut
        if low < middle:
            stack[top] = (low, middle - 1, cut_low, best_cut)
            top += 1
        if middle < high:
            stack[top] = (middle + 1, high, best_cut, cut_high)
            top += 1


@compiled
def optimal(
    x: np.ndarray, counts: np.ndarray, n_levels: int
) -> tuple[np.ndarray, np.ndarray, float]:
    """Find the smallest squared error over all quantizers.

    Parameters
    ----------
    x : (u,) float64
        Rising and distinct, u > n_levels.
    counts : (u,) int64

    Returns
    -------
    (n_levels - 1,) float64, (n_levels,) float64, float
        Thresholds, codebook, mean squared error.
    """
    n = x.size
    weight = np.zeros(n + 1)
    first = np.zeros(n + 1)
    second = np.zeros(n + 1)
    # Centred: less cancellation in the sums of squares.
    centre = (x * counts).sum() / counts.sum()
    for k in range(n):
        weight[k + 1] = weight[k] + counts[k]
        first[k + 1] = first[k] + counts[k] * (x[k] - centre)
        second[k + 1] = second[k] + counts[k] * (x[k] - centre) ** 2
    cuts = np.empty((n_levels, n + 1), np.int32)
    stack = np.empty((128, 4), np.int64)
    row = np.full(n + 1, np.inf)
    row[0] = 0.0
    for level in range(n_levels):
        last_row = row
        row = np.empty(n + 1)
        _optimal_row(weight, first, second, last_row, row, cuts[level], stack)
    codebook = np.empty(n_levels)
    distortion = 0.0
    last = n
    for level in range(n_levels - 1, -1, -1):
        start = cuts[level, last]
        total = 0.0
        for k in range(start, last):
            total += counts[k] * x[k]
        codebook[level] = total / (weight[last] - weight[start])
        for k in range(start, last):
            distortion += counts[k] * (x[k] - codebook[level]) ** 2
        last = start
    return (codebook[:-1] + codebook[1:]) / 2.0, codebook, distortion / weight[n]
