"""Reading and writing of volumes: the one door through which images and masks come in.

Images are SimpleITK's; arrays taken from them are (z, y, x); physical points are millimetres in the
patient frame.
"""

import sys
import zlib
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from npcradiomics.files import replacing
from npcradiomics.images.grids import read_nifti, repair_direction, require_same_grid


def read_image(path):
    """Read a scalar 3-D image (NIfTI or NRRD).

    Returns a SimpleITK image. Raises ValueError with file and numbers: missing, unreadable, not
    3-D, several components, NaN or infinite values.
    """
    image = _read_volume(path)
    values = sitk.GetArrayViewFromImage(image)
    if values.dtype.kind == "f":
        _require_finite(values, path)
    return image


def read_mask(path, image=None, image_path=None):
    """Read a contour as a 0/1 mask (uint8) on the grid of `image`.

    A single positive label of any value is accepted. Raises ValueError with file and numbers:
    several labels, negative or fractional labels, an empty mask, another grid than `image`'s.
    """
    mask = _read_volume(path)
    values = sitk.GetArrayViewFromImage(mask)
    labels = np.unique(values)
    if not np.isfinite(labels).all() or (labels < 0).any() or (labels != np.rint(labels)).any():
        raise ValueError(
            f"{path}: a mask holds whole numbers >= 0, here values from {labels.min()} to {labels.max()}"
        )
    labels = labels[labels > 0]
    if labels.size == 0:
        raise ValueError(f"{path}: the mask is empty (no voxel above 0 among {values.size})")
    if labels.size > 1:
        listed = ", ".join(
            f"{label:g} ({np.count_nonzero(values == label)} voxels)" for label in labels[:10]
        )
        raise ValueError(
            f"{path}: {labels.size} labels in one mask: {listed}; keep one structure per file"
        )
    if image is not None:
        require_same_grid(mask, image, str(path), image_path or "its image")
    return sitk.Cast(mask > 0, sitk.sitkUInt8)


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


def _read_volume(path):
    path = Path(path)
    if not path.is_file():
        raise ValueError(f"{path}: no such file")
    is_nifti = path.name.endswith((".nii", ".nii.gz"))
    try:
        if is_nifti:
            _require_sound_nifti(path)
        image = read_nifti(str(path)) if is_nifti else sitk.ReadImage(str(path))
        if image.GetNumberOfComponentsPerPixel() != 1:
            raise ValueError(
                f"{image.GetNumberOfComponentsPerPixel()} components per voxel, one is needed"
            )
        return image if is_nifti else repair_direction(image)
    except RuntimeError as error:
        reason = [line for line in str(error).splitlines() if line.strip()][-1].strip()
        raise ValueError(
            f"{path}: cannot be read (truncated, damaged or not an image): {reason}"
        ) from error
    except ValueError as error:
        raise ValueError(str(error) if str(path) in str(error) else f"{path}: {error}") from error


def _import_nibabel():
    # nibabel imports pydicom where there is one, for header extensions that nobody reads here: 0.2
    # CPU s of every job.
    unwanted = "pydicom" not in sys.modules
    if unwanted:
        sys.modules["pydicom"] = None
    try:
        import nibabel
    finally:
        if unwanted:
            del sys.modules["pydicom"]
    return nibabel


nibabel = _import_nibabel()


def _require_sound_nifti(path):
    """Refuse what ITK's NIfTI reader lets pass: it fills a truncated file with zeros and replaces NaN by zero."""
    try:
        values = np.asanyarray((volume := nibabel.load(path)).dataobj)
    except (
        nibabel.filebasedimages.ImageFileError,
        OSError,
        EOFError,
        ValueError,
        zlib.error,
    ) as error:
        raise ValueError(
            f"{path}: cannot be read (truncated, damaged or not an image): {error}"
        ) from error
    shape = volume.shape
    if len(shape) < 3 or any(n > 1 for n in shape[3:]):
        raise ValueError(
            f"{path}: {len(shape)}-D image of {'x'.join(map(str, shape))} voxels, a 3-D one is needed"
        )
    if values.dtype.kind == "f":
        _require_finite(values, path)


def _require_finite(values, path):
    bad = values.size - np.count_nonzero(np.isfinite(values))
    if bad:
        raise ValueError(
            f"{path}: {bad} of {values.size} voxels are NaN or infinite; replace them before use"
        )
