"""Rule table1: the 47 features by family."""

from pathlib import Path

from npcradiomics import job
from npcradiomics.artefact import write_table, write_text
from npcradiomics.captions import fill_caption
from npcradiomics.paper_tables import table1, table1_data
from npcradiomics.table_formats import write_formats


def main(snakemake):
    table = table1()
    write_table(table1_data(), snakemake.output.tsv)
    write_formats(table, *(snakemake.output[name] for name in ("markdown", "latex", "word")))
    template = Path(snakemake.input.caption).read_text(encoding="utf-8")
    write_text(fill_caption(template, caption=table.caption), snakemake.output.caption)


if "snakemake" in globals():
    job.run(main, snakemake)  # noqa: F821
