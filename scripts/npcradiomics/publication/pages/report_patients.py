"""Who is in a report and who is not: the flow of patients, the mosaic, and how exactly each was registered."""

import math
import textwrap
from collections import Counter

import pandas as pd

from npcradiomics.cohort.sequences import label_of
from npcradiomics.publication.methods.text import count
from npcradiomics.publication.pages.registration_overview import overview_content
from npcradiomics.publication.pages.report_blocks import StudyFiles, table
from npcradiomics.publication.tables.formats import Table
from npcradiomics.registration.verdict import title
from npcradiomics.rounding import fixed_text, percent_text

# What a rule of cohort/excluded.tsv means, in the order in which a patient meets them.
LEFT_BY = {
    "exclude": "left out by the expression exclude",
    "registration": "registration rejected by a person",
    "failed": "a step failed",
    "in_field": "recurrence not in the high-dose volume",
}
LINE, WIDE, LETTERS = 15, 168, 23  # height of a line, width of a box, letters in it


def flow(n_table: int, excluded: pd.DataFrame, n_drawn: int | None) -> dict:
    """The flow of patients as boxes of a drawing 360 wide.

    Parameters
    ----------
    n_table : int
        Patients in the table.
    excluded : DataFrame
        patient, rule, reason.
    n_drawn : int or None
        Of the patients in the statistics, those with draws; None where none were asked for.
    """
    by_rule = Counter(rule if rule in LEFT_BY else "failed" for rule in excluded["rule"])
    gone = [
        f"{count(by_rule[rule], 'patient')}: {words}"
        for rule, words in LEFT_BY.items()
        if rule in by_rule
    ]
    n = n_table - len(excluded)
    steps = [(f"{count(n_table, 'patient')} in the table", [])]
    steps.append((f"{count(n, 'patient')} in the statistics (Tables 1-2, Figures 2-5)", gone))
    if n_drawn is not None:
        away = [f"{count(n - n_drawn, 'patient')}: no other region of that size fits"] * (
            n_drawn < n
        )
        steps.append(
            (f"{count(n_drawn, 'patient')} compared with regions of the same size (Table 3)", away)
        )
    boxes, top = [], 4
    for main, lost in steps:
        lines = textwrap.wrap(main, LETTERS)
        aside = [line for words in lost for line in textwrap.wrap(words, LETTERS)]
        height = LINE * max(len(lines), len(aside)) + 14
        boxes.append({"lines": lines, "aside": aside, "top": top, "height": height})
        top += height + 22
    words = "; ".join(part for main, lost in steps for part in (main, *(f"out {w}" for w in lost)))
    return {"kind": "flow", "boxes": boxes, "height": top - 14, "wide": WIDE, "line": LINE,
            "words": words, "rule": "collect_features", "files": ["cohort/excluded.tsv"]}  # fmt: skip


def out_table(excluded: pd.DataFrame) -> dict | None:
    """Everybody who is not in the statistics, with the reason."""
    if excluded.empty:
        return None
    rows = [
        [row.patient, LEFT_BY.get(row.rule, f"{row.rule} failed"), row.reason]
        for row in excluded.itertuples()
    ]
    content = Table(["Patient", "Why", "Reason in full"], rows, "Not in the statistics")
    return table(content, "collect_features", ["cohort/excluded.tsv"])


def without_sequence(sequences: pd.DataFrame) -> dict | None:
    """Everybody who is not measured in a further sequence (rows of cohort/sequences.tsv), with the reason."""
    rows = [
        [row.patient, label_of(row.sequence), row.reason]
        for row in sequences[sequences["state"] != "measured"].itertuples()
    ]
    if not rows:
        return None
    content = Table(
        ["Patient", "Not measured in", "Reason"], rows, "Out of a sequence, in for the rest"
    )
    return table(content, "collect_features", ["cohort/sequences.tsv"])


def mosaic(patients: list[dict], without_page: dict) -> dict:
    """All patients, most doubtful first, each a card that leads to the patient's page.

    patients, without_page: as of ``registration_overview.overview_content``.
    """
    content = overview_content(patients, without_page, simulated=False)
    kept = ("cards", "colours", "verdicts", "states")
    shown = {"kind": "mosaic"} | {name: content[name] for name in kept}
    return shown | {"rule": "report_registration", "files": ["cohort/registration.html"]}


def registration_blocks(files: StudyFiles, in_statistics: set[str]) -> list[dict]:
    """The error of every registration in mm, as a drawing and as a table."""
    found = files.frame("cohort/registration.tsv")
    rows = [
        [
            row.patient,
            row.verdict,
            fixed_text(row.estimated_error_mm, 2),
            _range(row.estimated_low_mm, row.estimated_high_mm),
            fixed_text(row.shift_mm, 1),
            fixed_text(row.rotation_angle_deg, 1),
            percent_text(row.gtvr_change_percent / 100, 1),
            title({"name": row.worst_check}),
            "yes" if row.patient in in_statistics else "no",
        ]
        for row in found.itertuples()
    ]
    header = ["Patient", "Checks", "Error (mm)", "from to (mm)", "Shift (mm)", "Rotation (deg)"]
    header += ["GTVr's volume", "Most doubt by", "In the statistics"]
    notes = [
        "Error: how far a point of the tumour is likely to be off, estimated without a known truth, with the range it is"
        " expected in (docs/registration.md). Shift and rotation are what the registration moved, no error. GTVr's volume:"
        " change by resampling.",
    ]
    content = Table(header, rows, "Registrations, the checks' verdict and the error", notes)
    made = ["cohort/registration.tsv", "cohort/registration.html"]
    return [errors(found), table(content, "collect_registrations", made)]


def errors(found: pd.DataFrame) -> dict | None:
    """The estimated errors as points on a line in mm with their ranges, the largest last."""
    known = found[found["estimated_error_mm"].notna()].sort_values("estimated_error_mm")
    if known.empty:
        return None
    highest = max(1.0, float(known["estimated_high_mm"].max()))
    step = 10.0 ** math.floor(math.log10(highest))
    step = next(s for s in (step / 5, step / 2, step, 2 * step) if highest / s <= 6)
    last = math.ceil(highest / step) * step
    across = 330 / last
    drawn = [
        {
            "x": 12 + across * row.estimated_error_mm,
            "low": 12 + across * row.estimated_low_mm,
            "high": 12 + across * row.estimated_high_mm,
            "y": 10 + k * 180 / len(known),
            "verdict": row.verdict,
            "words": f"{row.patient}: {fixed_text(row.estimated_error_mm, 2)} mm"
            f" ({_range(row.estimated_low_mm, row.estimated_high_mm)}), checks: {row.verdict}",
        }
        for k, row in enumerate(known.itertuples())
    ]
    ticks = [
        {"x": 12 + across * k * step, "text": f"{k * step:g}"}
        for k in range(round(last / step) + 1)
    ]
    median = float(known["estimated_error_mm"].median())
    words = (
        f"Estimated error of {len(known)} registrations: median {fixed_text(median, 2)} mm, largest"
        f" {fixed_text(known['estimated_error_mm'].max(), 2)} mm ({known['patient'].iloc[-1]})."
    )
    return {"kind": "errors", "points": drawn, "ticks": ticks, "words": words,
            "rule": "collect_registrations", "files": ["cohort/registration.tsv"]}  # fmt: skip


def _range(low, high):
    return f"{fixed_text(low, 2)} to {fixed_text(high, 2)}"
