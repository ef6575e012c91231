"""The negative controls of the spatial null: shape and place of the recurrences among their draws, and their dose."""

import numpy as np
import pandas as pd

from npcradiomics.spatial_null import verdict
from npcradiomics.spatial_null.pools import mean_differences, pool
from npcradiomics.spatial_null.recombination import CohortTest, recombination_test

CONTROL_COLUMNS = (
    *("covariate", "n", "statistic", "p", "p_maxt", "mean_observed", "mean_draws"),
    *("critical", "note"),
)


def shape_and_place(draws: list, options: dict) -> tuple[pd.DataFrame, CohortTest]:
    """Test the covariates of shape.Shape as one family.

    Parameters
    ----------
    draws
        Records with patient, covariate_names and covariates, of patients who have draws.
    options
        Of `recombination_test`.

    Returns
    -------
    A row of `CONTROL_COLUMNS` per covariate, and the test.
    """
    names = list(draws[0].covariate_names) if draws else list(verdict.COVARIATES)
    pools = []
    for one in draws:
        values = np.array(one.covariates, float)
        # All draws alike (one piece, say): nothing that the observed value could lie among.
        values[:, np.ptp(values[1:], axis=0) == 0] = np.nan
        pools.append(pool(one.patient, values))
    return _tested(pools, names, "the same in all draws" if draws else "no draws", options)


def mean_dose(
    draws: list, doses: dict[str, np.ndarray], options: dict
) -> tuple[pd.DataFrame, CohortTest | None]:
    """Test the mean dose, as a family of its own: it is no measure of shape or place.

    Parameters
    ----------
    draws, options
        As of `shape_and_place`.
    doses
        {patient: mean dose (B + 1) in % of the prescription, of the region and of its draws}.

    Returns
    -------
    One row of `CONTROL_COLUMNS` and the test; no row and None where no patient with draws has a dose.
    """
    pools = [
        pool(one.patient, np.asarray(doses[one.patient], float)[:, None])
        for one in draws
        if one.patient in doses and np.ptp(doses[one.patient][1:]) > 0
    ]
    if not pools:
        return pd.DataFrame(columns=list(CONTROL_COLUMNS)), None
    return _tested(pools, [verdict.DOSE], "", options)


def _tested(pools, names, untested, options):
    test = recombination_test(pools, names, **options)
    observed, drawn = mean_differences(pools, len(names))
    table = pd.DataFrame(
        {"covariate": names, "n": test.n, "statistic": test.statistic, "p": test.p}
    )
    table = table.assign(
        p_maxt=test.p_maxt,
        mean_observed=observed,
        mean_draws=drawn,
        critical=test.critical,
        note=["" if n else untested for n in test.n],
    )
    return table[list(CONTROL_COLUMNS)], test
