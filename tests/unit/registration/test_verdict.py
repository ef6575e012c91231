"""The gate, the order of doubt, and the words and the table a person reads."""

import ast
import inspect

import pytest

from npcradiomics.registration import checks as engine
from npcradiomics.registration import field_of_view, laterality
from npcradiomics.registration.verdict import (
    TITLES,
    by_doubt,
    doubt,
    limit_words,
    not_registered,
    outcome,
    refusal,
    require_accepted,
    table_row,
    value_words,
    worst_check,
)
from registration_example import check, checks, quality

FAILED = quality("P2", "failed", backward=(3.2, "failed"))


def test_a_refusal_names_the_worst_check_and_counts_the_others():
    assert refusal(FAILED, "") == "Sentence of backward"
    both = quality("P2", "failed", backward=(3.2, "failed"), restart=(30.0, "failed"))
    assert refusal(both, "") == "Sentence of restart; 1 more check failed"
    three = quality(
        "P2", "failed", backward=(3.2, "failed"), restart=(30.0, "failed"), covered=(0.5, "failed")
    )
    assert refusal(three, "") == "Sentence of covered; 2 more checks failed"
    assert refusal(FAILED, "accept") == refusal(FAILED, "reject") == refusal(quality(), "") == ""


@pytest.mark.parametrize(
    ("record", "review", "expected"),
    [
        (quality(), "", "enters"),
        (quality("P3", "look", backward=(0.7, "look")), "", "enters"),
        (FAILED, "", "undecided"),
        (FAILED, "accept", "enters"),
        (FAILED, "reject", "left out"),
        (quality(), "reject", "left out"),
    ],
)
def test_a_persons_verdict_overrules_the_checks(record, review, expected):
    assert outcome(record, review) == expected


def test_gate_lets_pass_what_a_person_accepted():
    require_accepted(FAILED, "accept", "bone matches", "page")


def test_gate_names_reason_page_and_columns_in_one_line():
    with pytest.raises(ValueError, match="registration failed: Sentence of backward") as caught:
        require_accepted(FAILED, "", "", "results/P2/report.html")
    message = str(caught.value)
    for word in (
        "results/P2/report.html",
        "registration_review",
        "initial_transform",
        "transform",
        "reject",
    ):
        assert word in message
    assert "\n" not in message
    assert "Sentence of similarity" not in message


def test_gate_stops_a_rejected_patient():
    with pytest.raises(ValueError, match=r"rejected by a person \(scan of another patient\)"):
        require_accepted(quality(), "reject", "scan of another patient", "page")


@pytest.mark.parametrize(
    ("name", "value", "limit", "expected"),
    [
        ("backward", 0.5, 1.0, 0.5),
        ("rotation", 30.0, 15.0, 2.0),
        ("similarity", 0.975, 0.95, 0.5),
        ("laterality", 1.9, 0.95, 0.5),
        ("recurrence_inside", 0.9, 0.95, 2.0),
        ("overlap", 0.95, 0.9, 0.5),
        ("backward", None, 1.0, 1.0),
    ],
)
def test_doubt_is_one_at_the_limit_and_grows_beyond(name, value, limit, expected):
    assert doubt(check(name, value, "", limit, "pass")) == pytest.approx(expected)


def test_worst_check_is_the_worst_verdict_before_the_largest_distance():
    record = quality("P", "failed", rotation=(40.0, "look"), covered=(0.98, "failed"))
    assert worst_check(record)["name"] == "covered"
    assert worst_check(quality(restart=(1.9, "pass")))["name"] == "restart"


def test_order_of_patients():
    records = [
        quality("calm"),
        quality("asked", "look", backward=(1.4, "look")),
        quality("wrong", "failed", backward=(30.0, "failed")),
        quality("nearly", "failed", backward=(2.4, "failed")),
        quality("unknown", "look", backward=(None, "not known")),
        quality("hmm", restart=(1.8, "pass")),
    ]
    order = [record["patient"] for record in sorted(records, key=by_doubt)]
    assert order == ["wrong", "nearly", "unknown", "asked", "hmm", "calm"]


def test_values_and_limits_in_words():
    words = {name: (value_words(c), limit_words(c)) for name, c in checks().items()}
    assert words == {
        "backward": ("0.20 mm", "at most 2.00 mm"),
        "similarity": ("100 %", "at least 95 %"),
        "recurrence_inside": ("100 %", "at least 95 %"),
        "covered": ("100 %", "at least 99 %"),
        "overlap": ("100 %", "at least 75 %"),
        "restart": ("0.10 mm", "at most 2.00 mm"),
        "laterality": ("1.40", "at least 0.95"),
        "rotation": ("5.0°", "at most 15.0°"),
    }
    assert value_words(check("backward", None, "mm", 1.0, "not known")) == "not known"


def test_row_of_the_cohort_table():
    row = table_row(FAILED, "accept", "bone matches,\tsee\nmail")
    assert row["outcome"] == "enters"
    assert row["note"] == "bone matches, see mail"  # a tab or a line break would break the table
    assert (row["backward_value"], row["backward_verdict"]) == (3.2, "failed")
    assert [row[f"translation_{a}_mm"] for a in "xyz"] == [3.0, 4.0, 12.0]
    assert (row["gtvr_before_ml"], row["gtvr_after_ml"], row["gtvr_small"]) == (10.0, 9.5, False)
    assert (row["estimated_error_mm"], row["estimated_low_mm"]) == (1.0, 0.3)
    assert row["estimated_high_mm"] == 2.1
    assert list(row) == list(table_row(quality(), "", ""))


def test_row_of_a_patient_who_could_not_be_registered_has_the_same_columns():
    record = quality("P9") | not_registered("no start lays the region on the moving image")
    record["estimated_error"] = None
    row = table_row(record, "", "")
    assert list(row) == list(table_row(quality(), "", ""))
    assert (row["verdict"], row["outcome"]) == ("failed", "undecided")
    assert "no start lays the region" in row["worst_sentence"]
    assert row["backward_verdict"] == "not run"
    with pytest.raises(ValueError, match="no start lays the region"):
        require_accepted(record, "", "", "page")


def test_check_without_a_column_is_refused():
    record = quality()
    record["checks"]["landmarks"] = check("landmarks", 1.0, "mm", 2.0, "pass")
    with pytest.raises(ValueError, match=r"\['landmarks'\] have no column"):
        table_row(record, "", "")


def test_every_check_of_the_engine_has_a_title_and_a_column():
    calls = [
        n
        for module in (engine, field_of_view, laterality)
        for n in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "Check"
    ]
    names = {n.args[0].value for n in calls}
    assert len(names) >= 8
    assert names <= set(TITLES)


def test_both_ways_of_carrying_stand_side_by_side_where_the_mode_is_on():
    sides = {
        side: {"gtvr_ml": ml, "in_gtv_fraction": 0.9, "in_field_fraction": None}
        for side, ml in (("rigid", 9.5), ("deformed", 8.25))
    }
    rest = {"dice": 0.9, "centroid_distance_mm": 1.25, "recurrent_changed_fraction": 0.2}
    found = sides | rest | {"centroid_shift_mm": [0.0, 1.25, 0.0]}
    row = table_row(quality(), "", "", found)
    assert {
        name: row.pop(name) for name in list(row) if name not in table_row(quality(), "", "")
    } == {
        "gtvr_ml_rigid": 9.5,
        "gtvr_ml_deformed": 8.25,
        "in_gtv_fraction_rigid": 0.9,
        "in_gtv_fraction_deformed": 0.9,
        "in_field_fraction_rigid": None,
        "in_field_fraction_deformed": None,
        "deformed_dice": 0.9,
        "deformed_centroid_distance_mm": 1.25,
        "deformed_recurrent_changed_fraction": 0.2,
        "deformed_not_known": None,
    }
    assert row == table_row(quality(), "", "")
    unknown = table_row(quality(), "", "", {"not_known": "it\nstopped"})
    assert unknown["deformed_not_known"] == "it stopped"
    assert unknown["gtvr_ml_deformed"] is None
