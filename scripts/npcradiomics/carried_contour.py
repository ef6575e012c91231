"""The contour of the recurrence on the planning MRI, also where a wrong registration carries it off the image."""

import SimpleITK as sitk

from npcradiomics.contours import carry_mask, volume_ml


def carry_or_empty(mask: sitk.Image, reference: sitk.Image, transform: sitk.Transform) -> sitk.Image:
    """``mask`` on the grid of ``reference`` as by `contours.carry_mask`; empty where nothing of it arrives there.

    For the pictures and numbers of a registration that may be wrong, which must be made all the same. Raises
    ValueError for a mask that is empty before.
    """
    if volume_ml(mask) == 0.0:
        raise ValueError("the mask to carry is empty: 0 voxels")
    try:
        return carry_mask(mask, reference, transform)
    except ValueError:
        empty = sitk.Image(reference.GetSize(), sitk.sitkUInt8)
        empty.CopyInformation(reference)
        return empty
