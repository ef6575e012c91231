"""Who failed, at which step, why, and what to try: a record beside the log of every job that has not ended well."""

import os
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path

from npcradiomics.files import read_json, write_json, write_rows

ENDING = ".failed.json"
WITHOUT_A_WORD = "ended without a word: killed, or beyond its memory or time"
INTERRUPTED = "interrupted together with the run"

# A first remedy per step, where the refusal itself has none.
REMEDIES = {
    "import_image": "give the series by its UID or description, or correct the path in the patients table",
    "import_contour": "correct the structure's name or the path in the patients table",
    "import_dose": "correct the path or the prescription in the patients table",
    "register_recurrence": "correct the file, or its path in the patients table",
    "register_sequence": "correct the file, or its path in the patients table",
    "derive_regions": "look at registration and contours on the registration's page",
    "extract_features": "look at the regions' sizes in regions.json",
}
ELSE = "read the log"


def path_beside(log: str | Path) -> Path:
    """Path of the record of the job with this log file."""
    return Path(log).with_suffix(ENDING)


def begin(log: str | Path, step: str, patient: str) -> None:
    """Leave a record that a job has begun; one that is killed leaves it as it is.

    n_silent counts the times the job ended without a word in a row.
    """
    path = path_beside(log)
    n_silent = read_json(path)["n_silent"] + 1 if path.exists() else 0
    _write(log, step, patient, WITHOUT_A_WORD, n_silent)


def fail(log: str | Path, step: str, patient: str, reason: str, todo: str | None = None) -> None:
    """Write why the job failed, and what to do where that is known.

    A disk that takes no more must not hide the reason from the terminal.
    """
    with suppress(OSError):
        _write(log, step, patient, reason, n_silent=-1, todo=todo)


def interrupt(log: str | Path, step: str, patient: str) -> None:
    """Write that a person stopped the run while the job went on: no failure, it is done again."""
    fail(log, step, patient, INTERRUPTED)


def _write(log, step, patient, reason, n_silent, todo=None):
    record = {
        "patient": patient,
        "step": step,
        "reason": reason,
        "try": todo or REMEDIES.get(step, ELSE),
        "log": str(log),
        "n_silent": n_silent,
    }
    write_json(record, path_beside(log))


def succeed(log: str | Path) -> None:
    """Take the record away."""
    path_beside(log).unlink(missing_ok=True)


def records(folder: str | Path, since: float = 0.0) -> list[dict]:
    """Records below a folder, patients in order of name, those of the cohort last.

    since: time (s since 1970); what failed before it belongs to another run and is left out.
    """
    paths = sorted(Path(folder).rglob(f"*{ENDING}"))
    found = [read_json(path) for path in paths if path.stat().st_mtime >= since]
    return sorted(
        found, key=lambda record: (record["patient"] == "", record["patient"], record["step"])
    )


def lasting(folder: str | Path, changed: Callable[[str], float]) -> list[dict]:
    """Records of jobs of patients that a run can do without: the last attempt failed and nothing changed since.

    A job that ended without a word once may only have been interrupted together with the run, and
    is tried again.

    Parameters
    ----------
    folder : path
        Of the logs.
    changed : callable
        Of a patient's name: time (s since 1970) at which the patient's files or row last changed;
        after that a patient is tried again.
    """
    found = []
    for record in records(folder):
        silent = record["reason"] == WITHOUT_A_WORD and record["n_silent"] < 1
        told = not silent and record["reason"] != INTERRUPTED
        if (
            record["patient"]
            and told
            and os.path.getmtime(path_beside(record["log"])) >= changed(record["patient"])
        ):
            found.append(record)
    return found


def sequence_of(record: dict, sequences: Collection[str]) -> str:
    """Which of the further sequences a record is of, by its log's place; "" for the patient as a whole."""
    place = Path(record["log"]).parent
    name = place.name.removeprefix("planning_")
    inside = place.parent.name in ("sequences", record["patient"])
    return name if inside and name in sequences else ""


def rows(found: list[dict]) -> list[dict]:
    """Records as rows of a table: patient (or "cohort"), step, reason, what to try, log."""
    return [
        {
            "patient": record["patient"] or "cohort",
            "step": record["step"],
            "reason": record["reason"],
            "try": record["try"],
            "log": record["log"],
        }
        for record in found
    ]


def report(found: list[dict], table: str | Path, sequences: Collection[str] = ()) -> list[str]:
    """Write the records that are failures as a tab-separated table; return the terminal's lines.

    Without a failure there is no table: one of an earlier run is taken away.

    Parameters
    ----------
    found : list of dict
        Records.
    table : path
        The table.
    sequences : collection of str
        Further sequences: where only one failed, its patient did not.
    """
    stopped = [record for record in found if record["reason"] == INTERRUPTED]
    told = [record for record in found if record["reason"] != INTERRUPTED]
    lines = []
    if told:
        write_rows(rows(told), table)
        failed = {(record["patient"], sequence_of(record, sequences)) for record in told}
        patients = {patient for patient, sequence in failed if patient and not sequence}
        without = {pair for pair in failed if pair[1] and pair[0] not in patients}
        n_steps = sum(not record["patient"] for record in told)
        who = [_count(len(patients), "patient")] * bool(patients)
        whose = "a patient" if len(without) == 1 else "patients"
        who += [f"{_count(len(without), 'sequence')} of {whose}"] * bool(without)
        who += [f"{_count(n_steps, 'step')} of the cohort"] * bool(n_steps)
        lines.append(f"{' and '.join(who)} failed ({table}):")
        for record, row in zip(told, rows(told), strict=True):
            of = " ".join(filter(None, [row["patient"], sequence_of(record, sequences)]))
            lines += [
                f"  {of}  {row['step']}: {row['reason']}",
                f"      try: {row['try']}; log: {row['log']}",
            ]
        if without:
            lines.append(
                "  With allow_missing: true a patient without a sequence stays in for the others."
            )
    else:
        Path(table).unlink(missing_ok=True)
    if stopped:
        jobs = ", ".join(f"{one['patient'] or 'cohort'} {one['step']}" for one in stopped)
        lines.append(
            f"Interrupted: the same command goes on with what is finished and does again: {jobs}"
        )
    return lines


def _count(n, what):
    return f"{n} {what}{'s' * (n != 1)}"
