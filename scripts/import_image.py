"""Rule import_image: a DICOM series as NIfTI, and the code of its frame of reference."""

import logging

from npcradiomics import job
from npcradiomics.artefact import write_json
from npcradiomics.dicom import read_series
from npcradiomics.dicom_series import FRAME_KEY
from npcradiomics.image import write_image


def main(snakemake):
    source = snakemake.params.source
    image = read_series(source["path"], source["series"])
    facts = {
        "source": "DICOM series",
        FRAME_KEY: image.GetMetaData(FRAME_KEY),
        "size_xyz": list(image.GetSize()),
        "spacing_xyz_mm": list(image.GetSpacing()),
    }
    logging.info("%s", facts)
    write_image(image, snakemake.output.image)
    write_json(facts, snakemake.output.facts)


if "snakemake" in globals():
    job.run(main, snakemake)  # noqa: F821
