"""How many patients a model of so many candidates asks for: events per candidate and Riley's criteria."""

from typing import NamedTuple

import numpy as np
from scipy import special

SHRINKAGE = 0.9
OPTIMISM = 0.05  # of Nagelkerke's R2
MARGIN = 0.05  # of the overall risk, 95 % interval


class SampleSize(NamedTuple):
    """Patients asked for: each criterion's, and the largest.

    shrinkage: expected shrinkage of the coefficients of at most 10 %; optimism: apparent and
    adjusted Nagelkerke R2 within 0.05; overall: the overall risk known to 0.05.
    """

    shrinkage: int
    optimism: int
    overall: int

    @property
    def patients(self) -> int:
        """The largest of the three."""
        return max(self)


def riley(r2_cox_snell: float, candidates: int, prevalence: float) -> SampleSize:
    """Riley's criteria for a model of a yes-or-no outcome, as pmsampsize(type = "b").

    Parameters
    ----------
    r2_cox_snell : float
        That the model is expected to have in new patients; above 0.
    candidates : int
        Predictors that may enter, not those that did.
    prevalence : float
        Share with the outcome.

    Raises
    ------
    ValueError
        An R2 that is not above 0 or not below its maximum, with both.

    References
    ----------
    Riley 2019, Stat Med 38:1276; Riley 2020, BMJ 368:m441.
    """
    highest = highest_r2(prevalence)
    if not 0 < r2_cox_snell < highest:
        raise ValueError(f"R2 is {r2_cox_snell:.3g}, expected between 0 and {highest:.3g}")
    second = r2_cox_snell / (r2_cox_snell + OPTIMISM * highest)
    counts = [candidates / ((s - 1) * np.log(1 - r2_cox_snell / s)) for s in (SHRINKAGE, second)]
    counts.append((1.96 / MARGIN) ** 2 * prevalence * (1 - prevalence))
    return SampleSize(*(int(np.ceil(count)) for count in counts))


def highest_r2(prevalence: float) -> float:
    """The largest Cox-Snell R2 an outcome of this prevalence allows."""
    return float(1 - np.exp(-_null_deviance(prevalence)))


def sample_size_note(
    patients: int, events: int, candidates: int, cross_validated_deviance: float | None
) -> str:
    """The sentence on the size of the training set that stands in the notes of a model.

    Parameters
    ----------
    patients, events
        Of training; events: of the rarer response.
    candidates
        Features that might have been kept.
    cross_validated_deviance
        -2 log likelihood per patient out of the folds of the tuning, at the chosen penalty: what R2
        can be expected in new patients follows from it. None: the tuning was by another measure.
    """
    words = (
        f"{events} patients of the rarer response for {candidates} candidate features:"
        f" {events / candidates:.2g} events per candidate"
    )
    if cross_validated_deviance is None:
        return words
    prevalence = events / patients
    r2 = 1 - float(np.exp(cross_validated_deviance - _null_deviance(prevalence)))
    if not 0 < r2 < highest_r2(prevalence):
        return (
            f"{words}; out of the folds of the tuning nothing is explained, for which Riley's"
            " criteria know no number of patients"
        )
    asked = riley(r2, candidates, prevalence)
    return (
        f"{words}; at the cross-validated R2 (Cox-Snell) of {r2:.3f} Riley's criteria ask for"
        f" {asked.patients} patients (shrinkage {asked.shrinkage}, optimism {asked.optimism}, overall"
        f" risk {asked.overall}), and there are {patients}"
    )


def _null_deviance(prevalence):
    """-2 log likelihood per patient of the prevalence alone."""
    log_likelihood = special.xlogy(prevalence, prevalence)
    log_likelihood += special.xlogy(1 - prevalence, 1 - prevalence)
    return -2 * float(log_likelihood)
