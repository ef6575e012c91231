"""Rule fig9: dose-volume histograms of the recurrences, and where their centroids lie in the dose."""

from pathlib import Path

import pandas as pd

from npcradiomics.dose.cohort import median_curves
from npcradiomics.files import write_table, write_text
from npcradiomics.jobs import script
from npcradiomics.publication.captions import escape_rst, fill_caption, notice_sentence
from npcradiomics.publication.figures.dose import fig9_data, plot_dose
from npcradiomics.publication.figures.saving import save
from npcradiomics.publication.notices import out_words
from npcradiomics.tables import is_true, read_table


def main(snakemake):
    given, params = snakemake.input, snakemake.params
    curves = read_table(given.curves)
    medians = median_curves(curves)
    table = fig9_data(curves, medians, read_table(given.figures), read_table(given.failures))
    points = table[table["panel"] == "B"]
    caption = fill_caption(
        Path(given.caption).read_text(encoding="utf-8"),
        n=len(points),
        n_of={name: int((points["group"] == name).sum()) for name in points["group"].unique()},
        interval=bool(points["x_low"].notna().any()),
        n_borderline=sum(map(is_true, points["borderline"])),
        out=escape_rst(out_words(pd.DataFrame(params.out))),
        notice=notice_sentence(params.notice),
    )
    write_table(table, snakemake.output.data)
    save(
        plot_dose(table, params.notice),
        snakemake.output.pdf,
        snakemake.output.png,
        snakemake.output.svg,
    )
    write_text(caption, snakemake.output.caption)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
