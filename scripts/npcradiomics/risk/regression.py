"""Share of recurrence in a place from what the scan before treatment says of it, across patients.

Ridge regression on the columns themselves, and on random Fourier features of them (an RBF kernel);
which of the two, the kernel's width and the penalty are tuned inside the training patients. Only
what differs within a patient can make a map, so every column and every response is standardised
within its own patient: no scaling is learned from others, and a patient's unit of grey values does
not matter. The random features do not depend on data either. What is learned from a patient is
then its second moments alone, and a training set is the sum of those of its patients: 200 responses
and all folds cost little more than one fit.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import linalg, special, stats
from sklearn.kernel_approximation import RBFSampler

PENALTIES = (0.01, 0.1, 1.0, 10.0, 100.0)  # times the mean eigenvalue of the second moments
WIDTHS = (0.1, 0.5)  # gamma of the RBF kernel times the number of columns
N_RANDOM, N_PER_COLUMN = 128, 32  # random features per width, at most so many for each column
MOST_FOLDS = 13  # of the inner validation: up to 13 training patients are left out one by one
LINEAR = "ridge"


class Bases(NamedTuple):
    """What columns are turned into: themselves, then random features of each width.

    names (k); samplers (k - 1), fitted on nothing but the number of columns and the seed.
    """

    names: tuple
    samplers: tuple

    def transform(self, columns: np.ndarray) -> list[np.ndarray]:
        """Each basis of one patient's places, (n, p) each with mean 0, from columns (n, q)."""
        scores = within_patient(columns)
        random = [sampler.transform(scores) for sampler in self.samplers]
        return [scores, *(values - values.mean(axis=0) for values in random)]


class Fit(NamedTuple):
    """coefficients: per basis (p, r), zero where a response chose another basis.

    basis, penalty: int (r), the chosen ones.
    """

    coefficients: list
    basis: np.ndarray
    penalty: np.ndarray

    def predict(self, bases: Sequence[np.ndarray]) -> np.ndarray:
        """Predicted shares (n, r), standardised within the patient."""
        return sum(
            values @ weights for values, weights in zip(bases, self.coefficients, strict=True)
        )


class Moments(NamedTuple):
    """What is learned from patients: per basis their gram (patients, p, p) and cross (patients, p, r)."""

    gram: list
    cross: list


def make_bases(n_columns: int, seed: int) -> Bases:
    """The bases for so many columns; the same seed gives the same."""
    samplers, n_random = [], min(N_RANDOM, N_PER_COLUMN * n_columns)
    for k, width in enumerate(WIDTHS):
        sampler = RBFSampler(gamma=width / n_columns, n_components=n_random, random_state=seed + k)
        samplers.append(sampler.fit(np.zeros((1, n_columns))))
    return Bases((LINEAR, *(f"rbf {width:g}" for width in WIDTHS)), tuple(samplers))


def within_patient(columns: np.ndarray) -> np.ndarray:
    """Normal scores of each column among a patient's places.

    Parameters
    ----------
    columns : (n, q) array
        In any unit; NaN where undefined.

    Returns
    -------
    (n, q) array
        Mean 0; ties, undefined values and columns that do not vary have 0 in common.
    """
    columns = np.asarray(columns, float)
    rank = stats.rankdata(columns, axis=0, nan_policy="omit")
    defined = np.isfinite(columns).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.nan_to_num(special.ndtri((rank - 0.5) / defined))


def standardised(shares: np.ndarray) -> np.ndarray:
    """Shares (n, r) with mean 0 and SD 1 in each response; one that does not vary becomes 0."""
    centred = shares - shares.mean(axis=0)
    spread = centred.std(axis=0)
    return np.divide(centred, spread, out=np.zeros_like(centred), where=spread > 1e-9)


def moments(patients: Sequence[list[np.ndarray]], shares: Sequence[np.ndarray]) -> Moments:
    """Second moments per patient, every patient with the same weight.

    Parameters
    ----------
    patients : sequence
        Per patient its bases, as of `Bases.transform`.
    shares : sequence of (n, r) arrays
        Per patient the share of recurrence in each place, for r responses.
    """
    targets = [standardised(one) for one in shares]
    gram, cross = [], []
    for basis in zip(*patients, strict=True):
        gram.append(np.array([values.T @ values / len(values) for values in basis]))
        pairs = zip(basis, targets, strict=True)
        cross.append(np.array([values.T @ target / len(values) for values, target in pairs]))
    return Moments(gram, cross)


def fit(known: Moments, training: Sequence[int]) -> Fit:
    """Tune and fit all responses on some of the patients; the others do not enter in any way.

    Parameters
    ----------
    known : Moments
        Of all patients.
    training : sequence of int
        At least two patients.

    Returns
    -------
    Fit
        Of the basis and penalty with the smallest squared error in training patients that are left
        out in turn (`MOST_FOLDS` groups), the first of equals.
    """
    training = np.asarray(training)
    fold = np.arange(len(training)) % min(len(training), MOST_FOLDS)
    n_responses = known.cross[0].shape[2]
    error = np.zeros((len(known.gram), len(PENALTIES), n_responses))
    for k in range(fold.max() + 1):
        inside, outside = training[fold != k], training[fold == k]
        for b, (gram, cross) in enumerate(zip(known.gram, known.cross, strict=True)):
            there, target = gram[outside].sum(axis=0), cross[outside].sum(axis=0)
            for j, weights in enumerate(_ridge(gram[inside], cross[inside])):
                missed = np.einsum("pr,pr->r", weights, there @ weights - 2 * target)
                error[b, j] += missed
    best = error.reshape(-1, n_responses).argmin(axis=0)
    basis, penalty = np.divmod(best, len(PENALTIES))
    coefficients = []
    for b, (gram, cross) in enumerate(zip(known.gram, known.cross, strict=True)):
        weights = np.array(_ridge(gram[training], cross[training]))
        chosen = np.take_along_axis(weights, penalty[None, None], axis=0)[0]
        coefficients.append(np.where(basis == b, chosen, 0.0))
    return Fit(coefficients, basis, penalty)


def _ridge(gram, cross):
    """Coefficients (p, r) of every penalty, from the moments of the training patients."""
    gram, cross = gram.mean(axis=0), cross.mean(axis=0)
    size = np.trace(gram) / len(gram)
    if size == 0:  # no column varies
        return [np.zeros_like(cross) for _ in PENALTIES]
    ridge = size * np.eye(len(gram))
    return [linalg.solve(gram + one * ridge, cross, assume_a="pos") for one in PENALTIES]
