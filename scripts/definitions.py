"""Rule definitions: which of the 40 texture features pyradiomics defines alike, and how much the others differ here."""

import pandas as pd

from npcradiomics import job
from npcradiomics.agreement import agreement_page, compare_definitions
from npcradiomics.artefact import replacing, write_table
from npcradiomics.table_formats import write_markdown


def main(snakemake):
    read = {"sep": "\t", "dtype": {"patient": str}}
    features, pyradiomics = (pd.read_csv(snakemake.input[name], **read) for name in ("features", "pyradiomics"))
    table = compare_definitions(features, pyradiomics)
    whose = f"{len(features)} regions of this cohort" + (
        f" ({snakemake.params.notice})" if snakemake.params.notice else ""
    )
    write_table(table, snakemake.output.tsv)
    with replacing(snakemake.output.markdown) as temporary:
        write_markdown(temporary, agreement_page(table, whose))


if "snakemake" in globals():
    job.run(main, snakemake)  # noqa: F821
