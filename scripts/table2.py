"""Rule table2: the significant features beside the rows the paper printed."""

from pathlib import Path

from npcradiomics.files import write_table, write_text
from npcradiomics.jobs import script
from npcradiomics.publication.captions import escape_rst, fill_caption
from npcradiomics.publication.tables.formats import write_formats
from npcradiomics.publication.tables.heterogeneity import table2, table2_data
from npcradiomics.tables import read_table


def main(snakemake):
    statistics = read_table(snakemake.input.statistics)
    size = read_table(snakemake.input.sizes)
    excluded = read_table(snakemake.input.excluded)
    data = table2_data(statistics, size, snakemake.params.simulated)
    table = table2(data, statistics, size, excluded, snakemake.params.notice)
    write_table(data, snakemake.output.tsv)
    write_formats(table, *(snakemake.output[name] for name in ("markdown", "latex", "word")))
    template = Path(snakemake.input.caption).read_text(encoding="utf-8")
    caption = fill_caption(
        template, caption=table.caption, notes=[escape_rst(note) for note in table.footnotes]
    )
    write_text(caption, snakemake.output.caption)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
