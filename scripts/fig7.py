"""Rule fig7: where each patient's observed difference stands among its draws."""

from pathlib import Path

from npcradiomics.files import read_json, write_table, write_text
from npcradiomics.jobs import script
from npcradiomics.publication.captions import (
    escape_rst,
    fill_caption,
    notice_sentence,
    with_sequences,
)
from npcradiomics.publication.figures.by_sequence import pages_by_sequence
from npcradiomics.publication.figures.patient_labels import numbers_key, point_labels
from npcradiomics.publication.figures.ranks import MOST_NAMED, plot_ranks
from npcradiomics.publication.figures.saving import save
from npcradiomics.publication.tables.spatial_null import counts_words
from npcradiomics.tables import by_sequence, in_one_table_if_several, read_table


def main(snakemake):
    params = snakemake.params
    tested = by_sequence(read_table(snakemake.input.features))
    of_all = read_table(snakemake.input.ranks)
    ranked = {name: of_all[of_all["sequence"] == name].drop(columns="sequence") for name in tested}
    main_sequence, *further = tested
    for name in further:  # of those who have the sequence
        own = ranked[name]
        ranked[name] = own[own.groupby("patient")["rank"].transform("count") > 0]
    ranks, features = ranked[main_sequence], tested[main_sequence]
    first, *others = read_json(snakemake.input.warnings) or [""]
    patients = list(dict.fromkeys(ranks["patient"]))
    key = numbers_key(point_labels(patients), "fig7.tsv") if patients else ""
    tables, figures = {}, {}
    for name, own in tested.items():
        verdicts = own[["feature", "verdict"]]
        tables[name] = ranked[name].merge(verdicts, on="feature")
        figures[name] = plot_ranks(
            ranked[name], dict(verdicts.itertuples(index=False)), params.notice
        )
    caption = fill_caption(
        Path(snakemake.input.caption).read_text(encoding="utf-8"),
        first=escape_rst(first),
        warnings=[escape_rst(sentence) for sentence in others],
        n_patients=len(patients),
        clustered=len(patients) > MOST_NAMED,
        key=escape_rst(key),
        counts=escape_rst(counts_words(features)),
        notice=notice_sentence(params.notice),
    )
    write_table(in_one_table_if_several(tables), snakemake.output.data)
    save(
        pages_by_sequence(figures), snakemake.output.pdf, snakemake.output.png, snakemake.output.svg
    )
    words = {
        name: f"n = {own['patient'].nunique()}. {counts_words(tested[name]).removesuffix('.')}"
        for name, own in ranked.items()
    }
    write_text(with_sequences(caption, words), snakemake.output.caption)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
