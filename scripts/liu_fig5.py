"""Rule liu_fig5: calibration curves of both sets."""

from npcradiomics.files import read_json, write_table
from npcradiomics.jobs import script
from npcradiomics.publication.figures.calibration import plot_calibration
from npcradiomics.publication.figures.saving import save
from npcradiomics.publication.tables.response import sentence_of
from npcradiomics.tables import read_table


def main(snakemake):
    names = ("calibration", "radscore", "performance")
    curves, scores, performance = (read_table(snakemake.input[name]) for name in names)
    write_table(curves, snakemake.output.data)
    sentence = sentence_of(read_json(snakemake.input.model))
    save(
        plot_calibration(curves, scores, performance, sentence, snakemake.params.simulated),
        snakemake.output.pdf,
        snakemake.output.png,
        snakemake.output.svg,
    )


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
