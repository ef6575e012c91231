"""Surrogate textures: stationary Gaussian fields with a tumour's own spatial covariance and its own values.

Stationary is the point and the limit: texture that differs from place to place in the tumour is
spread evenly over the surrogate, a trend towards the edge as well. Source: amplitude-adjusted
Fourier surrogates (Theiler 1992), with the covariance of an irregular region instead of a
periodogram, and Gaussian amplitudes instead of fixed ones.
"""

import numpy as np
from scipy import fft, special

# Share of voxels that have a partner at a lag: below the first the covariance is taken as 0, above
# the second as is.
FEWEST_PAIRS, ENOUGH_PAIRS = 0.3, 0.8
N_REPAIRS = 20


class SurrogateField:
    """Fields for one tumour.

    gtv: mask (z, y, x); values (n): the image in it, (z, y, x) order, not constant. Memory: about
    60 bytes per cell of a box twice as long as the tumour in every direction, while it is set up.

    The covariance is 1 minus the variogram of the values' normal scores. A variogram needs no mean,
    but their variance is taken within this tumour, not in the population it stands for: at every
    lag the covariance is too low by about the variance of the tumour's mean, so that its average
    over all pairs of voxels is 0. A field that takes the tumour's values by rank has the tumour's
    mean and variance, hence the same deficit: its variogram is comparable with the tumour's, and
    fields with the population's covariance would have too flat a one. Lags with few pairs fade to
    0. Negative spectral power, which an estimate from a finite region has, is cut; the covariance
    is repaired and cut again N_REPAIRS times so that the short lags stay as estimated.
    """

    def __init__(self, gtv, values):
        gtv = np.asarray(gtv) > 0
        z, y, x = np.nonzero(gtv)
        self.places = (z - z.min(), y - y.min(), x - x.min())
        box = [int(axis.max()) + 1 for axis in self.places]
        gamma, pairs = variogram(self.places, box, normal_scores(values))
        # Taken to 0 smoothly, where few pairs say what it is.
        share = np.clip(
            (pairs / values.size - FEWEST_PAIRS) / (ENOUGH_PAIRS - FEWEST_PAIRS), 0.0, 1.0
        )
        weight = share * share * (3.0 - 2.0 * share)
        used = np.argwhere(weight > 0)
        reach = [int(np.minimum(used[:, a], weight.shape[a] - used[:, a]).max()) for a in range(3)]
        self.shape = [fft.next_fast_len(n + most) for n, most in zip(box, reach, strict=True)]
        lags = [np.r_[0 : most + 1, -most:0] if most else np.array([0]) for most in reach]
        target, trust = np.zeros(self.shape), np.zeros(self.shape)
        target[np.ix_(*lags)] = ((1.0 - gamma) * weight)[np.ix_(*lags)]
        trust[np.ix_(*lags)] = weight[np.ix_(*lags)]
        self.amplitude = np.sqrt(_spectrum(target, trust))

    def draw(self, rng):
        """Two independent fields at the tumour's voxels, float64 (2, n), in (z, y, x) order.

        One Fourier transform.
        """
        noise = np.empty(self.shape, np.complex128)
        noise.real = rng.standard_normal(self.shape)
        noise.imag = rng.standard_normal(self.shape)
        noise *= self.amplitude
        field = fft.fftn(noise, overwrite_x=True)[self.places]
        return np.stack([field.real, field.imag])


def normal_scores(values):
    """Standard normal quantiles of the ranks (mean rank for ties), (n), with mean 0 and variance 1."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - counts / 2  # mean rank - 1/2
    scores = special.ndtri(middle / values.size)[place]
    scores -= scores.mean()
    return scores / np.sqrt((scores * scores).mean())


def variogram(places, box, scores):
    """Half the mean squared difference of the pairs of voxels at each lag, 1 without pairs, and the number of pairs.

    places: (z, y, x) indices of the voxels in the box; box (3); both results (2 nz, 2 ny, 2 nx) in
    the order of a discrete Fourier transform (lag -1 is last), padded so that no pair is counted
    round the corner.
    """
    size = [2 * n for n in box]
    transforms = []
    for content in (1.0, scores, scores * scores):
        field = np.zeros(size)
        field[places] = content
        transforms.append(fft.rfftn(field))
    mask, first, square = transforms
    pairs = np.rint(fft.irfftn(np.abs(mask) ** 2, size))
    # Squares of both ends, less twice their product; the lag and its opposite have the same pairs.
    halves = fft.irfftn((mask.conj() * square).real - np.abs(first) ** 2, size)
    return np.divide(halves, pairs, out=np.ones(size), where=pairs > 0), pairs


def _spectrum(target, trust):
    """Spectral power, nowhere negative, whose covariance is 1 at lag 0 and close to the target where trusted."""
    covariance = target
    for _ in range(N_REPAIRS):
        power = np.maximum(fft.rfftn(covariance).real, 0.0)
        reached = fft.irfftn(power, target.shape)
        covariance = reached + trust * (target - reached)
    power = np.maximum(fft.fftn(covariance).real, 0.0)
    return power / power.sum()
