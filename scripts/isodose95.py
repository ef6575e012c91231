"""Rule isodose95: the 95 % isodose on the planning MRI from dose and prescription."""

from npcradiomics.jobs import script  # isort: skip
from npcradiomics.cohort.sources import several
from npcradiomics.dicom.reading import offered_prescriptions
from npcradiomics.images.volumes import read_image, write_image
from npcradiomics.regions.isodose import isodose95


def main(snakemake):
    prescription_gy = snakemake.params.prescription_gy
    if prescription_gy is None:
        raise ValueError(
            "dose: prescription_gy is not given;"
            f" {offered_prescriptions(several(snakemake.params.source)[0])}"
        )
    dose, planning = read_image(snakemake.params.dose), read_image(snakemake.params.planning_mri)
    mask = isodose95(dose, prescription_gy, planning)
    write_image(mask, snakemake.output.isodose95)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
