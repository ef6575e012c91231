"""One right patient with one thing wrong in DICOM: refused, with the file, numbers, and what to do.

Who it is about stands before it (jobs.script); tests/workflow/test_bad_input.py has the whole line.
"""

import shutil

import numpy as np
import pydicom
import pytest

from dicom_files import change
from one_patient import (
    contours_of,
    dicom,
    one_multi_frame_file,
    refused,
    right_patient,
    slices,
)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("right")
    dicom(right_patient(), folder)
    return folder


def every(n, **attributes):
    def edit(folder):
        for path in slices(folder)[::n]:
            change(path, **attributes)

    return edit


def some(count, **attributes):
    def edit(folder):
        for path in slices(folder)[4 : 4 + count]:
            change(path, **attributes)

    return edit


def phase(folder):
    """Phase images beside the magnitude, in one series and one place."""
    for k, path in enumerate(slices(folder)):
        dataset = pydicom.dcmread(path)
        dataset.ImageType = ["ORIGINAL", "PRIMARY", "M", "ND"]
        dataset.save_as(path)
        dataset.ImageType, dataset.RescaleSlope, dataset.RescaleIntercept = (
            ["ORIGINAL", "PRIMARY", "P", "ND"],
            2,
            -4096,
        )
        dataset.SOPInstanceUID = f"2.25.77{k}"
        dataset.save_as(path.with_name(f"p_{path.name}"))


def again(shift=0.0, **attributes):
    """The series once more in the same folder and series, `shift` mm further."""

    def edit(folder):
        for k, path in enumerate(slices(folder)):
            dataset = pydicom.dcmread(path)
            x, y, z = map(float, dataset.ImagePositionPatient)
            dataset.ImagePositionPatient = [x, y, z + shift]
            dataset.SOPInstanceUID = f"2.25.88{k}"
            for keyword, value in attributes.items():
                setattr(dataset, keyword, value)
            dataset.save_as(path.with_name(f"again_{path.name}"))

    return edit


def without(*places):
    def edit(folder):
        paths = slices(folder)
        for place in places:
            paths[place].unlink()

    return edit


def half_a_concatenation(folder):
    one_multi_frame_file(folder)
    change(folder / "mr/enhanced.dcm", InConcatenationNumber=1, InConcatenationTotalNumber=2)


def tilted_gantry(folder):
    for k, path in enumerate(slices(folder)):
        x, y, z = map(float, pydicom.dcmread(path).ImagePositionPatient)
        change(path, ImagePositionPatient=[x, y + 0.4 * k, z])


def truncated(folder):
    path = slices(folder)[3]
    path.write_bytes(path.read_bytes()[:-600])


def one_slice(folder):
    for path in slices(folder)[1:]:
        path.unlink()


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (some(3, EchoTime=20, EchoNumbers=1), "3 images, EchoTime 20"),
        (some(3, EchoTime=20), "EchoTime"),
        (every(2, ImageType=["ORIGINAL", "PRIMARY", "P"]), "2 acquisitions in one series"),
        (some(1, RescaleIntercept=-4096), "RescaleIntercept -4096"),
        (every(2, TemporalPositionIdentifier=2), "TemporalPositionIdentifier 2"),
        (every(3, DiffusionBValue=800.0), "DiffusionBValue 800"),
        (every(2, InversionTime=900), "InversionTime 900"),
        (every(2, FlipAngle=15), "FlipAngle 15"),
        (some(2, PatientID="other"), "PatientID"),
        (some(2, FrameOfReferenceUID="2.25.5"), "FrameOfReferenceUID"),
        (some(2, ImageOrientationPatient=[0, 1, 0, 0, 0, -1]), "orientation (0, 1, 0, 0, 0, -1)"),
        (some(2, PixelSpacing=[1.0, 1.0]), "spacing (1, 1)"),
        (phase, "ImageType"),
        (again(EchoTime=2.3), "EchoTime 2.3"),
        (again(AcquisitionNumber=2), "AcquisitionNumber 2"),
        (again(1.5, AcquisitionNumber=2), "AcquisitionNumber 2"),
        (again(1.5), "slices are 1.500 mm apart, the header says 3.000 mm"),
        (again(), "12 of 24 slices lie where another does"),
        (again(0.2), "slices are"),
        (every(1, SpacingBetweenSlices=1.5), "slices are 3.000 mm apart, the header says 1.500 mm"),
        (without(4), "slices missing or unevenly spaced"),
        (without(4, 5), "slices missing or unevenly spaced"),
        (half_a_concatenation, "1 of the 2 files of one concatenated series"),
        (tilted_gantry, "gantry tilt"),
        (truncated, "1440 bytes of pixels, 2040 needed (truncated)"),
        (one_slice, "1 slice in the series"),
        (some(1, ImagePositionPatient=None), "without position or orientation"),
        (every(1, PhotometricInterpretation="MONOCHROME1"), "not MONOCHROME2"),
    ],
)
def test_dicom_series(written, tmp_path, edit, words):
    shutil.copytree(written, tmp_path / "d")
    edit(tmp_path / "d")
    refused(row_of(tmp_path), words)


def row_of(folder):
    rs = folder / "d/rs.dcm"
    return {
        "planning_mri": f"{folder}/d/mr",
        "gtv": f"{rs}#GTV",
        "gtvr": f"{rs}#GTVr",
        "dose": f"{folder}/d/rd.dcm",
    }


def drawn(move):
    def edit(folder):
        def more(contours):
            twin = pydicom.Dataset()
            twin.update(contours[len(contours) // 2])
            points = np.array(twin.ContourData, float).reshape(-1, 3)
            twin.ContourData = [f"{v:.4f}" for v in move(points).ravel()]
            twin.NumberOfContourPoints = twin.ContourData and len(twin.ContourData) // 3
            return [twin]

        contours_of(folder, more)

    return edit


def moved(x, z):
    return lambda points: np.add(points, (x, 0.0, z))


def leaning(points):
    return np.add(points, np.outer(points[:, 0] - points[:, 0].mean(), [0, 0, 0.2]))


def shrunk(points):
    return points.mean(0) + (points - points.mean(0)) * [0.97, 0.97, 1]


def structures(edit):
    def change_file(folder):
        dataset = pydicom.dcmread(folder / "rs.dcm")
        edit(dataset)
        dataset.save_as(folder / "rs.dcm")

    return change_file


def one_number(dataset):
    dataset.StructureSetROISequence[1].ROINumber = dataset.StructureSetROISequence[0].ROINumber
    dataset.ROIContourSequence[1].ReferencedROINumber = dataset.ROIContourSequence[
        0
    ].ReferencedROINumber


def two_sets(dataset):
    dataset.ROIContourSequence[1].ReferencedROINumber = dataset.ROIContourSequence[
        0
    ].ReferencedROINumber


def no_frame(dataset):
    dataset.ReferencedFrameOfReferenceSequence = []
    for roi in dataset.StructureSetROISequence:
        roi.ReferencedFrameOfReferenceUID = ""


def other_frame(dataset):
    for roi in dataset.StructureSetROISequence:
        roi.ReferencedFrameOfReferenceUID = "1.2.3"


def round_twice(dataset):
    contour = dataset.ROIContourSequence[0].ContourSequence[3]
    contour.ContourData = [*contour.ContourData, *contour.ContourData]
    contour.NumberOfContourPoints = 2 * contour.NumberOfContourPoints


def one_name(dataset):
    dataset.StructureSetROISequence[1].ROIName = "GTV"


def open_contours(dataset):
    dataset.ROIContourSequence[0].ContourSequence[0].ContourGeometricType = "OPEN_PLANAR"


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (drawn(moved(6.0, 0.0)), "two contours overlap in part"),
        (drawn(shrunk), "neither a copy nor a hole"),
        (drawn(moved(0.0, 0.9)), "neither one plane nor two"),
        (drawn(moved(0.0, 1.5)), "neither one plane nor two"),
        (drawn(leaning), "not planar"),
        (structures(one_number), "used by 2 structures ('GTV', 'GTVr')"),
        (structures(two_sets), "2 sets of contours"),
        (structures(no_frame), "has no frame of reference, other than the image"),
        (structures(other_frame), "another frame of reference"),
        (structures(round_twice), "a contour goes round twice"),
        (structures(one_name), "2 structures are called 'GTV'"),
        (structures(open_contours), "open or non-planar"),
        (lambda folder: change(folder / "rs.dcm", Modality="RTPLAN"), "not an RTSTRUCT"),
        (lambda folder: change(folder / "rd.dcm", DoseType="ERROR"), "the uncertainty of a dose"),
        (lambda folder: change(folder / "rd.dcm", DoseUnits="RELATIVE"), "not in gray"),
        (lambda folder: change(folder / "rd.dcm", DoseSummationType="BEAM"), "a part of the plan"),
        (lambda folder: change(folder / "rd.dcm", DoseGridScaling=0), "DoseGridScaling is 0"),
        (
            lambda folder: change(folder / "rd.dcm", FrameOfReferenceUID=""),
            "has no frame of reference",
        ),
        (lambda folder: change(folder / "rd.dcm", Modality="RTPLAN"), "not an RTDOSE"),
    ],
)
def test_dicom_structures_and_dose(written, tmp_path, edit, words):
    shutil.copytree(written, tmp_path / "d")
    edit(tmp_path / "d")
    refused(row_of(tmp_path), words)
