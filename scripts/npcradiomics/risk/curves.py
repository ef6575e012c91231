"""Coverage of the recurrence against the size of the boost, for the map, what is simpler, and cohorts of draws."""

import numpy as np
import pandas as pd

from npcradiomics.risk.evidence import MODEL, OBSERVED

BAND = (0.025, 0.975)


def coverage_curves(summary: pd.DataFrame, null: pd.DataFrame) -> pd.DataFrame:
    """Mean coverage of every map at every boost size.

    Parameters
    ----------
    summary, null : pandas.DataFrame
        Of `cohort.fit_cohort`.

    Returns
    -------
    pandas.DataFrame
        map, percent (of the GTV), mean, and for the model null_low, null_high: the middle 95 % of
        the cohorts of draws. From 0 to 100 %.
    """
    percent = summary["measure"].str.extract(r"^coverage_([\d.]+)$", expand=False).astype(float)
    curves = summary.assign(percent=percent)[percent.notna()]
    of_draws = null[(null["refit"] != OBSERVED) & (null["map"] == MODEL)]
    low, high = (of_draws.groupby("measure")["mean"].quantile(q) for q in BAND)
    is_model = curves["map"] == MODEL
    curves = curves.assign(
        null_low=curves["measure"].map(low).where(is_model),
        null_high=curves["measure"].map(high).where(is_model),
    )[["map", "percent", "mean", "null_low", "null_high"]]
    ends = []
    for name in curves["map"].unique():
        for share in (0.0, 1.0):
            end = {"map": name, "percent": 100 * share, "mean": share}
            band = share if name == MODEL else np.nan
            ends.append(end | {"null_low": band, "null_high": band})
    whole = pd.concat([curves, pd.DataFrame(ends)])
    order = {name: k for k, name in enumerate(curves["map"].unique())}
    whole = whole.sort_values(
        ["map", "percent"], key=lambda c: c.map(order) if c.name == "map" else c
    )
    return whole.reset_index(drop=True)
