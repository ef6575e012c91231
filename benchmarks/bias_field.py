"""N4 by number of levels: how well a planted field is found, and how much of a tumour's contrast is taken for bias.

    python benchmarks/bias_field.py IMAGE ...

Of each MRI the field is estimated as it is, with a smooth field planted in the image, and with a ball of
30 mm, 25 mm beside the middle of the head, brighter by 35 %. What the estimate gains by that is compared
with what was planted: the error of the log field in the head (RMS), and the share of the ball's contrast
with the 20 mm round it that the field takes away.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

import numpy as np
import SimpleITK as sitk

from npcradiomics.images import normalisation
from npcradiomics.images.volumes import read_image

RADIUS_MM, AROUND_MM, BRIGHTER = 15.0, 20.0, 1.35
LEVELS = (2, 3, 4)


def main():
    print(f"levels in use: {len(normalisation.ITERATIONS)}")
    for path in sys.argv[1:]:
        image = read_image(path)
        head = normalisation.head_mask(image)
        values = sitk.GetArrayFromImage(image).astype(np.float32)
        inside = (sitk.GetArrayFromImage(head) > 0) & (values > 0)
        away = distance_from_the_ball(image, inside)
        ball = inside & (away <= RADIUS_MM)
        around = inside & ~ball & (away <= RADIUS_MM + AROUND_MM)
        planted = smooth_field(values.shape)
        for levels in LEVELS:
            normalisation.ITERATIONS = (50,) * levels
            start = time.process_time()
            plain = log_field(image, values, head)
            seconds = time.process_time() - start
            found = log_field(image, values * np.exp(planted), head) - plain
            error = (found - planted)[inside].std()
            taken = log_field(image, np.where(ball, values * BRIGHTER, values), head) - plain
            share = (taken[ball].mean() - taken[around].mean()) / np.log(BRIGHTER)
            print(
                f"{Path(path).name}: {levels} levels, {seconds:.1f} CPU s, planted field of SD"
                f" {planted[inside].std():.2f} found with an error of {error:.4f},"
                f" {share:.1%} of the ball's contrast taken for bias",
                flush=True,
            )


def smooth_field(shape):
    """Logarithm of a coil's sensitivity, float32 (z, y, x)."""
    z, y, x = np.meshgrid(*(np.linspace(-1, 1, n, dtype=np.float32) for n in shape), indexing="ij")
    return -0.25 * y + 0.25 * np.cos(2.5 * x) * np.cos(2 * y) - 0.2 * z


def distance_from_the_ball(image, inside):
    """mm from its centre, (z, y, x)."""
    spacing = np.array(image.GetSpacing()[::-1])
    centre = np.array([np.median(axis) for axis in np.nonzero(inside)]) * spacing + (0, 0, 25)
    steps = (np.indices(inside.shape).T * spacing - centre) ** 2
    return np.sqrt(steps.sum(axis=-1)).T


def log_field(image, values, head):
    changed = sitk.GetImageFromArray(values.astype(np.float32))
    changed.CopyInformation(image)
    return np.log(sitk.GetArrayFromImage(normalisation.bias_field(changed, head)))


if __name__ == "__main__":
    main()
