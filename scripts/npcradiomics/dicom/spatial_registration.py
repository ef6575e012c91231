"""Rigid registrations between frames of reference: a DICOM REG object, and moving an image by one without resampling."""

import numpy as np
import SimpleITK as sitk

from npcradiomics.dicom.dataset import DicomError, code, items, numbers, open_dataset, text
from npcradiomics.images.grids import ROUNDING_TOLERANCE, nearest_orthonormal, orthonormality_error
from npcradiomics.refusal import Refusal


def read_registration(path, from_frame, to_frame):
    """The rigid transform of a REG object that maps points of one frame of reference to points of another.

    from_frame, to_frame: codes as dicom_file.code makes them. Each item of the object maps its own
    frame to the object's (DICOM PS3.3 C.20.2). Returns a sitk.AffineTransform. Raises ValueError:
    no REG object, one of the frames is not in it, not rigid.
    """
    dataset = open_dataset(path)
    if text(dataset, "Modality", path) != "REG":
        raise DicomError(f"{path}: not a REG object", "give the right file")
    # The object's own frame is often left out, or holds the identity.
    to_common = {code(text(dataset, "FrameOfReferenceUID", path)): np.eye(4)}
    for item in items(dataset, "RegistrationSequence", path):
        matrix = np.eye(4)
        for registration in items(item, "MatrixRegistrationSequence", path):
            for step in items(registration, "MatrixSequence", path):
                values = numbers(step, "FrameOfReferenceTransformationMatrix", 16, path).reshape(
                    4, 4
                )
                _require_rigid(values, path)
                matrix = values @ matrix
        to_common[code(text(item, "FrameOfReferenceUID", path))] = matrix
    for frame in (from_frame, to_frame):
        if frame not in to_common:
            raise DicomError(
                f"{path}: the registration is between frames of code "
                f"{', '.join(to_common)}; {frame} is not there",
                "give the registration between the two frames, or a .tfm",
            )
    matrix = np.linalg.inv(to_common[to_frame]) @ to_common[from_frame]
    transform = sitk.AffineTransform(3)
    transform.SetMatrix(nearest_orthonormal(matrix[:3, :3]).ravel())
    transform.SetTranslation(matrix[:3, 3])
    return transform


def move_image(image, transform, where):
    """The image as it lies in another frame: same voxels, new origin and axes.

    transform: rigid, maps points of the new frame to points of the image's own. where: the file,
    for messages. Raises ValueError if the transform is not rigid.
    """
    zero = np.array(transform.TransformPoint((0.0, 0.0, 0.0)))
    columns = [np.array(transform.TransformPoint(tuple(axis))) - zero for axis in np.eye(3)]
    rotation = np.column_stack(columns)
    error = orthonormality_error(rotation)
    if error > ROUNDING_TOLERANCE:
        raise Refusal(
            f"{where}: the registration is not rigid (off by {error:.2g}), a dose cannot be moved by it",
            "give a rigid one",
        )
    moved = sitk.Image(image)
    moved.SetOrigin([float(x) for x in rotation.T @ (np.array(image.GetOrigin()) - zero)])
    direction = rotation.T @ np.array(image.GetDirection()).reshape(3, 3)
    moved.SetDirection(nearest_orthonormal(direction).ravel())
    return moved


def _require_rigid(matrix, path):
    error = orthonormality_error(matrix[:3, :3])
    if (
        error > ROUNDING_TOLERANCE
        or np.linalg.det(matrix[:3, :3]) < 0
        or np.abs(matrix[3] - [0, 0, 0, 1]).max() > 1e-6
    ):
        raise DicomError(
            f"{path}: a matrix of the registration is not rigid (off by {error:.2g})",
            "export a rigid registration, or give a .tfm",
        )
