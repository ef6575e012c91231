"""A smooth tumour and a hook-shaped recurrence in it, all inside and poking out."""

import numpy as np
import SimpleITK as sitk

from npcradiomics.images.masks import expand
from npcradiomics.spatial_null.shape import Tumour

SPACING = (3.0, 0.8, 0.8)
Z, Y, X = np.indices((14, 60, 64))
GTV = ((Z - 6.5) / 6) ** 2 + ((Y - 30) / 24) ** 2 + ((X - 32) / 28) ** 2 < 1
TUMOUR = Tumour(GTV, SPACING)
# Three bars of different lengths that meet: no two of its moves look alike.
BAR = (abs(Z - 6) < 2) & (
    ((abs(Y - 24) < 3) & (X > 20) & (X < 44)) | ((abs(X - 24) < 3) & (Y > 22) & (Y < 42))
)
HOOK = BAR | ((abs(Z - 8) < 2) & (abs(Y - 24) < 3) & (abs(X - 40) < 3))
POKING = np.roll(HOOK, (3, 16, 8), (0, 1, 2))


def image(mask):
    """A mask on the tumour's grid as an image."""
    made = sitk.GetImageFromArray(mask.astype(np.uint8))
    made.SetSpacing(SPACING[::-1])
    return made


def grown(mask, margin_mm):
    """A mask with a margin, bool (z, y, x)."""
    return sitk.GetArrayFromImage(expand(image(mask), margin_mm)) > 0
