"""The 47 features of one region of one image by hand: a table on the screen or in a file.

python scripts/features_of_region.py image.nii.gz mask.nii.gz
"""

import argparse
import sys

from extract_features import region_features, voxels
from npcradiomics.features.extraction import OUTLIERS, QUANTIZERS, RESAMPLINGS
from npcradiomics.features.quantization import N_LEVELS
from npcradiomics.files import write_rows
from npcradiomics.images.volumes import read_image, read_mask


def main(arguments):
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
        sys.exit(f"features_of_region: {error}")
    rows = [
        {"feature": name, "value": value, "note": result.undefined.get(name, "")}
        for name, value in row.items()
    ]
    if output:
        write_rows(rows, output)
    else:
        print("\n".join(f"{r['feature']}\t{r['value']}\t{r['note']}".rstrip() for r in rows))


if __name__ == "__main__":
    main(sys.argv[1:])
