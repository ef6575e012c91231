"""Rule fig12: effect and verdict of every feature by sequence, family by family."""

from pathlib import Path

from npcradiomics.files import write_table, write_text
from npcradiomics.jobs import script
from npcradiomics.publication.captions import escape_rst, fill_caption, notice_sentence
from npcradiomics.publication.figures.families import families_table, plot_families
from npcradiomics.publication.figures.saving import save
from npcradiomics.publication.tables.sequences import found_by_sequence
from npcradiomics.tables import read_table


def main(snakemake):
    given, made, notice = snakemake.input, snakemake.output, snakemake.params.notice
    statistics, tested = read_table(given.statistics), read_table(given.features)
    table = families_table(statistics, tested)
    caption = fill_caption(
        Path(given.caption).read_text(encoding="utf-8"),
        n_sequences=table["sequence"].nunique(),
        n_features=table["feature"].nunique(),
        n_tests=len(table),
        found=escape_rst(found_by_sequence(statistics, tested)),
        notice=notice_sentence(notice),
    )
    write_table(table, made.data)
    save(plot_families(table, notice), made.pdf, made.png, made.svg)
    write_text(caption, made.caption)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
