"""The motion that a simulated patient's file of truth says, beside the one the registration found."""

import json

import SimpleITK as sitk

from npcradiomics.images.grids import voxel_points
from npcradiomics.images.transforms import distances_mm


def mean_error_mm(truth, motion, found, gtv):
    """Mean distance over the tumour between `motion` in the JSON file `truth` and the transform in `found`."""
    planted = json.loads(truth.read_text(encoding="utf-8"))[motion]
    moved = sitk.Euler3DTransform()
    moved.SetCenter(planted["centre_mm"])
    moved.SetMatrix(planted["matrix"])
    moved.SetTranslation(planted["translation_mm"])
    points = voxel_points(sitk.ReadImage(str(gtv)))
    return distances_mm(moved, sitk.ReadTransform(str(found)), points).mean()
