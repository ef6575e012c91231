"""Rule fig3: Pearson correlations of the paired differences."""

from pathlib import Path

from npcradiomics.files import write_table, write_text
from npcradiomics.jobs import script
from npcradiomics.publication.captions import cohort_numbers, fill_caption
from npcradiomics.publication.figures.correlations import plot_correlations
from npcradiomics.publication.figures.saving import save
from npcradiomics.statistics.shown_features import select_features
from npcradiomics.tables import read_table


def main(snakemake):
    table = read_table(snakemake.input.correlation)
    statistics = read_table(snakemake.input.statistics)
    names, selection = select_features(statistics)
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
    notes = table["note"].astype(object).fillna("")  # without any it is a column of numbers
    write_table(table.assign(note=notes), snakemake.output.data)
    save(
        plot_correlations(table, selection, snakemake.params.notice),
        snakemake.output.pdf,
        snakemake.output.png,
        snakemake.output.svg,
    )
    write_text(caption, snakemake.output.caption)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
