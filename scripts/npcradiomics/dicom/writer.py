"""DICOM objects made here: MR series, RTSTRUCT, RTDOSE. Every one says that it is for research use only.

Who is meant comes from the patients table, never from a source file. UIDs are new, and the same for
the same content. Only references to a source series, without which an RTSTRUCT belongs to nothing,
keep the source's UIDs.
"""

import hashlib

import numpy as np
import SimpleITK as sitk

from npcradiomics.dicom.names import RESEARCH
from npcradiomics.dicom.series import Source
from npcradiomics.files import replacing
from npcradiomics.images.tracing import trace

LABEL = "RESEARCH ONLY"  # StructureSetLabel and SeriesNumber have 16 characters
MR, RTSTRUCT, RTDOSE = (
    "1.2.840.10008.5.1.4.1.1.4",
    "1.2.840.10008.5.1.4.1.1.481.3",
    "1.2.840.10008.5.1.4.1.1.481.2",
)
COLOURS = ([230, 60, 40], [40, 120, 230], [240, 180, 30], [60, 170, 90])


def new_uid(*parts):
    """A UID under 2.25 (UUID) that follows from the parts alone."""
    digest = hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:32]
    return f"2.25.{int(digest, 16)}"


def write_mr_series(image, folder, patient, description, study_date=""):
    """Write a 3-D image of whole numbers within 16 bits as an MR series, a file per slice, in `folder`; returns the Source.

    The series is a study of its own. study_date: YYYYMMDD, if any.
    Raises ValueError where values are fractions or do not fit.
    """
    array = sitk.GetArrayFromImage(image)
    stored = array.astype(np.int16)
    if not np.array_equal(stored, array):
        raise ValueError(
            f"{description}: values from {array.min():g} to {array.max():g} are not whole numbers of 16 bits"
        )
    content = hashlib.sha256(stored.tobytes() + repr(_geometry(image)).encode()).hexdigest()
    source = Source(
        new_uid("study", patient, description, content),
        new_uid("series", patient, description, content),
        new_uid("frame", patient, description, content),
        MR,
        tuple(new_uid("slice", patient, description, content, z) for z in range(len(stored))),
    )
    axes, position = orientation(image), slice_positions(image)
    for z, plane in enumerate(stored):
        dataset = new_dataset(
            patient, source.study_uid, source.series_uid, MR, source.sop_uids[z], "MR", description
        )
        dataset.FrameOfReferenceUID = source.frame_uid
        dataset.PositionReferenceIndicator, dataset.StudyDate = "", study_date
        dataset.ImageType = ["DERIVED", "SECONDARY"]
        dataset.InstanceNumber = z + 1
        dataset.ImagePositionPatient, dataset.ImageOrientationPatient = position[z], axes
        dataset.SliceThickness = decimal(image.GetSpacing()[2])
        dataset.ScanningSequence, dataset.SequenceVariant = "RM", "NONE"
        (
            dataset.ScanOptions,
            dataset.MRAcquisitionType,
            dataset.EchoTime,
            dataset.EchoTrainLength,
        ) = "", "", None, None
        _pixels(dataset, plane, image)
        save(dataset, folder / f"slice_{z + 1:04d}.dcm")
    return source


def write_rtdose(dose, path, patient, source):
    """Write a dose image in gray as an RTDOSE of 32 bits in the frame of reference of `source`."""
    array = sitk.GetArrayFromImage(dose).astype(float)
    if not np.isfinite(array).all() or array.min() < 0:
        raise ValueError(
            f"{path}: dose from {array.min():g} to {array.max():g} Gy; finite values >= 0 are needed"
        )
    scaling = float(decimal(max(array.max(), 1e-6) / 4e9))
    stored = np.rint(array / scaling).astype(np.uint32)
    content = hashlib.sha256(stored.tobytes()).hexdigest()
    dataset = new_dataset(
        patient,
        source.study_uid,
        new_uid("dose series", patient, content),
        RTDOSE,
        new_uid("dose", patient, content),
        "RTDOSE",
        "dose",
    )
    dataset.FrameOfReferenceUID = source.frame_uid
    dataset.PositionReferenceIndicator = ""
    dataset.ImagePositionPatient = slice_positions(dose)[0]
    dataset.ImageOrientationPatient = orientation(dose)
    dataset.DoseUnits, dataset.DoseType, dataset.DoseSummationType = "GY", "PHYSICAL", "PLAN"
    dataset.DoseComment = RESEARCH
    dataset.DoseGridScaling = scaling
    dataset.NumberOfFrames = len(stored)
    dataset.FrameIncrementPointer = 0x3004000C
    dataset.GridFrameOffsetVector = [decimal(z * dose.GetSpacing()[2]) for z in range(len(stored))]
    _pixels(dataset, stored, dose)
    save(dataset, path)


def write_rtstruct(masks, path, patient, source, remarks=None, title="structures"):
    """Write masks, {name: 0/1 image on the grid of the source series}, as an RTSTRUCT that refers to it.

    remarks: {name: words} on structures, behind RESEARCH in their descriptions and the object's;
    title: before RESEARCH in the series' description and the set's name.
    """
    import pydicom

    remarks = remarks or {}
    traced = {name: trace(mask) for name, mask in masks.items()}
    content = hashlib.sha256(repr(traced.keys()).encode())
    for _, points in (contour for contours in traced.values() for contour in contours):
        content.update(points.tobytes())
    content.update(repr((title, remarks)).encode() if remarks else b"")
    uid = new_uid("structures", patient, source.series_uid, content.hexdigest())
    dataset = new_dataset(
        patient,
        source.study_uid,
        new_uid("structure series", uid),
        RTSTRUCT,
        uid,
        "RTSTRUCT",
        title,
    )
    dataset.StructureSetLabel, dataset.StructureSetName = LABEL, titled(title)
    dataset.StructureSetDescription = "; ".join([RESEARCH, *remarks.values()])
    dataset.StructureSetDate = dataset.StructureSetTime = ""
    dataset.FrameOfReferenceUID = source.frame_uid
    dataset.PositionReferenceIndicator = ""
    dataset.ApprovalStatus, dataset.OperatorsName = "UNAPPROVED", ""
    series = _item(SeriesInstanceUID=source.series_uid)
    series.ContourImageSequence = [_image_reference(source, z) for z in range(len(source.sop_uids))]
    study = _item(
        ReferencedSOPClassUID="1.2.840.10008.3.1.2.3.1",
        ReferencedSOPInstanceUID=source.study_uid,
        RTReferencedSeriesSequence=pydicom.Sequence([series]),
    )
    frame = _item(
        FrameOfReferenceUID=source.frame_uid, RTReferencedStudySequence=pydicom.Sequence([study])
    )
    dataset.ReferencedFrameOfReferenceSequence = [frame]
    dataset.StructureSetROISequence = [
        _item(
            ROINumber=i,
            ReferencedFrameOfReferenceUID=source.frame_uid,
            ROIName=name,
            ROIDescription=described(name, remarks),
            ROIGenerationAlgorithm="AUTOMATIC",
        )
        for i, name in enumerate(traced, start=1)
    ]
    dataset.ROIContourSequence = [
        _item(
            ReferencedROINumber=i,
            ROIDisplayColor=COLOURS[i % len(COLOURS)],
            ContourSequence=pydicom.Sequence(
                [_contour(source, z, points) for z, points in contours]
            ),
        )
        for i, contours in enumerate(traced.values(), start=1)
    ]
    dataset.RTROIObservationsSequence = [
        _item(
            ObservationNumber=i, ReferencedROINumber=i, RTROIInterpretedType="", ROIInterpreter=""
        )
        for i in range(1, len(traced) + 1)
    ]
    save(dataset, path)


def titled(title):
    """RESEARCH behind a title, in the 64 characters that a DICOM name or description of a series may have."""
    return f"{title[: 63 - len(RESEARCH)].strip()} {RESEARCH}".strip()


def described(name, remarks):
    """What the description of a structure says: RESEARCH, and the remark on it if there is one."""
    return "; ".join([RESEARCH, *filter(None, [remarks.get(name)])])


def new_dataset(patient, study_uid, series_uid, sop_class, sop_uid, modality, description):
    """A data set with what all objects have: who (of the patients table), what, and that it is for research."""
    import pydicom

    dataset = pydicom.Dataset()
    dataset.file_meta = pydicom.dataset.FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID, dataset.file_meta.MediaStorageSOPInstanceUID = (
        sop_class,
        sop_uid,
    )
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.SOPClassUID, dataset.SOPInstanceUID = sop_class, sop_uid
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = study_uid, series_uid
    dataset.PatientID, dataset.PatientName = patient, f"{patient}^"
    dataset.PatientBirthDate = dataset.PatientSex = ""
    dataset.StudyDate = dataset.StudyTime = dataset.StudyID = dataset.AccessionNumber = ""
    dataset.ReferringPhysicianName = ""
    dataset.Modality, dataset.Manufacturer = modality, "npc-recurrence-radiomics"
    dataset.SeriesNumber = 1
    dataset.SeriesDescription = titled(description)
    dataset.PatientIdentityRemoved, dataset.DeidentificationMethod = (
        "YES",
        "identity from the study's patients table",
    )
    return dataset


def _pixels(dataset, array, image):
    allocated = array.dtype.itemsize * 8
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.Rows, dataset.Columns = array.shape[-2:]
    dataset.PixelSpacing = [decimal(image.GetSpacing()[1]), decimal(image.GetSpacing()[0])]
    dataset.BitsAllocated = dataset.BitsStored = allocated
    dataset.HighBit = allocated - 1
    dataset.PixelRepresentation = int(array.dtype.kind == "i")
    dataset.PixelData = np.ascontiguousarray(array).tobytes()
    dataset["PixelData"].VR = "OW"


def _contour(source, z, points):
    import pydicom

    return _item(
        ContourImageSequence=pydicom.Sequence([_image_reference(source, z)]),
        ContourGeometricType="CLOSED_PLANAR",
        NumberOfContourPoints=len(points),
        ContourData=[f"{v:.4f}" for v in points.ravel()],
    )


def _image_reference(source, z):
    return _item(
        ReferencedSOPClassUID=source.sop_class, ReferencedSOPInstanceUID=source.sop_uids[z]
    )


def _item(**attributes):
    import pydicom

    item = pydicom.Dataset()
    for keyword, value in attributes.items():
        setattr(item, keyword, value)
    return item


def save(dataset, path):
    """Write a data set whole."""
    with replacing(path) as temporary:
        dataset.save_as(str(temporary), enforce_file_format=True)


def _geometry(image):
    return image.GetSize(), image.GetSpacing(), image.GetOrigin(), image.GetDirection()


def orientation(image):
    """ImageOrientationPatient of a 3-D image."""
    direction = np.array(image.GetDirection()).reshape(3, 3)
    return [decimal(v) for v in (*direction[:, 0], *direction[:, 1])]


def slice_positions(image):
    """ImagePositionPatient of each slice of a 3-D image."""
    return [
        [decimal(v) for v in image.TransformIndexToPhysicalPoint((0, 0, z))]
        for z in range(image.GetSize()[2])
    ]


def decimal(value):
    """A decimal string of at most 16 characters (DICOM's DS), which holds at least nine digits."""
    for digits in range(15, 5, -1):
        text = f"{value:.{digits}g}"
        if len(text) <= 16:
            return text
    raise ValueError(f"{value!r} has no decimal string of 16 characters")
