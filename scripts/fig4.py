"""Rule fig4: box plots of the significant features, patients' points joined in pairs."""

from pathlib import Path

from npcradiomics.features.definitions import DEFINITIONS
from npcradiomics.files import write_table, write_text
from npcradiomics.jobs import script
from npcradiomics.publication.captions import cohort_numbers, fill_caption
from npcradiomics.publication.figures.boxes import plot_boxes
from npcradiomics.publication.figures.saving import save
from npcradiomics.statistics.shown_features import select_features
from npcradiomics.tables import of_sequence, read_table


def main(snakemake):
    features = of_sequence(read_table(snakemake.input.features), snakemake.params.main_sequence)
    statistics = read_table(snakemake.input.statistics)
    names, selection = select_features(statistics)
    units = {definition.feature: definition.unit for definition in DEFINITIONS}
    values = features.melt(["patient", "region"], names, var_name="feature")
    table = statistics[["feature", "test", "p"]].merge(values, on="feature")
    table.insert(1, "unit", table["feature"].map(units))
    pages = plot_boxes(table, selection, snakemake.params.notice)
    caption = fill_caption(
        Path(snakemake.input.caption).read_text(encoding="utf-8"),
        **cohort_numbers(statistics, snakemake.params.notice),
        n_shown=len(names),
        n_pages=len(pages),
        selection=selection,
    )
    write_table(table, snakemake.output.data)
    save(pages, snakemake.output.pdf, snakemake.output.png)
    write_text(caption, snakemake.output.caption)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
