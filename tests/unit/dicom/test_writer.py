"""What is written comes back: contours voxel for voxel, SEG exactly, and by a reader that is not ours."""

import shutil
import subprocess

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk

from dicom_files import grid, points_of, series, tilted
from npcradiomics.dicom import reading
from npcradiomics.dicom.names import RESEARCH
from npcradiomics.dicom.segmentation_writer import write_seg
from npcradiomics.dicom.series import series_source
from npcradiomics.dicom.writer import write_mr_series, write_rtstruct
from npcradiomics.images.masks import volume_ml
from npcradiomics.images.tracing import trace


def odd_mask(image, seed=1):
    """Everything a contour can be: a shell with a hole, an island in the hole, single voxels, the image's edge."""
    distance = np.linalg.norm(
        points_of(image) - image.TransformContinuousIndexToPhysicalPoint((19.5, 17.5, 5.5)), axis=-1
    )
    mask = ((distance < 14) & (distance > 8)) | (distance < 4)
    mask |= np.random.default_rng(seed).random(mask.shape) < 0.01
    mask[3:5, :3, :] = True
    out = sitk.GetImageFromArray(mask.astype(np.uint8))
    out.CopyInformation(image)
    return out


@pytest.fixture(params=[(1.0, 1.0, 3.0), (0.39, 0.39, 5.2)], ids=["1 mm", "0.39 mm"])
def written(tmp_path, request):
    direction = tilted(25) if request.param[0] < 1 else tilted(0)
    place = grid((40, 36, 12), request.param, (7.0, 8.0, 9.0), direction)
    image, _ = series(tmp_path / "mr", place)
    mask = odd_mask(image) if request.param[0] == 1 else odd_small(image)
    source = series_source(tmp_path / "mr")
    write_rtstruct({"odd": mask}, tmp_path / "rs.dcm", "P1", source)
    write_seg({"odd": mask, "other": mask}, tmp_path / "seg.dcm", "P1", source)
    return tmp_path, mask, source


def odd_small(image):
    mask = odd_mask(grid((40, 36, 12), (1.0, 1.0, 3.0), (7.0, 8.0, 9.0)))
    mask.CopyInformation(image)
    return mask


def test_round_trip_by_our_reader(written):
    folder, mask, _ = written
    image = reading.read_series(folder / "mr")
    found = sitk.GetArrayFromImage(reading.read_structure(folder / "rs.dcm", "odd", image)) > 0
    truth = sitk.GetArrayFromImage(mask) > 0
    assert 2 * np.count_nonzero(found & truth) / (found.sum() + truth.sum()) >= 0.999


def test_no_description_is_longer_than_dicom_allows(tmp_path):
    image = grid((4, 4, 2), (1.0, 1.0, 3.0), (0.0, 0.0, 0.0))
    whole = sitk.Cast(image, sitk.sitkInt16)
    for text in ("simulated recurrence MRI", "planning MRI, second of two", "MRI"):
        write_mr_series(whole, tmp_path / text, "P1", text)
        (written, _) = sorted((tmp_path / text).glob("*.dcm"))
        said = pydicom.dcmread(written).SeriesDescription
        assert len(said) <= 64  # value representation LO, PS3.5 6.2
        assert said.endswith(RESEARCH) and text.startswith(said.removesuffix(RESEARCH).strip())


def test_seg_is_exact(written):
    import highdicom

    folder, mask, source = written
    segmentation = highdicom.seg.segread(folder / "seg.dcm")
    frames = segmentation.get_pixels_by_source_instance(
        list(source.sop_uids), segment_numbers=[1, 2]
    )
    truth = sitk.GetArrayFromImage(mask) > 0
    assert np.array_equal(frames[..., 0] > 0, truth)
    assert np.array_equal(frames[..., 1] > 0, truth)


def test_every_object_says_research_and_what_is_remarked(written):
    """Where a planning system shows it; what is remarked of a structure changes the object and so its UID."""
    folder, mask, source = written
    masks, remarks = {"odd": mask, "RISK_70_RESEARCH": mask}, {"RISK_70_RESEARCH": "no evidence"}
    write_rtstruct(masks, folder / "said.dcm", "P1", source, remarks, "WITHOUT EVIDENCE")
    write_seg(masks, folder / "said_seg.dcm", "P1", source, remarks, "WITHOUT EVIDENCE")
    structures, plain = map(pydicom.dcmread, (folder / "said.dcm", folder / "rs.dcm"))
    segments = pydicom.dcmread(folder / "said_seg.dcm")
    title = f"WITHOUT EVIDENCE {RESEARCH}"
    assert structures.StructureSetName == structures.SeriesDescription == title
    assert segments.ContentDescription == segments.SeriesDescription == title
    assert structures.StructureSetDescription == f"{RESEARCH}; no evidence"
    first, risk = structures.StructureSetROISequence
    assert (first.ROIName, first.ROIDescription) == ("odd", RESEARCH)
    assert (risk.ROIName, risk.ROIDescription) == ("RISK_70_RESEARCH", f"{RESEARCH}; no evidence")
    first, risk = segments.SegmentSequence
    assert (first.SegmentLabel, first.SegmentDescription) == ("odd", RESEARCH)
    assert risk.SegmentDescription == f"{RESEARCH}; no evidence"
    assert plain.StructureSetName == f"structures {RESEARCH}"
    assert len({structures.SOPInstanceUID, plain.SOPInstanceUID, segments.SOPInstanceUID}) == 3


def test_every_contour_refers_to_the_slice_it_lies_on(written):
    folder, _, source = written
    place = {str(d.SOPInstanceUID): d for d in map(pydicom.dcmread, (folder / "mr").iterdir())}
    dataset = pydicom.dcmread(folder / "rs.dcm")
    for contour in dataset.ROIContourSequence[0].ContourSequence:
        image = place[contour.ContourImageSequence[0].ReferencedSOPInstanceUID]
        rows, columns = np.reshape(np.array(image.ImageOrientationPatient, float), (2, 3))
        points = np.reshape(np.array(contour.ContourData, float), (-1, 3))
        off = (points - np.array(image.ImagePositionPatient, float)) @ np.cross(rows, columns)
        assert np.abs(off).max() < 1e-3
    series_item = (
        dataset.ReferencedFrameOfReferenceSequence[0]
        .RTReferencedStudySequence[0]
        .RTReferencedSeriesSequence[0]
    )
    assert series_item.SeriesInstanceUID == source.series_uid
    assert dataset.StructureSetLabel == "RESEARCH ONLY"


def test_same_content_has_the_same_uids_and_other_content_others(written):
    folder, mask, source = written
    write_rtstruct({"odd": mask}, folder / "again.dcm", "P1", source)
    write_rtstruct({"odd": mask == 0}, folder / "other.dcm", "P1", source)
    uid = [
        pydicom.dcmread(folder / name).SOPInstanceUID
        for name in ("rs.dcm", "again.dcm", "other.dcm")
    ]
    assert uid[0] == uid[1] != uid[2]
    assert (folder / "rs.dcm").read_bytes() == (folder / "again.dcm").read_bytes()


def test_traced_square_runs_half_a_voxel_outside_its_centres():
    image = grid((8, 8, 1), (2.0, 2.0, 5.0))
    array = np.zeros((1, 8, 8), np.uint8)
    array[0, 2:5, 2:6] = 1
    mask = sitk.GetImageFromArray(array)
    mask.CopyInformation(image)
    ((z, points),) = trace(mask)
    u, v = points[:, 0], points[:, 1]
    area = abs(np.dot(u, np.roll(v, -1)) - np.dot(v, np.roll(u, -1))) / 2
    assert z == 0 and len(points) == 8
    assert area == pytest.approx(
        12 * 4.0 - 4 * 0.5
    )  # 12 voxels less four corners of half a square millimetre


def test_empty_mask_and_fractional_image_are_refused(tmp_path):
    with pytest.raises(ValueError, match="the mask to trace is empty: 0 of 8 voxels"):
        trace(sitk.Image([2, 2, 2], sitk.sitkUInt8))
    with pytest.raises(ValueError, match="are not whole numbers of 16 bits"):
        series(tmp_path, sitk.Image([2, 2, 2], sitk.sitkFloat32) + 0.5)


def test_plastimatch_finds_the_volume(tmp_path):
    program = shutil.which("plastimatch")
    if program is None:
        pytest.skip(
            "needs plastimatch (Debian: apt install plastimatch), an independent reader of RTSTRUCT"
        )
    image, source = series(tmp_path / "mr", grid((80, 80, 30), (0.7, 0.7, 3.0)))
    distance = np.linalg.norm(points_of(image), axis=-1)
    ball = sitk.GetImageFromArray(((distance < 22) & (distance > 9)).astype(np.uint8))
    ball.CopyInformation(image)
    write_rtstruct({"ball": ball}, tmp_path / "rs.dcm", "P1", source)
    # Without --xor-contours plastimatch fills holes.
    command = [
        program,
        "convert",
        "--input",
        "rs.dcm",
        "--referenced-ct",
        "mr",
        "--output-prefix",
        "out",
        "--xor-contours",
    ]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    (found,) = (tmp_path / "out").glob("*")
    assert volume_ml(sitk.ReadImage(str(found))) == pytest.approx(volume_ml(ball), rel=0.01)
