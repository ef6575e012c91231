"""Rule table3: the paper's test, the two nulls and the verdict, for every feature."""

from npcradiomics.files import read_json
from npcradiomics.jobs import script
from npcradiomics.publication.tables.saving import save_table
from npcradiomics.publication.tables.spatial_null import table3
from npcradiomics.tables import by_sequence, in_one_table_if_several, read_table


def main(snakemake):
    params = snakemake.params
    features = in_one_table_if_several(by_sequence(read_table(snakemake.input.features)))
    controls = read_table(snakemake.input.controls)
    patients = read_table(snakemake.input.patients)
    warnings = read_json(snakemake.input.warnings)
    options = {
        "alpha": params.alpha,
        "n_tests": params.n_tests,
        "match": params.match,
        "notice": params.notice,
    }
    table = table3(features, controls, patients, warnings, **options)
    save_table(
        table,
        features.assign(simulated=params.simulated),
        snakemake.input.caption,
        snakemake.output,
    )


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
