"""One right patient with one thing wrong: refused, with the file, what is wrong in numbers, and what to do.

Who it is about stands before it (jobs.script); tests/workflow/test_bad_input.py has the whole line.
"""

import ast
import gzip
import shutil
import struct
from pathlib import Path

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk

from dicom_files import change
from npcradiomics.refusal import Refusal
from one_patient import (
    contours_of,
    dicom,
    edit_header,
    nifti,
    one_multi_frame_file,
    read,
    right_patient,
    slices,
    write_volumes,
)
from repository import ROOT

PATIENT = right_patient()
MRI = "planning_mri"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("right")
    write_volumes(PATIENT, folder / "nifti", ".nii", nifti)
    dicom(PATIENT, folder / "dicom")
    return folder


def refused(row, words):
    with pytest.raises(Refusal) as found:
        read(row)
    message, wrong = str(found.value), found.value.wrong
    assert words in message, message
    assert any(str(Path(value.split("#")[0]).parent) in wrong for value in row.values()), wrong
    assert len(found.value.todo.split()) > 1 and message.endswith(found.value.todo)
    assert "\n" not in message and "Traceback" not in message
    return wrong


def floats(place, *values, kind="f"):
    return lambda data: struct.pack_into(f"<{len(values)}{kind}", data, place, *values)


def add(place, value):
    return lambda data: struct.pack_into(
        "<f", data, place, struct.unpack_from("<f", data, place)[0] + value
    )


def scaled_sform(data):
    for place in (288, 304, 320):
        struct.pack_into("<f", data, place, struct.unpack_from("<f", data, place)[0] * 1.2)


def both(*edits):
    def edit(data):
        for one in edits:
            one(data)

    return edit


NO_QFORM, NO_SFORM = floats(252, 0, kind="h"), floats(254, 0, kind="h")


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (add(268, 40.0), "sform and qform of the header put voxels up to 40 mm"),
        (add(292, -0.05), "0.0444 voxels) apart"),
        (floats(256, 0.0, 0.0, 0.0), "of the header put voxels up to"),
        (floats(256, 0.0, 0.1, 0.0), "sform and qform"),
        (both(NO_QFORM, floats(88, 2.5)), "sform and pixdim of the header"),
        (floats(80, 1.2), "sform and qform of the header put voxels up to 2.48 mm"),
        (scaled_sform, "voxels of 1.125 x 1.25 x 3.6 mm"),
        (both(NO_QFORM, NO_SFORM), "sform_code and qform_code are 0"),
        (floats(80, 0.0), "voxel sizes in pixdim are 0"),
        (floats(88, -3.0), "voxel sizes in pixdim are 1.125, 1.25, -3 mm"),
        (floats(84, np.nan), "voxel sizes in pixdim are 1.125, nan"),
        (
            both(NO_QFORM, floats(288, 0.0), floats(304, 0.0), floats(320, 0.0)),
            "sform has an axis of length 0",
        ),
        (both(NO_QFORM, floats(284, 0.3)), "not perpendicular unit vectors"),
        (floats(112, 0.0, 5.0), "scl_slope is 0 and scl_inter 5"),
        (floats(112, 1.0, np.nan), "scl_inter nan"),
        (floats(112, np.nan, 5.0), "scl_slope is nan and scl_inter 5"),
        (floats(112, np.inf, 0.0), "scl_slope is inf"),
        (floats(123, 1, kind="B"), "lengths are in metres"),
        (floats(123, 3, kind="B"), "lengths are in micrometres"),
        (floats(70, 32, 64, kind="h"), "complex voxels (NIfTI datatype 32)"),
        (floats(70, 128, 24, kind="h"), "coloured voxels (NIfTI datatype 128)"),
        (floats(70, 999, 16, kind="h"), "cannot be read"),
        (floats(40, 4, 34, 30, 6, 2, kind="h"), "4-D image of 34x30x6x2 voxels"),
        (floats(40, 3, 34, 30, 13, kind="h"), "cannot be read"),
        (floats(40, 2, 34, 360, kind="h"), "2-D image"),
        (floats(344, 0, kind="i"), "this is an Analyze 7.5 volume"),
        (lambda data: data.__delitem__(slice(5000, None)), "cannot be read (truncated"),
    ],
)
def test_nifti_headers(written, tmp_path, edit, words):
    shutil.copytree(written / "nifti", tmp_path / "n")
    row = {name: str(tmp_path / f"n/{name}.nii") for name in (MRI, "gtv", "gtvr", "dose")}
    edit_header(row[MRI], edit)
    wrong = refused(row, words)
    assert row[MRI] in wrong and any(letter.isdigit() for letter in wrong.replace(row[MRI], ""))


def rewrite(edit):
    def change_array(path):
        image = sitk.ReadImage(str(path))
        array = edit(sitk.GetArrayFromImage(image))
        changed = sitk.GetImageFromArray(array)
        changed.CopyInformation(image)
        sitk.WriteImage(changed, str(path))

    return change_array


def probability(array):
    return array.astype(np.float32) * 0.7


def another_label(array):
    array[0, 0, 0] = 4
    return array


def not_a_number(array):
    array = array.astype(np.float32)
    array[3, 3, 3] = np.nan
    return array


def shifted(path):
    image = sitk.ReadImage(str(path))
    image.SetOrigin(np.add(image.GetOrigin(), (0.5, 0, 0)))
    sitk.WriteImage(image, str(path))


def cropped(path):
    sitk.WriteImage(sitk.ReadImage(str(path))[:-1], str(path))


def in_bytes(data):
    return lambda path: Path(path).write_bytes(data)


MGH = struct.pack(">7i", 1, 34, 30, 12, 1, 4, 0) + bytes(400)


@pytest.mark.parametrize(
    ("column", "edit", "words"),
    [
        ("gtv", rewrite(np.zeros_like), "the mask is empty (no voxel above 0 among 12240)"),
        ("gtv", rewrite(probability), "cut a map of probabilities at 0.5"),
        ("gtvr", rewrite(another_label), "2 labels in one mask"),
        ("gtv", rewrite(lambda a: -a.astype(np.int16)), "values from -1 to 0"),
        ("gtv", shifted, "voxels apart at a corner: not one grid"),
        ("gtvr", cropped, "not one grid"),
        (MRI, rewrite(not_a_number), "1 of 12240 voxels are NaN or infinite"),
        (MRI, lambda path: Path(path).unlink(), "no such file"),
        (MRI, in_bytes(b""), "this is an empty file"),
        (MRI, in_bytes(b"no image at all, but text"), "cannot be read"),
        (MRI, in_bytes(MGH), "this is a FreeSurfer volume"),
        (MRI, in_bytes(gzip.compress(MGH)), "mri_convert"),
        (MRI, in_bytes(struct.pack("<i", 348) + bytes(344)), "this is an Analyze 7.5 volume"),
        (MRI, in_bytes(struct.pack("<i", 540) + b"n+2\0" + bytes(536)), "this is a NIfTI-2 volume"),
        (MRI, in_bytes(b"PK\3\4" + bytes(400)), "this is an archive"),
        (MRI, in_bytes(b"\x89HDF\r\n" + bytes(400)), "a MINC or HDF5 volume"),
        (MRI, in_bytes(b"%PDF-1.7" + bytes(400)), "a picture or a document"),
        (MRI, in_bytes(bytes(128) + b"DICM" + bytes(400)), "this is DICOM"),
    ],
)
def test_volumes(written, tmp_path, column, edit, words):
    shutil.copytree(written / "nifti", tmp_path / "n")
    row = {name: str(tmp_path / f"n/{name}.nii") for name in (MRI, "gtv", "gtvr", "dose")}
    edit(row[column])
    assert row[column] in refused(row, words)


@pytest.mark.parametrize("ending", [".mgz", ".MGH", ".hdr", ".img", ".mif", ".nrrd", ".nii.gz"])
def test_other_formats_by_their_name(tmp_path, ending):
    row = write_volumes(PATIENT, tmp_path)
    path = tmp_path / f"P{ending}"
    path.write_bytes({".mif": b"mrtrix image\n", ".nrrd": b"NRRD0004\n"}.get(ending, MGH))
    refused(row | {MRI: str(path)}, "no such file" if ending == ".img" else "cannot be read")


@pytest.mark.parametrize("name", ["volume", "IM0001", "picture.png"])
def test_files_that_are_no_dicom_are_named(tmp_path, name):
    row = write_volumes(PATIENT, tmp_path)
    shutil.copy(row[MRI], tmp_path / name)
    refused(row | {MRI: str(tmp_path / name)}, "not a DICOM file but NIfTI")


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
    shutil.copytree(written / "dicom", tmp_path / "d")
    edit(tmp_path / "d")
    refused(row_of(tmp_path), words)


def row_of(folder):
    rs = folder / "d/rs.dcm"
    return {
        MRI: f"{folder}/d/mr",
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
    shutil.copytree(written / "dicom", tmp_path / "d")
    edit(tmp_path / "d")
    refused(row_of(tmp_path), words)


DOORS = ("dicom/*.py", "images/*.py", "input_tables.py")
# What is no file: an image or a mask in memory, and what is written.
IN_MEMORY = {
    "writer.py",
    "masks.py",
    "transforms.py",
    "slices.py",
    "grids.py",
    "tracing.py",
    "normalisation.py",
    "decoder.py",
}


def test_every_refusal_of_the_import_names_the_file_first_and_says_what_to_do():
    seen = 0
    for path in (path for door in DOORS for path in (ROOT / "scripts/npcradiomics").glob(door)):
        if path.name in IN_MEMORY:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = node.exc if isinstance(node, ast.Raise) else None
            if not isinstance(called, ast.Call) or getattr(called.func, "id", "") == "OSError":
                continue
            where, name = (
                f"{path.name}:{node.lineno}",
                getattr(called.func, "id", ast.unparse(called)),
            )
            if name.endswith(".within(str(path))"):
                continue
            assert name in ("Refusal", "DicomError"), f"{where} raises {name}"
            wrong, *todo = called.args
            assert isinstance(wrong, ast.JoinedStr) and isinstance(
                wrong.values[0], ast.FormattedValue
            ), where
            assert ast.unparse(wrong.values[0].value) in (
                "path",
                "where",
                "name",
                "needed",
                "root",
            ), where
            assert todo or name == "DicomError", where  # whose default is to export again
            seen += 1
    assert seen > 80
