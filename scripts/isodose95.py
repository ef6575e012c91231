"""Rule isodose95: the 95 % isodose on the planning MRI from dose and prescription."""

from npcradiomics.dicom.reading import offered_prescriptions
from npcradiomics.images.volumes import read_image, write_image
from npcradiomics.jobs import script
from npcradiomics.regions.isodose import isodose95


def main(snakemake):
    prescription_gy = snakemake.params.prescription_gy
    if prescription_gy is None:
        raise ValueError(
            f"dose: prescription_gy is not given; {offered_prescriptions(snakemake.params.source)}"
        )
    dose, planning = read_image(snakemake.params.dose), read_image(snakemake.params.planning_mri)
    mask = isodose95(dose, prescription_gy, planning)
    write_image(mask, snakemake.output.isodose95)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
