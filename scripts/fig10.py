"""Rule fig10: specification curves of the significant features and of the paper's seven."""

from pathlib import Path

from npcradiomics.files import read_json, write_table, write_text
from npcradiomics.jobs import script
from npcradiomics.multiverse.conclusions import rule_words, words_by_feature
from npcradiomics.publication.captions import escape_rst, fill_caption, notice_sentence
from npcradiomics.publication.figures.multiverse import plot_curves
from npcradiomics.publication.figures.saving import save
from npcradiomics.statistics.shown_features import significant_and_paper
from npcradiomics.tables import by_sequence, read_table


def main(snakemake):
    params, given, made = snakemake.params, snakemake.input, snakemake.output
    effects, features = read_table(given.effects), read_table(given.features)
    names = significant_and_paper(next(iter(by_sequence(read_table(given.statistics)).values())))
    shown = effects[effects["feature"].isin(names)]
    pages = plot_curves(shown, words_by_feature(features), params.notice)
    caption = fill_caption(
        Path(given.caption).read_text(encoding="utf-8"),
        sentences=[escape_rst(sentence) for sentence in read_json(given.sentences)],
        n_universes=effects["universe"].nunique(),
        n_features=len(names),
        n_drawn=int(features["n_drawn"].max()),
        rule=rule_words(params.alpha),
        notice=notice_sentence(params.notice),
    )
    write_table(shown, made.data)
    save(pages, made.pdf, made.png)
    write_text(caption, made.caption)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
