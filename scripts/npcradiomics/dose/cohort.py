"""The cohort's doses: the recurrent part beside the rest of the tumour, and the median histograms."""

import numpy as np
import pandas as pd

from npcradiomics.dose.histogram import CURVE_STEP_PERCENT

COMPARED = {"Dose_Mean": "mean", "Dose_D95": "d95"}  # Gy
RECURRENT = {"whole": "gtvr", "inside_gtv": "gtvr_inside_gtv"}


def paired_doses(figures: pd.DataFrame, recurrent: str) -> pd.DataFrame:
    """Mean dose and D95 in Gy of both regions of each patient, as `statistics.comparison` takes features.

    Parameters
    ----------
    figures
        patient, structure, quantity, unit, value: of `measure_recurrence`.
    recurrent : 'whole', 'inside_gtv'
        What the recurrent region is, as in the statistics of texture.

    Returns
    -------
    patient, region, Dose_Mean, Dose_D95; two rows per patient with a dose.
    """
    regions = {RECURRENT[recurrent]: "recurrent", "non_recurrent": "non_recurrent"}
    chosen = figures[
        figures["structure"].isin(regions)
        & figures["quantity"].isin(COMPARED.values())
        & (figures["unit"] == "Gy")
    ]
    names = {quantity: name for name, quantity in COMPARED.items()}
    table = chosen.assign(
        region=chosen["structure"].map(regions), name=chosen["quantity"].map(names)
    ).pivot(index=["patient", "region"], columns="name", values="value")
    return table.reindex(columns=list(COMPARED)).reset_index().rename_axis(columns=None)


def median_curves(curves: pd.DataFrame) -> pd.DataFrame:
    """The median over patients of the cumulative histograms, at every dose.

    Parameters
    ----------
    curves
        patient, structure, dose_percent, volume_percent.

    Returns
    -------
    structure, dose_percent, volume_percent, n; a patient whose curve has ended counts as 0.
    """
    rows = []
    for structure, own in curves.groupby("structure", sort=False):
        wide = own.pivot(index="dose_percent", columns="patient", values="volume_percent")
        steps = np.arange(0.0, wide.index.max() + CURVE_STEP_PERCENT / 2, CURVE_STEP_PERCENT)
        median = wide.reindex(steps).fillna(0.0).median(axis=1)
        rows.append(
            pd.DataFrame(
                {
                    "structure": structure,
                    "dose_percent": steps,
                    "volume_percent": median.to_numpy(),
                    "n": wide.shape[1],
                }
            )
        )
    return pd.concat(rows, ignore_index=True)
