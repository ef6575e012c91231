"""Rule collect_registrations: the cohort's registrations as a table and a page, doubtful first."""

import os

from npcradiomics.files import read_json, write_rows, write_text
from npcradiomics.jobs import script
from npcradiomics.publication.pages.embedded import file_uri
from npcradiomics.publication.pages.registration_overview import overview_content
from npcradiomics.publication.pages.template import render
from npcradiomics.registration.verdict import table_row


def main(snakemake):
    given, params = snakemake.input, snakemake.params
    folder = os.path.dirname(snakemake.output.overview)
    patients = [
        {
            "quality": read_json(quality),
            "review": review,
            "note": note,
            "thumbnail": file_uri(thumbnail),
            "page": os.path.relpath(report, folder),
        }
        for quality, thumbnail, report, (review, note) in zip(
            given.quality, given.thumbnails, given.reports, params.reviews, strict=True
        )
    ]
    write_rows(
        [table_row(p["quality"], p["review"], p["note"]) for p in patients], snakemake.output.table
    )
    write_text(
        render(given.templates[0], **overview_content(patients, params.simulated)),
        snakemake.output.overview,
    )


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
