"""Who is unlike the cohort in size, slices or grey values, and in what words."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from npcradiomics.statistics.outlyingness import LEAST, ODD, modified_z


@dataclass(frozen=True)
class Measure:
    """One number of a tumour, compared on a logarithmic scale (amounts, of which twice is as far as half).

    scanner: it depends on the scanner, so that a patient is compared with those of his centre.
    of: from `tumours.describe_tumour` to the number; None where it is not known or not above 0.
    """

    title: str
    unit: str
    digits: int  # after the point
    more: str  # what is said of a high value
    less: str
    scanner: bool
    of: Callable[[dict], float | None]


MEASURES = {
    "volume_cm3": Measure(
        "volume",
        "cm\N{SUPERSCRIPT THREE}",
        1,
        "larger",
        "smaller",
        False,
        lambda d: d["volume_cm3"],
    ),
    "n_slices": Measure(
        "slices with contour", "", 0, "more", "fewer", False, lambda d: d["n_slices"]
    ),
    "in_plane_mm": Measure(
        *("pixel size", "mm", 2, "larger", "smaller", True),
        lambda d: float(np.sqrt(d["spacing_xyz_mm"][0] * d["spacing_xyz_mm"][1])),
    ),
    "between_slices_mm": Measure(
        *("distance of slices", "mm", 2, "larger", "smaller", True),
        lambda d: d["spacing_xyz_mm"][2],
    ),
    "median": Measure(
        "median grey value", "", 0, "brighter", "darker", True, lambda d: d["median"]
    ),
    "spread": Measure(
        *("interquartile range of grey values, of their median", "", 2, "wider", "narrower", True),
        lambda d: (d["q3"] - d["q1"]) / d["median"] if d["median"] > 0 else None,
    ),
    "contrast": Measure(
        *("brightness against its surroundings", "", 2, "brighter", "darker", True),
        lambda d: d["median"] / d["surroundings"] if d["surroundings"] else None,
    ),
}


def compare_tumours(tumours: pd.DataFrame, described: list[dict]) -> pd.DataFrame:
    """Each patient's measures, and how far they lie from the cohort's.

    Parameters
    ----------
    tumours : DataFrame (n patients)
        patient, group ("train", "validation" or "new"), centre ("" where it is not known). New
        patients are compared with the cohort, and are no part of it.
    described : list (n) of dict
        Of `tumours.describe_tumour`, in this order.

    Returns
    -------
    DataFrame
        tumours with the MEASURES, z_ of each (modified z-score of its logarithm; NaN where it is
        not known, or of too few) and odd: sentences on those beyond ODD, joined by "; ". What
        depends on the scanner is compared within the patient's centre, where that has LEAST
        patients of the cohort; where it has not, and all else, with the whole cohort.
    """
    table = tumours.reset_index(drop=True)
    measured = pd.DataFrame(
        [{name: _positive(one.of(found)) for name, one in MEASURES.items()} for found in described]
    ).astype(float)
    cohort = (table["group"] != "new").to_numpy()
    counts = table.loc[cohort, "centre"].value_counts()
    large = [centre for centre in counts.index[counts >= LEAST] if centre]
    centres = table["centre"].where(table["centre"].isin(large), "").to_numpy()
    said = [[] for _ in described]
    scores = {}
    for name, measure in MEASURES.items():
        values = np.log(measured[name].to_numpy())
        z = scores[f"z_{name}"] = np.full(values.size, np.nan)
        for centre in {"", *large} if measure.scanner else {""}:
            own = centres == centre if measure.scanner else np.ones(values.size, bool)
            group = cohort & (own | (centre == ""))
            z[own] = modified_z(values[own], values[group])
            for k in np.flatnonzero(own & (np.abs(z) > ODD)):
                said[k].append(_sentence(measure, np.exp(values), k, z[k], group, centre))
    odd = pd.Series(["; ".join(words) for words in said], name="odd")
    return pd.concat([table, measured, pd.DataFrame(scores), odd], axis=1)


def _positive(value):
    return value if value is not None and value > 0 else np.nan


def _sentence(measure, values, k, z, group, centre):
    """`volume 81.2 cm3, larger than in 141 of 141 others (median 14.3, robust z 4.2)`."""
    known = group & np.isfinite(values)
    others = values[known & (np.arange(values.size) != k)]
    beaten = int(np.count_nonzero(others < values[k] if z > 0 else others > values[k]))
    amount = f"{values[k]:.{measure.digits}f} {measure.unit}".strip()
    how_far = f"robust z {z:.1f}" if np.isfinite(z) else "all of them alike"
    return (
        f"{measure.title} {amount}, {measure.more if z > 0 else measure.less} than in {beaten} of"
        f" {others.size} others{f' at centre {centre}' if centre else ''}"
        f" (median {np.median(values[known]):.{measure.digits}f}, {how_far})"
    )
