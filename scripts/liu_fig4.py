"""Rule liu_fig4: ROC curve of the validation set."""

from npcradiomics.files import read_json, write_table
from npcradiomics.jobs import script
from npcradiomics.publication.figures.roc import plot_roc
from npcradiomics.publication.figures.saving import save
from npcradiomics.publication.tables.response import sentence_of
from npcradiomics.tables import read_table


def main(snakemake):
    roc, performance = (read_table(snakemake.input[name]) for name in ("roc", "performance"))
    roc = roc[roc["set"] == "validation"]
    row = performance[performance["set"] == "validation"].iloc[0]
    write_table(roc, snakemake.output.data)
    figure = plot_roc(
        roc, row, sentence_of(read_json(snakemake.input.model)), snakemake.params.simulated
    )
    save(figure, snakemake.output.pdf, snakemake.output.png, snakemake.output.svg)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
