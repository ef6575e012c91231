"""Rule perturb_tumours: the features of a few training tumours as other scans and hands would have made them."""

from npcradiomics.jobs import script  # isort: skip
import logging

import pandas as pd
import SimpleITK as sitk

from npcradiomics.files import write_table
from npcradiomics.images.volumes import read_image, read_mask, spacing_zyx_mm
from npcradiomics.perturbation.tumours import measure_perturbed_tumour


def main(snakemake):
    params, rows = snakemake.params, []
    for row in params.rows:
        image = read_image(row["image"])
        measured, reasons = measure_perturbed_tumour(
            row["patient"],
            sitk.GetArrayFromImage(image),
            sitk.GetArrayFromImage(read_mask(row["mask"], image, row["image"])),
            spacing_zyx_mm(image),
            features=params.features,
            pyradiomics=snakemake.input.pyradiomics,
            n=params.n_perturbations,
            seed=params.seed,
        )
        rows += measured
        if reasons:
            logging.getLogger("npcradiomics").warning(
                f"{len(reasons)} perturbations without features, which leaves the patient out of"
                f" the ICC: {reasons[0]}"
            )
    write_table(pd.DataFrame(rows), snakemake.output.perturbed)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
