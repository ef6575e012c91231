"""What the page of a registration shows of a planning MRI whose intensities were normalised."""

import numpy as np
import SimpleITK as sitk

from npcradiomics.images.slices import cut, fullest, pixel_mm, to_patient_axes
from npcradiomics.publication.pages.embedded import (
    data_uri,
    grey_webp,
    shrink_factor,
    shrink_picture,
    window,
)


def intensity_content(planning: sitk.Image, made: list[sitk.Image], gtv: sitk.Image) -> dict | None:
    """Planning MRI before and after, and the field between, on the axial slice with most of the GTV.

    Parameters
    ----------
    planning
        As scanned.
    made
        Normalised, and the field it was divided by; none of both where it is measured as scanned.
    gtv
        Mask, on the same grid.

    Returns
    -------
    dict or None
        pictures (words, uri, width, height in mm each; before and after by their own 0.5th to
        99.5th percentile of the slice); field_low, field_high: 5th and 95th percentile in the GTV.
        None for nothing made.
    """
    if not made:
        return None
    measured, field = made
    arrays = [
        sitk.GetArrayFromImage(to_patient_axes(image)) for image in (planning, field, measured, gtv)
    ]
    index = fullest(arrays[3] > 0, "axial")
    height, width = pixel_mm(to_patient_axes(planning).GetSpacing()[::-1], "axial")
    pictures = []
    words = ("as scanned", "bias field", "as measured")
    for name, volume in zip(words, arrays[:3], strict=True):
        flat = cut(volume, "axial", index).astype(float)
        shown = window(flat, *np.percentile(flat, [0.5, 99.5]).tolist())
        picture = grey_webp(shrink_picture(shown, shrink_factor(shown.shape)))
        size = {"width": flat.shape[1] * width, "height": flat.shape[0] * height}
        pictures.append({"words": name, "uri": data_uri(picture, "webp")} | size)
    low, high = np.percentile(arrays[1][arrays[3] > 0], [5, 95]).tolist()
    return {"pictures": pictures, "field_low": low, "field_high": high}
