"""Small DICOM files for tests: a series on any grid, changed after writing.

RTSTRUCTs from given contours.
"""

import numpy as np
import pydicom
import SimpleITK as sitk

from npcradiomics.dicom.writer import write_mr_series

AXIAL = (1, 0, 0, 0, 1, 0, 0, 0, 1)


def tilted(degrees, axis=(1.0, 0.3, 0.2)):
    """Direction cosines of a grid turned about an axis."""
    turn = sitk.VersorTransform(
        [float(a) for a in np.array(axis) / np.linalg.norm(axis)], np.deg2rad(degrees)
    )
    return turn.GetMatrix()


def grid(size, spacing, centre=(0.0, 0.0, 0.0), direction=AXIAL):
    """An empty image of this size (x, y, z) with its middle at `centre`."""
    image = sitk.Image([int(n) for n in size], sitk.sitkInt16)
    image.SetSpacing([float(s) for s in spacing])
    image.SetDirection(direction)
    middle = image.TransformContinuousIndexToPhysicalPoint([(n - 1) / 2 for n in size])
    image.SetOrigin([float(c - m) for c, m in zip(centre, middle, strict=True)])
    return image


def ramp(size=(12, 10, 6), spacing=(1.0, 2.0, 3.0), direction=AXIAL):
    """An image whose every voxel differs from the others, some negative."""
    place = grid(size, spacing, (5.0, -7.0, 11.0), direction)
    values = np.arange(np.prod(size), dtype=np.int16).reshape(size[::-1]) - 100
    image = sitk.GetImageFromArray(values)
    image.CopyInformation(place)
    return image


def series(folder, image=None, patient="P1", description="t1"):
    """Write an image (default: ramp) as a series; returns (image, Source)."""
    image = ramp() if image is None else image
    return image, write_mr_series(image, folder, patient, description)


def change(path, **attributes):
    """Set attributes of a DICOM file; None removes."""
    dataset = pydicom.dcmread(path)
    for name, value in attributes.items():
        if value is None:
            del dataset[name]
        else:
            setattr(dataset, name, value)
    dataset.save_as(path)


def points_of(grid_image):
    """Physical points (z, y, x, 3) of the voxel centres."""
    index = np.stack(
        np.meshgrid(*(np.arange(n) for n in grid_image.GetSize()), indexing="ij"), axis=-1
    )
    axes = np.array(grid_image.GetDirection()).reshape(3, 3) @ np.diag(grid_image.GetSpacing())
    return (index @ axes.T + np.array(grid_image.GetOrigin())).transpose(2, 1, 0, 3)


def circle(radius, centre=(0.0, 0.0, 0.0), n=120):
    """A circle in an axial plane, (n, 3)."""
    angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle), np.zeros(n)]) + centre


def rtstruct(path, structures, frame_uid="1.2.3", kind="CLOSED_PLANAR", edit=None):
    """Write an RTSTRUCT of {name: list of contours (n, 3)} or of pairs; no ContourImageSequence."""
    pairs = list(structures.items()) if isinstance(structures, dict) else structures
    dataset = pydicom.Dataset()
    dataset.file_meta = pydicom.dataset.FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = pydicom.uid.ImplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID = (
        pydicom.uid.RTStructureSetStorage
    )
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID = "1.2.3.4"
    dataset.Modality = "RTSTRUCT"
    dataset.StructureSetROISequence, dataset.ROIContourSequence = [], []
    for number, (name, contours) in enumerate(pairs, start=1):
        roi = pydicom.Dataset()
        roi.ROINumber, roi.ROIName, roi.ReferencedFrameOfReferenceUID = number, name, frame_uid
        dataset.StructureSetROISequence.append(roi)
        drawn = pydicom.Dataset()
        drawn.ReferencedROINumber, drawn.ContourSequence = number, []
        for points in contours:
            item = pydicom.Dataset()
            item.ContourGeometricType, item.NumberOfContourPoints = kind, len(points)
            item.ContourData = [f"{v:.4f}" for v in np.ravel(points)]
            drawn.ContourSequence.append(item)
        dataset.ROIContourSequence.append(drawn)
    if edit:
        edit(dataset)
    dataset.save_as(path, enforce_file_format=True)
    return path
