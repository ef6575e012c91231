"""Rule fig3: Pearson correlations of the paired differences."""

from pathlib import Path

from npcradiomics.files import write_table, write_text
from npcradiomics.jobs import script
from npcradiomics.publication.captions import (
    cohort_numbers,
    fill_caption,
    sequence_words,
    with_sequences,
)
from npcradiomics.publication.figures.by_sequence import pages_by_sequence
from npcradiomics.publication.figures.correlations import plot_correlations
from npcradiomics.publication.figures.saving import save
from npcradiomics.statistics.shown_features import select_features
from npcradiomics.tables import by_sequence, in_one_table_if_several, read_table


def main(snakemake):
    tables = by_sequence(read_table(snakemake.input.correlation))
    of_all = by_sequence(read_table(snakemake.input.statistics))
    selections = {name: select_features(own) for name, own in of_all.items()}
    main_sequence, *_ = of_all
    table, statistics = tables[main_sequence], of_all[main_sequence]
    names, selection = selections[main_sequence]
    once = table[table["feature_a"].map(names.index) < table["feature_b"].map(names.index)]
    significant = once[once["p"] < 0.05]
    caption = fill_caption(
        Path(snakemake.input.caption).read_text(encoding="utf-8"),
        **cohort_numbers(statistics, snakemake.params.notice),
        n_shown=len(names),
        n_pairs=len(once),
        n_negative=int((significant["r"] < 0).sum()),
        n_positive=int((significant["r"] > 0).sum()),
        selection=selection,
    )
    published = in_one_table_if_several(tables)
    notes = published["note"].astype(object).fillna("")  # without any it is a column of numbers
    write_table(published.assign(note=notes), snakemake.output.data)
    figures = {
        name: plot_correlations(own, selections[name][1], snakemake.params.notice)
        for name, own in tables.items()
    }
    save(
        pages_by_sequence(figures),
        snakemake.output.pdf,
        snakemake.output.png,
        snakemake.output.svg,
    )
    write_text(with_sequences(caption, sequence_words(of_all)), snakemake.output.caption)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
