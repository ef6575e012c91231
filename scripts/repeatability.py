"""Rule repeatability: how well each feature of each region tells patients apart under perturbation."""

from npcradiomics.cohort.inclusion import stack
from npcradiomics.files import write_table
from npcradiomics.jobs import script
from npcradiomics.statistics.repeatability import repeatability_of_regions
from npcradiomics.tables import read_table


def main(snakemake):
    regions = read_table(snakemake.input.regions)
    in_cohort = regions.loc[regions["in_cohort"], "patient"]
    perturbed = stack(snakemake.input.perturbed)
    table = repeatability_of_regions(
        perturbed[perturbed["patient"].isin(in_cohort)], snakemake.params.minimum_icc
    )
    write_table(table, snakemake.output.icc)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
