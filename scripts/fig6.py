"""Rule fig6: the observed cohort statistics against their nulls."""

from pathlib import Path

from npcradiomics.files import read_json, write_table, write_text
from npcradiomics.jobs import script
from npcradiomics.publication.captions import (
    cohort_numbers,
    escape_rst,
    fill_caption,
    sequence_words,
    with_sequences,
)
from npcradiomics.publication.figures.by_sequence import pages_by_sequence
from npcradiomics.publication.figures.saving import save
from npcradiomics.publication.figures.spatial_null import null_panels, plot_null
from npcradiomics.publication.methods.text import count
from npcradiomics.spatial_null.verdict import rule_words
from npcradiomics.statistics.shown_features import select_features
from npcradiomics.tables import by_sequence, in_one_table_if_several, read_table

ALL_TOGETHER = "All features are those of all sequences: one family.\n"


def main(snakemake):
    params = snakemake.params
    of_all = by_sequence(read_table(snakemake.input.statistics))
    tested = by_sequence(read_table(snakemake.input.features))
    distribution = read_table(snakemake.input.distribution)
    first, *others = read_json(snakemake.input.warnings) or [""]
    tables, pages = {}, {}
    for name, own in of_all.items():
        names, selection = select_features(own)
        under = distribution[distribution["sequence"] == name].drop(columns="sequence")
        bins, panels = null_panels(tested[name], under, names)
        tables[name] = bins.merge(panels, on=["null", "name"])
        pages[name] = plot_null(bins, panels, selection, params.notice)
    main_sequence, *_ = of_all
    statistics, features = of_all[main_sequence], tested[main_sequence]
    names, selection = select_features(statistics)
    caption = fill_caption(
        Path(snakemake.input.caption).read_text(encoding="utf-8"),
        **cohort_numbers(statistics, params.notice) | {"n": int(features["n"].max())},
        first=escape_rst(first),
        warnings=[escape_rst(sentence) for sentence in others],
        rule=rule_words(params.alpha),
        n_shown=len(names),
        n_pages=len(pages[main_sequence]),
        selection=selection,
    )
    write_table(in_one_table_if_several(tables), snakemake.output.data)
    save(pages_by_sequence(pages), snakemake.output.pdf, snakemake.output.png)
    further = {name: count(len(own), "page") for name, own in pages.items()}
    words = with_sequences(caption, sequence_words(of_all, further), "pages of")
    write_text(words + ALL_TOGETHER * (len(of_all) > 1), snakemake.output.caption)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
