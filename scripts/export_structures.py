"""Rule export_structures: GTVr on the planning MRI and both regions as RTSTRUCT, DICOM SEG and NIfTI."""

from npcradiomics.jobs import script  # isort: skip
from pathlib import Path

from npcradiomics.cohort.sources import is_dicom
from npcradiomics.dicom.series import series_source
from npcradiomics.dicom.writer import write_mr_series, write_rtstruct, write_seg
from npcradiomics.images.volumes import read_image, read_mask, write_image
from npcradiomics.region_names import REGIONS

NAMES = {"gtvr": "GTVr_on_planning"} | {region: region for region in REGIONS}


def main(snakemake):
    patient, folder = snakemake.wildcards.patient, Path(snakemake.output.folder)
    planning = read_image(snakemake.input.planning_mri)
    masks = {name: read_mask(snakemake.input[key], planning) for key, name in NAMES.items()}
    given = snakemake.params.source
    if given and is_dicom(given["path"]):
        source = series_source(given["path"], given["series"])
    else:
        source = write_mr_series(planning, folder / "planning_mri", patient, "planning MRI")
    write_rtstruct(masks, folder / "structures.dcm", patient, source)
    write_seg(masks, folder / "segmentation.dcm", patient, source)
    for name, mask in masks.items():
        write_image(mask, folder / f"{name}.nii.gz")


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
