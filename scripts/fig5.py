"""Rule fig5: the regions on the first two principal components."""

import pandas as pd
from npcradiomics import job
from npcradiomics.artefact import write_table
from npcradiomics.figures import draw_components
from npcradiomics.selection import select_features
from npcradiomics.style import save


def main(snakemake):
    table = pd.read_csv(snakemake.input.scores, sep="\t", dtype={"patient": str})[["patient", "region", "PC1", "PC2"]]
    shares = pd.read_csv(snakemake.input.explained, sep="\t")["share"]
    _, note = select_features(pd.read_csv(snakemake.input.statistics, sep="\t"))
    write_table(table, snakemake.output.data)
    figure = draw_components(table, shares[0], shares[1], note, snakemake.params.simulated)
    save(figure, snakemake.output.pdf, snakemake.output.png)


if "snakemake" in globals():
    job.run(main, snakemake)  # noqa: F821
