"""Rule table6: scores of the risk map and of what is simpler, per patient and over the cohort."""

from npcradiomics.files import read_json
from npcradiomics.jobs import script
from npcradiomics.publication.tables.risk import table6, table6_data
from npcradiomics.publication.tables.saving import save_table
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
    save_table(table, data, given.caption, made)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
