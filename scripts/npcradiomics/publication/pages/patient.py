"""What stands on a patient's page: his registration as it was judged, regions, dose, features against the cohort, draws."""

from urllib.parse import quote

import numpy as np
import pandas as pd

from npcradiomics.cohort.standing import Standing
from npcradiomics.features.definitions import DEFINITIONS
from npcradiomics.publication.figures.style import CONTOUR_COLOURS
from npcradiomics.publication.pages.registration_overview import standing_content
from npcradiomics.registration.verdict import worst_check
from npcradiomics.rounding import MISSING, fixed_text, interval_text, percent_text, scientific_text

BEGIN, END = '<main id="registration">', "</main>"
STRUCTURES = {
    "gtvr": "GTVr",
    "gtvr_inside_gtv": "GTVr inside the GTV",
    "non_recurrent": "rest of the GTV",
    "gtv": "GTV",
}
QUANTITIES = {"mean": "mean", "minimum": "minimum", "maximum": "maximum"}
CENTROID = {
    "dose": "dose at GTVr's centroid",
    "distance_to_isodose95": "GTVr's centroid to the 95 % isodose, positive inside",
    "distance_to_gtv_surface": "GTVr's centroid to the GTV's surface",
    "distance_to_gtv_centroid": "GTVr's centroid to the GTV's",
}
FENCE = 1.5  # interquartile ranges beyond the quartiles (Tukey 1977)


def registration_part(page: str) -> str:
    """What a page of registration_page.html says below its first words. Raises ValueError where it has no such part."""
    before, _, rest = page.partition(BEGIN)
    part, end, _ = rest.rpartition(END)
    if not end:
        raise ValueError(f"no {BEGIN} ... {END} among {len(before)} characters of the page")
    return part


def neighbours(registrations: pd.DataFrame, with_page: list[str], patient: str) -> dict:
    """Where a patient stands in the order of doubt, and the pages before and after his.

    Parameters
    ----------
    registrations : pandas.DataFrame
        patient and doubt_rank of cohort/registration.tsv.
    with_page : list of str
        Who has a page; the others are passed over.
    patient : str
        Among them.

    Returns
    -------
    dict
        place (from 1, most doubtful first), of, and previous and next: name and address, or None.
    """
    ranked = registrations.sort_values("doubt_rank")["patient"]
    order = [name for name in ranked if name in set(with_page)]
    place = order.index(patient)
    links = {
        "previous": order[place - 1] if place else None,
        "next": order[place + 1] if place + 1 < len(order) else None,
    }
    return {"place": place + 1, "of": len(order)} | {
        side: name and {"patient": name, "page": f"../{quote(name)}/patient.html"}
        for side, name in links.items()
    }


def against_cohort(features: pd.DataFrame, patient: str, ranks: pd.DataFrame | None) -> list[dict]:
    """A patient's features beside the cohort's, one dict a feature.

    Parameters
    ----------
    features : pandas.DataFrame
        cohort/features.tsv: patient, region, a column per feature.
    patient : str
        Among them.
    ranks : pandas.DataFrame or None
        cohort/null_ranks.tsv: patient, feature, rank among his own draws; None without the null.

    Returns
    -------
    list of dict
        definition; recurrent, rest and difference (recurrent minus rest) in words; place, the
        number of patients whose difference is not above his, of n whose difference is known, None
        where his is not; unusual, whether it lies beyond FENCE interquartile ranges from the
        quartiles; rank in words; strip, the cohort's differences on a scale from 0 (lowest) to 100
        (highest): first and third quartile, median and own, None where all are alike.
    """
    wide = features.set_index(["patient", "region"])
    recurrent, rest = (wide.xs(r, level="region") for r in ("recurrent", "non_recurrent"))
    own_ranks = {}
    if ranks is not None:
        own_ranks = ranks[ranks["patient"] == patient].set_index("feature")["rank"].to_dict()
    rows = []
    for definition in DEFINITIONS:
        name = definition.feature
        differences = (recurrent[name] - rest[name]).dropna()
        known = patient in differences.index
        own = differences.get(patient, np.nan)
        row = {
            "definition": definition,
            "recurrent": scientific_text(recurrent[name][patient]),
            "rest": scientific_text(rest[name][patient]),
            "difference": scientific_text(own),
            "place": int((differences <= own).sum()) if known else None,
            "n": len(differences),
            "unusual": False,
            "rank": percent_text(own_ranks.get(name)),
            "strip": None,
        }
        if known:
            first, median, third = differences.quantile([0.25, 0.5, 0.75])
            reach = FENCE * (third - first)
            row["unusual"] = bool(own < first - reach or own > third + reach)
            low, high = differences.min(), differences.max()
            if high > low:
                places = (100 * (v - low) / (high - low) for v in (first, median, third, own))
                row["strip"] = dict(zip(("first", "median", "third", "own"), places, strict=True))
        rows.append(row)
    return rows


def patient_content(patient: str, quality: dict, stands: Standing, **parts) -> dict:
    """Content of the template patient.html.

    Parameters
    ----------
    patient : str
        Name.
    quality : dict
        Record of register_recurrence.
    stands : Standing
        In the cohort or out of it, and why.
    **parts
        registration (text), neighbours, regions, dose, features, draws, pictures ({"s1": data
        URI}), simulated, departures; None where there is nothing of it.

    Returns
    -------
    dict
    """
    shown = parts | standing_content(patient, stands, quality["verdict"])
    return shown | {
        "worst": worst_check(quality),
        "gtvr_shown": bool(quality["gtvr_volume"]["after_ml"]),
        "colours": CONTOUR_COLOURS,
    }


def region_rows(regions: dict) -> list[tuple[str, str]]:
    """Volumes and shares of regions.json in words."""
    volumes = (
        ("GTV", "gtv"),
        ("GTVr on the planning grid", "gtvr"),
        ("recurrent region", "recurrent"),
        ("rest of the GTV", "non_recurrent"),
    )
    rows = [
        (words, f"{regions[f'{key}_cm3']:.2f} mL, {regions[f'{key}_voxels']} voxels")
        for words, key in volumes
    ]
    for words, key in (
        ("recurrent region, of the GTV", "recurrent_fraction_of_gtv"),
        ("GTVr outside the GTV", "gtvr_outside_gtv_fraction"),
        ("GTVr's voxels inside the 95 % isodose", "in_field_fraction"),
    ):
        known = regions[key] is not None
        rows.append((words, percent_text(regions[key], 1) if known else "not known"))
    return rows


def dose_table(figures: pd.DataFrame) -> dict:
    """The figures of dose.tsv in words, with the interval by the registration's error where it is known.

    Returns structures (words), rows (quantity, a cell per structure) and centroid (words, value).
    """
    cells = {}
    for row in figures.to_dict("records"):
        value, interval = (
            fixed_text(row["value"], 1),
            interval_text(row["low"], row["high"], 1),
        )
        words = value if interval == MISSING else f"{value} ({interval})"
        cells.setdefault((row["quantity"], row["unit"]), {})[row["structure"]] = words
    rows = [
        (
            f"{QUANTITIES.get(quantity, quantity.upper())}, {unit}",
            [of.get(s, "") for s in STRUCTURES],
        )
        for (quantity, unit), of in cells.items()
        if set(of) & set(STRUCTURES)
    ]
    centroid = [
        (f"{CENTROID[quantity]}, {unit}", of["centroid"])
        for (quantity, unit), of in cells.items()
        if "centroid" in of
    ]
    return {"structures": list(STRUCTURES.values()), "rows": rows, "centroid": centroid}
