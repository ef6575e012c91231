"""Rule table2: the significant features beside the rows the paper printed."""

from npcradiomics.jobs import script
from npcradiomics.publication.tables.heterogeneity import table2, table2_data
from npcradiomics.publication.tables.saving import save_table
from npcradiomics.publication.tables.sequences import table2_of_further, table2_with_sequences
from npcradiomics.tables import by_sequence, in_one_table_if_several, read_table


def main(snakemake):
    statistics = by_sequence(read_table(snakemake.input.statistics))
    sizes = by_sequence(read_table(snakemake.input.sizes))
    excluded = read_table(snakemake.input.excluded)
    data = {
        name: table2_data(own, sizes[name], snakemake.params.simulated)
        for name, own in statistics.items()
    }
    main_sequence, *further = data
    of_main = (found[main_sequence] for found in (data, statistics, sizes))
    table = table2(*of_main, excluded, snakemake.params.notice)
    if further:
        data |= {name: table2_of_further(data[name]) for name in further}
        table = table2_with_sequences(table, data, statistics)
    save_table(table, in_one_table_if_several(data), snakemake.input.caption, snakemake.output)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
