"""Rule fig5: the regions on the first two principal components."""

from pathlib import Path

from npcradiomics.files import write_table, write_text
from npcradiomics.jobs import script
from npcradiomics.publication.captions import (
    cohort_numbers,
    escape_rst,
    fill_caption,
    sequence_words,
    with_sequences,
)
from npcradiomics.publication.figures.by_sequence import pages_by_sequence
from npcradiomics.publication.figures.components import plot_components
from npcradiomics.publication.figures.patient_labels import numbers_key, point_labels
from npcradiomics.publication.figures.saving import save
from npcradiomics.region_names import PAIR
from npcradiomics.rounding import percent_text
from npcradiomics.statistics.shown_features import select_features
from npcradiomics.tables import by_sequence, in_one_table_if_several, read_table


def main(snakemake):
    scores = by_sequence(read_table(snakemake.input.scores))
    explained = by_sequence(read_table(snakemake.input.explained))
    of_all = by_sequence(read_table(snakemake.input.statistics))
    tables = {name: _first_two(own, explained[name]) for name, own in scores.items()}
    selections = {name: select_features(own) for name, own in of_all.items()}
    figures = {
        name: plot_components(own, selections[name][1], snakemake.params.notice)
        for name, own in tables.items()
    }
    main_sequence, *_ = of_all
    table, statistics = tables[main_sequence], of_all[main_sequence]
    names, selection = selections[main_sequence]
    labels = point_labels(list(dict.fromkeys(table["patient"])))
    caption = fill_caption(
        Path(snakemake.input.caption).read_text(encoding="utf-8"),
        **cohort_numbers(statistics, snakemake.params.notice),
        n_shown=len(names),
        n_regions=[int((table["region"] == region).sum()) for region in PAIR],
        pc1=percent_text(table["PC1_share"].iloc[0]),
        pc2=percent_text(table["PC2_share"].iloc[0]),
        key=escape_rst(numbers_key(labels, "fig5.tsv")),
        selection=selection,
    )
    write_table(in_one_table_if_several(tables), snakemake.output.data)
    save(
        pages_by_sequence(figures),
        snakemake.output.pdf,
        snakemake.output.png,
        snakemake.output.svg,
    )
    further = {
        name: " and ".join(
            f"{part} {percent_text(own[f'{part}_share'].iloc[0])}" for part in ("PC1", "PC2")
        )
        for name, own in tables.items()
    }
    write_text(with_sequences(caption, sequence_words(of_all, further)), snakemake.output.caption)


def _first_two(scores, explained):
    share = explained.set_index("component")["share"]
    return scores[["patient", "region", "PC1", "PC2"]].assign(
        PC1_share=share["PC1"], PC2_share=share["PC2"]
    )


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
