"""Rule import_dose: an RTDOSE in gray, in the frame of the planning MRI."""

from npcradiomics.dicom.reading import read_dose_in
from npcradiomics.dicom.series import FRAME_KEY
from npcradiomics.files import read_json
from npcradiomics.images.volumes import read_image, write_image
from npcradiomics.jobs import script


def main(snakemake):
    image = read_image(snakemake.params.image)
    if snakemake.input.facts:
        image.SetMetaData(FRAME_KEY, read_json(snakemake.input.facts)[FRAME_KEY])
    try:
        dose = read_dose_in(snakemake.params.source, image, snakemake.params.registration)
    except ValueError as error:
        raise ValueError(f"dose: {error}") from None
    write_image(dose, snakemake.output.dose)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
