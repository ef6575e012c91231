"""Table 4: the dose of each recurrence, class and type of the failure, and the cohort's line."""

import pandas as pd

from npcradiomics.dose.failure import AGREEMENT, CLASSES, TYPES
from npcradiomics.publication.notices import TWO_SHARES, out_words
from npcradiomics.publication.tables.formats import Table
from npcradiomics.rounding import (
    MISSING,
    count_text,
    fixed_text,
    interval_text,
    limit_text,
    p_words,
    percent_text,
)
from npcradiomics.tables import is_true

# Column of table4.tsv: structure, quantity, unit of dose.tsv.
SHOWN = {
    "gtvr_v95_percent": ("gtvr", "v95", "% of volume"),
    "gtvr_d95_gy": ("gtvr", "d95", "Gy"),
    "gtvr_mean_gy": ("gtvr", "mean", "Gy"),
    "rest_d95_gy": ("non_recurrent", "d95", "Gy"),
    "rest_mean_gy": ("non_recurrent", "mean", "Gy"),
    "centroid_gy": ("centroid", "dose", "Gy"),
    "distance_to_isodose95_mm": ("centroid", "distance_to_isodose95", "mm"),
}
HEADER = (
    *("Patient", "Class", "GTVr in 95 % isodose (%)", "GTVr: D95 (Gy)", "GTVr: mean (Gy)"),
    *("Rest: D95 (Gy)", "Rest: mean (Gy)", "Dose at centroid (Gy)", "To 95 % isodose (mm)"),
    *("Type", "In texture statistics"),
)
BORDERLINE = " ~"


def table4_data(figures: pd.DataFrame, failures: pd.DataFrame) -> pd.DataFrame:
    """Table 4 with all digits.

    Parameters
    ----------
    figures : DataFrame
        cohort/dose.tsv: patient, structure, quantity, unit, value, low, high.
    failures : DataFrame
        cohort/failures.tsv, a row per patient.

    Returns
    -------
    DataFrame
        A row per patient: `failures`, and of each of `SHOWN` the value, _low and _high.
    """
    data = failures.copy()
    by_key = figures.set_index(["structure", "quantity", "unit"]).sort_index()
    for name, key in SHOWN.items():
        own = figures.iloc[:0] if key not in by_key.index else by_key.loc[[key]]
        own = own.set_index("patient")
        for column, ending in (("value", ""), ("low", "_low"), ("high", "_high")):
            data[name + ending] = data["patient"].map(own[column]).astype(float)
    return data


def table4(
    data: pd.DataFrame,
    comparison: pd.DataFrame,
    *,
    in_field: float,
    marginal: float,
    n_unknown: int,
    out: pd.DataFrame,
    notice: str,
) -> Table:
    """Table 4 as text cells.

    Parameters
    ----------
    data : DataFrame
        Of `table4_data`.
    comparison : DataFrame
        cohort/dose_comparison.tsv.
    in_field, marginal : float
        Limits of the classes.
    n_unknown : int
        Patients of whom neither dose nor isodose is known.
    out : DataFrame
        patient, rule, reason of those who have a dose and are out of the cohort, not measured.
    notice : str
        Words of ``notices.cohort_notice``.
    """
    rows = [_row(row) for row in data.to_dict("records")]
    caption = (
        "Table 4. Dose of the recurrence: class and type of each failure"
        f" (n = {count_text(len(data))})"
    )
    notes = _notes(data, comparison, in_field, marginal, n_unknown, notice)
    notes += [out_words(out)] * (len(out) > 0)
    return Table(list(HEADER), [*rows, _cohort(data)], caption, notes)


def _row(row):
    kind = row["type"] if isinstance(row["type"], str) else MISSING
    return [
        row["patient"],
        row["class"] + BORDERLINE * is_true(row["borderline"]),
        *(_with_interval(row, name) for name in SHOWN),
        kind + BORDERLINE * is_true(row["type_borderline"]),
        "yes" if row["in_statistics"] else "no",
    ]


def _with_interval(row, name):
    value = fixed_text(row[name], 1)
    interval = interval_text(row[f"{name}_low"], row[f"{name}_high"], 1)
    return value if MISSING in (value, interval) else f"{value} ({interval})"


def _cohort(data):
    counts = data["class"].value_counts()
    kinds = data["type"].value_counts()
    return [
        f"All (n = {len(data)}): median",
        ", ".join(f"{counts[name]} {name}" for name in CLASSES if name in counts),
        *(fixed_text(data[name].median(), 1) for name in SHOWN),
        ", ".join(f"{kinds[name]} {name}" for name in TYPES if name in kinds) or MISSING,
        f"{int(data['in_statistics'].sum())} yes",
    ]


def _notes(data, comparison, in_field, marginal, n_unknown, notice):
    shifted = data[data["n_shifts"] > 0]
    notes = [f"{notice}." if notice else "", *map(_comparison_words, comparison.to_dict("records"))]
    notes += [
        f"Class: share of GTVr inside the 95 % isodose, in field from {limit_text(in_field)}, marginal from {limit_text(marginal)},"
        f" else outside. {TWO_SHARES}",
        "D95: dose that 95 % of the volume get at least. Rest: GTV minus GTVr. To 95 % isodose: distance of GTVr's"
        " centroid to its surface, positive inside.",
    ]
    if data["type"].notna().any():
        words = ", ".join(f"{letter} {words}" for letter, words in TYPES.items())
        notes.append(
            f"Type (Mohamed 2016): {words}; by the target volume that holds GTVr's centroid and GTVr's D95."
        )
    if len(shifted):
        low, high = int(shifted["n_shifts"].min()), int(shifted["n_shifts"].max())
        times = f"{low}" if low == high else f"{low} to {high}"
        notes.append(
            f"In brackets: the middle 90 % of {times} places of GTVr within the registration's estimated error."
            f"{BORDERLINE} borderline: the class changes within it; the type is another in more than"
            f" {percent_text(1 - AGREEMENT)} of these places."
        )
    if data["gtvr_d95_gy"].isna().any():
        n = int(data["gtvr_d95_gy"].isna().sum())
        notes.append(f"NA in {n} of {len(data)}: only the 95 % isodose is known, no dose.")
    if n_unknown:
        notes.append(f"Neither dose nor isodose is known of {n_unknown} more.")
    return [note for note in notes if note]


def _comparison_words(row):
    quantity = {"Dose_Mean": "Mean dose", "Dose_D95": "D95"}[row["feature"]]
    who = "all patients" if row["patients"] == "all" else "the texture statistics"
    if not isinstance(row["test"], str):
        return f"{quantity}, GTVr minus the rest, {who}: {row['note']}."
    effect = "dz" if row["test"] == "t" else "rank_biserial"
    test = {"t": "paired t-test", "wilcoxon": "Wilcoxon signed-rank test"}[row["test"]]
    return (
        f"{quantity}, GTVr minus the rest, {who} (n = {row['n']}): {fixed_text(row['mean_difference'], 2)} Gy"
        f" (95 % CI {interval_text(row['t_low'], row['t_high'])}), {test} p {p_words(row['p'])};"
        f" {effect.replace('_', '-')} {fixed_text(row[effect], 2)}"
        f" ({interval_text(row[f'{effect}_low'], row[f'{effect}_high'])})."
    )
