"""What the page of a patient's registration says of the dose: class, D95 and the histograms."""

from npcradiomics.dose.recurrence import PERCENT, VOLUME, RecurrenceDose
from npcradiomics.publication.figures.dose import CURVE_LABELS, CURVE_REGIONS, LOWEST_PERCENT
from npcradiomics.publication.figures.style import REGION_COLOURS, REGION_LINES
from npcradiomics.publication.notices import TWO_SHARES
from npcradiomics.rounding import MISSING, fixed_text, interval_text

ROWS = (
    ("share of GTVr inside the 95 % isodose", ("gtvr", "v95", VOLUME), "%"),
    ("D95 of GTVr", ("gtvr", "d95", "Gy"), "Gy"),
    ("D95 of GTVr, of the prescription", ("gtvr", "d95", PERCENT), "%"),
    ("D95 of the rest of the GTV", ("non_recurrent", "d95", "Gy"), "Gy"),
    ("dose at GTVr's centroid", ("centroid", "dose", "Gy"), "Gy"),
    (
        "GTVr's centroid to the 95 % isodose, positive inside",
        ("centroid", "distance_to_isodose95", "mm"),
        "mm",
    ),
)


def dose_content(measured: RecurrenceDose) -> dict:
    """The part `dose` of the template registration_page.html.

    Returns class, borderline, rows of words, and curves: label, colour, dashed, points of a polyline
    in a square of 100 by 100 (dose from `lowest` to `highest` % of the prescription, to the right;
    volume in %, upwards).
    """
    found = {(r["structure"], r["quantity"], r["unit"]): r for r in measured.figures}
    rows = [(words, _with_interval(found[key], unit)) for words, key, unit in ROWS if key in found]
    curves = {region: [] for region in CURVE_LABELS}
    for row in measured.curves:
        if row["structure"] in CURVE_REGIONS:
            place = row["dose_percent"], row["volume_percent"]
            curves[CURVE_REGIONS[row["structure"]]].append(place)
    content = {
        "class": measured.failure["class"],
        "borderline": measured.failure["borderline"],
        "within": measured.failure["classes_within_interval"],
        "two_shares": TWO_SHARES,
        "rows": rows,
        "curves": [],
    }
    if not measured.curves:
        return content
    falling = [dose for own in curves.values() for dose, volume in own if volume < 100.0]
    lowest = min([LOWEST_PERCENT, *falling])
    highest = max(dose for own in curves.values() for dose, _ in own)
    for region, own in curves.items():
        points = [
            (100.0 * (dose - lowest) / (highest - lowest), 100.0 - volume)
            for dose, volume in own
            if dose >= lowest
        ]
        content["curves"].append(
            {
                "label": CURVE_LABELS[region],
                "colour": REGION_COLOURS[region],
                "dashed": REGION_LINES[region] == "--",
                "points": " ".join(f"{x:.2f},{y:.2f}" for x, y in points),
            }
        )
    prescription = 100.0 * (100.0 - lowest) / (highest - lowest)
    return content | {"lowest": lowest, "highest": highest, "prescription": prescription}


def _with_interval(row, unit):
    interval = interval_text(row["low"], row["high"], 1)
    value = f"{fixed_text(row['value'], 1)} {unit}"
    return value if interval == MISSING else f"{value} ({interval})"
