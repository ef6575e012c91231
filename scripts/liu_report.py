"""Rule liu_report: the response study on one page, its answer first."""

from npcradiomics.files import write_text
from npcradiomics.jobs import script
from npcradiomics.publication.pages.report_blocks import StudyFiles
from npcradiomics.publication.pages.report_response import report_content
from npcradiomics.publication.pages.template import render


def main(snakemake):
    given, params = snakemake.input, snakemake.params
    files = StudyFiles(params.results, [*given.made, given.record])
    content = report_content(files, simulated=params.simulated, notice=params.notice)
    write_text(render(given.templates[0], **content), snakemake.output.report)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
