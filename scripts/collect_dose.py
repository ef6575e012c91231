"""Rule collect_dose: the cohort's doses, classes and types, and recurrent against non-recurrent."""

import pandas as pd

from npcradiomics.cohort.inclusion import stack
from npcradiomics.dose.cohort import COMPARED, paired_doses
from npcradiomics.dose.recurrence import CURVE_COLUMNS
from npcradiomics.files import read_json, write_table
from npcradiomics.jobs import script
from npcradiomics.statistics.comparison import COLUMNS, compare_regions
from npcradiomics.tables import read_table


def main(snakemake):
    params, made = snakemake.params, snakemake.output
    regions = read_table(snakemake.input.regions).set_index("patient")["in_cohort"]
    failures = pd.DataFrame([read_json(path) for path in snakemake.input.failures])
    failures.insert(1, "in_statistics", failures["patient"].map(regions).astype(bool))
    figures = stack(snakemake.input.figures)
    curves = pd.DataFrame(columns=["patient", *CURVE_COLUMNS])
    compared = pd.DataFrame(columns=["patients", *COLUMNS])
    if snakemake.input.curves:
        curves = stack(snakemake.input.curves)
        pairs = paired_doses(figures, params.recurrent)
        kept = failures.loc[failures["in_statistics"], "patient"]
        settings = {name: params.statistics[name] for name in ("alpha", "seed", "n_boot")}
        tables = [
            compare_regions(own, n_tests=len(COMPARED), **settings).assign(patients=who)
            for who, own in (("all", pairs), ("in_statistics", pairs[pairs["patient"].isin(kept)]))
            if len(own)
        ]
        compared = pd.concat(tables)[["patients", *COLUMNS]]
    write_table(figures, made.figures)
    write_table(failures, made.failures)
    write_table(curves, made.curves)
    write_table(compared, made.comparison)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
