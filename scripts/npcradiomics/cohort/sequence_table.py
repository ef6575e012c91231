"""Which patient has which further sequence, how it was registered, and why one is out: nobody is missing in silence."""

import numpy as np
import pandas as pd

# Of the registration's quality.json, and of the carried regions' report.
REGISTRATION = ("verdict", "source", "shift_mm", "rotation_angle_deg")
SIZES = ("gtv_cm3", "recurrent_voxels", "non_recurrent_voxels")


def sequences_table(
    known: list[tuple[str, str]],
    reports: list[dict],
    qualities: list[dict],
    without: list[dict],
) -> pd.DataFrame:
    """One row per patient and further sequence.

    Parameters
    ----------
    known : list of (patient, sequence)
        Who has which.
    reports, qualities : list of dict
        Of the carried regions and of the registration, in this order.
    without : list of dict
        patient, sequence and reason of those who do not have it, or in whom a step failed.

    Returns
    -------
    DataFrame
        patient, sequence, state (measured, out, missing), reason, then the registration's verdict,
        source, motion and estimated error, the sizes on the sequence's grid, and what is not known
        of its numbers (note); `known` first and
        in its order.

    Raises
    ------
    ValueError
        Reports of other patients or sequences.
    """
    rows = []
    for (name, sequence), report, quality in zip(known, reports, qualities, strict=True):
        for found in (report, quality):
            if (found["patient"], found["sequence"]) != (name, sequence):
                raise ValueError(
                    f"{sequence} of {name} met {found['sequence']} of {found['patient']}"
                )
        out = bool(report["reason"])
        row = {"patient": name, "sequence": sequence, "state": "out" if out else "measured"}
        row |= {"reason": report["reason"]} | {key: quality[key] for key in REGISTRATION}
        row["estimated_error_mm"] = (quality["estimated_error"] or {}).get("error_mm", np.nan)
        row |= {key: report.get(key, np.nan) for key in SIZES}
        rows.append(row | {"note": quality["note"]})
    rows += [{**row, "state": "missing"} for row in without]
    columns = [
        *("patient", "sequence", "state", "reason"),
        *REGISTRATION,
        *("estimated_error_mm", *SIZES, "note"),
    ]
    return pd.DataFrame(rows, columns=columns)
