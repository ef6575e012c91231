"""The curve of all universes under the spatial null: every patient is one of its draws in all universes at once.

A draw is one motion of the recurrence's own shape, and the same motion was applied to every
universe's contour. If the place does not matter, the observed one is exchangeable with the B others
jointly in all universes, so that any statistic of the whole curve has an exact null distribution.

References
----------
Simonsohn, Simmons & Nelson 2020, Nat Hum Behav 4:1208. Westfall & Young 1993 (maxT). Phipson &
Smyth 2010, Stat Appl Genet Mol Biol 9:39.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from npcradiomics.multiverse.significance import FEWEST, PairedRule
from npcradiomics.spatial_null.kernels_recombination import add_picked
from npcradiomics.spatial_null.pools import Pool, standardise
from npcradiomics.spatial_null.recombination import SLACK

CELLS = 2_000_000  # patients x recombinations x columns in memory at once; part of no result


@dataclass(frozen=True, eq=False)
class CurveTest:
    """Answers of `test_curve`: arrays (M, F) per measured universe and feature, (F) per feature; NaN: not tested.

    statistic S = sum z / sqrt(n) with p, p_maxt (over the features of the universe) and p_maxt_all
    (over features and universes); gap: how far S is behind that of the feature's strongest
    universe, in SDs that this difference has under the null. Per feature: median_dz over universes
    with its two-sided p_median, share of universes that are significant with p_share, and p_curve,
    the family-wise p of its strongest universe among features x universes. n_patients with draws.
    """

    n_patients: int
    statistic: np.ndarray
    p: np.ndarray
    p_maxt: np.ndarray
    p_maxt_all: np.ndarray
    gap: np.ndarray
    median_dz: np.ndarray
    p_median: np.ndarray
    share: np.ndarray
    p_share: np.ndarray
    p_curve: np.ndarray


def test_curve(
    pools: Sequence[Pool],
    shape: tuple[int, int],
    universes: Sequence[tuple[int, str]],
    *,
    threshold: float,
    n_recombinations: int,
    seed: int,
) -> CurveTest:
    """Test all universes and features against recombinations of the patients' pools.

    Parameters
    ----------
    pools : sequence of Pool
        M x F columns, universes outermost; the rows are the same motions in all of them.
    shape : (M, F)
    universes : sequence of (int, str)
        Each universe as its measured one and its test.
    threshold : float
        Below which a single test is significant.
    n_recombinations, seed : int
        As spatial_null.recombination: a patient's picks follow from seed and name alone.
    """
    pools = sorted(pools, key=lambda one: one.patient)
    if not pools:
        return _untested(shape)
    curve = _Curve(pools, shape, universes, threshold)
    observed = np.zeros((len(pools), 1), np.int64)
    s, dz, share = (part[0] for part in (curve.z_sums(observed), *curve.effects(observed)))
    tested = curve.tested
    best = np.argmax(np.abs(np.where(tested, s, 0.0)), axis=0)
    features = np.arange(shape[1])
    beyond, beyond_maxt, beyond_all = (np.zeros(shape, np.int64) for _ in range(3))
    gaps = np.zeros(shape)
    above, below, shares = (np.zeros(shape[1], np.int64) for _ in range(3))
    size = np.abs(s)
    limit = np.minimum(size - SLACK, size * (1 - SLACK))
    for picks in curve.picks(n_recombinations, seed):
        drawn, (drawn_dz, drawn_share) = curve.z_sums(picks), curve.effects(picks)
        magnitude = np.abs(drawn)
        beyond += (magnitude >= limit).sum(axis=0)
        within = magnitude.max(axis=2)
        beyond_maxt += (within[:, :, None] >= limit).sum(axis=0)
        beyond_all += (within.max(axis=1)[:, None, None] >= limit).sum(axis=0)
        gaps += ((drawn[:, best, features][:, None] - drawn) ** 2).sum(axis=0)
        above += (drawn_dz >= dz - SLACK).sum(axis=0)
        below += (drawn_dz <= dz + SLACK).sum(axis=0)
        shares += (drawn_share >= share - SLACK).sum(axis=0)
    p, p_maxt, p_all = (
        np.where(tested, (1 + found) / (1 + n_recombinations), np.nan)
        for found in (beyond, beyond_maxt, beyond_all)
    )
    any_tested = tested.any(axis=0)
    p_median, p_share = (
        np.where(any_tested, np.minimum(found, 1.0), np.nan)
        for found in (
            2 * (1 + np.minimum(above, below)) / (1 + n_recombinations),
            (1 + shares) / (1 + n_recombinations),
        )
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        sign = np.sign(s[best, features])
        gap = sign * (s[best, features] - s) / np.sqrt(gaps / n_recombinations)
        gap = np.where(gaps > SLACK, gap, 0.0)
    return CurveTest(
        len(pools),
        np.where(tested, s, np.nan),
        p,
        p_maxt,
        p_all,
        np.where(tested, gap, np.nan),
        np.where(any_tested, dz, np.nan),
        p_median,
        np.where(any_tested, share, np.nan),
        p_share,
        np.where(any_tested, p_all[best, features], np.nan),
    )


test_curve.__test__ = False  # no test of pytest's


def family_p(
    pools: Sequence[Pool], shape: tuple[int, int], n_recombinations: int, seed: int
) -> np.ndarray:
    """p_maxt of `test_curve`, (M, F), alone: of the surrogates, which have no curve of their own."""
    pools = sorted(pools, key=lambda one: one.patient)
    if not pools:
        return np.full(shape, np.nan)
    curve = _Curve(pools, shape)
    size = np.abs(curve.z_sums(np.zeros((len(pools), 1), np.int64))[0])
    limit = np.minimum(size - SLACK, size * (1 - SLACK))
    beyond = np.zeros(shape, np.int64)
    for picks in curve.picks(n_recombinations, seed):
        within = np.abs(curve.z_sums(picks)).max(axis=2)
        beyond += (within[:, :, None] >= limit).sum(axis=0)
    return np.where(curve.tested, (1 + beyond) / (1 + n_recombinations), np.nan)


class _Curve:
    """What of recombined patients is computed."""

    def __init__(self, pools, shape, universes=(), threshold=1.0):
        self.shape, self.pools = shape, pools
        usable = np.array([one.usable for one in pools])  # (patients, columns)
        n = usable.sum(axis=0)
        self.tested = (n >= FEWEST).reshape(shape)
        self.z = np.concatenate([np.nan_to_num(standardise(one.values)) for one in pools])
        self.starts = np.cumsum([0] + [len(one.values) for one in pools[:-1]])
        self.root_n = np.sqrt(np.maximum(n, 1))
        # Columns that the same patients have are tested together.
        patterns, which = np.unique(usable, axis=1, return_inverse=True)
        self.groups = [
            (np.flatnonzero(which == k), np.flatnonzero(pattern))
            for k, pattern in enumerate(patterns.T)
            if pattern.sum() >= FEWEST
        ]
        self.rules = {
            len(patients): PairedRule(len(patients), threshold) for _, patients in self.groups
        }
        self.measured = np.array([k for k, _ in universes])
        self.tests = [test for _, test in universes]

    def picks(self, n_recombinations, seed):
        """Picks (patients, m) of all recombinations, as spatial_null.recombination draws them."""
        step = max(1, CELLS // (len(self.pools) * self.tested.size))
        streams = [np.random.default_rng([seed, *one.patient.encode()]) for one in self.pools]
        for start in range(0, n_recombinations, step):
            m = min(step, n_recombinations - start)
            pairs = zip(streams, self.pools, strict=True)
            yield np.array([rng.integers(0, len(one.values), m) for rng, one in pairs])

    def z_sums(self, picks):
        """S (m, M, F) of picks (patients, m)."""
        s = np.zeros((picks.shape[1], self.root_n.size))
        add_picked(self.z, self.starts, picks, s)
        s = (s / self.root_n).reshape(-1, *self.shape)
        return np.where(self.tested, s, 0.0)

    def effects(self, picks):
        """Median dz (m, F) and share significant (m, F) of picks (patients, m)."""
        m = picks.shape[1]
        dz = np.full((m, self.root_n.size), np.nan)
        found = {test: np.zeros((m, self.root_n.size), bool) for test in set(self.tests)}
        for columns, patients in self.groups:
            values = np.empty((m, columns.size, patients.size))
            for place, patient in enumerate(patients):
                values[:, :, place] = self.pools[patient].values[picks[patient]][:, columns]
            rule = self.rules[patients.size]
            own, by_test = rule(values.reshape(-1, patients.size))
            dz[:, columns] = own.reshape(m, -1)
            for test, significant in found.items():
                significant[:, columns] = by_test[test].reshape(m, -1)
        dz = dz.reshape(m, *self.shape)[:, self.measured]
        used = self.tested[self.measured]  # (universes, features)
        each = np.array(
            [
                found[test].reshape(m, *self.shape)[:, k]
                for k, test in zip(self.measured, self.tests, strict=True)
            ]
        )
        share = (each & used[:, None]).sum(axis=0) / np.maximum(used.sum(axis=0), 1)
        return _median(dz, used), share


def _median(dz, used):
    """Median over the universes (axis 1) in which a feature is tested."""
    kept = used.any(axis=1)
    dz, used = dz[:, kept], used[kept]
    if kept.any() and used.all():
        return np.median(dz, axis=1)
    median = np.zeros((dz.shape[0], dz.shape[2]))
    for feature in np.flatnonzero(used.any(axis=0)):
        median[:, feature] = np.median(dz[:, used[:, feature], feature], axis=1)
    return median


def _untested(shape):
    cells, features = np.full(shape, np.nan), np.full(shape[1], np.nan)
    return CurveTest(0, *[cells] * 5, *[features] * 5)
