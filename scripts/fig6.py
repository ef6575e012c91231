"""Rule fig6: the observed cohort statistics against their nulls."""

from pathlib import Path

from npcradiomics.files import read_json, write_table, write_text
from npcradiomics.jobs import script
from npcradiomics.publication.captions import cohort_numbers, escape_rst, fill_caption
from npcradiomics.publication.figures.saving import save
from npcradiomics.publication.figures.spatial_null import null_panels, plot_null
from npcradiomics.spatial_null.verdict import rule_words
from npcradiomics.statistics.shown_features import select_features
from npcradiomics.tables import read_table


def main(snakemake):
    params = snakemake.params
    statistics = read_table(snakemake.input.statistics)
    features = read_table(snakemake.input.features)
    distribution = read_table(snakemake.input.distribution)
    names, selection = select_features(statistics)
    first, *others = read_json(snakemake.input.warnings) or [""]
    bins, panels = null_panels(features, distribution, names)
    pages = plot_null(bins, panels, selection, params.notice)
    caption = fill_caption(
        Path(snakemake.input.caption).read_text(encoding="utf-8"),
        **cohort_numbers(statistics, params.notice) | {"n": int(features["n"].max())},
        first=escape_rst(first),
        warnings=[escape_rst(sentence) for sentence in others],
        rule=rule_words(params.alpha),
        n_shown=len(names),
        n_pages=len(pages),
        selection=selection,
    )
    write_table(bins.merge(panels, on=["null", "name"]), snakemake.output.data)
    save(pages, snakemake.output.pdf, snakemake.output.png)
    write_text(caption, snakemake.output.caption)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
