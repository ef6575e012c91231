"""What must stand on a cohort's tables and figures."""

from npcradiomics.publication.notices import cohort_notice


def test_a_whole_cohort_of_patients_needs_no_words():
    assert cohort_notice(False, 14, {}) == ""


def test_simulated_and_missing_patients_are_both_named():
    assert cohort_notice(True, 60, {"P07": "register_recurrence"}) == (
        "Simulated patients: no clinical data. Without 1 of 60 patients: P07 (register_recurrence)"
    )


def test_many_missing_patients_are_counted():
    missing = {f"P{k}": "register_recurrence" for k in range(8)}
    assert cohort_notice(False, 5000, missing).endswith("P4 (register_recurrence) and 3 more")
    assert cohort_notice(False, 5000, missing).startswith(
        "Without 8 of 5000 patients: P0 (register_recurrence), P1"
    )
