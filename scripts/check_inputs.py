"""Rule check_inputs: refuse wrong files of a patient before any heavy work."""

from npcradiomics import job
from npcradiomics.artefact import write_json
from npcradiomics.examination import check_examination


def main(snakemake):
    write_json(check_examination(snakemake.params.row), snakemake.output.inputs)


if "snakemake" in globals():
    job.run(main, snakemake)  # noqa: F821
