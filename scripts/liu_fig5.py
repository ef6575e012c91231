"""Rule liu_fig5: calibration curves of both sets."""

import pandas as pd

from npcradiomics import job
from npcradiomics.artefact import read_json, write_table
from npcradiomics.model_notes import sentence_of
from npcradiomics.response_figures import draw_calibration
from npcradiomics.style import save


def main(snakemake):
    names = ("calibration", "radscore", "performance")
    curves, scores, performance = (pd.read_csv(snakemake.input[name], sep="\t") for name in names)
    write_table(curves, snakemake.output.data)
    sentence = sentence_of(read_json(snakemake.input.model))
    save(
        draw_calibration(curves, scores, performance, sentence, snakemake.params.simulated),
        snakemake.output.pdf,
        snakemake.output.png,
    )


if "snakemake" in globals():
    job.run(main, snakemake)  # noqa: F821
