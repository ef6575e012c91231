"""Rule table6: scores of the risk map and of what is simpler, per patient and over the cohort."""

from pathlib import Path

from npcradiomics.files import read_json, write_table, write_text
from npcradiomics.jobs import script
from npcradiomics.publication.captions import escape_rst, fill_caption
from npcradiomics.publication.tables.formats import write_formats
from npcradiomics.publication.tables.risk import table6, table6_data
from npcradiomics.tables import read_table


def main(snakemake):
    params, given, made = snakemake.params, snakemake.input, snakemake.output
    patients = read_table(given.patients)
    data = table6_data(
        read_table(given.scores), read_table(given.summary), params.boost_percent, params.simulated
    )
    sentence = read_json(given.verdict)["sentence"]
    n_refits = int(read_table(given.null)["refit"].max())
    options = {"alpha": params.alpha, "n_refits": n_refits, "notice": params.notice}
    table = table6(data, patients, sentence, **options)
    write_table(data, made.tsv)
    write_formats(table, made.markdown, made.latex, made.word)
    caption = fill_caption(
        Path(given.caption).read_text(encoding="utf-8"),
        caption=table.caption,
        notes=[escape_rst(note) for note in table.footnotes],
    )
    write_text(caption, made.caption)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
