"""Masks as a DICOM SEG, voxel for voxel, that says it is for research use only."""

import hashlib
import logging
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from npcradiomics.dicom.series import Source
from npcradiomics.dicom.writer import (
    LABEL,
    decimal,
    described,
    new_dataset,
    new_uid,
    orientation,
    save,
    slice_positions,
    titled,
)


def write_seg(
    masks: Mapping[str, sitk.Image],
    path: str | Path,
    patient: str,
    source: Source,
    remarks: Mapping[str, str] | None = None,
    title: str = "",
) -> None:
    """Write masks as a binary DICOM SEG (highdicom).

    Parameters
    ----------
    masks
        0/1 images on the grid of the source series, by name.
    path, patient, source
        As of `writer.write_rtstruct`.
    remarks
        Words on structures, by name, behind RESEARCH in their descriptions.
    title
        Before RESEARCH in the descriptions of series and content.
    """
    import highdicom
    from pydicom.sr.codedict import codes

    logging.getLogger("highdicom").setLevel(logging.WARNING)  # it logs the source's UIDs

    remarks = remarks or {}
    arrays = [sitk.GetArrayViewFromImage(mask) > 0 for mask in masks.values()]
    any_mask = next(iter(masks.values()))
    content = hashlib.sha256(b"".join(np.packbits(a).tobytes() for a in arrays))
    content.update(repr((title, remarks)).encode() if remarks else b"")
    content = content.hexdigest()
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
    for description, name in zip(descriptions, masks, strict=True):
        description.SegmentDescription = described(name, remarks)
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
        series_description=titled(title),
        content_label="RESEARCH_ONLY",
        content_description=titled(title),
        omit_empty_frames=False,
    )
    save(dataset, path)


def _bare_slices(image, patient, source):
    """What highdicom copies from source images, with the patient of the table and nothing else of the source."""
    rows, columns = image.GetSize()[1], image.GetSize()[0]
    slices = []
    for z, position in enumerate(slice_positions(image)):
        bare = new_dataset(
            patient,
            source.study_uid,
            source.series_uid,
            source.sop_class,
            source.sop_uids[z],
            "MR",
            "",
        )
        bare.FrameOfReferenceUID, bare.PositionReferenceIndicator = source.frame_uid, ""
        bare.ImagePositionPatient, bare.ImageOrientationPatient = position, orientation(image)
        bare.PixelSpacing = [decimal(image.GetSpacing()[1]), decimal(image.GetSpacing()[0])]
        bare.SliceThickness = decimal(image.GetSpacing()[2])
        bare.Rows, bare.Columns, bare.InstanceNumber = rows, columns, z + 1
        slices.append(bare)
    return slices
