"""Rule liu_table3: the rad-score beside volume, clinical columns, both, and first-order features."""

from npcradiomics.files import read_json
from npcradiomics.jobs import script
from npcradiomics.publication.tables.comparison import comparison_table, notes_of_models
from npcradiomics.publication.tables.saving import save_table
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
    save_table(table, comparison, given.caption, made)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
