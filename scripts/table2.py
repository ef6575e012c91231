"""Rule table2: the significant features beside the rows the paper printed."""

import pandas as pd
from npcradiomics import job
from npcradiomics.artefact import replacing, write_table
from npcradiomics.paper import beside_ours
from npcradiomics.paper_tables import table2
from npcradiomics.table_formats import write_docx, write_latex, write_markdown


def main(snakemake):
    statistics = pd.read_csv(snakemake.input.statistics, sep="\t")
    excluded = pd.read_csv(snakemake.input.excluded, sep="\t", dtype={"patient": str})
    table = table2(statistics, excluded, snakemake.params.simulated)
    write_table(beside_ours(statistics).assign(simulated=snakemake.params.simulated), snakemake.output.tsv)
    for name, write in (("markdown", write_markdown), ("latex", write_latex), ("word", write_docx)):
        with replacing(snakemake.output[name]) as temporary:
            write(temporary, table)


if "snakemake" in globals():
    job.run(main, snakemake)  # noqa: F821
