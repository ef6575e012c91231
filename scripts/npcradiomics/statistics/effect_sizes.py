"""What pingouin's effect sizes of paired differences lack: exact corrections and intervals.

pingouin 0.7 has dz without an interval, the approximate correction of Hedges g, and the
rank-biserial correlation without an interval.
"""

import functools

import numpy as np
from scipy import optimize, special

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(200)


def hedges_correction(df: int) -> float:
    """Factor J that makes dz unbiased: gamma(df/2) / (sqrt(df/2) gamma((df-1)/2)).

    Hedges 1981, J Educ Stat 6:107. pingouin has 1 - 3 / (4 df - 1), 2e-4 from it at df = 13.
    """
    return float(np.exp(special.gammaln(df / 2) - special.gammaln((df - 1) / 2)) / np.sqrt(df / 2))


def dz_interval(t: float, n: int, level: float = 0.95) -> tuple[float, float]:
    """Exact interval of dz = mean/SD of the differences, by inversion of the noncentral t distribution.

    Own code: scipy.stats.nct gives NaN in 2 of 35 cases tried, and its inversion
    (special.nctdtrinc) does not come back for t = 500, df = 13.

    Parameters
    ----------
    t : float
        Paired t statistic.
    n : int
        Number of pairs, 2 or more.
    level : float
        Of the interval.

    Returns
    -------
    low, high : float
        What R gives with pt(t, n - 1, ncp) and uniroot.

    References
    ----------
    Steiger & Fouladi 1997, in: What if there were no significance tests?, 221.
    """
    tail = (1 - level) / 2
    # P(T <= t) falls from 1 to 0 as the noncentrality grows; both ends lie well within this
    # bracket.
    reach = 10 + 10 * abs(t) * max(1.0, 1 / np.sqrt(n - 1))
    bounds = [
        optimize.brentq(
            lambda shift, p=p: noncentral_t_cdf(t, n - 1, shift) - p, t - reach, t + reach
        )
        for p in (1 - tail, tail)
    ]
    return bounds[0] / np.sqrt(n), bounds[1] / np.sqrt(n)


def noncentral_t_cdf(t: float, df: int, shift: float) -> float:
    """P(T <= t) for T = (Z + shift) / S, Z standard normal, S = sqrt(chi2_df / df), by Gauss-Legendre.

    The average over S of Phi(t S - shift) is smooth where t S varies little, the average over Z of
    P(S >= (Z + shift) / t) where it varies much; either is used where it is the smooth one.

    Parameters
    ----------
    t, shift : float
        The point, and the noncentrality.
    df : int
        Degrees of freedom.
    """
    if t < 0:
        return 1 - noncentral_t_cdf(-t, df, -shift)
    if t < max(np.sqrt(2 * df), 6.0):
        s, weight = _chi_nodes(df)
        return float(weight @ special.ndtr(t * s - shift))
    z = 8.5 * _NODES
    s = np.maximum(z + shift, 0) / t
    density = np.exp(-z * z / 2) / np.sqrt(2 * np.pi)
    return float(np.sum(8.5 * _WEIGHTS * density * special.chdtrc(df, df * s * s)))


@functools.cache
def _chi_nodes(df):
    low, high = np.sqrt(special.chdtri(df, np.array([1 - 1e-15, 1e-15])) / df)
    s = low + (high - low) * (_NODES + 1) / 2
    chi2 = df * s * s
    log_density = (df / 2 - 1) * np.log(chi2 / 2) - chi2 / 2 - special.gammaln(df / 2)
    return s, (high - low) / 2 * _WEIGHTS * df * s * np.exp(log_density)


def rank_biserial_interval(
    differences: np.ndarray, counts: np.ndarray, level: float = 0.95
) -> tuple[float, float]:
    """Percentile bootstrap interval of the matched-pairs rank-biserial correlation.

    Own code because of its speed: the ranks of a resample follow from its counts and one sort of
    the cohort, where pingouin.compute_bootci and scipy.stats.bootstrap rank every resample anew.

    Parameters
    ----------
    differences : (n,) array
        If all have one sign every resample has too, and the interval is that one point.
    counts : (n_boot, n) array
        How often each resample has each pair, see resample_counts.
    level : float
        Of the interval.

    Returns
    -------
    low, high : float
        NaN if no resample has a difference other than zero.

    References
    ----------
    Kerby 2014, Compr Psychol 3:11.
    """
    v, n = _resampled_rank_sums(differences, counts)
    with np.errstate(invalid="ignore"):
        r = 2 * (2 * v) / (n * (n + 1)) - 1
    r = r[~np.isnan(r)]
    if not len(r):
        return np.nan, np.nan
    tail = (1 - level) / 2
    low, high = np.quantile(r, [tail, 1 - tail])
    return float(low), float(high)


def _resampled_rank_sums(differences, counts):
    """Sum of the positive ranks and non-zero differences of each resample, (n_boot,) each."""
    keep = differences != 0
    size, group = np.unique(np.abs(differences[keep]), return_inverse=True)
    if not len(size):
        return (np.zeros(len(counts)),) * 2
    order = np.argsort(group, kind="stable")
    columns = np.flatnonzero(keep)[order]
    is_positive = (differences[columns] > 0).astype(counts.dtype)
    starts = np.searchsorted(group[order], np.arange(len(size))) if len(size) < len(order) else None
    # Blocks of resamples that fit into the processor's cache.
    blocks = np.array_split(counts, max(1, counts.size // 100_000))
    sums = [_rank_sums(block.take(columns, axis=1), is_positive, starts) for block in blocks]
    return np.concatenate(sums, axis=1)


def _rank_sums(chosen, is_positive, starts):
    positive = chosen * is_positive
    if starts is not None:
        chosen = np.add.reduceat(chosen, starts, axis=1)
        positive = np.add.reduceat(positive, starts, axis=1)
    # Average rank of a group: those before it, plus the middle of the group.
    below = np.cumsum(chosen, axis=1, dtype=chosen.dtype)
    twice_v = np.einsum("ij,ij->i", positive, 2 * below - chosen + 1, dtype=float)
    return np.stack([twice_v / 2, below[:, -1].astype(float)])


def resample_counts(n: int, n_boot: int, seed: int) -> np.ndarray:
    """How often each of n_boot resamples of n pairs has each pair.

    Parameters
    ----------
    n, n_boot, seed : int
        They fix the resamples; those of stability.stability are the same.

    Returns
    -------
    (n_boot, n) int32 array
    """
    rng = np.random.default_rng([seed, n])
    drawn = rng.integers(0, n, size=(n_boot, n))
    drawn += n * np.arange(n_boot)[:, None]
    # Whole numbers: their sums are exact, and added up ten times as fast as real ones.
    return np.bincount(drawn.ravel(), minlength=n * n_boot).reshape(n_boot, n).astype(np.int32)
