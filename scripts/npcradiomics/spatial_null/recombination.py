"""Size-matched spatial null: is the recurrent region's place in the tumour special, or would any place of its size do?

For each patient the observed difference (region - remainder) stands among those of B regions drawn
in the same tumour. If the place does not matter, the observed one is exchangeable with the B
others, and picking one of the B + 1 values of each patient independently gives the exact null
distribution of any cohort statistic. One pick serves all features of a patient, so that the joint
distribution, which maxT needs, is kept.

Sources: Westfall & Young 1993, Resampling-Based Multiple Testing (maxT, single step and step-down);
Phipson & Smyth 2010, Stat Appl Genet Mol Biol 9:39 (1 + exceedances).
"""

from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from npcradiomics.spatial_null.kernels_recombination import add_picked

SCORES = ("standard", "normal")
CORRECTIONS = ("single_step", "step_down")
CHUNK = 2000  # recombinations whose sums stay in the processor's cache; part of no result
BATCH = 250  # patients whose rows are in memory at once; part of no result
# Sums of the same values in another order differ in their last bits; mathematically equal
# statistics must count as ties, else p would be too small where draws repeat each other.
SLACK = 1e-9
# Differences that vary less than this, relative to the feature's size, differ by rounding alone.
ROUNDING = 1e-12
# The statistic has SD 1 under the null; what lies beyond goes into the outermost bins.
EDGES = np.linspace(-8.0, 8.0, 65)


@dataclass(frozen=True, eq=False)
class Pool:
    """One patient's exchangeable values: values float64 (b + 1, columns), row 0 observed; NaN columns take no part.

    left_out: {column: reason} of these; n_undefined: draws that were left out because a feature is
    undefined there.
    """

    patient: str
    values: np.ndarray
    left_out: dict
    n_undefined: int

    @property
    def n_draws(self):
        """Draws the observed value stands among."""
        return len(self.values) - 1

    @property
    def usable(self):
        """Columns that take part, bool (columns)."""
        return ~np.isnan(self.values[0])


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


def differences(features):
    """Region minus remainder: (b + 1, 2, features) -> (b + 1, features).

    Differences equal up to rounding become equal.
    """
    values = features[:, 0] - features[:, 1]
    with np.errstate(invalid="ignore"):
        size = np.nanmax(np.abs(features), axis=(0, 1), initial=0.0)
        spread = np.nanmax(values, axis=0, initial=-np.inf) - np.nanmin(
            values, axis=0, initial=np.inf
        )
    alike = (spread >= 0) & (spread <= ROUNDING * size)
    return np.where(alike & ~np.isnan(values), values[:1], values)


def pool(patient, values):
    """The rows and columns of one patient that can be compared, as a Pool.

    values: float64 (b + 1, columns), row 0 observed. A column takes no part in this patient where
    the observed value or more than half of the draws are undefined (NaN, infinite), or where all
    values are equal. A draw in which one of the remaining columns is undefined is left out as a
    whole: one pick must serve all columns. Errors: ValueError for no draws.
    """
    if len(values) < 2:
        raise ValueError(f"patient {patient}: {len(values) - 1} draws, the null needs one at least")
    defined = np.isfinite(values)
    left_out = {}
    for column in np.flatnonzero(~defined[0]):
        left_out[int(column)] = "undefined in the observed region"
    for column in np.flatnonzero(defined[0] & (defined[1:].mean(axis=0) < 0.5)):
        left_out[int(column)] = (
            f"undefined in {np.count_nonzero(~defined[1:, column])} of {len(values) - 1} draws"
        )
    used = np.ones(values.shape[1], bool)
    used[list(left_out)] = False
    complete = defined[:, used].all(axis=1)
    kept = np.where(used, values, np.nan)[complete]
    for column in np.flatnonzero(used & (np.ptp(kept, axis=0) == 0)):
        left_out[int(column)] = "the same in all draws"
        kept[:, column] = np.nan
    if len(kept) < 2:
        raise ValueError(
            f"patient {patient}: none of {len(values) - 1} draws has all features defined"
        )
    return Pool(patient, kept, left_out, int(np.count_nonzero(~complete)))


def standardise(values, scores="standard"):
    """Columns with mean 0 and SD 1 (over all rows, the observed included): (b + 1, columns); NaN columns stay NaN.

    scores "normal" takes normal scores of the ranks first (average ranks; (rank - 1/2)/(b + 1)),
    for heavy tails. With the observed value inside, every row is treated alike, which
    exchangeability needs. Errors: ValueError for a column whose values are all equal, unknown
    scores.
    """
    if scores not in SCORES:
        raise ValueError(f"scores is {scores!r}, expected one of {', '.join(SCORES)}")
    if np.any(np.ptp(values, axis=0) == 0):
        raise ValueError(
            f"column {np.flatnonzero(np.ptp(values, axis=0) == 0)[0]}: all {len(values)} values are equal"
        )
    if scores == "normal":
        ranks = stats.rankdata(values, axis=0, nan_policy="propagate")
        values = special.ndtri((ranks - 0.5) / len(values))
    # Twice centred and scaled by the largest first: 1e200 squared must not overflow.
    values = values / np.maximum(np.abs(values).max(axis=0), np.finfo(float).tiny)
    centred = values - values.mean(axis=0)
    return centred / np.sqrt((centred**2).mean(axis=0))


def recombination_test(
    pools,
    names,
    *,
    n_recombinations=100_000,
    seed=0,
    alpha=0.05,
    scores="standard",
    correction="single_step",
):
    """Test the cohort's observed values against recombinations of its patients' pools.

    Parameters
    pools: list of Pool with one column per name, patients each once; an empty list gives NaN throughout.
    n_recombinations M: p = (1 + exceedances)/(1 + M), two-sided, ties counted.
    seed: each patient's picks follow from seed and name alone; patients are added in the order of their names, so the
        result does not depend on the order of the list, and a subset of patients keeps its picks.
    scores: standard or normal, see standardise. correction: single_step or step_down maxT (Westfall & Young 1993).
    Memory: (M, 3 columns) doubles, and beside the pools three times those of BATCH patients.

    Returns a CohortTest.
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


def rank_shares(values):
    """Where the observed row stands among the draws, (columns): share of draws below it, ties half.

    NaN columns NaN.
    """
    below = (values[1:] < values[0]).mean(axis=0) + (values[1:] == values[0]).mean(axis=0) / 2
    return np.where(np.isnan(values[0]), np.nan, below)


def mean_differences(pools, n_columns):
    """Means over patients of the observed value and of the draws' mean, two arrays (columns), NaN without patients."""
    if not pools:
        return np.full(n_columns, np.nan), np.full(n_columns, np.nan)
    observed = np.array([one.values[0] for one in pools])
    drawn = np.array([one.values[1:].mean(axis=0) for one in pools])
    n = np.count_nonzero(~np.isnan(observed), axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.nansum(observed, axis=0) / n, np.nansum(drawn, axis=0) / n


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
    """Constants of the cohort by which raw values are shifted and scaled, so that sums of squares keep their digits."""
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
