"""Rule extract_features: 47 features of both regions, pyradiomics' own beside them, and the intensity histograms."""

import SimpleITK as sitk
from npcradiomics import job
from npcradiomics.artefact import write_json, write_rows
from npcradiomics.extraction import extract
from npcradiomics.image import read_image, read_mask, spacing_zyx_mm, voxel_volume_cm3
from npcradiomics.intensities import intensity_shares
from npcradiomics.pyradiomics_features import pyradiomics_features


def main(snakemake):
    settings = dict(snakemake.params.extraction)
    image = read_image(snakemake.input.planning_mri)
    volume = sitk.GetArrayFromImage(image)
    gtv = sitk.GetArrayFromImage(read_mask(snakemake.input.gtv, image)) > 0
    fit_mask = gtv if settings.pop("quantizer_fit") == "gtv" else None
    patient, pyradiomics_rows, values, notes = snakemake.wildcards.patient, [], {}, {}
    for region in ("recurrent", "non_recurrent"):
        mask = sitk.GetArrayFromImage(read_mask(snakemake.input[region], image)) > 0
        result = extract(volume, mask, fit_mask=fit_mask, spacing_mm=spacing_zyx_mm(image), **settings)
        size = {"n_voxels": result.n_voxels, "volume_cm3": float(mask.sum() * voxel_volume_cm3(image))}
        identity = {"patient": patient, "region": region}
        write_rows([identity | size | result.features], snakemake.output[region])
        pyradiomics_rows.append(identity | pyradiomics_features(result.levels, snakemake.input.pyradiomics))
        values[region] = volume[mask]
        notes[region] = {"branch": result.branch, "undefined": result.undefined}
    write_json({"patient": patient} | notes, snakemake.output.notes)
    write_rows(pyradiomics_rows, snakemake.output.pyradiomics)
    write_rows([{"patient": patient} | row for row in intensity_shares(values)], snakemake.output.intensities)


if "snakemake" in globals():
    job.run(main, snakemake)  # noqa: F821
