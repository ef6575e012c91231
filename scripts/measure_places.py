"""Rule measure_places: compact places that cover the tumour, their features and where they lie."""

from npcradiomics.jobs import script  # isort: skip
import logging
from dataclasses import replace

import numpy as np
import SimpleITK as sitk

from npcradiomics.dose.shifts import shifts_of
from npcradiomics.files import read_json
from npcradiomics.images.volumes import read_image, read_mask, spacing_zyx_mm
from npcradiomics.risk.covering import measure_places
from npcradiomics.risk.places import write
from npcradiomics.risk.target import blur_words, blurred_target
from npcradiomics.spatial_null.draws import read


def main(snakemake):
    given, params, patient = snakemake.input, snakemake.params, snakemake.wildcards.patient
    image = read_image(given.planning_mri)
    mask = read_mask(given.gtv, image)
    gtv = sitk.GetArrayFromImage(mask) > 0
    places = measure_places(
        patient,
        sitk.GetArrayFromImage(image),
        gtv,
        spacing_zyx_mm(image),
        direction=np.array(image.GetDirection()),
        draws=read(given.draws),
        extraction=params.extraction,
        tell=logging.getLogger("measure_places").info,
        **params.covering,
    )
    warn = logging.getLogger("npcradiomics").warning
    if places.reason:
        warn(f"no places: {places.reason}")
    if places.draws_reason:
        warn(f"no part in the exact p: {places.draws_reason}")
    if places.notes:
        warn(places.notes)
    gtvr, error = read_mask(given.gtvr, image), read_json(given.quality)["estimated_error"]
    motions, note = shifts_of(patient, gtvr, params.gtvr_frame, error, **params.shifts)
    places = replace(places, blur=blur_words(error, len(motions), note))
    if motions:
        blurred = sitk.GetArrayFromImage(blurred_target(gtvr, mask, motions))[gtv]
        places = replace(places, blurred=blurred)
    write(places, snakemake.output.places)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
