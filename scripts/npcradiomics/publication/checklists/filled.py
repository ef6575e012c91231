"""Checklists filled by their rules, the score of METRICS at worst and at best, and the tables people read."""

import pandas as pd

from npcradiomics.publication.checklists.evidence import NOT_APPLICABLE, OPEN, YES, Run, answer
from npcradiomics.publication.tables.formats import Table
from npcradiomics.rounding import fixed_text

TITLES = {
    "metrics": "METRICS, quality of a radiomics study",
    "clear": "CLEAR, what a report of radiomics says",
    "ibsi": "IBSI, what a report of image features says",
    "tripod": "TRIPOD+AI, what a report of a prediction model says",
}
SOURCES = {
    "metrics": "Kocak et al. 2024, Insights Imaging 15:8, https://doi.org/10.1186/s13244-023-01572-w",
    "clear": "Kocak et al. 2023, Insights Imaging 14:75, https://doi.org/10.1186/s13244-023-01415-8",
    "ibsi": "Image Biomarker Standardisation Initiative, reporting guidelines, https://ibsi.readthedocs.io",
    "tripod": "Collins et al. 2024, BMJ 385:e078378, https://doi.org/10.1136/bmj-2023-078378",
}
# Kocak et al. 2024: up to this share of what can be reached.
GRADES = ((0.2, "very low"), (0.4, "low"), (0.6, "moderate"), (0.8, "good"), (1.0, "excellent"))


def fill(items: pd.DataFrame, run: Run) -> pd.DataFrame:
    """Answer the items of one checklist.

    Parameters
    ----------
    items : DataFrame
        item, section, asks, weight (NaN where the list has none), rule.
    run : Run
        What is known.

    Returns
    -------
    DataFrame
        item, section, asks, weight, answer, file, key, value, note.
    """
    answers = pd.DataFrame([answer(rule, run) for rule in items["rule"]], index=items.index)
    return pd.concat([items.drop(columns="rule"), answers], axis=1)


def score(filled: pd.DataFrame) -> tuple[float, float]:
    """METRICS score if nothing that is open is so, and if all of it is: sum of the weights of yes over those that apply."""
    weights = filled["weight"].astype(float)
    applying = weights[filled["answer"] != NOT_APPLICABLE].sum()
    worst = weights[filled["answer"] == YES].sum()
    best = worst + weights[filled["answer"] == OPEN].sum()
    return float(worst / applying), float(best / applying)


def grade(share: float) -> str:
    """What METRICS calls a score."""
    return next(word for limit, word in GRADES if share <= limit + 1e-12)


def summary(filled: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """A row per checklist: how many items have which answer, and METRICS' score and grade at worst and at best."""
    rows = []
    for name, table in filled.items():
        counts = table["answer"].value_counts()
        row = {"checklist": name, "items": len(table)}
        row |= {
            word.replace(" ", "_"): int(counts.get(word, 0))
            for word in (YES, "no", OPEN, NOT_APPLICABLE)
        }
        scored = _weighted(table)
        ends = score(table) if scored else (float("nan"), float("nan"))
        for end, share in zip(("worst", "best"), ends, strict=True):
            row |= {f"score_{end}": share, f"grade_{end}": grade(share) if scored else ""}
        rows.append(row)
    return pd.DataFrame(rows)


def readable(name: str, filled: pd.DataFrame, study: str, notice: str) -> Table:
    """The table for Word: item, what it asks, answer, evidence; the score in the caption."""
    weighted = _weighted(filled)
    header = ["Item", "Asks for", *["Weight"] * weighted, "Answer", "Evidence"]
    rows, section = [], None
    for row in filled.itertuples():
        if row.section != section:
            section = row.section
            rows.append([section, *[""] * (len(header) - 1)])
        weight = [fixed_text(row.weight, 4)] if weighted else []
        rows.append([str(row.item), row.asks, *weight, row.answer, evidence_words(row)])
    n_open = int((filled["answer"] == OPEN).sum())
    caption = f"{TITLES[name]}: {study} study, {n_open} of {len(filled)} items for you to fill"
    if weighted:
        worst, best = score(filled)
        caption += (
            f"; score {100 * worst:.1f} % if none of these holds ({grade(worst)}),"
            f" {100 * best:.1f} % if all do ({grade(best)})"
        )
    notes = [
        f"Numbers of the items{' and weights' if weighted else ''} after {SOURCES[name]}; their wording is"
        " our own. Answers are of the software; what only the authors know is left open.",
        f"{notice}." if notice else "",
    ]
    return Table(header, rows, f"{caption}.", [note for note in notes if note])


def _weighted(filled):
    return bool(filled["weight"].notna().all())


def evidence_words(row) -> str:
    """Evidence and note of an item in one line; row: of `fill`, by attribute."""
    place = ", ".join(filter(None, [row.file, row.key]))
    found = ": ".join(filter(None, [place, row.value]))
    return "; ".join(filter(None, [found, row.note]))
