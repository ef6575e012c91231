"""Rule write_risk_map: a patient's map, by the model that was fitted without this patient, on the planning grid."""

from npcradiomics.jobs import script  # isort: skip
import logging

import numpy as np
import SimpleITK as sitk

from npcradiomics.images.volumes import read_image, write_image
from npcradiomics.risk import model
from npcradiomics.risk.places import read


def main(snakemake):
    places, fitted = read(snakemake.input.places), model.read(snakemake.input.model)
    planning = read_image(snakemake.input.planning_mri)
    if places.reason:
        logging.getLogger("npcradiomics").warning(
            f"{places.patient} has no map, the GTV is NaN in it: {places.reason}"
        )
        values = np.full(places.cells.size, np.nan)
    else:
        values = fitted.map_of(places, fitted.who(places.patient))
    image = sitk.GetImageFromArray(places.on_grid(values.astype(np.float32)))
    image.CopyInformation(planning)
    write_image(image, snakemake.output.risk)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
