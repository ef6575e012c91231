"""The page that sets the definitions of the toolbox beside those of pyradiomics."""

import pandas as pd

from npcradiomics.features.agreement import EQUAL
from npcradiomics.features.definitions import NOTATION
from npcradiomics.publication.tables.formats import Table


def agreement_page(table: pd.DataFrame, whose: str) -> Table:
    """The page of the definitions.

    Parameters
    ----------
    table : DataFrame
        Of ``agreement.compare_definitions``.
    whose : str
        Which regions were measured, in words.
    """
    rows = [
        [
            row.feature,
            row.formula,
            row.higher_means,
            row.pyradiomics,
            "yes" if row.agrees else f"no: {row.why_not}",
            "not in the settings file"
            if pd.isna(row.median_difference)
            else _relative(row.median_difference),
            row.depends_on_volume,
        ]
        for row in table.itertuples()
    ]
    header = [
        "Feature",
        "Toolbox",
        "Higher means",
        "pyradiomics",
        "Same definition",
        "Difference (median)",
        "Size of the region",
    ]
    caption = f"{int(table['agrees'].sum())} of {len(table)} definitions agree"
    notes = [
        f"Difference: (pyradiomics - toolbox) / |toolbox| on the same levels, {whose}.",
        NOTATION,
    ]
    return Table(header, rows, caption, notes)


def _relative(value):
    return "0 (to rounding)" if abs(value) < EQUAL else f"{value:+.2g}"
