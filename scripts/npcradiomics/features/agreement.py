"""Where the toolbox's texture features and pyradiomics' of the same name agree, and by how much."""

import pandas as pd

from npcradiomics.features.definitions import DEFINITIONS

EQUAL = 1e-9  # relative; both add the same numbers in another order


def compare_definitions(features: pd.DataFrame, pyradiomics: pd.DataFrame) -> pd.DataFrame:
    """Compare both definitions of every texture feature on the same regions.

    Parameters
    ----------
    features, pyradiomics
        A row per patient and region, keyed by both; pyradiomics' columns are class_Feature.

    Returns
    -------
    DataFrame
        A row per feature: formula, unit, what a higher value means, pyradiomics' name, whether the definitions agree, and the
        measured (pyradiomics - toolbox) / |toolbox|: median, and largest absolute value.

    Raises
    ------
    ValueError
        The rows are not the same regions, or a definition said to agree differs by more than 1e-9.
    """
    ours, theirs = (table.set_index(["patient", "region"]) for table in (features, pyradiomics))
    if not ours.index.sort_values().equals(theirs.index.sort_values()):
        raise ValueError(
            f"{len(ours)} regions of ours and {len(theirs)} of pyradiomics are not the same"
            " patients and regions"
        )
    rows = []
    for definition in DEFINITIONS:
        if definition.family == "Intensity Histogram":
            continue
        row = {
            "feature": definition.feature,
            "formula": definition.formula,
            "unit": definition.unit,
            "higher_means": definition.higher,
            "pyradiomics": definition.pyradiomics,
            "agrees": definition.agrees,
            "why_not": definition.difference,
            "depends_on_volume": definition.volume,
        }
        if definition.pyradiomics in theirs:
            difference = (theirs[definition.pyradiomics] - ours[definition.feature]) / ours[
                definition.feature
            ].abs()
            row |= {
                "median_difference": difference.median(),
                "largest_difference": difference.abs().max(),
            }
            if definition.agrees and row["largest_difference"] > EQUAL:
                raise ValueError(
                    f"{definition.feature} and {definition.pyradiomics} should agree and differ by"
                    f" {row['largest_difference']:.2g}; look at config: pyradiomics (binWidth 1,"
                    " weightingNorm euclidean)"
                )
        rows.append(row)
    return pd.DataFrame(rows)
