"""Rule fig4: box plots of the significant features, patients' points joined in pairs."""

from pathlib import Path

from npcradiomics.features.definitions import DEFINITIONS
from npcradiomics.files import write_table, write_text
from npcradiomics.jobs import script
from npcradiomics.publication.captions import (
    cohort_numbers,
    fill_caption,
    sequence_words,
    with_sequences,
)
from npcradiomics.publication.figures.boxes import plot_boxes
from npcradiomics.publication.figures.by_sequence import pages_by_sequence
from npcradiomics.publication.figures.saving import save
from npcradiomics.publication.methods.text import count
from npcradiomics.statistics.shown_features import select_features
from npcradiomics.tables import by_sequence, in_one_table_if_several, read_table


def main(snakemake):
    features = by_sequence(read_table(snakemake.input.features))
    of_all = by_sequence(read_table(snakemake.input.statistics))
    tables, pages = {}, {}
    for name, own in of_all.items():
        names, selection = select_features(own)
        tables[name] = _values(features[name], own, names)
        pages[name] = plot_boxes(tables[name], selection, snakemake.params.notice)
    main_sequence, *_ = of_all
    statistics = of_all[main_sequence]
    names, selection = select_features(statistics)
    caption = fill_caption(
        Path(snakemake.input.caption).read_text(encoding="utf-8"),
        **cohort_numbers(statistics, snakemake.params.notice),
        n_shown=len(names),
        n_pages=len(pages[main_sequence]),
        selection=selection,
    )
    write_table(in_one_table_if_several(tables), snakemake.output.data)
    save(pages_by_sequence(pages), snakemake.output.pdf, snakemake.output.png)
    further = {name: count(len(own), "page") for name, own in pages.items()}
    write_text(
        with_sequences(caption, sequence_words(of_all, further), "pages of"),
        snakemake.output.caption,
    )


def _values(features, statistics, names):
    units = {definition.feature: definition.unit for definition in DEFINITIONS}
    values = features.melt(["patient", "region"], names, var_name="feature")
    table = statistics[["feature", "test", "p"]].merge(values, on="feature")
    table.insert(1, "unit", table["feature"].map(units))
    return table


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
