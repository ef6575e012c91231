"""Effect sizes of paired differences, with 95 % confidence intervals.

Own code because pingouin 0.7 has dz (eftype="cohen_dz", the same number) without the exact
interval, its Hedges g divides by the average SD of the two regions and uses the approximate
correction, and its rank-biserial correlation has no interval. The tests hold ours and pingouin's
equal where both exist.
"""

import functools

import numpy as np
from scipy import optimize, special

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(200)


def hedges_correction(df):
    """Factor J of Hedges 1981 that makes dz unbiased: gamma(df/2) / (sqrt(df/2) gamma((df-1)/2))."""
    return float(np.exp(special.gammaln(df / 2) - special.gammaln((df - 1) / 2)) / np.sqrt(df / 2))


def dz_interval(t, n, level=0.95):
    """Exact interval of dz = mean/SD of the differences, by inversion of the noncentral t distribution.

    Parameters: t, paired t statistic; n, number of pairs (2 or more). Returns (low, high).
    Source: Steiger & Fouladi 1997; the interval R gives with pt(t, n - 1, ncp) and uniroot.
    scipy's inversion (special.nctdtrinc) does not come back for t = 500, df = 13.
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


def noncentral_t_cdf(t, df, shift):
    """P(T <= t) for T = (Z + shift) / S, Z standard normal, S = sqrt(chi2_df / df), by Gauss-Legendre.

    The average over S of Phi(t S - shift) is smooth where t S varies little, the average over Z of
    P(S >= (Z + shift) / t) where it varies much; either is used where it is the smooth one.
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


def rank_biserial_interval(differences, counts, level=0.95):
    """Percentile bootstrap interval of the matched-pairs rank-biserial correlation (Kerby 2014).

    Parameters: differences, (n,); counts, (n_boot, n) how often each resample has each pair.
    Returns (low, high); NaN if no resample has a difference other than zero. If all differences
    have one sign every resample has too, and the interval is that one point. The ranks of a
    resample follow from its counts and one sort; sorting each resample would take minutes for 5,000
    patients.
    """
    v, n, _ = resampled_rank_sums(differences, counts)
    with np.errstate(invalid="ignore"):
        r = 2 * (2 * v) / (n * (n + 1)) - 1
    r = r[~np.isnan(r)]
    if not len(r):
        return np.nan, np.nan
    tail = (1 - level) / 2
    low, high = np.quantile(r, [tail, 1 - tail])
    return float(low), float(high)


def resampled_rank_sums(differences, counts):
    """The signed-rank statistic of each resample: v, n, tied, (n_boot,) each, as paired_tests.normal_p takes them.

    Parameters as rank_biserial_interval.
    """
    keep = differences != 0
    size, group = np.unique(np.abs(differences[keep]), return_inverse=True)
    if not len(size):
        return (np.zeros(len(counts)),) * 3
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
    n = below[:, -1].astype(float)
    twice_v = np.einsum("ij,ij->i", positive, 2 * below - chosen + 1, dtype=float)
    tied = np.einsum("ij,ij,ij->i", chosen, chosen, chosen, dtype=float) - n
    return np.stack([twice_v / 2, n, tied])


def resample_counts(n, n_boot, seed):
    """How often each of n_boot resamples of n pairs has each pair: (n_boot, n) int32, fixed by the seed."""
    rng = np.random.default_rng([seed, n])
    drawn = rng.integers(0, n, size=(n_boot, n))
    drawn += n * np.arange(n_boot)[:, None]
    # Whole numbers: their sums are exact, and added up ten times as fast as real ones.
    return np.bincount(drawn.ravel(), minlength=n * n_boot).reshape(n_boot, n).astype(np.int32)
