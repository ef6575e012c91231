"""Rule compare_regions: the cohort statistics of the heterogeneity study, sequence by sequence."""

import logging

from npcradiomics.files import write_table
from npcradiomics.jobs import script
from npcradiomics.statistics.comparison import compare_regions
from npcradiomics.statistics.correlation import correlate_differences
from npcradiomics.statistics.principal_components import principal_components
from npcradiomics.statistics.sequences import sequence_agreement, stack_sequences
from npcradiomics.statistics.shown_features import select_features
from npcradiomics.statistics.stability import stability
from npcradiomics.statistics.volume_effect import size_effects
from npcradiomics.tables import by_sequence, in_one_table, read_table


def main(snakemake):
    settings, made = snakemake.params.statistics, snakemake.output
    bootstrap = {"seed": settings["seed"], "n_boot": settings["n_boot"]}
    features = by_sequence(read_table(snakemake.input.features))
    regions = read_table(snakemake.input.regions)
    statistics, sizes, stable, correlation, components = {}, {}, {}, {}, {}
    for name, own in features.items():
        statistics[name] = compare_regions(
            own, alpha=settings["alpha"], n_tests=settings["n_tests"], **bootstrap
        )
        shown, _ = select_features(statistics[name])
        sizes[name] = size_effects(own, regions)
        stable[name] = stability(own, statistics[name], **bootstrap)
        correlation[name] = correlate_differences(own, shown)
        components[name] = _components(own, shown, name, len(components) > 0)
    components = {name: found for name, found in components.items() if found}
    write_table(stack_sequences(statistics), made.statistics)
    write_table(in_one_table(sizes), made.sizes)
    write_table(in_one_table(stable), made.stability)
    write_table(in_one_table(correlation), made.correlation)
    for part in ("explained", "loadings", "scores"):
        tables = {name: getattr(found, part) for name, found in components.items()}
        write_table(in_one_table(tables), made[part])
    write_table(sequence_agreement(features), made.agreement)


def _components(features, shown, sequence, further):
    try:
        return principal_components(features, shown)
    except ValueError as error:
        if not further:
            raise
        # A sequence that few patients have leaves those of the others as they are.
        logging.getLogger("npcradiomics").warning(f"{sequence}: no principal components: {error}")
        return None


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
