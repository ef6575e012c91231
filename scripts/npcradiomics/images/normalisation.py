"""Intensities of an MRI made comparable: bias field removed (N4), z-scores to a reference tissue.

References
----------
Tustison et al. 2010, IEEE Trans. Med. Imaging 29, 1310 (N4); SimpleITK's N4 on a shrunken image,
its field evaluated on the whole grid.
"""

from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk
from scipy import ndimage

from npcradiomics.refusal import Refusal

METHODS = ("none", "n4", "n4_zscore")
# The field is smooth: N4 sees voxels of about this size, and stops after so many iterations on each
# of its levels. Bounds its time, whatever the image. On a fourth level, of half the width, N4 takes a
# tumour for bias (docs/intensity.md).
SHRUNK_MM = 6.0
ITERATIONS = (50, 50, 50)
_LEAST_VOXELS = 4  # along an axis after shrinking


@dataclass(frozen=True)
class Normalised:
    """What `normalise` returns.

    image: float32, on the grid of the one given; field: float32, what it was divided by, mean of
    the logarithm 0 in the head; head: the mask it was estimated in; None without N4; mean, sd: of
    the reference, subtracted and divided by; None without z-score.
    """

    image: sitk.Image
    field: sitk.Image | None = None
    head: sitk.Image | None = None
    mean: float | None = None
    sd: float | None = None


def normalise(
    image: sitk.Image,
    method: str,
    reference: sitk.Image | None = None,
    before: Normalised | None = None,
) -> Normalised:
    """Normalise an MRI.

    Parameters
    ----------
    image
        Scalar, 3-D.
    method : 'none', 'n4', 'n4_zscore'
        As it is; divided by its bias field; that, and in standard deviations from the mean of the
        reference.
    reference
        Mask of the reference tissue on the image's grid, > 0 inside; None: the head. Only for
        z-scores.
    before
        What another method made of the image: its head and its bias field are not sought again.

    Raises
    ------
    ValueError
        An unknown method.
    Refusal
        An image without a head; a reference that is empty, of another size, or constant.
    """
    if method not in METHODS:
        raise ValueError(f"intensity is {method!r}; expected one of {', '.join(METHODS)}")
    if method == "none":
        return Normalised(image)
    known = before is not None and before.field is not None
    head = before.head if known else head_mask(image)
    inside = _checked(head if reference is None else reference, image)
    field = before.field if known else bias_field(image, head)
    values = sitk.GetArrayFromImage(image).astype(np.float64) / sitk.GetArrayViewFromImage(field)
    if method == "n4":
        return Normalised(_like(image, values), field, head)
    mean, sd = float(values[inside].mean()), float(values[inside].std(ddof=1))
    return Normalised(_like(image, (values - mean) / sd), field, head, mean, sd)


def head_mask(image: sitk.Image) -> sitk.Image:
    """The head as a mask, uint8: the largest piece above Otsu's threshold, its holes filled by slices.

    The threshold is that of the intensities below their 99.5 % quantile, of which a few bright
    vessels would otherwise be a class of their own.
    """
    values = sitk.GetArrayViewFromImage(image)
    low, high = float(values.min()), float(np.quantile(values.ravel()[::4], 0.995))
    if not low < high:
        raise Refusal(
            f"the image has no head: 99.5 % of its voxels are {low:g}", "look at the file"
        )
    clipped = sitk.Clamp(sitk.Cast(image, sitk.sitkFloat32), sitk.sitkFloat32, low, high)
    bright = sitk.OtsuThreshold(clipped, 0, 1)
    pieces = sitk.RelabelComponent(sitk.ConnectedComponent(bright), sortByObjectSize=True)
    largest = sitk.GetArrayFromImage(pieces == 1)
    return _like(image, [ndimage.binary_fill_holes(plane) for plane in largest], np.uint8)


def bias_field(image: sitk.Image, head: sitk.Image) -> sitk.Image:
    """The bias field by N4, float32 on the grid of the image; the mean of its logarithm in the head is 0.

    One thread: sums of several depend on their order.

    Parameters
    ----------
    image
        Scalar, 3-D; voxels of the head that are not above 0 are left out.
    head
        Mask, > 0 inside.
    """
    real = sitk.Cast(image, sitk.sitkFloat32)
    used = sitk.And(sitk.Cast(head > 0, sitk.sitkUInt8), sitk.Cast(real > 0, sitk.sitkUInt8))
    factors = [
        max(1, min(int(SHRUNK_MM / step), n // _LEAST_VOXELS))
        for n, step in zip(image.GetSize(), image.GetSpacing(), strict=True)
    ]
    small_mask = sitk.Shrink(used, factors)
    if not sitk.GetArrayViewFromImage(small_mask).any():
        raise Refusal(
            "the head has no voxel above 0", "N4 takes logarithms: give the MRI as scanned"
        )
    n4 = sitk.N4BiasFieldCorrectionImageFilter()
    n4.SetMaximumNumberOfIterations(ITERATIONS)
    with _one_thread():
        n4.Execute(sitk.Shrink(real, factors), small_mask)
        log_field = sitk.GetArrayFromImage(n4.GetLogBiasFieldAsImage(real)).astype(np.float64)
    log_field -= log_field[sitk.GetArrayViewFromImage(used) > 0].mean()
    return _like(image, np.exp(log_field))


@contextmanager
def _one_thread():
    """ITK's filters within filters too, which a filter's own number does not reach."""
    before = sitk.ProcessObject.GetGlobalDefaultNumberOfThreads()
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    try:
        yield
    finally:
        sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(before)


def _checked(reference, image):
    """Voxels of the reference, bool (z, y, x)."""
    todo = "name another structure as reference_tissue, or none for the head"
    if reference.GetSize() != image.GetSize():
        raise Refusal(
            f"the reference tissue has {reference.GetSize()} voxels, the MRI {image.GetSize()}",
            todo,
        )
    inside = sitk.GetArrayFromImage(reference) > 0
    values = sitk.GetArrayViewFromImage(image)[inside]
    if values.size < 2:
        raise Refusal(f"the reference tissue has {values.size} voxels, at least 2 needed", todo)
    if values.min() == values.max():
        raise Refusal(
            f"all {values.size} voxels of the reference tissue have the value {values[0]:g}", todo
        )
    return inside


def _like(image, values, kind=np.float32):
    made = sitk.GetImageFromArray(np.asarray(values).astype(kind))
    made.CopyInformation(image)
    return made
