"""Rule import_contour: a structure of an RTSTRUCT as a mask on the grid of its MRI."""

from npcradiomics.cohort.sources import split
from npcradiomics.dicom.reading import read_structure
from npcradiomics.dicom.series import FRAME_KEY
from npcradiomics.files import read_json
from npcradiomics.images.volumes import read_image, write_image
from npcradiomics.jobs import script


def main(snakemake):
    path, name = split(snakemake.params.source)
    image = read_image(snakemake.params.image)
    if snakemake.input.facts:
        image.SetMetaData(FRAME_KEY, read_json(snakemake.input.facts)[FRAME_KEY])
    mask = read_structure(
        path, name, image, snakemake.params.registration, snakemake.params.end_caps
    )
    write_image(mask, snakemake.output.mask)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
