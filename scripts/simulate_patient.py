"""Rule simulate_patient: a patient of the simulated default cohort."""

from npcradiomics.jobs import script  # isort: skip
from npcradiomics.files import write_json
from npcradiomics.images.volumes import write_image
from npcradiomics.simulation.recurrence import simulate_patient


def main(snakemake):
    wanted = snakemake.params.simulation
    simulated = simulate_patient(
        snakemake.wildcards.patient,
        wanted["seed"],
        planted=wanted["planted"],
        size=wanted["size"],
        spacing_mm=wanted["spacing_mm"],
    )
    images = (
        "planning_mri",
        "recurrence_mri",
        "gtv",
        "gtvr",
        "dose",
        "isodose95",
        "ctv70",
        "ctv60",
    )
    for name in images:
        write_image(getattr(simulated, name), snakemake.output[name])
    write_json(simulated.truth, snakemake.output.truth)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
