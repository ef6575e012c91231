"""What a cell of the patients table points at, told from its text alone."""

import pytest

from npcradiomics.cohort import sources


@pytest.mark.parametrize("cell", ["a.nii", "a/b.nii.gz", "a.nrrd", "a.nhdr", "a.mha", "a.mhd", ""])
def test_volumes_stay_what_they_are(cell):
    assert not sources.is_dicom(cell)


@pytest.mark.parametrize(
    "cell", ["folder", "folder/", "RS.dcm", "RS.dcm#GTV 1", "IM0001", "a.nii/RS.dcm#x"]
)
def test_everything_else_is_dicom(cell):
    assert sources.is_dicom(cell)


def test_names_may_hold_anything_after_the_first_mark():
    assert sources.split("a/RS.dcm# GTV #2 ") == ("a/RS.dcm", "GTV #2")
    assert sources.split("a/RS.dcm") == ("a/RS.dcm", "")


def test_files_are_listed_one_by_one(tmp_path):
    (tmp_path / "s/deep").mkdir(parents=True)
    for name in ("s/b", "s/a", "s/deep/c", "rs.dcm"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    assert sources.files(str(tmp_path / "s")) == [
        str(tmp_path / "s" / name) for name in ("a", "b", "deep/c")
    ]
    assert sources.files(f"{tmp_path}/rs.dcm#GTV") == [f"{tmp_path}/rs.dcm"]
    assert sources.files(str(tmp_path / "nothing")) == []


def test_a_row_is_read_from_its_imports():
    row = {
        "patient": "P7",
        "planning_mri": "mr",
        "recurrence_mri": "b.nii.gz",
        "gtv": "rs.dcm#GTV",
        "gtvr": "c.nrrd",
        "gtvr_frame": "recurrence",
        "dose": "dose.nii.gz",
    }
    assert sources.imported(row, "out/{patient}") == row | {
        "planning_mri": "out/P7/planning_mri.nii.gz",
        "gtv": "out/P7/gtv.nii.gz",
        "isodose95": "out/P7/isodose95_of_dose.nii.gz",
    }
    assert sources.frame_of("gtvr", row) == "recurrence_mri"
    assert (
        sources.frame_of("gtvr", row | {"gtvr_frame": "planning"})
        == sources.frame_of("gtv", row)
        == "planning_mri"
    )
