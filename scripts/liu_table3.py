"""Rule liu_table3: the rad-score beside volume, clinical columns, both, and first-order features."""

from pathlib import Path

from npcradiomics.files import read_json, write_table, write_text
from npcradiomics.jobs import script
from npcradiomics.publication.captions import escape_rst, fill_caption
from npcradiomics.publication.tables.comparison import comparison_table, notes_of_models
from npcradiomics.publication.tables.formats import write_formats
from npcradiomics.response.comparison import verdict
from npcradiomics.tables import read_table


def main(snakemake):
    given, made = snakemake.input, snakemake.output
    comparison, clinical = read_table(given.comparison), read_table(given.clinical)
    models, model = read_json(given.models), read_json(given.model)
    missing = clinical.drop(columns="patient").isna().sum().to_dict()
    notes = [f"{note[0].upper()}{note[1:]}." for note in model["notes"]]
    notes += notes_of_models(models, missing)
    table = comparison_table(comparison, verdict(comparison), notes, snakemake.params.notice)
    write_table(comparison, made.tsv)
    write_formats(table, made.markdown, made.latex, made.word)
    template = Path(given.caption).read_text(encoding="utf-8")
    footnotes = [escape_rst(note) for note in table.footnotes]
    write_text(fill_caption(template, caption=table.caption, notes=footnotes), made.caption)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
