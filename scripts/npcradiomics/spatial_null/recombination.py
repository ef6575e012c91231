"""Size-matched spatial null: is the recurrent region's place in the tumour special, or would any
place of its size do?

For each patient the observed difference (region - remainder) stands among those of B regions drawn
in the same tumour. If the place does not matter, the observed one is exchangeable with the B
others, and picking one of the B + 1 values of each patient independently gives the exact null
distribution of any cohort statistic. One pick serves all features of a patient, so that the joint
distribution, which maxT needs, is kept.

Sources: Westfall & Young 1993, Resampling-Based Multiple Testing (maxT, single step and step-down);
Phipson & Smyth 2010, Stat Appl Genet Mol Biol 9:39 (1 + exceedances).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from npcradiomics.spatial_null.kernels_recombination import add_picked
from npcradiomics.spatial_null.pools import Pool, standardise

CORRECTIONS = ("single_step", "step_down")
CHUNK = 2000  # recombinations whose sums stay in the processor's cache; part of no result
BATCH = 250  # patients whose rows are in memory at once; part of no result
# Sums of the same values in another order differ in their last bits; mathematically equal
# statistics must count as ties, else p would be too small where draws repeat each other.
SLACK = 1e-9
# The statistic has SD 1 under the null; what lies beyond goes into the outermost bins.
EDGES = np.linspace(-8.0, 8.0, 65)


@dataclass(frozen=True, eq=False)
class CohortTest:
    """One null's answer; arrays have one entry per name, NaN where no patient can be used.

    n patients; statistic S = sum z / sqrt(n), its two-sided p and family-wise p_maxt; t, paired t
    of the raw differences, with t_p its p against the same null; z_t, plain one-sample t of the
    patients' z, with z_t_p from Student's t; critical, |S| that a share alpha of the
    recombinations' maxima reach (single step); counts int64 (names, bins of EDGES) of the
    recombined S; floor, the smallest p that can come out at all.
    """

    names: tuple
    n: np.ndarray
    statistic: np.ndarray
    p: np.ndarray
    p_maxt: np.ndarray
    t: np.ndarray
    t_p: np.ndarray
    z_t: np.ndarray
    z_t_p: np.ndarray
    critical: float
    counts: np.ndarray
    floor: float


def recombination_test(
    pools: Sequence[Pool],
    names: Sequence[str],
    *,
    n_recombinations: int = 100_000,
    seed: int = 0,
    alpha: float = 0.05,
    scores: str = "standard",
    correction: str = "single_step",
) -> CohortTest:
    """Test the cohort's observed values against recombinations of its patients' pools.

    Memory: (M, 3 columns) doubles, and beside the pools three times those of BATCH patients.

    Parameters
    ----------
    pools : sequence of Pool
        One column per name, patients each once; an empty list gives NaN throughout.
    names : sequence of str
    n_recombinations : int
        M: p = (1 + exceedances)/(1 + M), two-sided, ties counted.
    seed : int
        Each patient's picks follow from seed and name alone; patients are added in the order of
        their names, so the result does not depend on the order of the list, and a subset of
        patients keeps its picks.
    alpha : float
        Of `critical`.
    scores : str
        "standard" or "normal", see pools.standardise.
    correction : str
        "single_step" or "step_down" maxT (Westfall & Young 1993).

    Raises
    ------
    ValueError
        M below 1, an unknown correction, a patient twice or with other columns.
    """
    _check(pools, names, n_recombinations, correction)
    pools = sorted(pools, key=lambda one: one.patient)
    n_columns = len(names)
    n = (
        np.sum([one.usable for one in pools], axis=0, dtype=int)
        if pools
        else np.zeros(n_columns, int)
    )
    tested = n > 0
    floor = float(
        max(1 / (1 + n_recombinations), np.exp(-sum(np.log(len(one.values)) for one in pools)))
    )
    if not tested.any():
        return _no_answer(tuple(names), n, floor)
    shift, scale = _shift_and_scale(pools, n)
    sums, observed = np.zeros((n_recombinations, 3 * n_columns)), np.zeros((1, 3 * n_columns))
    z = []  # of the observed rows
    for first in range(0, len(pools), BATCH):
        batch = pools[first : first + BATCH]
        rows, starts, sizes = _rows(batch, shift, scale, scores)
        z.append(rows[starts, :n_columns])
        add_picked(rows, starts, np.zeros((len(batch), 1), np.int64), observed)
        streams = [np.random.default_rng([seed, *one.patient.encode()]) for one in batch]
        for start in range(0, n_recombinations, CHUNK):
            m = min(CHUNK, n_recombinations - start)
            picks = np.array(
                [rng.integers(0, size, m) for rng, size in zip(streams, sizes, strict=True)]
            )
            add_picked(rows, starts, picks, sums[start : start + m])
    shift = np.where(n > 0, shift / scale, 0.0)
    statistic, t = (found[0] for found in _statistics(observed, n, shift))
    order = np.argsort(-np.abs(np.where(tested, statistic, 0.0)), kind="stable")
    beyond, beyond_max, beyond_t = (np.zeros(n_columns, np.int64) for _ in range(3))
    counts = np.zeros((n_columns, len(EDGES) - 1), np.int64)
    maxima = np.empty(n_recombinations)
    for start in range(0, n_recombinations, CHUNK):
        m = min(CHUNK, n_recombinations - start)
        drawn, drawn_t = _statistics(sums[start : start + m], n, shift)
        counts += _histogram(drawn)
        magnitude = np.abs(drawn)
        beyond += (magnitude >= _threshold(statistic)).sum(axis=0)
        beyond_t += (np.abs(drawn_t) >= _threshold(t)).sum(axis=0)
        # Column j of `reached`: the largest of the features that are no more extreme than the j-th.
        reached = np.maximum.accumulate(magnitude[:, order[::-1]], axis=1)[:, ::-1]
        maxima[start : start + m] = reached[:, 0]
        if correction == "single_step":
            reached = reached[:, :1]
        beyond_max[order] += (reached >= _threshold(statistic[order])).sum(axis=0)
    p, p_maxt, t_p = (
        (1 + found) / (1 + n_recombinations) for found in (beyond, beyond_max, beyond_t)
    )
    p_maxt[order] = np.maximum.accumulate(p_maxt[order])
    z_t, z_t_p = _plain_t(np.concatenate(z), np.array([one.usable for one in pools]), n)
    statistic, p, p_maxt = (np.where(tested, found, np.nan) for found in (statistic, p, p_maxt))
    t_p = np.where(np.isnan(t), np.nan, t_p)
    critical = float(np.quantile(maxima, 1 - alpha, method="higher"))
    counts[~tested] = 0
    return CohortTest(
        tuple(names), n, statistic, p, p_maxt, t, t_p, z_t, z_t_p, critical, counts, floor
    )


def _rows(pools, shift, scale, scores):
    """Standardised, raw and squared raw values of all patients, (rows, 3 columns).

    First row and number of rows of each.
    """
    sizes = np.array([len(one.values) for one in pools])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    rows = np.empty((sizes.sum(), 3 * len(shift)))
    for one, start, size in zip(pools, starts, sizes, strict=True):
        z, raw, squared = np.hsplit(rows[start : start + size], 3)
        z[:] = np.nan_to_num(standardise(one.values, scores))
        raw[:] = np.nan_to_num((one.values - shift) / scale)
        squared[:] = raw**2
    return rows, starts, sizes


def _statistics(sums, n, shift):
    """S and the paired t of the raw differences, each (recombinations, columns).

    0/0 in t is no evidence: 0.
    """
    k = len(n)
    with np.errstate(invalid="ignore", divide="ignore"):
        s = np.where(n > 0, sums[:, :k] / np.sqrt(n), 0.0)
        first, second = sums[:, k : 2 * k] / n, sums[:, 2 * k :] / n
        variance = np.maximum(second - first**2, 0.0)
        t = (first + shift) / np.sqrt(variance / (n - 1))
        t = np.where((n > 1) & np.isnan(t), 0.0, t)
    return s, np.where(n > 1, t, np.nan)


def _shift_and_scale(pools, n):
    """Constants that raw values are shifted and scaled by, so that sums of squares keep digits."""
    usable = [one.usable for one in pools]
    with np.errstate(invalid="ignore", divide="ignore"):
        means = [
            np.where(used, one.values.mean(axis=0), 0.0)
            for one, used in zip(pools, usable, strict=True)
        ]
        shift = np.sum(means, axis=0) / n
        spreads = [
            np.where(used, np.abs(one.values - shift).max(axis=0), 0.0)
            for one, used in zip(pools, usable, strict=True)
        ]
        scale = np.max(spreads, axis=0)
        return shift, np.where(scale > 0, scale, 1.0)


def _threshold(observed):
    size = np.abs(observed)
    return np.minimum(size - SLACK, size * (1.0 - SLACK))


def _histogram(drawn):
    n_bins = len(EDGES) - 1
    place = np.clip(((drawn - EDGES[0]) / (EDGES[1] - EDGES[0])).astype(np.int64), 0, n_bins - 1)
    place += n_bins * np.arange(drawn.shape[1])
    return np.bincount(place.ravel(), minlength=n_bins * drawn.shape[1]).reshape(
        drawn.shape[1], n_bins
    )


def _plain_t(z, usable, n):
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = z.sum(axis=0) / n
        sd = np.sqrt((np.where(usable, z - mean, 0.0) ** 2).sum(axis=0) / (n - 1))
        t = np.where(n > 1, mean / (sd / np.sqrt(n)), np.nan)
    return t, 2 * stats.t.sf(np.abs(t), np.maximum(n - 1, 1))


def _no_answer(names, n, floor):
    missing = [np.full(len(names), np.nan) for _ in range(7)]
    return CohortTest(
        names, n, *missing, np.nan, np.zeros((len(names), len(EDGES) - 1), np.int64), floor
    )


def _check(pools, names, n_recombinations, correction):
    if n_recombinations < 1:
        raise ValueError(f"n_recombinations is {n_recombinations}, at least 1 is needed")
    if correction not in CORRECTIONS:
        raise ValueError(f"correction is {correction!r}, expected one of {', '.join(CORRECTIONS)}")
    seen = set()
    for one in pools:
        if one.values.shape[1] != len(names):
            raise ValueError(
                f"patient {one.patient} has {one.values.shape[1]} columns, expected {len(names)}"
            )
        if one.patient in seen:
            raise ValueError(f"patient {one.patient} is there twice")
        seen.add(one.patient)
