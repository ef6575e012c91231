"""Rule accept_registration: the gate. A failed registration goes no further unless a person says so."""

from npcradiomics import job
from npcradiomics.artefact import read_json, write_json
from npcradiomics.registration_verdict import require_accepted


def main(snakemake):
    quality = read_json(snakemake.input.quality)
    accepted = require_accepted(quality, snakemake.params.review, snakemake.params.note, snakemake.params.page)
    write_json(accepted, snakemake.output.accepted)


if "snakemake" in globals():
    job.run(main, snakemake)  # noqa: F821
