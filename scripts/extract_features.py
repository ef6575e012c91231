"""Rule extract_features: 47 features of both regions, pyradiomics' own, intensity histograms.

By hand, for one image and one mask: python scripts/extract_features.py --help
"""

import argparse
import sys

import SimpleITK as sitk

from npcradiomics.features.extraction import OUTLIERS, QUANTIZERS, RESAMPLINGS, extract
from npcradiomics.features.intensities import intensity_shares
from npcradiomics.features.pyradiomics import pyradiomics_features
from npcradiomics.features.quantization import N_LEVELS
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


def by_hand(arguments):
    """The features of one region as a table on the screen or in a file."""
    parser = argparse.ArgumentParser(
        description="47 radiomics features of one region of one image."
    )
    parser.add_argument("image", help="NIfTI or NRRD")
    parser.add_argument("mask", help="the region, on the image's grid")
    parser.add_argument("--gtv", help="fit the quantizer on this mask instead of the region")
    parser.add_argument("--n-levels", type=int, default=N_LEVELS)
    parser.add_argument("--quantizer", choices=QUANTIZERS, default="lloyd")
    parser.add_argument("--outliers", choices=OUTLIERS, default="none")
    parser.add_argument("--resampling", choices=RESAMPLINGS, default="none")
    parser.add_argument(
        "-o", "--output", help="file for the table of feature, value, note (default: the screen)"
    )
    settings = vars(parser.parse_args(arguments))
    try:
        image = read_image(settings.pop("image"))
        mask = voxels(read_mask(settings.pop("mask"), image))
        gtv, output = settings.pop("gtv"), settings.pop("output")
        fit_mask = voxels(read_mask(gtv, image)) if gtv else None
        result, row = region_features(image, mask, fit_mask, settings)
    except ValueError as error:
        sys.exit(f"extract_features: {error}")
    rows = [
        {"feature": name, "value": value, "note": result.undefined.get(name, "")}
        for name, value in row.items()
    ]
    if output:
        write_rows(rows, output)
    else:
        print("\n".join(f"{r['feature']}\t{r['value']}\t{r['note']}".rstrip() for r in rows))


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
elif __name__ == "__main__":
    by_hand(sys.argv[1:])
