"""Rule fig2: intensity histograms of both regions, a panel per patient."""

from io import StringIO
from pathlib import Path

from npcradiomics.files import write_text
from npcradiomics.jobs import script
from npcradiomics.publication.captions import (
    escape_rst,
    fill_caption,
    notice_sentence,
    with_sequences,
)
from npcradiomics.publication.figures.by_sequence import pages_by_sequence
from npcradiomics.publication.figures.histograms import MOST_PANELS, plot_histograms
from npcradiomics.publication.figures.patient_labels import numbers_key, panel_titles
from npcradiomics.publication.figures.saving import save
from npcradiomics.tables import by_sequence, read_table


def main(snakemake):
    published = Path(snakemake.input.intensities).read_text(encoding="utf-8")
    tables = _of_sequences(read_table(StringIO(published)))
    table = next(iter(tables.values()))
    patients = table["patient"].unique().tolist()
    figures = {name: plot_histograms(own, snakemake.params.notice) for name, own in tables.items()}
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
    save(pages_by_sequence(figures), snakemake.output.pdf, snakemake.output.png)
    words = {name: f"n = {own['patient'].nunique()}" for name, own in tables.items()}
    write_text(with_sequences(caption, words), snakemake.output.caption)


def _of_sequences(table):
    # Histograms say their sequence where there is more than one: what is published is the table.
    return by_sequence(table) if "sequence" in table else {"": table}


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
