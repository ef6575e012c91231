"""Rule fig11: the effect of every feature in every universe."""

from pathlib import Path

from npcradiomics.files import read_json, write_table, write_text
from npcradiomics.jobs import script
from npcradiomics.multiverse.conclusions import words_by_feature
from npcradiomics.publication.captions import escape_rst, fill_caption, notice_sentence
from npcradiomics.publication.figures.multiverse import plot_universes
from npcradiomics.publication.figures.saving import save
from npcradiomics.tables import read_table


def main(snakemake):
    params, given, made = snakemake.params, snakemake.input, snakemake.output
    effects, features = read_table(given.effects), read_table(given.features)
    figure = plot_universes(effects, words_by_feature(features), params.notice)
    caption = fill_caption(
        Path(given.caption).read_text(encoding="utf-8"),
        sentences=[escape_rst(sentence) for sentence in read_json(given.sentences)],
        n_universes=effects["universe"].nunique(),
        n_features=len(features),
        notice=notice_sentence(params.notice),
    )
    write_table(effects, made.data)
    save(figure, made.pdf, made.png)
    write_text(caption, made.caption)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
