"""Rule fig7: where each patient's observed difference stands among its draws."""

from pathlib import Path

from npcradiomics.files import read_json, write_table, write_text
from npcradiomics.jobs import script
from npcradiomics.publication.captions import escape_rst, fill_caption, notice_sentence
from npcradiomics.publication.figures.patient_labels import numbers_key, point_labels
from npcradiomics.publication.figures.ranks import MOST_NAMED, plot_ranks
from npcradiomics.publication.figures.saving import save
from npcradiomics.publication.tables.spatial_null import counts_words
from npcradiomics.tables import read_table


def main(snakemake):
    params = snakemake.params
    ranks = read_table(snakemake.input.ranks)
    features = read_table(snakemake.input.features)
    first, *others = read_json(snakemake.input.warnings) or [""]
    patients = list(dict.fromkeys(ranks["patient"]))
    key = numbers_key(point_labels(patients), "fig7.tsv") if patients else ""
    verdicts = dict(zip(features["feature"], features["verdict"], strict=True))
    figure = plot_ranks(ranks, verdicts, params.notice)
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
    write_table(ranks.merge(features[["feature", "verdict"]], on="feature"), snakemake.output.data)
    save(figure, snakemake.output.pdf, snakemake.output.png, snakemake.output.svg)
    write_text(caption, snakemake.output.caption)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
