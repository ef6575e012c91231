"""Rule liu_fig2: cross-validation, coefficient paths and rad-scores."""

from npcradiomics.files import read_json, write_table
from npcradiomics.jobs import script
from npcradiomics.publication.figures.radscore import plot_selection
from npcradiomics.publication.figures.saving import save
from npcradiomics.publication.tables.response import sentence_of
from npcradiomics.tables import read_table


def main(snakemake):
    curve, paths, scores = (
        read_table(snakemake.input[name]) for name in ("curve", "paths", "radscore")
    )
    model = read_json(snakemake.input.model)
    write_table(scores, snakemake.output.data)
    measure, simulated = snakemake.params.measure, snakemake.params.simulated
    figure = plot_selection(
        curve, paths, scores, model["threshold"], measure, sentence_of(model), simulated
    )
    save(figure, snakemake.output.pdf, snakemake.output.png, snakemake.output.svg)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
