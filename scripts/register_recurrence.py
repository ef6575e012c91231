"""Rule register_recurrence: rigid transform, the recurrence MRI on the planning grid, and whether to believe it."""

import SimpleITK as sitk
from npcradiomics import job
from npcradiomics.artefact import replacing, write_json
from npcradiomics.image import read_image, read_mask, write_image
from npcradiomics.registration import RegistrationParameters, register
from npcradiomics.registration_checks import CheckLimits, check_registration
from npcradiomics.rigid import rotation_angle_deg


def main(snakemake):
    settings = snakemake.params.registration
    parameters = RegistrationParameters(**settings["parameters"])
    planning, recurrence = (
        read_image(snakemake.input.planning_mri),
        read_image(snakemake.input.recurrence_mri),
    )
    gtv = read_mask(snakemake.input.gtv, planning)
    drawn_there = snakemake.params.gtvr_frame == "recurrence"
    gtvr = read_mask(snakemake.input.gtvr, recurrence) if drawn_there else None
    quality = {"patient": snakemake.wildcards.patient}
    if snakemake.input.transform:
        transform = sitk.ReadTransform(snakemake.input.transform)
        quality |= {
            "source": "given in the patients table",
            "rotation_angle_deg": rotation_angle_deg(transform),
        }
    else:
        initial = sitk.ReadTransform(snakemake.input.initial_transform) if snakemake.input.initial_transform else None
        result = register(planning, recurrence, gtv, moving_voi=gtvr, parameters=parameters, initial=initial)
        transform = result.transform
        quality |= {
            "source": "registered",
            "rotation_deg": result.rotation_deg,
            "rotation_angle_deg": result.rotation_angle_deg,
            "translation_mm": result.translation_mm,
            "centre_mm": result.centre_mm,
            "mutual_information": result.metric,
            "starts": result.starts_table(),
        }
    limits = CheckLimits(**settings["limits"])
    checks = check_registration(planning, recurrence, transform, gtv, gtvr, parameters=parameters, limits=limits)
    on_planning = sitk.Resample(recurrence, planning, transform, sitk.sitkLinear, 0.0, sitk.sitkFloat32)
    with replacing(snakemake.output.transform) as temporary:
        sitk.WriteTransform(transform, str(temporary))
    write_image(on_planning, snakemake.output.recurrence_on_planning)
    write_json(quality | checks.as_dict(), snakemake.output.quality)


if "snakemake" in globals():
    job.run(main, snakemake)  # noqa: F821
