"""Rules extract_features and extract_sequence: 47 features of both regions, pyradiomics' own, intensity histograms."""

from npcradiomics.jobs import script  # isort: skip
import SimpleITK as sitk

from npcradiomics.features.extraction import extract
from npcradiomics.features.intensities import intensity_shares
from npcradiomics.features.pyradiomics import pyradiomics_features
from npcradiomics.files import read_json, write_json, write_rows
from npcradiomics.images.volumes import read_image, read_mask, spacing_zyx_mm, voxel_volume_cm3
from npcradiomics.region_names import PAIR, REGIONS


def main(snakemake):
    given, made, patient = snakemake.input, snakemake.output, snakemake.wildcards.patient
    if given.get("report") and (reason := read_json(given.report)["reason"]):
        tell_why_not(made, {"patient": patient, "not_measured": reason})  # a sequence that is out
        return
    settings, image = dict(snakemake.params.extraction), read_image(given.planning_mri)
    fit_mask = voxels(given.gtv, image) if settings.pop("quantizer_fit") == "gtv" else None
    peers, values, notes = [], {}, {"patient": patient}
    for region in REGIONS:
        mask = voxels(given[region], image)
        result, row = region_features(image, mask, fit_mask, settings)
        identity = {"patient": patient, "region": region}
        write_rows([identity | row], made[region])
        peers.append(identity | pyradiomics_features(result.levels, given.pyradiomics))
        if region in PAIR:  # drawn on one scale
            values[region] = sitk.GetArrayViewFromImage(image)[mask]
        notes[region] = {k: getattr(result, k) for k in ("branch", "undefined", "largest_zone")}
    write_json(notes, made.notes)
    write_rows(peers, made.pyradiomics)
    write_rows([{"patient": patient} | row for row in intensity_shares(values)], made.intensities)


def tell_why_not(made, why):
    for name in (*REGIONS, "pyradiomics", "intensities"):
        write_rows([why], made[name])
    write_json(why, made.notes)


def voxels(path, image):
    """Boolean array (z, y, x) of a mask on the image's grid."""
    return sitk.GetArrayFromImage(read_mask(path, image)) > 0


def region_features(image, mask, fit_mask, settings):
    """Extraction of one region, and its row: n_voxels, volume_cm3, then the 47."""
    volume, spacing_mm = sitk.GetArrayViewFromImage(image), spacing_zyx_mm(image)
    result = extract(volume, mask, fit_mask=fit_mask, spacing_mm=spacing_mm, **settings)
    volume_cm3 = float(mask.sum() * voxel_volume_cm3(image))
    return result, {"n_voxels": result.n_voxels, "volume_cm3": volume_cm3} | result.features


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
