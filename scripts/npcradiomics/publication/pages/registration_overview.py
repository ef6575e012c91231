"""The cohort's registrations at a glance: who needs a look first, who is in, and who is out and why."""

from collections import Counter

from npcradiomics.cohort.standing import WORDS, Standing
from npcradiomics.publication.figures.style import CONTOUR_COLOURS
from npcradiomics.registration.verdict import (
    by_doubt,
    limit_words,
    title,
    value_words,
    worst_check,
)

DOUBTED = ("refused", "failed", "rejected")  # states that are no better than a failed check


def overview_content(
    patients: list[dict], without_page: dict, simulated: bool, departures: str = ""
) -> dict:
    """Content of the template registration_overview.html, most doubtful patient first.

    patients: one dict each with quality (the record of register_recurrence), standing, thumbnail
    (data URI) and page (address relative to the overview); without_page: {patient: standing} of
    those of whom there is nothing to look at; departures: settings of notices.
    """
    cards = [
        standing_content(patient, stands, "") | {"page": ""}
        for patient, stands in sorted(without_page.items())
    ]
    for patient in sorted(patients, key=doubt):
        quality = patient["quality"]
        worst = worst_check(quality)
        worst = worst | {
            "title": title(worst),
            "words": value_words(worst),
            "limit": limit_words(worst),
        }
        card = standing_content(quality["patient"], patient["standing"], quality["verdict"])
        cards.append(patient | card | {"worst": worst})
    states = Counter(card["standing"].state for card in cards)
    return {
        "cards": cards,
        "simulated": simulated,
        "departures": departures,
        "colours": CONTOUR_COLOURS,
        "verdicts": {v: sum(c["verdict"] == v for c in cards) for v in ("failed", "look", "pass")},
        "states": [(words, states[state]) for state, words in WORDS.items() if states[state]],
        "undecided": [c["patient"] for c in cards if c["standing"].state == "refused"],
    }


def colour(state: str, verdict: str) -> str:
    """The verdict whose colour a patient has: "pass" only if he is in; "out" is beyond doubt."""
    if state == "in":
        return "pass" if verdict == "pass" else "look"
    return "failed" if state in DOUBTED else "out"


def doubt(patient: dict) -> tuple:
    """Sort key of patients (quality, standing): a person's rejection is no less doubt than a failed check."""
    doubted = patient["standing"].state in DOUBTED
    return by_doubt(patient["quality"] | ({"verdict": "failed"} if doubted else {}))


def standing_content(patient: str, stands: Standing, verdict: str) -> dict:
    """How a patient stands, as cards and the template standing_bar.html show it."""
    return {
        "patient": patient,
        "standing": stands,
        "words": WORDS[stands.state],
        "verdict": verdict,
        "colour": colour(stands.state, verdict),
    }
