"""Rule clinical_values: the clinical columns as numbers, as models take them."""

import pandas as pd

from npcradiomics.files import write_table
from npcradiomics.jobs import script
from npcradiomics.response.regressions import clinical_columns


def main(snakemake):
    wanted = snakemake.params
    table = clinical_columns(wanted.rows, wanted.numbers, wanted.categories)
    names = pd.Series([row["patient"] for row in wanted.rows], name="patient")
    write_table(pd.concat([names, table], axis="columns"), snakemake.output.clinical)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
