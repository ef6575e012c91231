"""Rule liu_fig4: ROC curve of the validation set."""

import pandas as pd

from npcradiomics import job
from npcradiomics.artefact import read_json, write_table
from npcradiomics.model_notes import sentence_of
from npcradiomics.response_figures import draw_roc
from npcradiomics.style import save


def main(snakemake):
    roc, performance = (pd.read_csv(snakemake.input[name], sep="\t") for name in ("roc", "performance"))
    roc = roc[roc["set"] == "validation"]
    row = performance[performance["set"] == "validation"].iloc[0]
    write_table(roc, snakemake.output.data)
    figure = draw_roc(roc, row, sentence_of(read_json(snakemake.input.model)), snakemake.params.simulated)
    save(figure, snakemake.output.pdf, snakemake.output.png)


if "snakemake" in globals():
    job.run(main, snakemake)  # noqa: F821
