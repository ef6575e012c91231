"""Rule import_image: a DICOM series as NIfTI, and the code of its frame of reference."""

import logging

from npcradiomics.dicom.reading import read_series
from npcradiomics.dicom.series import FRAME_KEY
from npcradiomics.files import write_json
from npcradiomics.images.volumes import write_image
from npcradiomics.jobs import script


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
    script.run(main, snakemake)  # noqa: F821
