"""Rule compare_regions: the cohort statistics of the heterogeneity study."""

from npcradiomics.files import write_table
from npcradiomics.jobs import script
from npcradiomics.statistics.comparison import compare_regions
from npcradiomics.statistics.correlation import correlate_differences
from npcradiomics.statistics.principal_components import principal_components
from npcradiomics.statistics.shown_features import select_features
from npcradiomics.statistics.stability import stability
from npcradiomics.statistics.volume_effect import size_effects
from npcradiomics.tables import of_sequence, read_table


def main(snakemake):
    settings = snakemake.params.statistics
    bootstrap = {"seed": settings["seed"], "n_boot": settings["n_boot"]}
    features = of_sequence(read_table(snakemake.input.features), snakemake.params.main_sequence)
    regions = read_table(snakemake.input.regions)
    statistics = compare_regions(
        features, alpha=settings["alpha"], n_tests=settings["n_tests"], **bootstrap
    )
    shown, _ = select_features(statistics)
    components = principal_components(features, shown)
    write_table(statistics, snakemake.output.statistics)
    write_table(size_effects(features, regions), snakemake.output.sizes)
    write_table(stability(features, statistics, **bootstrap), snakemake.output.stability)
    write_table(correlate_differences(features, shown), snakemake.output.correlation)
    write_table(components.explained, snakemake.output.explained)
    write_table(components.loadings, snakemake.output.loadings)
    write_table(components.scores, snakemake.output.scores)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
