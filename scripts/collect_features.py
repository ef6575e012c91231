"""Rule collect_features: one table of the cohort, and who does not enter."""

from npcradiomics import job
from npcradiomics.artefact import read_json, write_table
from npcradiomics.cohort import exclusions, regions_table, require_enough, stack


def main(snakemake):
    reports = [read_json(path) for path in snakemake.input.regions]
    excluded = exclusions(reports, snakemake.params.regions["in_field_minimum"])
    kept = [p for p in snakemake.params.patients if p not in set(excluded["patient"])]
    require_enough(kept, excluded)
    paths = [
        path for pair in zip(snakemake.input.recurrent, snakemake.input.non_recurrent, strict=True) for path in pair
    ]
    tables = {
        "features": stack(paths),
        "pyradiomics": stack(snakemake.input.pyradiomics),
        "intensities": stack(snakemake.input.intensities),
        "regions": regions_table(reports, [read_json(path) for path in snakemake.input.notes]),
    }
    for name, table in tables.items():
        write_table(table[table["patient"].isin(kept)] if name != "regions" else table, snakemake.output[name])
    write_table(excluded, snakemake.output.excluded)


if "snakemake" in globals():
    job.run(main, snakemake)  # noqa: F821
