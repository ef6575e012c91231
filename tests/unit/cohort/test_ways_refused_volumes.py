"""One right patient with one thing wrong in a volume: refused, with the file, numbers, and what to do.

Who it is about stands before it (jobs.script); tests/workflow/test_bad_input.py has the whole line.
"""

import gzip
import shutil
import struct
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from one_patient import edit_header, nifti, refused, right_patient, write_volumes

PATIENT = right_patient()
MRI = "planning_mri"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("right")
    write_volumes(PATIENT, folder, ".nii", nifti)
    return folder


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
    shutil.copytree(written, tmp_path / "n")
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
    shutil.copytree(written, tmp_path / "n")
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
