"""Rule perturb_regions: the features of both regions in examinations as other scans and hands would have made them."""

from npcradiomics.jobs import script  # isort: skip
import logging

import SimpleITK as sitk

from npcradiomics.files import write_rows
from npcradiomics.images.volumes import read_image, read_mask, spacing_zyx_mm
from npcradiomics.perturbation.measurements import measure_perturbed


def main(snakemake):
    params, image = snakemake.params, read_image(snakemake.input.planning_mri)
    gtv, gtvr = (
        sitk.GetArrayFromImage(read_mask(snakemake.input[name], image)) > 0
        for name in ("gtv", "gtvr")
    )
    rows, reasons = measure_perturbed(
        snakemake.wildcards.patient,
        sitk.GetArrayViewFromImage(image),
        gtv,
        gtvr,
        spacing_zyx_mm(image),
        regions=params.regions,
        extraction=params.extraction,
        n=params.n_perturbations,
        seed=params.seed,
    )
    if reasons:
        logging.getLogger("npcradiomics").warning(
            f"{len(reasons)} perturbations without features, which leaves the patient out of the"
            f" repeatability: {reasons[0]}"
        )
    write_rows(rows, snakemake.output.perturbed)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
