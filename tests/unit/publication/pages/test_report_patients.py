"""Flow of patients and errors of the registrations, against counting."""

import re

import pandas as pd

from npcradiomics.cohort.standing import Standing
from npcradiomics.publication.pages.report_patients import (
    errors,
    flow,
    mosaic,
    out_table,
    without_sequence,
)
from registration_example import quality

OUT = pd.DataFrame(
    [(f"P{k}", rule, "why") for k, rule in enumerate(["in_field", "in_field", "exclude", "registration", "draw_regions"])],
    columns=["patient", "rule", "reason"],
)  # fmt: skip


def test_the_flow_counts_everybody_once():
    drawn = flow(20, OUT, 13)
    table, statistics, compared = drawn["boxes"]
    assert " ".join(table["lines"]) == "20 patients in the table"
    assert " ".join(statistics["lines"]).startswith("15 patients in the statistics")
    assert " ".join(compared["lines"]).startswith("13 patients compared")
    aside = " ".join(statistics["aside"])
    gone = [int(n) for n in re.findall(r"(\d+) patients?:", aside)]
    assert gone == [1, 1, 1, 2] and 20 - sum(gone) == 15
    assert "2 patients: recurrence not in" in aside and "1 patient: a step failed" in aside
    assert " ".join(compared["aside"]).startswith("2 patients: no other region")
    # Boxes do not lie over each other, and letters stay inside.
    for above, below in zip(drawn["boxes"], drawn["boxes"][1:], strict=False):
        assert above["top"] + above["height"] < below["top"]
    assert all(len(b["aside"]) * drawn["line"] < b["height"] for b in drawn["boxes"])
    assert drawn["boxes"][-1]["top"] + drawn["boxes"][-1]["height"] < drawn["height"]


def test_nobody_out_and_nothing_drawn():
    drawn = flow(14, OUT[:0], None)
    assert [box["aside"] for box in drawn["boxes"]] == [[], []]
    assert out_table(OUT[:0]) is None


def test_who_is_out_has_the_reason():
    (group,) = out_table(OUT)["groups"]
    assert group["rows"][4] == ["P4", "draw_regions failed", "why"]
    assert group["rows"][0][1] == "recurrence not in the high-dose volume"


def test_who_is_out_of_a_sequence_has_the_reason():
    rows = [
        ("P1", "t2", "measured", ""),
        ("P2", "t2", "out", "rejected"),
        ("P1", "adc", "missing", "no adc"),
    ]
    found = pd.DataFrame(rows, columns=["patient", "sequence", "state", "reason"])
    (group,) = without_sequence(found)["groups"]
    assert group["rows"] == [["P2", "T2", "rejected"], ["P1", "ADC", "no adc"]]
    assert without_sequence(found[:1]) is None


def test_errors_lie_where_their_millimetres_are():
    found = pd.DataFrame(
        {"patient": ["A", "B", "C"], "verdict": ["pass", "look", "pass"],
         "estimated_error_mm": [2.0, 0.5, None], "estimated_low_mm": [1.0, 0.1, None],
         "estimated_high_mm": [4.0, 1.0, None]}
    )  # fmt: skip
    drawn = errors(found)
    zero, one = drawn["ticks"][:2]
    mm = (one["x"] - zero["x"]) / float(one["text"])
    b, a = drawn["points"]
    assert [(p["x"] - zero["x"]) / mm for p in (b, a)] == [0.5, 2.0]
    assert (a["high"] - zero["x"]) / mm == 4.0 and (b["low"] - zero["x"]) / mm == 0.1
    assert a["high"] <= drawn["ticks"][-1]["x"] + 1e-9
    assert (
        drawn["words"] == "Estimated error of 2 registrations: median 1.25 mm, largest 2.00 mm (A)."
    )
    assert errors(found[2:]) is None


def test_the_mosaic_is_in_order_of_doubt_and_has_those_without_a_picture():
    patients = [
        {"quality": quality(name, verdict, **changed), "standing": Standing("in", ""), "thumbnail": "data:,", "page": "p"}
        for name, verdict, changed in (("calm", "pass", {}), ("odd", "look", {"rotation": (20.0, "look")}))
    ]  # fmt: skip
    cards = mosaic(patients, {"gone": Standing("failed", "register_recurrence: no file")})["cards"]
    assert [card["patient"] for card in cards] == ["gone", "odd", "calm"]
    assert [card["page"] for card in cards] == ["", "p", "p"]
