"""Records of jobs that did not end well, and the patients a run can do without."""

import json
import os

import pytest

from npcradiomics.jobs import failures


@pytest.fixture
def log(tmp_path):
    """Log file of a job of patient P07 that has begun."""
    path = tmp_path / "logs" / "P07" / "register_recurrence.log"
    failures.begin(path, "register_recurrence", "P07")
    return path


def test_a_job_that_succeeds_leaves_nothing(log):
    assert failures.path_beside(log).exists()
    failures.succeed(log)
    assert list(log.parent.iterdir()) == []
    failures.succeed(log)


def test_a_failure_says_who_where_and_why(log):
    failures.fail(log, "register_recurrence", "P07", "nothing in common")
    (record,) = failures.records(log.parents[1])
    assert record["patient"] == "P07" and record["step"] == "register_recurrence"
    assert record["reason"] == "nothing in common" and record["log"] == str(log)


def test_a_killed_job_says_so_itself(log):
    (record,) = failures.records(log.parents[1])
    assert record["reason"].startswith("ended without a word")


def never(patient):
    return 0.0


def patients_of(found):
    return [record["patient"] for record in found]


def test_a_told_failure_lets_the_cohort_go_on_without_the_patient(log):
    failures.fail(log, "register_recurrence", "P07", "nothing in common")
    assert patients_of(failures.lasting(log.parents[1], never)) == ["P07"]


def test_a_patient_whose_files_changed_is_tried_again(log):
    failures.fail(log, "register_recurrence", "P07", "nothing in common")
    later = os.path.getmtime(failures.path_beside(log)) + 1
    assert failures.lasting(log.parents[1], lambda patient: later) == []


def test_one_silent_end_may_be_the_whole_runs_two_are_the_patients(log):
    assert failures.lasting(log.parents[1], never) == []
    failures.begin(log, "register_recurrence", "P07")
    assert patients_of(failures.lasting(log.parents[1], never)) == ["P07"]


def test_a_silent_end_after_a_told_failure_is_counted_anew(log):
    failures.fail(log, "register_recurrence", "P07", "nothing in common")
    failures.begin(log, "register_recurrence", "P07")
    assert failures.lasting(log.parents[1], never) == []


def test_failures_of_the_cohort_leave_nobody_out(tmp_path):
    failures.begin(tmp_path / "table2.log", "table2", "")
    failures.fail(tmp_path / "table2.log", "table2", "", "no room")
    assert failures.lasting(tmp_path, never) == []


def test_a_sequence_that_failed_is_named_and_is_not_its_patient(tmp_path):
    logs = tmp_path / "logs"
    for patient, place, step in (
        ("P07", "sequences/t2", "register_sequence"),
        ("P08", "planning_adc", "import_image"),
        ("P09", "sequences/t2", "register_sequence"),
        ("P09", "", "register_recurrence"),  # fails as a patient, and counts as one
        ("P10", "planning_mri", "import_image"),
    ):
        log = logs / patient / place / f"{step}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        failures.fail(log, step, patient, "no such image")
    head, *lines, last = failures.report(
        failures.records(logs), tmp_path / "failed.tsv", ["t2", "adc"]
    )
    assert head == f"2 patients and 2 sequences of patients failed ({tmp_path / 'failed.tsv'}):"
    assert lines[::2] == [
        "  P07 t2  register_sequence: no such image",
        "  P08 adc  import_image: no such image",
        "  P09  register_recurrence: no such image",
        "  P09 t2  register_sequence: no such image",
        "  P10  import_image: no such image",
    ]
    assert "stays in for the others" in last


def test_the_report_lists_patients_first_and_says_what_to_try(log, tmp_path):
    failures.fail(log, "register_recurrence", "P07", "nothing in common")
    failures.begin(tmp_path / "logs" / "table2.log", "table2", "")
    lines = failures.report(failures.records(tmp_path / "logs"), tmp_path / "failed.tsv")
    assert lines[0] == f"1 patient and 1 step of the cohort failed ({tmp_path / 'failed.tsv'}):"
    assert lines[1] == "  P07  register_recurrence: nothing in common"
    assert "its path in the patients table" in lines[2] and str(log) in lines[2]
    assert lines[3].startswith("  cohort  table2: ended without a word")
    header, first, second = (tmp_path / "failed.tsv").read_text(encoding="utf-8").splitlines()
    assert header.split("\t") == ["patient", "step", "reason", "try", "log"]
    assert first.split("\t")[:2] == ["P07", "register_recurrence"]
    assert second.split("\t")[0] == "cohort"


def test_an_interrupted_job_is_no_failure_and_is_done_again(log, tmp_path):
    failures.interrupt(log, "register_recurrence", "P07")
    assert failures.lasting(log.parents[1], never) == []
    failures.begin(log, "register_recurrence", "P07")
    failures.interrupt(log, "register_recurrence", "P07")
    assert failures.lasting(log.parents[1], never) == []
    (line,) = failures.report(failures.records(log.parents[1]), tmp_path / "failed.tsv")
    assert line == (
        "Interrupted: the same command goes on with what is finished and does again: "
        "P07 register_recurrence"
    )
    assert not (tmp_path / "failed.tsv").exists()


def test_the_table_of_failures_is_this_runs_and_goes_when_nothing_failed(log, tmp_path):
    table, logs = tmp_path / "failed.tsv", log.parents[1]
    failures.fail(log, "register_recurrence", "P07", "nothing in common")
    failures.report(failures.records(logs), table)
    assert table.exists()
    began = os.path.getmtime(failures.path_beside(log)) + 1  # the next run does not try P07
    assert failures.report(failures.records(logs, since=began), table) == []
    assert not table.exists()


def test_a_full_disk_does_not_hide_the_reason(log, monkeypatch):
    def no_room(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(failures, "write_json", no_room)
    failures.fail(log, "register_recurrence", "P07", "nothing in common")
    assert json.loads(failures.path_beside(log).read_text())["reason"].startswith(
        "ended without a word"
    )
