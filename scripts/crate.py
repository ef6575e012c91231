"""Rule crate: what may be published of a study, as one zip that says where it comes from."""

from npcradiomics.files import read_json
from npcradiomics.jobs import script
from npcradiomics.publication.crate import write_crate


def main(snakemake):
    params = snakemake.params
    write_crate(
        read_json(snakemake.input.record),
        params.results,
        snakemake.output.zip,
        study=params.study,
        paper=params.paper,
        simulated=params.simulated,
        cells=params.files,
    )


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
