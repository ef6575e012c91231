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
    out = [f"{row['patient']} ({row['reason']})" for row in _rows(cohort / "excluded.tsv")]
    lines = [
        f"{study}: {len(patients)} of {len(patients) + len(out)} patients are in the statistics."
    ] * bool(patients)
    if patients and out:
        more = f" and {len(out) - NAMED} more" if len(out) > NAMED else ""
        lines.append(f"{study}: out: {'; '.join(out[:NAMED])}{more} ({cohort}/excluded.tsv)")
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
        n = sum(row["state"] == "measured" for row in rows)
        if n == len(rows):
            continue
        out = [f"{row['patient']} ({row['reason']})" for row in rows if row["state"] != "measured"]
        more = f" and {len(out) - NAMED} more" if len(out) > NAMED else ""
        lines.append(
            f"{study}: {sequence}: measured in {n} of {len(rows)} patients; without it, in for the rest: "
            f"{'; '.join(out[:NAMED])}{more} ({table})"
        )
    return lines


def _rows(path):
    if not path.is_file():
        return []
    return read_table(path, as_text=True).to_dict("records")
