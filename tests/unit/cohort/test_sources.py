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


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("data/P#04/mri.nii.gz", ("data/P#04/mri.nii.gz", "")),
        ("data/P#04/MRI.NII.GZ", ("data/P#04/MRI.NII.GZ", "")),
        ("data/P#04/RS.dcm#GTV", ("data/P#04/RS.dcm", "GTV")),
        ("data/P#04/series", ("data/P#04/series", "")),
        ("RS.dcm#GTV/T1", ("RS.dcm", "GTV/T1")),
        ("RS#GTV #2", ("RS", "GTV #2")),
    ],
)
def test_folders_may_hold_the_mark(cell, expected):
    assert sources.split(cell) == expected


def test_what_is_there_decides_where_the_name_begins(tmp_path):
    (tmp_path / "P#1").mkdir()
    (tmp_path / "P#1/RS#2").write_text("x", encoding="utf-8")
    assert sources.split(f"{tmp_path}/P#1/RS#2#GTV#3") == (f"{tmp_path}/P#1/RS#2", "GTV#3")
    assert sources.split(f"{tmp_path}/P#1") == (f"{tmp_path}/P#1", "")


def test_folders_behind_links_are_searched_once(tmp_path):
    (tmp_path / "real/deep").mkdir(parents=True)
    (tmp_path / "real/deep/a").write_text("x", encoding="utf-8")
    (tmp_path / "s").mkdir()
    (tmp_path / "s/link").symlink_to(tmp_path / "real")
    (tmp_path / "real/round").symlink_to(tmp_path / "s")
    (tmp_path / "s/broken").symlink_to(tmp_path / "nowhere")
    assert sources.files(str(tmp_path / "s")) == [f"{tmp_path}/s/link/deep/a"]


def test_a_path_is_found_in_the_other_unicode_form(tmp_path):
    composed, decomposed = "Gr\u00f6\u00dfe", "Gro\u0308\u00dfe"
    (tmp_path / decomposed).mkdir()
    (tmp_path / decomposed / "rs.dcm").write_text("x", encoding="utf-8")
    assert sources.as_on_disc(f"{tmp_path}/{composed}/rs.dcm#{composed}") == (
        f"{tmp_path}/{decomposed}/rs.dcm#{composed}"
    )
    assert sources.as_on_disc(f"{tmp_path}/{composed}x/rs.dcm") == f"{tmp_path}/{composed}x/rs.dcm"


def test_what_is_imported_first():
    row = {"a": "mri.nii.gz", "b": "d/P{02}/mri.nii.gz", "c": "mri.nrrd", "d": "series"}
    assert [name for name in row if sources.needs_import(row, name)] == ["b", "d"]
    row["nifti_geometry"] = "sform"
    assert [name for name in "abcd" if sources.needs_import(row, name)] == ["a", "b", "d"]
