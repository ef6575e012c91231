"""Rule table1: the 47 features by family."""

from npcradiomics.jobs import script
from npcradiomics.publication.tables.heterogeneity import table1, table1_data
from npcradiomics.publication.tables.saving import save_table


def main(snakemake):
    table = table1(snakemake.params.departures)
    save_table(table, table1_data(), snakemake.input.caption, snakemake.output)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
