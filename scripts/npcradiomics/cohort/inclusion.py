"""From patients to a cohort: who enters the statistics, and why the others do not."""

import io
from collections.abc import Collection
from pathlib import Path

import pandas as pd

from npcradiomics.cohort.standing import in_field_words
from npcradiomics.region_names import PAIR, REGIONS
from npcradiomics.tables import read_table

MIN_PATIENTS = 3  # Shapiro-Wilk needs three differences


def exclusions(reports, in_field_minimum):
    """Patients who do not enter, with the reason.

    reports: list of regions reports (regions.derive_regions), each with its patient;
    in_field_minimum: the paper's 0.95. Returns a table of patient, rule (in_field), reason. A
    recurrence of unknown dose is kept, as the paper's rule cannot be applied to it.
    """
    rows = [
        {
            "patient": report["patient"],
            "rule": "in_field",
            "reason": "recurrence not in field: "
            + in_field_words(report["in_field_fraction"], in_field_minimum),
        }
        for report in reports
        if report["in_field"] == "no"
    ]
    return pd.DataFrame(rows, columns=["patient", "rule", "reason"])


def require_enough(kept, excluded):
    """Raise ValueError when fewer than three patients are left."""
    if len(kept) < MIN_PATIENTS:
        words = (
            "; ".join(f"{row.patient}: {row.reason}" for row in excluded.itertuples())
            or "none excluded"
        )
        raise ValueError(
            f"{len(kept)} patients left for the statistics ({', '.join(kept) or 'none'}), at least {MIN_PATIENTS} needed"
            f" ({words})"
        )


def refuse_known(new: Collection[str], known: Collection[str]) -> None:
    """Raise ValueError when a new patient bears the name of one of the cohort."""
    both = sorted(set(new) & set(known))
    if both:
        raise ValueError(
            f"{len(both)} new patients are in the cohort already: {', '.join(both[:5])}"
        )


def regions_table(reports, notes):
    """One row per patient: volumes, voxel counts, fractions, in-field, largest zones, and warnings in words.

    reports: of regions.derive_regions; notes: of the extraction (per region its branch, undefined
    features and largest_zone, in voxels: columns of its GLSZM), in the same order of patients.
    Errors: ValueError when reports and notes are of different patients.
    """
    rows = []
    for report, note in zip(reports, notes, strict=True):
        if report["patient"] != note["patient"]:
            raise ValueError(f"regions of {report['patient']} met features of {note['patient']}")
        words = list(report["warnings"])
        branches = {region: note[region]["branch"] for region in REGIONS}
        if len({branches[region] for region in PAIR}) > 1:
            words.append(
                "one region is one slice thick: its texture is the toolbox's 2-D definition, the other's 3-D; not comparable"
            )
        for region in branches:
            words += [
                f"{region} {name} undefined: {why}"
                for name, why in note[region]["undefined"].items()
            ]
        flat = {key: value for key, value in report.items() if not isinstance(value, dict | list)}
        flat |= {f"{region}_largest_zone": note[region]["largest_zone"] for region in branches}
        flat |= {f"{region}_branch": branch for region, branch in branches.items()}
        rows.append(flat | {"warnings": "; ".join(words)})
    return pd.DataFrame(rows)


def stack(paths):
    """Stack tables with equal columns; raises ValueError naming the file that differs.

    Their lines become one text that is parsed once: a table each would take a millisecond and more
    for every file.
    """
    header, lines = None, []
    for path in paths:
        first, *rest = Path(path).read_text(encoding="utf-8").splitlines(keepends=False)
        header = header or first
        if first != header:
            raise ValueError(f"{path}: columns differ from those of {paths[0]}")
        lines += rest
    return read_table(io.StringIO("\n".join([header, *lines, ""])))
