"""Compiled sum over patients of rows picked at random: the inner loop of the spatial null."""

from npcradiomics.compilation import at, compiled


@compiled
def add_picked(rows, starts, picks, sums):
    """Add to sums[m] the sum over patients i of rows[starts[i] + picks[i, m]].

    rows float64 (all rows of all patients, columns); starts int64 (patients); picks int64
    (patients, recombinations); sums float64 (recombinations, columns). Patients are added in their
    order, so that equal picks give equal bits; they are the outer loop, because the rows of one
    stay in the processor's cache.
    """
    n_columns = rows.shape[1]
    for i in range(picks.shape[0]):
        for m in range(picks.shape[1]):
            row = starts[at(i)] + picks[at(i), at(m)]
            for k in range(n_columns):
                sums[at(m), at(k)] += rows[at(row), at(k)]
