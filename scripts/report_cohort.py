"""Rule report_cohort: the heterogeneity study on one page, its answer first."""

from npcradiomics.cohort.standing import Standing, standing
from npcradiomics.files import read_json, write_text
from npcradiomics.jobs import script
from npcradiomics.publication.pages.embedded import file_uri
from npcradiomics.publication.pages.report_blocks import StudyFiles
from npcradiomics.publication.pages.report_heterogeneity import report_content
from npcradiomics.publication.pages.template import render


def main(snakemake):
    given, params = snakemake.input, snakemake.params
    patients = [
        {
            "quality": read_json(quality),
            "standing": Standing(**read_json(stands)),
            "thumbnail": file_uri(thumbnail),
            "page": page,
        }
        for quality, stands, thumbnail, page in zip(
            given.quality, given.standings, given.thumbnails, params.pages, strict=True
        )
    ]
    without_page = {
        patient: standing("", *review, out, None, 0.0)
        for patient, review, out in params.without_page
    }
    content = report_content(
        StudyFiles(params.results, [*given.made, given.record]),
        patients,
        without_page,
        **{name: params[name] for name in ("n_table", "match", "simulated", "notice")},
    )
    write_text(render(given.templates[0], **content), snakemake.output.report)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
