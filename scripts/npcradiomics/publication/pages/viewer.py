"""What the 3-D viewer of a patient's page shows: volumes round the tumour of 8 bits, small enough to stand in the page."""

import base64
import gzip
import struct
import tempfile
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from npcradiomics.images.slices import to_patient_axes
from npcradiomics.publication.pages.cuts import grey_range
from npcradiomics.publication.pages.registration_pictures import ExaminationPair

MOST_VOXELS = 1_200_000  # of a volume; a larger one gets larger voxels
SLOPE_OFFSET = (
    112  # bytes into a NIfTI header: scl_slope and scl_inter, which SimpleITK does not write
)


def viewer_content(box: ExaminationPair, dose: sitk.Image | None) -> dict:
    """Volumes for the template viewer.html.

    Parameters
    ----------
    box : ExaminationPair
        Both examinations and contours round the tumour, on one grid.
    dose : SimpleITK.Image or None
        Dose in gray on any grid.

    Returns
    -------
    dict
        planning, recurrence (grey values as 0 to 255), contours (1 in the GTV, 2 in GTVr) and dose
        (scaled to gray), each a gzipped NIfTI in base64; dose is None where it is not known;
        spacing_mm (x, y, z) and shrunk: whether voxels are larger than the planning MRI's.
    """
    planning = to_patient_axes(box.planning)
    grid = _grid(planning)
    gtv, gtvr = (
        sitk.Resample(to_patient_axes(mask), grid, sitk.Transform(), sitk.sitkNearestNeighbor)
        for mask in (box.gtv, box.gtvr)
    )
    labels = sitk.Maximum(gtv > 0, sitk.Cast(gtvr > 0, sitk.sitkUInt8) * 2)
    content = {
        "planning": _packed(_grey(planning, grid)),
        "recurrence": _packed(_grey(to_patient_axes(box.after), grid)),
        "contours": _packed(labels),
        "dose": None,
        "spacing_mm": grid.GetSpacing(),
        "shrunk": grid.GetSize() != planning.GetSize(),
    }
    if dose is not None:
        gray = sitk.Resample(
            sitk.Cast(dose, sitk.sitkFloat32), grid, sitk.Transform(), sitk.sitkLinear, 0.0
        )
        step = max(float(sitk.GetArrayViewFromImage(gray).max()), 1e-6) / 255
        content["dose"] = _packed(sitk.Cast(sitk.Round(gray / step), sitk.sitkUInt8), step)
    return content


def _grid(image):
    """The image's grid; one of larger, more nearly cubic voxels where it has more than MOST_VOXELS."""
    size, spacing = np.array(image.GetSize()), np.array(image.GetSpacing())
    extent, side = size * spacing, spacing.min()
    while np.prod(np.ceil(extent / np.maximum(spacing, side))) > MOST_VOXELS:
        side *= 1.02
    wanted = np.maximum(spacing, side)
    counts = np.where(wanted > spacing, np.ceil(extent / wanted), size).astype(int)
    grid = sitk.Image(counts.tolist(), sitk.sitkUInt8)
    grid.SetDirection(image.GetDirection())
    grid.SetSpacing((extent / counts).tolist())
    # The corner of the first voxel stays where it is, not its centre.
    first = ((extent / counts / spacing - 1) / 2).tolist()
    grid.SetOrigin(image.TransformContinuousIndexToPhysicalPoint(first))
    return grid


def _grey(image, grid):
    values = sitk.Cast(image, sitk.sitkFloat32)
    low, high = grey_range(sitk.GetArrayViewFromImage(values))  # as in the flicker
    on_grid = sitk.Resample(values, grid, sitk.Transform(), sitk.sitkLinear, low)
    high = max(high, low + 1e-6)
    return sitk.Cast(
        sitk.Round(sitk.IntensityWindowing(on_grid, low, high, 0.0, 255.0)), sitk.sitkUInt8
    )


def _packed(image, slope=1.0):
    """A volume as NIfTI, gzipped without a date, in base64; a voxel's value is slope times the stored one."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "volume.nii"
        sitk.WriteImage(image, str(path))
        content = bytearray(path.read_bytes())
    struct.pack_into("<ff", content, SLOPE_OFFSET, slope, 0.0)
    return base64.b64encode(gzip.compress(bytes(content), compresslevel=6, mtime=0)).decode("ascii")
