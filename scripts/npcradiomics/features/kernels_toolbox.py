"""Compiled feature sums of the TextureToolbox over the counts of `kernels`; see `definitions`."""

import numpy as np

from npcradiomics.compilation import at, compiled

SQRT2 = np.sqrt(2.0)
SQRT3 = np.sqrt(3.0)
EPS = np.finfo(np.float64).eps


@compiled
def glcm_features(glcm: np.ndarray, values: np.ndarray) -> None:
    """Measure the nine GLCM features.

    Parameters
    ----------
    glcm : (3, level, level) int32
        Pairs once, lower level first.
    values : (9,) float64, filled
        Energy, Contrast, Entropy, Homogeneity, Correlation, SumAverage, Variance, Dissimilarity,
        AutoCorrelation. With no pair all are NaN; Correlation is NaN where one level has pairs.
    """
    n = glcm.shape[2] - 1
    values[:] = np.nan
    margin = np.zeros(n + 1)
    weight = np.zeros(n + 1)
    present = np.empty(n + 1)
    square = np.zeros(n + 1)
    difference = np.zeros(n + 1)
    rounded = np.zeros(n + 1, np.int32)
    rounded_margin = np.zeros(n + 1, np.int32)
    rounded_difference = np.zeros(n + 1, np.int32)
    diagonal_square = 0.0
    information = 0.0
    # Column-wise sums (x[j] += ...) become vector instructions without changing any order of
    # summation; integers are made int32 at every step, or numba makes them int64.
    for i in range(1, n + 1):
        face = glcm[0, i]
        edge = glcm[1, i]
        corner = glcm[2, i]
        n_face = np.int32(0)
        n_edge = np.int32(0)
        n_corner = np.int32(0)
        for j in range(i, n + 1):
            n_face = np.int32(n_face + face[at(j)])
            n_edge = np.int32(n_edge + edge[at(j)])
            n_corner = np.int32(n_corner + corner[at(j)])
            weight[at(j)] = face[at(j)] + SQRT2 * edge[at(j)] + SQRT3 * corner[at(j)]
            rounded[at(j)] = np.int32(weight[at(j)] + 0.5)
        if n_face + n_edge + n_corner == 0:
            continue
        weight[i] *= 2.0
        rounded[i] = np.int32(weight[i] + 0.5)
        margin[i] += n_face + SQRT2 * n_edge + SQRT3 * n_corner + 0.5 * weight[i]
        row = rounded[i]
        for j in range(i + 1, n + 1):
            margin[at(j)] += weight[at(j)]
            square[at(j)] += weight[at(j)] * weight[at(j)]
            row = np.int32(row + rounded[at(j)])
            rounded_margin[at(j)] = np.int32(rounded_margin[at(j)] + rounded[at(j)])
        rounded_margin[i] += row
        for j in range(i, n + 1):
            k = at(j - i)
            difference[k] += weight[at(j)]
            rounded_difference[k] = np.int32(rounded_difference[k] + rounded[at(j)])
        diagonal_square += weight[i] * weight[i]
        if weight[i] > 0.0:
            information += weight[i] * np.log2(weight[i])
        n_present = 0
        for j in range(i + 1, n + 1):
            # Written always, kept only where there is a pair: no branch to mispredict.
            present[at(n_present)] = weight[at(j)]
            n_present += weight[at(j)] > 0.0
        for k in range(n_present):
            information += 2.0 * present[at(k)] * np.log2(present[at(k)])

    total = margin.sum()
    if total == 0.0:
        return
    contrast = 0.0
    dissimilarity = 0.0
    homogeneity = difference[0]
    rounded_contrast = 0.0
    for k in range(1, n):
        contrast += 2.0 * k * k * difference[k]
        dissimilarity += 2.0 * k * difference[k]
        homogeneity += 2.0 * difference[k] / (1.0 + k)
        rounded_contrast += 2.0 * k * k * rounded_difference[k]
    mean = 0.0
    rounded_mean = 0.0
    rounded_total = rounded_margin.sum()
    for i in range(1, n + 1):
        mean += i * margin[i]
        rounded_mean += i * rounded_margin[i]
    mean /= total
    rounded_mean /= rounded_total
    variance = 0.0
    rounded_variance = 0.0
    square_mean = 0.0
    for i in range(1, n + 1):
        variance += (i - mean) ** 2 * margin[i]
        square_mean += float(i) * i * margin[i]
        rounded_variance += (i - rounded_mean) ** 2 * rounded_margin[i]

    values[0] = (diagonal_square + 2.0 * square.sum()) / (total * total)
    values[1] = contrast / total
    values[2] = np.log2(total) - information / total
    values[3] = homogeneity / total
    if np.count_nonzero(rounded_margin) > 1:
        # cov(i, j) = var - E(i - j)^2 / 2 for a symmetric matrix
        values[4] = 1.0 - 0.5 * rounded_contrast / rounded_variance
    values[5] = mean / (n * n)
    values[6] = variance / total / (n * n)
    values[7] = dissimilarity / total
    values[8] = (square_mean - 0.5 * contrast) / total


@compiled
def size_features(table: np.ndarray, sizes: np.ndarray, values: np.ndarray) -> None:
    """Measure the thirteen features of a run-length or size-zone matrix.

    Parameters
    ----------
    table : (column, level) float64
    sizes : (column,) int64
        Size of each column, each that occurs once.
    values : (13,) float64, filled
        SRE, LRE, GLN, RLN, RP, LGRE, HGRE, SRLGE, SRHGE, LRLGE, LRHGE, GLV, RLV. GLV and RLV run
        over all n_levels x max(sizes) cells of the full matrix, empty ones included.
    """
    n = table.shape[1] - 1
    n_cells = n * sizes.max()
    total = table.sum()
    by_level = np.zeros(n + 1)
    values[:] = 0.0
    voxels = 0.0
    level_mean = 0.0
    size_mean = 0.0
    for c in range(sizes.size):
        j = float(sizes[c])
        column = 0.0
        low = 0.0
        high = 0.0
        first = 0.0
        for i in range(1, n + 1):
            p = table[at(c), at(i)] / total
            by_level[at(i)] += p
            column += p
            low += p / (i * i)
            high += p * (i * i)
            first += p * i
        values[0] += column / (j * j)
        values[1] += column * (j * j)
        values[3] += column * column
        values[5] += low
        values[6] += high
        values[7] += low / (j * j)
        values[8] += high / (j * j)
        values[9] += low * (j * j)
        values[10] += high * (j * j)
        voxels += column * j
        level_mean += first
        size_mean += column * j
    values[2] = (by_level * by_level).sum()
    values[4] = 1.0 / voxels
    level_mean /= n_cells
    size_mean /= n_cells
    empty = n_cells
    for c in range(sizes.size):
        for i in range(1, n + 1):
            if table[at(c), at(i)] > 0.0:
                p = table[at(c), at(i)] / total
                values[11] += (i * p - level_mean) ** 2
                values[12] += (sizes[c] * p - size_mean) ** 2
                empty -= 1
    values[11] = (values[11] + empty * level_mean**2) / n_cells
    values[12] = (values[12] + empty * size_mean**2) / n_cells


@compiled
def run_table(
    runs: np.ndarray, counts: np.ndarray, longest: int, n_directions: np.ndarray
) -> np.ndarray:
    """Weighted run counts, float64 (longest, level).

    Each direction visits each voxel once, so runs of one voxel are what the longer ones leave over.

    Parameters
    ----------
    runs : (length, 3, level) int32
        Runs of two voxels and more.
    counts : (level,) int64
        Voxels.
    n_directions : (3,) int64
        Of faces, edges and corners.
    """
    n = counts.size - 1
    table = np.zeros((longest, n + 1))
    for k in range(3):
        weight = np.sqrt(k + 1.0)
        single = n_directions[k] * counts
        for length in range(2, longest + 1):
            for i in range(1, n + 1):
                single[at(i)] -= length * runs[at(length), at(k), at(i)]
                table[at(length - 1), at(i)] += weight * runs[at(length), at(k), at(i)]
        for i in range(1, n + 1):
            table[at(0), at(i)] += weight * single[at(i)]
    return table


@compiled
def ngtdm_features(counts: np.ndarray, sums: np.ndarray, values: np.ndarray) -> None:
    """Measure the five NGTDM features.

    Parameters
    ----------
    counts : (level,) int64
        Voxels with a neighbour.
    sums : (level,) float64
    values : (5,) float64, filled
        Coarseness, Contrast, Busyness, Complexity, Strength. All NaN with no such voxel; Contrast
        NaN with one level; Busyness NaN where i * counts(i) is the same for all levels (its
        denominator is exactly zero).
    """
    levels = np.flatnonzero(counts)
    values[:] = np.nan
    if levels.size == 0:
        return
    n_occupied = levels.size
    number = counts[levels].astype(np.float64)
    s = sums[levels]
    grey = levels.astype(np.float64)
    total = number.sum()
    moment = grey * number
    weighted = number * s
    busyness = np.zeros(n_occupied)
    complexity = np.zeros(n_occupied)
    for a in range(1, n_occupied):
        for b in range(a):
            busyness[at(b)] += abs(moment[a] - moment[at(b)])
        for b in range(a):
            pair = (weighted[a] + weighted[at(b)]) / (number[a] + number[at(b)])
            complexity[at(b)] += (grey[a] - grey[at(b)]) * pair
    # sum_ab N_a N_b (a - b)^2 = 2 N sum_a N_a (a - mean)^2
    contrast = 2.0 * total * (number * (grey - moment.sum() / total) ** 2).sum()
    # sum_b (a - b)^2 = E (a - centre)^2 + sum_b (b - centre)^2
    square = (grey - grey.mean()) ** 2
    strength = 2.0 * (number * (n_occupied * square + square.sum())).sum()
    values[0] = 1.0 / (EPS + weighted.sum() / total)
    if n_occupied > 1:
        pairs = float(n_occupied) * (n_occupied - 1)
        values[1] = contrast / (total * total) / pairs * (s.sum() / total)
        if busyness.any():
            values[2] = weighted.sum() / (2.0 * busyness.sum())
    values[3] = 2.0 * complexity.sum() / total
    values[4] = strength / total / (EPS + s.sum())
