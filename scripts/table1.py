"""Rule table1: the 47 features by family."""

from npcradiomics import job
from npcradiomics.artefact import replacing, write_table
from npcradiomics.paper_tables import table1, table1_data
from npcradiomics.table_formats import write_docx, write_latex, write_markdown


def main(snakemake):
    write_table(table1_data(), snakemake.output.tsv)
    for name, write in (("markdown", write_markdown), ("latex", write_latex), ("word", write_docx)):
        with replacing(snakemake.output[name]) as temporary:
            write(temporary, table1())


if "snakemake" in globals():
    job.run(main, snakemake)  # noqa: F821
