"""Rule simulate_dicom: a simulated patient as DICOM series, RTSTRUCTs and RTDOSE."""

from npcradiomics.jobs import script  # isort: skip
from pathlib import Path

from npcradiomics.dicom.writer import write_mr_series, write_rtdose, write_rtstruct
from npcradiomics.images.volumes import read_image, read_mask


def main(snakemake):
    patient, given, made = snakemake.wildcards.patient, snakemake.input, snakemake.output
    planning, recurrence = read_image(given.planning_mri), read_image(given.recurrence_mri)
    at_planning = write_mr_series(
        planning, Path(made.planning_mri), patient, "simulated planning MRI", "20000101"
    )
    at_recurrence = write_mr_series(
        recurrence, Path(made.recurrence_mri), patient, "simulated recurrence MRI", "20010101"
    )
    write_rtstruct(
        {"GTV": read_mask(given.gtv, planning)}, made.planning_structures, patient, at_planning
    )
    write_rtstruct(
        {"GTVr": read_mask(given.gtvr, recurrence)},
        made.recurrence_structures,
        patient,
        at_recurrence,
    )
    write_rtdose(read_image(given.dose), made.dose, patient, at_planning)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
