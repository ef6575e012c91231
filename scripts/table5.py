"""Rule table5: what every feature's conclusion comes to over all universes."""

from pathlib import Path

from npcradiomics.files import read_json, write_table, write_text
from npcradiomics.jobs import script
from npcradiomics.publication.captions import escape_rst, fill_caption
from npcradiomics.publication.tables.formats import write_formats
from npcradiomics.publication.tables.multiverse import table5
from npcradiomics.tables import read_table


def main(snakemake):
    params, given, made = snakemake.params, snakemake.input, snakemake.output
    features, universes = read_table(given.features), read_table(given.universes)
    sentences = read_json(given.sentences)
    icc = read_table(given.icc[0]) if given.icc else None
    options = {"alpha": params.alpha, "notice": params.notice, "icc": icc}
    table = table5(features, universes, sentences, **options)
    write_table(features.assign(simulated=params.simulated), made.tsv)
    write_formats(table, made.markdown, made.latex, made.word)
    caption = fill_caption(
        Path(given.caption).read_text(encoding="utf-8"),
        caption=table.caption,
        notes=[escape_rst(note) for note in table.footnotes],
    )
    write_text(caption, made.caption)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
