"""Rule qc: picture of the registration of one patient."""

import SimpleITK as sitk
from npcradiomics import job
from npcradiomics.artefact import read_json
from npcradiomics.image import read_image, read_mask
from npcradiomics.pictures import draw_registration
from npcradiomics.style import save


def main(snakemake):
    planning = read_image(snakemake.input.planning_mri)
    identity = sitk.Transform(3, sitk.sitkIdentity)
    before = sitk.Resample(read_image(snakemake.input.recurrence_mri), planning, identity, sitk.sitkLinear)
    after = read_image(snakemake.input.recurrence_on_planning)
    gtv = read_mask(snakemake.input.gtv, planning)
    gtvr = read_mask(snakemake.input.gtvr, planning)
    quality = read_json(snakemake.input.quality)
    words = f"registration {quality['verdict']}, rotation {quality['rotation_angle_deg']:.1f}\N{DEGREE SIGN}"
    patient = snakemake.wildcards.patient
    figure = draw_registration(patient, planning, before, after, gtv, gtvr, words, snakemake.params.simulated)
    save(figure, snakemake.output.png)


if "snakemake" in globals():
    job.run(main, snakemake)  # noqa: F821
