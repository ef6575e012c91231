"""The cohort's registrations at a glance: who needs a look first, and how many."""

from npcradiomics.publication.figures.style import CONTOUR_COLOURS
from npcradiomics.registration.verdict import (
    by_doubt,
    limit_words,
    outcome,
    title,
    value_words,
    worst_check,
)


def overview_content(patients: list[dict], simulated: bool) -> dict:
    """Content of the template registration_overview.html, most doubtful patient first.

    patients: one dict each with quality (the record of register_recurrence), review, note,
    thumbnail (data URI) and page (address relative to the overview).
    """
    cards = []
    for patient in sorted(patients, key=lambda p: by_doubt(p["quality"])):
        worst = worst_check(patient["quality"])
        cards.append(
            patient
            | {
                "patient": patient["quality"]["patient"],
                "verdict": patient["quality"]["verdict"],
                "outcome": outcome(patient["quality"], patient["review"]),
                "worst": worst
                | {"title": title(worst), "words": value_words(worst), "limit": limit_words(worst)},
            }
        )
    return {
        "cards": cards,
        "simulated": simulated,
        "colours": CONTOUR_COLOURS,
        "verdicts": {v: sum(c["verdict"] == v for c in cards) for v in ("failed", "look", "pass")},
        "undecided": [c["patient"] for c in cards if c["outcome"] == "undecided"],
        "left_out": [c["patient"] for c in cards if c["outcome"] == "left out"],
    }
