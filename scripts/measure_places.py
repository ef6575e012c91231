"""Rule measure_places: compact places that cover the tumour, their features and where they lie."""

from npcradiomics.jobs import script  # isort: skip
import logging

import numpy as np
import SimpleITK as sitk

from npcradiomics.images.volumes import read_image, read_mask, spacing_zyx_mm
from npcradiomics.risk.covering import measure_places
from npcradiomics.risk.places import write
from npcradiomics.spatial_null.draws import read


def main(snakemake):
    image = read_image(snakemake.input.planning_mri)
    gtv = sitk.GetArrayFromImage(read_mask(snakemake.input.gtv, image)) > 0
    # A patient whose recurrence is not known has no draws.
    draws = snakemake.input.get("draws")
    places = measure_places(
        snakemake.wildcards.patient,
        sitk.GetArrayFromImage(image),
        gtv,
        spacing_zyx_mm(image),
        direction=np.array(image.GetDirection()),
        draws=read(draws) if draws else None,
        extraction=snakemake.params.extraction,
        tell=logging.getLogger("measure_places").info,
        **snakemake.params.covering,
    )
    warn = logging.getLogger("npcradiomics").warning
    if places.reason:
        warn(f"no places: {places.reason}")
    if draws and places.draws_reason:
        warn(f"no part in the exact p: {places.draws_reason}")
    if places.notes:
        warn(places.notes)
    write(places, snakemake.output.places)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
