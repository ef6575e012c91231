"""Reading and writing of volumes: the one door through which images and masks come in.

Images are SimpleITK's; arrays taken from them are (z, y, x); physical points are millimetres in the
patient frame.
"""

from pathlib import Path

import numpy as np
import SimpleITK as sitk

from npcradiomics.files import replacing
from npcradiomics.images.file_formats import (
    DICOM,
    META,
    NIFTI,
    NIFTI_PAIR,
    NRRD,
    recognised,
    refuse_foreign,
)
from npcradiomics.images.grids import repair_direction, require_same_grid
from npcradiomics.images.nifti import read_nifti
from npcradiomics.refusal import Refusal

WHOLE = 1e-5  # a label that was scaled by 1/255 and back


def read_image(path, geometry=None):
    """Read a scalar 3-D image (NIfTI, NRRD or MetaImage, told by content).

    geometry: sform, qform or pixdim, where a NIfTI header says two things (`nifti.read_nifti`).
    Returns a SimpleITK image. Raises ValueError with file and numbers: missing, unreadable, not
    3-D, several components, NaN or infinite values, a header that contradicts itself.
    """
    image = _read_volume(path, geometry)
    values = sitk.GetArrayViewFromImage(image)
    if values.dtype.kind == "f":
        _require_finite(values, path)
    return image


def read_mask(path, image=None, image_path=None, geometry=None):
    """Read a contour as a 0/1 mask (uint8) on the grid of `image`.

    A single positive label of any value is accepted. Raises ValueError with file and numbers:
    several labels, negative or fractional labels, an empty mask, another grid than `image`'s.
    """
    mask = _read_volume(path, geometry)
    values = sitk.GetArrayViewFromImage(mask)
    labels = np.unique(values)
    fractions = labels[np.abs(labels - np.rint(labels)) > WHOLE]
    if not np.isfinite(labels).all() or (labels < 0).any() or fractions.size:
        words = (
            f"{fractions.size} different fractions"
            if fractions.size
            else "negative or infinite ones"
        )
        raise Refusal(
            f"{path}: a mask holds whole numbers >= 0, here values from {labels.min():g} to {labels.max():g}, {words} among them",
            "cut a map of probabilities at 0.5 and write 0 and 1",
        )
    labels = np.unique(np.rint(labels[labels > WHOLE]))
    if labels.size == 0:
        raise Refusal(
            f"{path}: the mask is empty (no voxel above 0 among {values.size})",
            "correct the file, or its path in the patients table",
        )
    if labels.size > 1:
        listed = ", ".join(
            f"{label:g} ({np.count_nonzero(np.rint(values) == label)} voxels)"
            for label in labels[:10]
        )
        raise Refusal(
            f"{path}: {labels.size} labels in one mask: {listed}", "keep one structure per file"
        )
    if image is not None:
        require_same_grid(mask, image, str(path), image_path or "its image")
    return sitk.Cast(mask > WHOLE, sitk.sitkUInt8)


def write_image(image, path):
    """Write a volume whole (temporary name, then renamed), compressed."""
    with replacing(path) as temporary:
        sitk.WriteImage(image, str(temporary), useCompression=True)


def voxel_volume_cm3(image):
    """Volume of one voxel in cubic centimetres."""
    return float(np.prod(image.GetSpacing())) / 1000.0


def spacing_zyx_mm(image):
    """Voxel spacing in the order of arrays, (z, y, x), in millimetres."""
    return tuple(image.GetSpacing()[::-1])


def _read_volume(path, geometry):
    path = Path(path)
    pair = {".img": ".hdr", ".IMG": ".HDR"}
    header = path.with_suffix(pair.get(path.suffix, path.suffix))
    if header != path and path.is_file() and recognised(path) == DICOM:
        header = path
    for needed in (header, path):
        if not needed.is_file():
            raise Refusal(
                f"{needed}: no such file", "correct the file, or its path in the patients table"
            )
    kind = recognised(header)
    refuse_foreign(header, kind)
    if kind in (NIFTI, NIFTI_PAIR):
        return read_nifti(header, geometry)
    if kind == DICOM:
        raise Refusal(
            f"{path}: this is DICOM ({path.stat().st_size} bytes)",
            "give it without the ending of a volume",
        )
    try:
        image = sitk.ReadImage(
            str(path), imageIO={NRRD: "NrrdImageIO", META: "MetaImageIO"}.get(kind, "")
        )
    except RuntimeError as error:
        reason = [line for line in str(error).splitlines() if line.strip()][-1].strip()
        why = "truncated, damaged or not an image"
        raise Refusal(
            f"{path}: cannot be read ({why}): {reason}", "copy or export it again"
        ) from error
    if image.GetNumberOfComponentsPerPixel() != 1 or "complex" in image.GetPixelIDTypeAsString():
        what = f"{image.GetNumberOfComponentsPerPixel()} components per voxel ({image.GetPixelIDTypeAsString()})"
        raise Refusal(
            f"{path}: {what}, one real value is needed", "write one channel, or the magnitude"
        )
    try:
        return repair_direction(image)
    except Refusal as error:
        raise error.within(str(path)) from error
    except ValueError as error:
        raise Refusal(f"{path}: {error}", "write one volume of it") from error


def _require_finite(values, path):
    bad = values.size - np.count_nonzero(np.isfinite(values))
    if bad:
        raise Refusal(
            f"{path}: {bad} of {values.size} voxels are NaN or infinite", "replace them before use"
        )
