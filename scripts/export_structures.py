"""Rule export_structures: GTVr on the planning MRI, both regions and, if asked, the part of highest risk as RTSTRUCT, DICOM SEG and NIfTI."""

from npcradiomics.jobs import script  # isort: skip
import logging
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from npcradiomics.cohort.sources import is_dicom
from npcradiomics.dicom.segmentation_writer import write_seg
from npcradiomics.dicom.series import series_source
from npcradiomics.dicom.writer import write_mr_series, write_rtstruct
from npcradiomics.images.volumes import read_image, read_mask, write_image
from npcradiomics.region_names import REGIONS
from npcradiomics.risk import model, places
from npcradiomics.risk.isovolume import NoStructure, evidence_words, iso_risk, structure_name

NAMES = {"gtvr": "GTVr_on_planning"} | {region: region for region in REGIONS}


def main(snakemake):
    given, params = snakemake.input, snakemake.params
    patient, folder = snakemake.wildcards.patient, Path(snakemake.output.folder)
    planning = read_image(given.planning_mri)
    masks = {name: read_mask(given[key], planning) for key, name in NAMES.items() if given.get(key)}
    titles, remarks = {}, {}
    if given.get("risk"):
        known = model.read(given.model)
        title, remark = evidence_words(known.better, known.verdict, params.without_evidence)
        name = structure_name(params.level)
        try:
            masks[name] = highest_risk(given, planning, params.level)
            remarks[name] = f"highest {100 - params.level} % of the GTV by a risk map. {remark}"
            titles = {"title": title} if title else {}
        except NoStructure as why:
            if not masks:
                raise
            logging.getLogger("npcradiomics").warning(f"no structure {name}: {why}")
    source = params.source
    if source and is_dicom(source["path"]):
        series = series_source(source["path"], source["series"])
    else:
        series = write_mr_series(planning, folder / "planning_mri", patient, "planning MRI")
    write_rtstruct(masks, folder / "structures.dcm", patient, series, remarks, **titles)
    write_seg(masks, folder / "segmentation.dcm", patient, series, remarks, **titles)
    for name, mask in masks.items():
        write_image(mask, folder / f"{name}.nii.gz")


def highest_risk(given, planning, level):
    if given.get("places") and (why := places.read(given.places).reason):
        raise NoStructure(f"no map of this patient: {why}", "look at the contour")
    gtv = read_mask(given.gtv, planning)
    found = iso_risk(*map(sitk.GetArrayFromImage, (read_image(given.risk), gtv)), level)
    mask = sitk.GetImageFromArray(found.astype(np.uint8))
    mask.CopyInformation(planning)
    return mask


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
