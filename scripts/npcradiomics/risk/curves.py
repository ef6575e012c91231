"""Coverage of the recurrence against the size of the boost, for the map, what is simpler, and cohorts of draws."""

import numpy as np
import pandas as pd

from npcradiomics.risk.evidence import MODEL, OBSERVED
from npcradiomics.risk.scores import BLURRED

BAND = (0.025, 0.975)
DRAWN, WITHIN_ERROR = "drawn", "within_error"  # targets


def coverage_curves(summary: pd.DataFrame, null: pd.DataFrame) -> pd.DataFrame:
    """Mean coverage of every map at every boost size, of the recurrence as drawn and within its error.

    Parameters
    ----------
    summary, null : pandas.DataFrame
        Of `cohort.fit_cohort`.

    Returns
    -------
    pandas.DataFrame
        target (DRAWN, WITHIN_ERROR), n (patients), map, percent (of the GTV), mean, and for the
        model on the target as drawn null_low, null_high: the middle 95 % of the cohorts of draws.
        From 0 to 100 %.
    """
    of_draws = null[(null["refit"] != OBSERVED) & (null["map"] == MODEL)]
    low, high = (of_draws.groupby("measure")["mean"].quantile(q) for q in BAND)
    parts = []
    for target, suffix in ((DRAWN, ""), (WITHIN_ERROR, BLURRED)):
        named = summary["measure"].str.extract(rf"^coverage_([\d.]+){suffix}$", expand=False)
        for name, own in summary[named.notna()].groupby("map", sort=False):
            with_band = target == DRAWN and name == MODEL
            own = own.assign(
                percent=named[own.index].astype(float),
                null_low=own["measure"].map(low) if with_band else np.nan,
                null_high=own["measure"].map(high) if with_band else np.nan,
            )
            ends = [
                {"percent": 100 * share, "mean": share}
                | dict.fromkeys(["null_low", "null_high"], share if with_band else np.nan)
                for share in (0.0, 1.0)
            ]
            own = pd.concat([own, pd.DataFrame(ends)]).sort_values("percent")
            parts.append(own.assign(target=target, map=name, n=int(own["n"].max())))
    columns = ["target", "n", "map", "percent", "mean", "null_low", "null_high"]
    return pd.concat(parts)[columns].reset_index(drop=True)
