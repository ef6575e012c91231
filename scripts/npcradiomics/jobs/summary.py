"""The last words of a run, read from the tables it made: who is in, who is out and why, where to look first."""

from pathlib import Path

from npcradiomics.tables import read_table

NAMED = 8  # patients named in a line; cohort/excluded.tsv has them all


def cohort_summary(study: str, results: str | Path) -> list[str]:
    """Lines for the terminal about a study's cohort, as far as it has been made.

    Parameters
    ----------
    study
        heterogeneity or response, the first word of each line.
    results
        Folder of the study's results.
    """
    cohort = Path(results) / "cohort"
    patients = list(dict.fromkeys(row["patient"] for row in _rows(cohort / "features.tsv")))
    out = _rows(cohort / "excluded.tsv")
    lines = [
        f"{study}: {len(patients)} of {len(patients) + len(out)} patients are in the statistics."
    ] * bool(patients)
    if patients and out:
        lines.append(f"{study}: out: {_with_reasons(out)} ({cohort}/excluded.tsv)")
    lines += _sequences(study, cohort / "sequences.tsv")
    doubtful = [row for row in _rows(cohort / "registration.tsv") if row["verdict"] != "pass"]
    if doubtful:
        who = ", ".join(
            f"{row['patient']} ({row['worst_sentence'].rstrip('.')})" for row in doubtful[:NAMED]
        )
        lines.append(f"{study}: look first: {who}; {cohort}/registration.html")
    return lines


def _sequences(study, table):
    """A line for each further sequence that not everyone in the cohort is measured in."""
    of_sequence, lines = {}, []
    for row in _rows(table):
        of_sequence.setdefault(row["sequence"], []).append(row)
    for sequence, rows in of_sequence.items():
        if out := [row for row in rows if row["state"] != "measured"]:
            lines.append(
                f"{study}: {sequence}: measured in {len(rows) - len(out)} of {len(rows)} patients; "
                f"without it, in for the rest: {_with_reasons(out)} ({table})"
            )
    return lines


def _with_reasons(out):
    """The first of those who are out, each with the reason."""
    named = "; ".join(f"{row['patient']} ({row['reason']})" for row in out[:NAMED])
    return named + (f" and {len(out) - NAMED} more" if len(out) > NAMED else "")


def _rows(path):
    if not path.is_file():
        return []
    return read_table(path, as_text=True).to_dict("records")
