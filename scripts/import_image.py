"""Rule import_image: a DICOM series, or a volume, as NIfTI, and the code of its frame of reference."""

from npcradiomics.jobs import script  # isort: skip
import json
import logging

from npcradiomics.cohort.sources import is_dicom
from npcradiomics.dicom.reading import read_series
from npcradiomics.dicom.series import FRAME_KEY, QUANTITY_KEY
from npcradiomics.files import write_json
from npcradiomics.images.volumes import read_image, write_image


def main(snakemake):
    source = snakemake.params.source
    if is_dicom(source["path"]):
        image = read_series(source["path"], source["series"])
    else:
        image = read_image(source["path"], source["geometry"])
    facts = {
        FRAME_KEY: image.GetMetaData(FRAME_KEY) if image.HasMetaDataKey(FRAME_KEY) else "",
        "size_xyz": list(image.GetSize()),
        "spacing_xyz_mm": list(image.GetSpacing()),
    }
    if image.HasMetaDataKey(QUANTITY_KEY):
        facts["quantity"] = json.loads(image.GetMetaData(QUANTITY_KEY))
    logging.info("%s", facts)
    write_image(image, snakemake.output.image)
    write_json(facts, snakemake.output.facts)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
