"""More than one centre or scanner: the model at each, without each, and with ComBat beside it."""

import numpy as np
import pandas as pd
from scipy import special

from npcradiomics.response.calibration import brier
from npcradiomics.response.cohort import split_table
from npcradiomics.response.discrimination import auc_delong
from npcradiomics.response.harmonization import require_comparable_centres
from npcradiomics.response.radscore import Fit, fit_model

FEWEST = 2  # of each response, for an area with an interval


def compare_centres(
    table: pd.DataFrame, seed: int, settings: dict
) -> tuple[pd.DataFrame, list[str]]:
    """Performance per centre, without and with ComBat, and on each centre by a model that has not seen it.

    Parameters
    ----------
    table : DataFrame
        cohort/features.tsv with a centre of every patient.
    seed : int
        Of the folds of the tuning.
    settings : dict
        Of `radscore.fit_model`.

    Returns
    -------
    (DataFrame, list)
        A row per figure: validation ("training", "validation": the model of the training set;
        "leave one centre out": fitted on all patients of the other centres), harmonization ("none",
        "ComBat": fitted on the training patients, applied to all), centre ("all" or its name),
        patients, effective, auc with interval, brier (NaN with fewer than 2 patients of a
        response). And lines on what could not be done.

    Raises
    ------
    ValueError
        Patients without centre, with their number; one centre only.
    """
    require_comparable_centres(table["centre"])
    names = sorted(table["centre"].unique())
    features, y = split_table(table)
    features, centres = features.reset_index(drop=True), table["centre"].reset_index(drop=True)
    inside = (table["set"] == "train").to_numpy()
    rows, said = [], []
    # Its own steps are compared here; that of a stable selection is another table's.
    settings = settings | {"harmonization": "none", "minimum_icc": 0.0}
    for name, harmonization in (("none", "none"), ("ComBat", "combat")):
        try:
            own = settings | {"harmonization": harmonization, "centres": centres[inside]}
            fit = _fit(features[inside], y[inside], seed, own)
            both = (("training", inside), ("validation", ~inside))
            rows += [
                row
                for judged, chosen in both
                for row in _rows(judged, name, fit, features[chosen], y[chosen], centres[chosen])
            ]
        except ValueError as error:
            if name == "none":
                raise
            said.append(f"No ComBat: {error}")
    for centre in names:
        out = (centres == centre).to_numpy()
        try:
            fit = _fit(features[~out], y[~out], seed, settings)
        except ValueError as error:
            said.append(f"Not without {centre}: {error}")
            continue
        kind = "leave one centre out"
        rows += _rows(kind, "none", fit, features[out], y[out], centres[out])[1:]
    return pd.DataFrame(rows), said


def _fit(features, y, seed, settings) -> Fit:
    return fit_model(features.reset_index(drop=True), y, np.random.default_rng(seed), **settings)


def _rows(validation, harmonization, fit, features, y, centres):
    """Of all patients, then of each centre's."""
    score = fit.rad_score(features, centres)
    groups = {"all": np.ones(len(y), bool)}
    groups |= {name: (centres == name).to_numpy() for name in sorted(centres.unique())}
    rows = []
    for name, members in groups.items():
        own, scored = y[members], score[members]
        row = {"validation": validation, "harmonization": harmonization, "centre": name}
        row |= {"patients": len(own), "effective": int(own.sum())}
        row |= dict.fromkeys(("auc", "auc_low", "auc_high"), np.nan)
        if min(own.sum(), len(own) - own.sum()) >= FEWEST:
            row |= dict(zip(("auc", "auc_low", "auc_high"), auc_delong(own, scored), strict=True))
        rows.append(row | {"brier": brier(own, special.expit(scored)), "kept": len(fit.selected)})
    return rows
