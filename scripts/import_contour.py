"""Rule import_contour: a structure of an RTSTRUCT as a mask on the grid of its MRI."""

from npcradiomics import job
from npcradiomics.artefact import read_json
from npcradiomics.dicom import read_structure
from npcradiomics.dicom_series import FRAME_KEY
from npcradiomics.image import read_image, write_image
from npcradiomics.sources import split


def main(snakemake):
    path, name = split(snakemake.params.source)
    image = read_image(snakemake.params.image)
    if snakemake.input.facts:
        image.SetMetaData(FRAME_KEY, read_json(snakemake.input.facts)[FRAME_KEY])
    mask = read_structure(path, name, image, snakemake.params.registration, snakemake.params.end_caps)
    write_image(mask, snakemake.output.mask)


if "snakemake" in globals():
    job.run(main, snakemake)  # noqa: F821
