"""Rule import_dose: an RTDOSE, or a volume, in gray, in the frame of the planning MRI."""

from npcradiomics.jobs import script  # isort: skip
from npcradiomics.cohort.sources import is_dicom, several
from npcradiomics.dicom.reading import read_dose_in
from npcradiomics.dicom.series import FRAME_KEY
from npcradiomics.files import read_json
from npcradiomics.images.volumes import read_image, write_image
from npcradiomics.refusal import Refusal


def main(snakemake):
    image = read_image(snakemake.params.image)
    if snakemake.input.facts:
        image.SetMetaData(FRAME_KEY, read_json(snakemake.input.facts)[FRAME_KEY])
    source = snakemake.params.source
    try:
        if is_dicom(source["path"]):
            dose = read_dose_in(several(source["path"]), image, snakemake.params.registration)
        else:
            dose = read_image(source["path"], source["geometry"])
    except Refusal as error:
        raise error.within("dose") from None
    write_image(dose, snakemake.output.dose)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
