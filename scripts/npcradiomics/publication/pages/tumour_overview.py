"""The tumours of the response study at a glance: who is unlike the others, and whose files want a look."""

import numpy as np
import pandas as pd

from npcradiomics.publication.pages.tumour import CONTOUR
from npcradiomics.response.odd_tumours import MEASURES
from npcradiomics.statistics.outlyingness import LEAST, ODD

FULL_SCALE = 6.0  # robust z at the ends of a strip; beyond it a point stands at the end


def overview_content(
    compared: pd.DataFrame, checks: list[list[dict]], shown: list[dict], simulated: bool
) -> dict:
    """Content of the template tumour_overview.html, the oddest patient first.

    compared: of odd_tumours.compare_tumours; checks: of tumours.tumour_checks, of each patient;
    shown: thumbnail (data URI) and page (address relative to the overview) of each.
    """
    scores = compared[[f"z_{name}" for name in MEASURES]].abs().to_numpy()
    farthest = np.where(np.isnan(scores), 0.0, scores).max(axis=1)
    cards = [
        {
            "patient": row.patient,
            "new": row.group == "new",
            "centre": row.centre,
            "odd": [words for words in row.odd.split("; ") if words],
            "looks": [check for check in own if check["verdict"] != "pass"],
            "numbers": f"{row.volume_cm3:.1f} cm³ in {row.n_slices:.0f} slice{'s' * (row.n_slices > 1)}",
            "far": float(far),
        }
        | seen
        for row, own, seen, far in zip(compared.itertuples(), checks, shown, farthest, strict=True)
    ]
    cards.sort(key=lambda card: (not card["odd"], -len(card["looks"]), -card["far"]))
    cohort = compared[compared["group"] != "new"]
    return {
        "cards": cards,
        "simulated": simulated,
        "n_cohort": len(cohort),
        "n_new": len(compared) - len(cohort),
        "n_odd": sum(bool(card["odd"]) for card in cards),
        "n_look": sum(bool(card["looks"]) for card in cards),
        "measures": [_strip(name, compared, cohort) for name in MEASURES],
        "centres": sorted(set(cohort["centre"]) - {""}),
        "odd_beyond": ODD,
        "least": LEAST,
        "full_scale": FULL_SCALE,
        "colour": CONTOUR,
    }


def _strip(name, compared, cohort):
    """One measure: the cohort's median and quartiles, each centre's median, a point per patient (0 to 100)."""
    measure, values = MEASURES[name], cohort[name].dropna()
    number = f"{{:.{measure.digits}f}}".format
    by_centre = cohort[cohort["centre"] != ""].groupby("centre")[name]
    known = compared[compared[f"z_{name}"].notna()]
    points = [
        {
            "patient": row["patient"],
            "at": 50
            + 50 * float(np.clip(z := row[f"z_{name}"], -FULL_SCALE, FULL_SCALE)) / FULL_SCALE,
            "odd": abs(z) > ODD,
            "words": f"{row['patient']}: {number(row[name])} {measure.unit}".strip(),
        }
        for _, row in known.iterrows()
    ]
    return {
        "title": measure.title,
        "unit": measure.unit,
        "n": len(values),
        "median": number(values.median()),
        "quartiles": " to ".join(number(q) for q in values.quantile([0.25, 0.75])),
        "centres": {centre: number(own.median()) for centre, own in by_centre},
        "points": sorted(points, key=lambda point: point["odd"]),
    }
