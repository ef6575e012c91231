"""Rule compare_centres: the rad-score at each centre, without each, and with ComBat beside it."""

import logging

from npcradiomics.files import write_table
from npcradiomics.jobs import script
from npcradiomics.publication.tables.centres import centres_table
from npcradiomics.publication.tables.formats import write_formats
from npcradiomics.response.centres import compare_centres
from npcradiomics.tables import read_table


def main(snakemake):
    params = snakemake.params
    found, said = compare_centres(read_table(snakemake.input.features), params.seed, params.model)
    for line in said:
        logging.getLogger("npcradiomics").warning(line)
    write_table(found, snakemake.output.tsv)
    table = centres_table(found, said, snakemake.params.notice)
    write_formats(table, *(snakemake.output[name] for name in ("markdown", "latex", "word")))


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
