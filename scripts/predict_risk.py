"""Rule predict_risk: a new patient's risk map by a frozen model, and how far the tumour is from those it was fitted on."""

from npcradiomics.jobs import script  # isort: skip
import logging

import numpy as np
import SimpleITK as sitk

from npcradiomics.files import write_json
from npcradiomics.images.volumes import read_image, read_mask, spacing_zyx_mm, write_image
from npcradiomics.refusal import Refusal
from npcradiomics.risk.covering import measure_places
from npcradiomics.risk.distance import COMPARED, compared_features, distance_record
from npcradiomics.risk.model import read


def main(snakemake):
    given, params, patient = snakemake.input, snakemake.params, snakemake.wildcards.patient
    model = read(given.model)
    model.require_settings(params.made_with, given.model)
    planning = read_image(given.planning_mri)
    gtv = sitk.GetArrayFromImage(read_mask(given.gtv, planning, given.planning_mri)) > 0
    places = measure_places(
        patient,
        sitk.GetArrayFromImage(planning),
        gtv,
        spacing_zyx_mm(planning),
        direction=np.array(planning.GetDirection()),
        extraction=params.extraction,
        tell=logging.getLogger("predict_risk").info,
        **params.covering,
    )
    if places.reason:
        raise Refusal(f"{given.gtv}: no risk map: {places.reason}", "look at the contour")
    record = distance_record(patient, model.training, compared_features(places), COMPARED)
    tell = logging.getLogger("npcradiomics")
    (tell.warning if record["far"] else tell.info)(record["sentence"])
    if not model.better:
        tell.warning(model.verdict)
    image = sitk.GetImageFromArray(places.on_grid(model.map_of(places).astype(np.float32)))
    image.CopyInformation(planning)
    write_image(image, snakemake.output.risk)
    evidence = {"better_than_depth": model.better, "verdict": model.verdict}
    write_json(record | evidence, snakemake.output.distance)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
