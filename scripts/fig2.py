"""Rule fig2: intensity histograms of both regions, a panel per patient."""

import pandas as pd
from npcradiomics import job
from npcradiomics.artefact import write_table
from npcradiomics.figures import draw_histograms
from npcradiomics.style import save


def main(snakemake):
    table = pd.read_csv(snakemake.input.intensities, sep="\t", dtype={"patient": str})
    write_table(table, snakemake.output.data)
    save(draw_histograms(table, snakemake.params.simulated), snakemake.output.pdf, snakemake.output.png)


if "snakemake" in globals():
    job.run(main, snakemake)  # noqa: F821
