"""Rule import_dose: an RTDOSE in gray, in the frame of the planning MRI."""

from npcradiomics import job
from npcradiomics.artefact import read_json
from npcradiomics.dicom import read_dose_in
from npcradiomics.dicom_series import FRAME_KEY
from npcradiomics.image import read_image, write_image


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
    job.run(main, snakemake)  # noqa: F821
