"""Rule draw_regions: other places of the recurrent region's size in the tumour, and surrogate textures, measured."""

from npcradiomics.jobs import script  # isort: skip
import logging

import SimpleITK as sitk

from npcradiomics.images.volumes import read_image, read_mask, spacing_zyx_mm
from npcradiomics.spatial_null.draws import write
from npcradiomics.spatial_null.sampling import sample_patient


def main(snakemake):
    patient, params = snakemake.wildcards.patient, snakemake.params
    image = read_image(snakemake.input.planning_mri)
    masks = [
        sitk.GetArrayFromImage(read_mask(snakemake.input[name], image)) > 0
        for name in ("gtv", "recurrent", "gtvr")
    ]
    draws = sample_patient(
        patient,
        sitk.GetArrayFromImage(image),
        *masks[:2],
        spacing_zyx_mm(image),
        gtvr=masks[2],
        n_draws=params.n_draws,
        surrogates=params.surrogates,
        shape=params.shape,
        match=params.match,
        seed=params.seed,
        extraction=params.extraction,
        tell=logging.getLogger("draw_regions").info,
    )
    if draws.reason:
        logging.getLogger("npcradiomics").warning(f"no draws: {draws.reason}")
    if draws.notes:
        logging.getLogger("npcradiomics").warning(draws.notes)
    write(draws, snakemake.output.draws)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
