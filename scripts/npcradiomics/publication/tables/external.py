"""The external validation as a table."""

import pandas as pd

from npcradiomics.publication.notices import SIMULATED_NOTE
from npcradiomics.publication.tables.formats import Table
from npcradiomics.rounding import fixed_text, interval_text, p_words, percent_text


def external_table(found: pd.DataFrame, unscored: int, simulated: bool) -> Table:
    """The table as text: figures of the untouched model, then the two recalibrations.

    Parameters
    ----------
    found : DataFrame
        Of ``response.external.validate_externally``.
    unscored : int
        Labelled patients who got no score.
    simulated : bool
        Whether they are.
    """
    one, shift, both = found.to_dict("records")
    interval = interval_text(one["auc_low"], one["auc_high"], 3)
    slope = interval_text(one["slope_low"], one["slope_high"])
    rows = [["AUC (95 % CI)", f"{fixed_text(one['auc'], 3)} ({interval})"]]
    for kind in ("sensitivity", "specificity"):
        share = f"{one[f'{kind}_k']:g}/{one[f'{kind}_n']:g} = {percent_text(one[kind], 1)}"
        rows.append([f"{kind} at the threshold of training", share])
    rows += [
        ["calibration in the large", fixed_text(one["in_the_large"], 2)],
        ["calibration slope (95 % CI)", f"{fixed_text(one['slope'], 2)} ({slope})"],
        ["Hosmer-Lemeshow", f"p {p_words(one['hosmer_lemeshow_p'])}"],
        ["Brier score", fixed_text(one["brier"], 3)],
    ]
    for words, row in (("intercept only", shift), ("intercept and slope", both)):
        cells = f"{fixed_text(row['recalibration_intercept'], 2)} + {fixed_text(row['recalibration_slope'], 2)} x rad-score"
        brier = fixed_text(row["brier"], 3)
        rows.append([f"recalibrated here, {words}", f"{cells}; Brier score {brier}"])
    notes = [
        "The model is as it was fitted, untouched, in all rows but those that say recalibrated; these"
        " were fitted on the patients they are judged on, and flatter."
    ]
    if unscored:
        notes.append(f"{unscored} labelled patients got no score and are not in the table.")
    patients = f"{one['patients']} patients, {one['effective']} effective"
    caption = f"External validation of the rad-score ({patients})."
    return Table(["", "external"], rows, caption, notes + [f"{SIMULATED_NOTE}."] * simulated)
