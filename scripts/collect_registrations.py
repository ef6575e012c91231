"""Rule collect_registrations: the cohort's registrations as a table and a page, doubtful first."""

import os
from urllib.parse import quote

from npcradiomics.cohort.standing import Standing, standing
from npcradiomics.files import read_json, write_rows, write_text
from npcradiomics.jobs import script
from npcradiomics.publication.pages.embedded import file_uri
from npcradiomics.publication.pages.registration_overview import doubt, overview_content
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
            "standing": Standing(**read_json(stands)),
            "thumbnail": file_uri(thumbnail),
            "page": quote(os.path.relpath(report, folder)),
        }
        for quality, stands, thumbnail, report, (review, note) in zip(
            given.quality,
            given.standings,
            given.thumbnails,
            given.reports,
            params.reviews,
            strict=True,
        )
    ]
    compared = [read_json(path) for path in given.deformable] or [None] * len(patients)
    order = sorted(patients, key=doubt)
    rows = [
        table_row(p["quality"], p["review"], p["note"], found)
        | p["standing"]._asdict()
        | {"doubt_rank": order.index(p) + 1}
        for p, found in zip(patients, compared, strict=True)
    ]
    write_rows(rows, snakemake.output.table)
    without_page = {
        patient: standing("", *review, out, None, 0.0)
        for patient, review, out in params.without_page
    }
    content = overview_content(patients, without_page, params.simulated, params.departures)
    write_text(render(given.templates[0], **content), snakemake.output.overview)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
