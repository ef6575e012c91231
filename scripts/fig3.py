"""Rule fig3: Pearson correlations of the paired differences."""

import pandas as pd
from npcradiomics import job
from npcradiomics.artefact import write_table
from npcradiomics.figures import draw_correlations
from npcradiomics.selection import select_features
from npcradiomics.style import save


def main(snakemake):
    table = pd.read_csv(snakemake.input.correlation, sep="\t")
    _, note = select_features(pd.read_csv(snakemake.input.statistics, sep="\t"))
    write_table(table, snakemake.output.data)
    save(draw_correlations(table, note, snakemake.params.simulated), snakemake.output.pdf, snakemake.output.png)


if "snakemake" in globals():
    job.run(main, snakemake)  # noqa: F821
