"""Rule simulate_sequence: a further sequence of a patient of the simulated cohort."""

from npcradiomics.jobs import script  # isort: skip
from npcradiomics.files import write_json
from npcradiomics.images.volumes import write_image
from npcradiomics.simulation.sequences import simulate_sequence


def main(snakemake):
    name = snakemake.wildcards.sequence, snakemake.wildcards.patient
    image, _, truth = simulate_sequence(*name, **snakemake.params.simulation)
    write_image(image, snakemake.output.image)
    write_json(truth, snakemake.output.truth)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
