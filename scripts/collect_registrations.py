"""Rule collect_registrations: the cohort's registrations as a table and as a page, most doubtful first."""

import os

from npcradiomics import job
from npcradiomics.artefact import read_json, write_rows, write_text
from npcradiomics.embedded import file_uri
from npcradiomics.html_page import render
from npcradiomics.registration_overview import overview_content
from npcradiomics.registration_verdict import table_row


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
    write_rows([table_row(p["quality"], p["review"], p["note"]) for p in patients], snakemake.output.table)
    write_text(render(given.templates[0], **overview_content(patients, params.simulated)), snakemake.output.overview)


if "snakemake" in globals():
    job.run(main, snakemake)  # noqa: F821
