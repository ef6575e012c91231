"""What comes out of a treatment planning system: image series, structures, dose.

The public door of the DICOM modules.
"""

from pathlib import Path

import numpy as np

from npcradiomics.dicom.dataset import (
    DicomError,
    looks_like_dicom,
    open_dataset,
    text,
    without_uids,
)
from npcradiomics.dicom.dose_sum import read_dose_sum
from npcradiomics.dicom.rtdose import read_dose, read_prescriptions
from npcradiomics.dicom.rtstruct import read_contours
from npcradiomics.dicom.series import FRAME_KEY, read_series
from npcradiomics.dicom.spatial_registration import move_image, read_registration
from npcradiomics.images.rasterization import rasterize
from npcradiomics.images.transforms import read_linear_transform

__all__ = ["offered_prescriptions", "read_dose", "read_dose_in", "read_series", "read_structure"]


def read_structure(path, name, reference, registration=None, end_caps=True):
    """Read a structure of an RTSTRUCT as a 0/1 mask (uint8) on the grid of `reference`.

    name: as in the file, else without case and spaces. reference: any 3-D image; if it carries a
    frame of reference (as images of read_series do), it must be the structure's, or a registration
    must be given: a DICOM REG object, or a .tfm that maps points of the reference to points of the
    structure's frame. end_caps: count half a plane distance beyond the outermost contours. Raises
    ValueError by the structure's name: see rtstruct.read_contours and contour_raster.rasterize;
    another frame of reference.
    """
    structure = read_contours(path, name)
    where = without_uids(f"{path}#{name}")
    transform = _between(reference, structure.frame_of_reference, registration, where)
    contours = structure.contours
    if transform is not None:
        back = transform.GetInverse()
        contours = [
            np.array([back.TransformPoint(p) for p in points.tolist()]) for points in contours
        ]
    return rasterize(contours, reference, where, end_caps)


def read_dose_in(paths, reference, registration=None):
    """Read an RTDOSE, or the sum of several, and place it in the frame of `reference` (no resampling).

    registration: as in read_structure, needed where the frames of reference differ. Raises
    ValueError as it and read_dose_sum do.
    """
    dose = read_dose_sum(paths)
    transform = _between(reference, dose.GetMetaData(FRAME_KEY), registration, str(paths[0]))
    return dose if transform is None else move_image(dose, transform, paths[0])


def _between(reference, frame, registration, where):
    """The transform from points of the reference to points of the frame.

    None where they are the same or not known.
    """
    of_image = reference.GetMetaData(FRAME_KEY) if reference.HasMetaDataKey(FRAME_KEY) else ""
    if registration is None:
        if of_image and frame != of_image:
            lies = (
                f"lies in another frame of reference (code {frame})"
                if frame
                else "has no frame of reference, other"
            )
            raise DicomError(
                f"{where}: {lies} than the image (code {of_image}); give the registration "
                "between them (a REG object or a .tfm",
                "the identity, if it was drawn there)",
            )
        return None
    if str(registration).endswith((".tfm", ".txt", ".mat", ".xfm", ".h5")):
        return read_linear_transform(registration)
    if not of_image:
        raise DicomError(
            f"{where}: the image has no frame of reference, so a REG object says nothing",
            "give a .tfm",
        )
    return read_registration(registration, of_image, frame)


def offered_prescriptions(dose_path):
    """What the RTPLANs beside an RTDOSE say of the prescription, in words for a person who must decide."""
    folder = Path(dose_path).parent
    offers = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.is_file() and looks_like_dicom(path):
            dataset = open_dataset(path, pixels=False, tags=["Modality"])
            if text(dataset, "Modality", path) == "RTPLAN":
                offers += [f"{gray:g} Gy ({path.name})" for gray in read_prescriptions(path)]
    if not offers:
        return "no RTPLAN with a prescription lies beside the dose"
    return without_uids(f"the RTPLAN beside the dose offers {', '.join(offers)}")
