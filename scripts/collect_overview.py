"""Rule collect_overview: the tumours of the response study as a table and a page, the oddest first."""

import os
from urllib.parse import quote

import pandas as pd

from npcradiomics.files import read_json, write_table, write_text
from npcradiomics.jobs import script
from npcradiomics.publication.pages.embedded import file_uri
from npcradiomics.publication.pages.template import render
from npcradiomics.publication.pages.tumour_overview import overview_content
from npcradiomics.response.odd_tumours import compare_tumours


def main(snakemake):
    given, params = snakemake.input, snakemake.params
    described = [read_json(path) for path in given.tumours]
    compared = compare_tumours(pd.DataFrame(params.rows), described)
    looks = [
        "; ".join(check["sentence"] for check in found["checks"] if check["verdict"] != "pass")
        for found in described
    ]
    write_table(compared.assign(look=looks), snakemake.output.table)
    folder = os.path.dirname(snakemake.output.overview)
    shown = [
        {"thumbnail": file_uri(thumbnail), "page": quote(os.path.relpath(report, folder))}
        for thumbnail, report in zip(given.thumbnails, given.reports, strict=True)
    ]
    checks = [found["checks"] for found in described]
    content = overview_content(compared, checks, shown, params.simulated)
    write_text(render(given.templates[0], **content), snakemake.output.overview)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
