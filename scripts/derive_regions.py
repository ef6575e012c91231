"""Rule derive_regions: the gate of the registration, GTVr on the planning MRI, the two regions."""

from npcradiomics.jobs import script  # isort: skip
from pathlib import Path

import SimpleITK as sitk

from npcradiomics.files import read_json, write_json
from npcradiomics.images.masks import carried_volume, carry_mask
from npcradiomics.images.volumes import read_image, read_mask, voxel_volume_cm3, write_image
from npcradiomics.regions.isodose import borderline, in_field_on_dose_grid
from npcradiomics.regions.recurrence import derive_regions
from npcradiomics.registration.verdict import require_accepted


def main(snakemake):
    asked, quality = snakemake.params, snakemake.input.quality
    require_accepted(read_json(quality), *asked.review, str(Path(quality).parent / "report.html"))
    planning = read_image(snakemake.input.planning_mri)
    gtv = read_mask(snakemake.input.gtv, planning)
    drawn = read_mask(snakemake.input.gtvr)
    to_recurrence = sitk.ReadTransform(snakemake.input.transform)
    gtvr = carry_mask(drawn, planning, to_recurrence) if asked.gtvr_frame == "recurrence" else drawn
    isodose95 = None
    if snakemake.input.isodose95:
        isodose95 = carry_mask(
            read_mask(snakemake.input.isodose95), planning, sitk.Transform(3, sitk.sitkIdentity)
        )
    masks = [None if m is None else sitk.GetArrayFromImage(m) > 0 for m in (gtv, gtvr, isodose95)]
    regions = derive_regions(
        masks[0], masks[1], voxel_volume_cm3(planning), masks[2], **asked.regions
    )
    for name, mask in (regions.masks | {"gtvr": masks[1]}).items():
        image = sitk.GetImageFromArray(mask.astype("uint8"))
        image.CopyInformation(planning)
        write_image(image, snakemake.output[name])
    on_dose_grid = None
    if snakemake.input.dose:
        on_dose_grid = in_field_on_dose_grid(
            read_mask(snakemake.output.gtvr),
            read_image(snakemake.input.dose),
            asked.prescription_gy,
        )
    near = borderline(regions.report["in_field_fraction"], on_dose_grid)
    report = {
        "patient": snakemake.wildcards.patient,
        **regions.report,
        "in_field_fraction_on_dose_grid": on_dose_grid,
        "warnings": [*regions.report["warnings"], *([near] if near else [])],
        "carried": carried_volume(drawn, gtvr),
    }
    write_json(report, snakemake.output.report)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
