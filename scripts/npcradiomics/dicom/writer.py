"""DICOM objects made here: MR series, RTSTRUCT, RTDOSE, SEG. Every one says that it is for research use only.

Who is meant comes from the patients table, never from a source file. UIDs are new, and the same for
the same content. Only references to a source series, without which an RTSTRUCT belongs to nothing,
keep the source's UIDs.
"""

import hashlib
import logging

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
    orientation, position = _orientation(image), _slice_positions(image)
    for z, plane in enumerate(stored):
        dataset = _dataset(
            patient, source.study_uid, source.series_uid, MR, source.sop_uids[z], "MR", description
        )
        dataset.FrameOfReferenceUID = source.frame_uid
        dataset.PositionReferenceIndicator, dataset.StudyDate = "", study_date
        dataset.ImageType = ["DERIVED", "SECONDARY"]
        dataset.InstanceNumber = z + 1
        dataset.ImagePositionPatient, dataset.ImageOrientationPatient = position[z], orientation
        dataset.SliceThickness = _decimal(image.GetSpacing()[2])
        dataset.ScanningSequence, dataset.SequenceVariant = "RM", "NONE"
        (
            dataset.ScanOptions,
            dataset.MRAcquisitionType,
            dataset.EchoTime,
            dataset.EchoTrainLength,
        ) = "", "", None, None
        _pixels(dataset, plane, image)
        _save(dataset, folder / f"slice_{z + 1:04d}.dcm")
    return source


def write_rtdose(dose, path, patient, source):
    """Write a dose image in gray as an RTDOSE of 32 bits in the frame of reference of `source`."""
    array = sitk.GetArrayFromImage(dose).astype(float)
    if not np.isfinite(array).all() or array.min() < 0:
        raise ValueError(
            f"{path}: dose from {array.min():g} to {array.max():g} Gy; finite values >= 0 are needed"
        )
    scaling = float(_decimal(max(array.max(), 1e-6) / 4e9))
    stored = np.rint(array / scaling).astype(np.uint32)
    content = hashlib.sha256(stored.tobytes()).hexdigest()
    dataset = _dataset(
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
    dataset.ImagePositionPatient = _slice_positions(dose)[0]
    dataset.ImageOrientationPatient = _orientation(dose)
    dataset.DoseUnits, dataset.DoseType, dataset.DoseSummationType = "GY", "PHYSICAL", "PLAN"
    dataset.DoseComment = RESEARCH
    dataset.DoseGridScaling = scaling
    dataset.NumberOfFrames = len(stored)
    dataset.FrameIncrementPointer = 0x3004000C
    dataset.GridFrameOffsetVector = [_decimal(z * dose.GetSpacing()[2]) for z in range(len(stored))]
    _pixels(dataset, stored, dose)
    _save(dataset, path)


def write_rtstruct(masks, path, patient, source):
    """Write masks, {name: 0/1 image on the grid of the source series}, as an RTSTRUCT that refers to it."""
    import pydicom

    traced = {name: trace(mask) for name, mask in masks.items()}
    content = hashlib.sha256(repr(traced.keys()).encode())
    for _, points in (contour for contours in traced.values() for contour in contours):
        content.update(points.tobytes())
    uid = new_uid("structures", patient, source.series_uid, content.hexdigest())
    dataset = _dataset(
        patient,
        source.study_uid,
        new_uid("structure series", uid),
        RTSTRUCT,
        uid,
        "RTSTRUCT",
        "structures",
    )
    dataset.StructureSetLabel, dataset.StructureSetName, dataset.StructureSetDescription = (
        LABEL,
        LABEL,
        RESEARCH,
    )
    dataset.StructureSetDate = dataset.StructureSetTime = ""
    dataset.FrameOfReferenceUID = source.frame_uid
    dataset.PositionReferenceIndicator = ""
    dataset.ApprovalStatus = "UNAPPROVED"
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
            ROIDescription=RESEARCH,
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
    _save(dataset, path)


def write_seg(masks, path, patient, source):
    """Write masks as in write_rtstruct as a binary DICOM SEG (highdicom): voxel for voxel."""
    import highdicom
    from pydicom.sr.codedict import codes

    logging.getLogger("highdicom").setLevel(logging.WARNING)  # it logs the source's UIDs

    arrays = [sitk.GetArrayViewFromImage(mask) > 0 for mask in masks.values()]
    any_mask = next(iter(masks.values()))
    content = hashlib.sha256(b"".join(np.packbits(a).tobytes() for a in arrays)).hexdigest()
    descriptions = [
        highdicom.seg.SegmentDescription(
            segment_number=i,
            segment_label=name,
            segmented_property_category=codes.SCT.MorphologicallyAbnormalStructure,
            segmented_property_type=codes.SCT.Neoplasm,
            algorithm_type="SEMIAUTOMATIC",
            algorithm_identification=highdicom.AlgorithmIdentificationSequence(
                name="npc-recurrence-radiomics",
                version=LABEL,
                family=codes.DCM.ArtificialIntelligence,
            ),
        )
        for i, name in enumerate(masks, start=1)
    ]
    dataset = highdicom.seg.Segmentation(
        source_images=_bare_slices(any_mask, patient, source),
        pixel_array=np.stack(arrays, axis=-1).astype(np.uint8),
        segmentation_type="BINARY",
        segment_descriptions=descriptions,
        series_instance_uid=new_uid("seg series", patient, source.series_uid, content),
        series_number=1,
        sop_instance_uid=new_uid("seg", patient, source.series_uid, content),
        instance_number=1,
        manufacturer="npc-recurrence-radiomics",
        manufacturer_model_name="npc-recurrence-radiomics",
        software_versions=LABEL,
        device_serial_number="0",
        series_description=RESEARCH,
        content_label="RESEARCH_ONLY",
        content_description=RESEARCH,
        omit_empty_frames=False,
    )
    _save(dataset, path)


def _bare_slices(image, patient, source):
    """What highdicom copies from source images, with the patient of the table and nothing else of the source."""
    rows, columns = image.GetSize()[1], image.GetSize()[0]
    slices = []
    for z, position in enumerate(_slice_positions(image)):
        bare = _dataset(
            patient,
            source.study_uid,
            source.series_uid,
            source.sop_class,
            source.sop_uids[z],
            "MR",
            "",
        )
        bare.FrameOfReferenceUID, bare.PositionReferenceIndicator = source.frame_uid, ""
        bare.ImagePositionPatient, bare.ImageOrientationPatient = position, _orientation(image)
        bare.PixelSpacing = [_decimal(image.GetSpacing()[1]), _decimal(image.GetSpacing()[0])]
        bare.SliceThickness = _decimal(image.GetSpacing()[2])
        bare.Rows, bare.Columns, bare.InstanceNumber = rows, columns, z + 1
        slices.append(bare)
    return slices


def _dataset(patient, study_uid, series_uid, sop_class, sop_uid, modality, description):
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
    # 64 characters is all it may have.
    dataset.SeriesDescription = f"{description[: 63 - len(RESEARCH)].strip()} {RESEARCH}".strip()
    dataset.PatientIdentityRemoved, dataset.DeidentificationMethod = (
        "YES",
        "identity from the study's patients table",
    )
    return dataset


def _pixels(dataset, array, image):
    allocated = array.dtype.itemsize * 8
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.Rows, dataset.Columns = array.shape[-2:]
    dataset.PixelSpacing = [_decimal(image.GetSpacing()[1]), _decimal(image.GetSpacing()[0])]
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


def _save(dataset, path):
    with replacing(path) as temporary:
        dataset.save_as(str(temporary), enforce_file_format=True)


def _geometry(image):
    return image.GetSize(), image.GetSpacing(), image.GetOrigin(), image.GetDirection()


def _orientation(image):
    direction = np.array(image.GetDirection()).reshape(3, 3)
    return [_decimal(v) for v in (*direction[:, 0], *direction[:, 1])]


def _slice_positions(image):
    return [
        [_decimal(v) for v in image.TransformIndexToPhysicalPoint((0, 0, z))]
        for z in range(image.GetSize()[2])
    ]


def _decimal(value):
    """A decimal string of at most 16 characters (DICOM's DS), which holds at least nine digits."""
    for digits in range(15, 5, -1):
        text = f"{value:.{digits}g}"
        if len(text) <= 16:
            return text
    raise ValueError(f"{value!r} has no decimal string of 16 characters")
