"""The 47 features of one region of one image by hand: a table on the screen or in a file.

python scripts/features_of_region.py image.nii.gz mask.nii.gz
"""

import argparse
import sys

from extract_features import region_features, voxels
from npcradiomics.features.extraction import OUTLIERS, QUANTIZERS, RESAMPLINGS
from npcradiomics.files import write_rows
from npcradiomics.images.volumes import read_image


def main(arguments):
    parser = argparse.ArgumentParser(description="47 features of one region of one image.")
    parser.add_argument("image", help="NIfTI or NRRD")
    parser.add_argument("mask", help="the region, on the image's grid")
    parser.add_argument("--gtv", help="fit the quantizer on this mask instead of the region")
    parser.add_argument("--n-levels", type=int)
    parser.add_argument("--quantizer", choices=QUANTIZERS)
    parser.add_argument("--outliers", choices=OUTLIERS)
    parser.add_argument("--resampling", choices=RESAMPLINGS)
    parser.add_argument("-o", "--output", help="file for the table (default: the screen)")
    given = {k: v for k, v in vars(parser.parse_args(arguments)).items() if v is not None}
    image, mask, gtv, output = (given.pop(k, None) for k in ("image", "mask", "gtv", "output"))
    try:
        image = read_image(image)
        mask, fit_mask = voxels(mask, image), gtv and voxels(gtv, image)
        result, row = region_features(image, mask, fit_mask, given)
    except ValueError as error:
        sys.exit(f"features_of_region: {error}")
    why = result.undefined
    rows = [{"feature": k, "value": v, "note": why.get(k, "")} for k, v in row.items()]
    if output:
        write_rows(rows, output)
    else:
        print("\n".join(f"{r['feature']}\t{r['value']}\t{r['note']}".rstrip() for r in rows))


if __name__ == "__main__":
    main(sys.argv[1:])
