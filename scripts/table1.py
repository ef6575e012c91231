"""Rule table1: the 47 features by family."""

from pathlib import Path

from npcradiomics.files import write_table, write_text
from npcradiomics.jobs import script
from npcradiomics.publication.captions import escape_rst, fill_caption
from npcradiomics.publication.tables.formats import write_formats
from npcradiomics.publication.tables.heterogeneity import table1, table1_data


def main(snakemake):
    table = table1(snakemake.params.departures)
    write_table(table1_data(), snakemake.output.tsv)
    write_formats(table, *(snakemake.output[name] for name in ("markdown", "latex", "word")))
    template = Path(snakemake.input.caption).read_text(encoding="utf-8")
    notes = [escape_rst(note) for note in table.footnotes]
    write_text(fill_caption(template, caption=table.caption, notes=notes), snakemake.output.caption)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
