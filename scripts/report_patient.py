"""Rule report_patient: everything of one patient on one page."""

from npcradiomics.jobs import script  # isort: skip
from pathlib import Path

from npcradiomics.cohort.standing import Standing
from npcradiomics.files import read_json, write_text
from npcradiomics.publication.pages.embedded import file_uri
from npcradiomics.publication.pages.patient import (
    against_cohort,
    dose_table,
    neighbours,
    patient_content,
    region_rows,
    registration_part,
)
from npcradiomics.publication.pages.risk import risk_content
from npcradiomics.publication.pages.template import render
from npcradiomics.rounding import fixed_text, percent_text
from npcradiomics.tables import of_sequence, read_table


def main(snakemake):
    given, params, patient = snakemake.input, snakemake.params, snakemake.wildcards.patient
    features = of_sequence(read_table(given.features), params.main_sequence)
    ranks = of_sequence(read_table(given.ranks), params.main_sequence) if given.ranks else None
    in_cohort = patient in set(features["patient"])
    regions = read_json(given.regions) if given.regions else None
    parts = {
        "registration": registration_part(Path(given.report).read_text(encoding="utf-8")),
        "neighbours": neighbours(read_table(given.registrations), params.with_page, patient),
        "regions": regions and {"rows": region_rows(regions), "warnings": regions["warnings"]},
        "dose": dose_of(given) if given.failure else None,
        "features": against_cohort(features, patient, ranks) if in_cohort else None,
        "cohort_size": features["patient"].nunique(),
        "with_ranks": ranks is not None,
        "draws": draws_of(read_table(given.draws), patient) if given.draws else None,
        "risk": risk_of(given, params.boost_percent) if given.risk else None,
        "pictures": {name: given[name] and file_uri(given[name]) for name in ("s1", "s2", "s3")},
        "simulated": params.simulated,
        "departures": params.departures,
    }
    quality, stands = read_json(given.quality), Standing(**read_json(given.standing))
    content = patient_content(patient, quality, stands, **parts)
    write_text(render(given.templates[0], **content), snakemake.output[0])


def dose_of(given):
    return dose_table(read_table(given.figures)) | {"failure": read_json(given.failure)}


def risk_of(given, boost_percent):
    return risk_content(read_json(given.risk), boost_percent) | {
        "picture": file_uri(given.risk_png)
    }


def draws_of(table, patient):
    """The row of cohort/null_patients.tsv in words; None for who is not in it."""
    for row in table[table["patient"] == patient].to_dict("records"):
        known = {name: "" if value != value else value for name, value in row.items()}
        return known | {
            "overlap": percent_text(row["mean_overlap"]),
            "effective": fixed_text(row["effective_placements"], 1),
        }


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
