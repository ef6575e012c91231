"""Images of given values, and balls, on any grid."""

import numpy as np
import SimpleITK as sitk

from dicom_files import points_of


def image_of(values, like, kind=np.float32):
    """An image of these values (z, y, x) on the grid of `like`."""
    image = sitk.GetImageFromArray(np.asarray(values).astype(kind))
    image.CopyInformation(like)
    return image


def ball(like, radius, centre=(0.0, 0.0, 0.0)):
    """A ball as a mask on the grid of `like`."""
    return image_of(np.linalg.norm(points_of(like) - centre, axis=-1) < radius, like, np.uint8)
