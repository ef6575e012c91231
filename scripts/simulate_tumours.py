"""Rule simulate_tumours: images and masks of the simulated response cohort."""

from npcradiomics import job
from npcradiomics.artefact import write_json
from npcradiomics.image import write_image
from npcradiomics.response_cohort import responses
from npcradiomics.response_simulation import simulate_tumour


def main(snakemake):
    rows, wanted, output = snakemake.params.rows, snakemake.params.simulation, snakemake.output
    paths = zip(output.images, output.masks, output.truths, strict=True)
    for row, effective, (image, mask, truth) in zip(rows, responses(rows), paths, strict=True):
        simulated = simulate_tumour(row["patient"], effective, wanted["seed"], wanted["planted"])
        write_image(simulated.image, image)
        write_image(simulated.mask, mask)
        write_json(simulated.truth, truth)


if "snakemake" in globals():
    job.run(main, snakemake)  # noqa: F821
