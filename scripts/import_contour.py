"""Rule import_contour: a structure of an RTSTRUCT, or a mask, as a mask on the grid of its MRI."""

from npcradiomics.jobs import script  # isort: skip
from npcradiomics.cohort.sources import is_dicom
from npcradiomics.dicom.reading import read_structure
from npcradiomics.dicom.series import FRAME_KEY
from npcradiomics.files import read_json
from npcradiomics.images.volumes import read_image, read_mask, write_image


def main(snakemake):
    source = snakemake.params.source
    image = read_image(snakemake.params.image)
    if snakemake.input.facts:
        image.SetMetaData(FRAME_KEY, read_json(snakemake.input.facts)[FRAME_KEY])
    if is_dicom(source["path"]):
        given = snakemake.params.registration, snakemake.params.end_caps
        mask = read_structure(source["path"], source["structure"], image, *given)
    else:
        mask = read_mask(source["path"], geometry=source["geometry"])
    write_image(mask, snakemake.output.mask)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
