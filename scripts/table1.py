"""Rule table1: the 47 features by family."""

from pathlib import Path

from npcradiomics import job
from npcradiomics.artefact import replacing, write_table, write_text
from npcradiomics.captions import fill_caption
from npcradiomics.paper_tables import table1, table1_data
from npcradiomics.table_formats import write_docx, write_latex, write_markdown


def main(snakemake):
    table = table1()
    write_table(table1_data(), snakemake.output.tsv)
    for name, write in (("markdown", write_markdown), ("latex", write_latex), ("word", write_docx)):
        with replacing(snakemake.output[name]) as temporary:
            write(temporary, table)
    template = Path(snakemake.input.caption).read_text(encoding="utf-8")
    write_text(fill_caption(template, caption=table.caption), snakemake.output.caption)


if "snakemake" in globals():
    job.run(main, snakemake)  # noqa: F821
