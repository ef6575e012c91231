"""Rule check_inputs: refuse wrong files of a patient before any heavy work."""

from npcradiomics import job
from npcradiomics.artefact import write_json
from npcradiomics.examination import check_examination
from npcradiomics.provenance import checksums


def main(snakemake):
    row = snakemake.params.row
    files = {column: value for column, value in row.items() if column != "gtvr_frame"}
    write_json(check_examination(row) | {"sha256": checksums(files)}, snakemake.output.inputs)


if "snakemake" in globals():
    job.run(main, snakemake)  # noqa: F821
