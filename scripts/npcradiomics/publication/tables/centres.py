"""The table of centres: the rad-score at each, without each, and with ComBat beside it."""

import pandas as pd

from npcradiomics.publication.tables.formats import Table
from npcradiomics.rounding import fixed_text, interval_text


def centres_table(found: pd.DataFrame, said: list[str], notice: str) -> Table:
    """The table as text.

    Parameters
    ----------
    found, said
        Of ``response.centres.compare_centres``.
    notice : str
        Words of ``notices.cohort_notice``.
    """
    header = ["judged on", "harmonization", "centre", "patients", "effective", "features"]
    header += ["AUC (95 % CI)", "Brier score"]
    rows = [
        [
            row.validation,
            row.harmonization,
            row.centre,
            str(row.patients),
            str(row.effective),
            str(row.kept),
            f"{fixed_text(row.auc, 3)} ({interval_text(row.auc_low, row.auc_high, 3)})",
            fixed_text(row.brier, 3),
        ]
        for row in found.itertuples()
    ]
    notes = [
        "ComBat is fitted on the training patients and applied to all; a centre left out has no"
        " parameters, so that there is no ComBat there. Leave one centre out: fitted on all patients"
        " of the other centres, of both sets.",
        *(f"{line}." for line in said),
    ]
    caption = "The rad-score at each centre."
    return Table(header, rows, caption, notes + [f"{notice}."] * bool(notice))
