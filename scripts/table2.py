"""Rule table2: the significant features beside the rows the paper printed."""

from pathlib import Path

from npcradiomics.files import write_table, write_text
from npcradiomics.jobs import script
from npcradiomics.publication.captions import escape_rst, fill_caption
from npcradiomics.publication.tables.formats import write_formats
from npcradiomics.publication.tables.heterogeneity import table2, table2_data
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
    write_table(in_one_table_if_several(data), snakemake.output.tsv)
    write_formats(table, *(snakemake.output[name] for name in ("markdown", "latex", "word")))
    template = Path(snakemake.input.caption).read_text(encoding="utf-8")
    caption = fill_caption(
        template, caption=table.caption, notes=[escape_rst(note) for note in table.footnotes]
    )
    write_text(caption, snakemake.output.caption)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
