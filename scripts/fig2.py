"""Rule fig2: intensity histograms of both regions, a panel per patient."""

from io import StringIO
from pathlib import Path

from npcradiomics.files import write_text
from npcradiomics.jobs import script
from npcradiomics.publication.captions import escape_rst, fill_caption, notice_sentence
from npcradiomics.publication.figures.histograms import MOST_PANELS, plot_histograms
from npcradiomics.publication.figures.patient_labels import numbers_key, panel_titles
from npcradiomics.publication.figures.saving import save
from npcradiomics.tables import read_table


def main(snakemake):
    published = Path(snakemake.input.intensities).read_text(encoding="utf-8")
    table = read_table(StringIO(published))
    patients = table["patient"].unique().tolist()
    figure = plot_histograms(table, snakemake.params.notice)
    caption = fill_caption(
        Path(snakemake.input.caption).read_text(encoding="utf-8"),
        n_patients=len(patients),
        first=escape_rst(patients[0]),
        last=escape_rst(patients[-1]),
        heat_maps=len(patients) > MOST_PANELS,
        key=escape_rst(numbers_key(panel_titles(patients), "fig2.tsv")),
        notice=notice_sentence(snakemake.params.notice),
    )
    write_text(published, snakemake.output.data)
    save(figure, snakemake.output.pdf, snakemake.output.png)
    write_text(caption, snakemake.output.caption)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
