"""Rule compare_regions: the cohort statistics of the heterogeneity study."""

import pandas as pd
from npcradiomics import job
from npcradiomics.artefact import write_table
from npcradiomics.comparison import compare_regions
from npcradiomics.components import principal_components
from npcradiomics.correlation import correlate_differences
from npcradiomics.selection import select_features


def main(snakemake):
    features = pd.read_csv(snakemake.input.features, sep="\t", dtype={"patient": str})
    statistics = compare_regions(features, **snakemake.params.statistics)
    shown, _ = select_features(statistics)
    components = principal_components(features, shown)
    write_table(statistics, snakemake.output.statistics)
    write_table(correlate_differences(features, shown), snakemake.output.correlation)
    write_table(components.explained, snakemake.output.explained)
    write_table(components.loadings, snakemake.output.loadings)
    write_table(components.scores, snakemake.output.scores)


if "snakemake" in globals():
    job.run(main, snakemake)  # noqa: F821
