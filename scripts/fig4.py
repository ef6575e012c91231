"""Rule fig4: box plots of the significant features, patients' points joined in pairs."""

import pandas as pd
from npcradiomics import job
from npcradiomics.artefact import write_table
from npcradiomics.figures import draw_boxes
from npcradiomics.rounding import p_words
from npcradiomics.selection import select_features
from npcradiomics.style import save


def main(snakemake):
    features = pd.read_csv(snakemake.input.features, sep="\t", dtype={"patient": str})
    statistics = pd.read_csv(snakemake.input.statistics, sep="\t").set_index("feature", drop=False)
    names, note = select_features(statistics)
    table = features.melt(["patient", "region"], names, var_name="feature")
    table.insert(1, "p_words", table["feature"].map(lambda name: p_words(statistics.at[name, "p"])))
    write_table(table, snakemake.output.data)
    save(draw_boxes(table, note, snakemake.params.simulated), snakemake.output.pdf, snakemake.output.png)


if "snakemake" in globals():
    job.run(main, snakemake)  # noqa: F821
