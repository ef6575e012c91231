"""Rule extract_features: 47 features of both regions, pyradiomics' own, intensity histograms."""

import SimpleITK as sitk

from npcradiomics.features.extraction import extract
from npcradiomics.features.intensities import intensity_shares
from npcradiomics.features.pyradiomics import pyradiomics_features
from npcradiomics.files import write_json, write_rows
from npcradiomics.images.volumes import read_image, read_mask, spacing_zyx_mm, voxel_volume_cm3
from npcradiomics.jobs import script


def main(snakemake):
    settings = dict(snakemake.params.extraction)
    image = read_image(snakemake.input.planning_mri)
    fit_on_gtv = settings.pop("quantizer_fit") == "gtv"
    fit_mask = voxels(read_mask(snakemake.input.gtv, image)) if fit_on_gtv else None
    patient, pyradiomics_rows, values, notes = snakemake.wildcards.patient, [], {}, {}
    for region in ("recurrent", "non_recurrent"):
        mask = voxels(read_mask(snakemake.input[region], image))
        result, row = region_features(image, mask, fit_mask, settings)
        identity = {"patient": patient, "region": region}
        write_rows([identity | row], snakemake.output[region])
        pyradiomics_rows.append(
            identity | pyradiomics_features(result.levels, snakemake.input.pyradiomics)
        )
        values[region] = sitk.GetArrayViewFromImage(image)[mask]
        notes[region] = {
            "branch": result.branch,
            "undefined": result.undefined,
            "largest_zone": result.largest_zone,
        }
    write_json({"patient": patient} | notes, snakemake.output.notes)
    write_rows(pyradiomics_rows, snakemake.output.pyradiomics)
    write_rows(
        [{"patient": patient} | row for row in intensity_shares(values)],
        snakemake.output.intensities,
    )


def voxels(mask):
    """Boolean array (z, y, x) of a mask image."""
    return sitk.GetArrayViewFromImage(mask) > 0


def region_features(image, mask, fit_mask, settings):
    """Extraction of one region, and its row: n_voxels, volume_cm3, then the 47."""
    volume = sitk.GetArrayViewFromImage(image)
    result = extract(volume, mask, fit_mask=fit_mask, spacing_mm=spacing_zyx_mm(image), **settings)
    size = {
        "n_voxels": result.n_voxels,
        "volume_cm3": float(mask.sum() * voxel_volume_cm3(image)),
    }
    return result, size | result.features


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
