"""Rule fig5: the regions on the first two principal components."""

from pathlib import Path

from npcradiomics.files import write_table, write_text
from npcradiomics.jobs import script
from npcradiomics.publication.captions import cohort_numbers, escape_rst, fill_caption
from npcradiomics.publication.figures.components import plot_components
from npcradiomics.publication.figures.patient_labels import numbers_key, point_labels
from npcradiomics.publication.figures.saving import save
from npcradiomics.region_names import PAIR
from npcradiomics.rounding import percent_text
from npcradiomics.statistics.shown_features import select_features
from npcradiomics.tables import read_table


def main(snakemake):
    scores = read_table(snakemake.input.scores)
    share = read_table(snakemake.input.explained).set_index("component")["share"]
    statistics = read_table(snakemake.input.statistics)
    names, selection = select_features(statistics)
    table = scores[["patient", "region", "PC1", "PC2"]].assign(
        PC1_share=share["PC1"], PC2_share=share["PC2"]
    )
    labels = point_labels(list(dict.fromkeys(table["patient"])))
    caption = fill_caption(
        Path(snakemake.input.caption).read_text(encoding="utf-8"),
        **cohort_numbers(statistics, snakemake.params.notice),
        n_shown=len(names),
        n_regions=[int((table["region"] == region).sum()) for region in PAIR],
        pc1=percent_text(share["PC1"]),
        pc2=percent_text(share["PC2"]),
        key=escape_rst(numbers_key(labels, "fig5.tsv")),
        selection=selection,
    )
    write_table(table, snakemake.output.data)
    save(
        plot_components(table, selection, snakemake.params.notice),
        snakemake.output.pdf,
        snakemake.output.png,
        snakemake.output.svg,
    )
    write_text(caption, snakemake.output.caption)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
