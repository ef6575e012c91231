"""Rule simulate_tumours: images and masks of the simulated response cohort."""

from npcradiomics.files import write_json
from npcradiomics.images.volumes import write_image
from npcradiomics.jobs import script
from npcradiomics.response.cohort import responses
from npcradiomics.simulation.response import simulate_tumour


def main(snakemake):
    rows, wanted, output = snakemake.params.rows, snakemake.params.simulation, snakemake.output
    paths = zip(output.images, output.masks, output.truths, strict=True)
    for row, effective, (image, mask, truth) in zip(rows, responses(rows), paths, strict=True):
        simulated = simulate_tumour(
            row["patient"], effective, wanted["seed"], wanted["planted"], row["centre"]
        )
        write_image(simulated.image, image)
        write_image(simulated.mask, mask)
        write_json(simulated.truth, truth)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
