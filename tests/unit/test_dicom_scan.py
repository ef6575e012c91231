"""A folder tree is grouped by what the files say, not by where they lie; what cannot be told is asked."""

import shutil

import pytest
from dicom_files import change, circle, ramp, rtstruct, series

from npcradiomics.dicom_file import code
from npcradiomics.dicom_scan import draft_rows, scan
from npcradiomics.dicom_writer import write_rtdose, write_rtstruct


@pytest.fixture
def tree(tmp_path):
    """Two studies of one patient in one flat folder, an RTSTRUCT on each, a dose, a localizer and files of no use."""
    flat = tmp_path / "flat"
    flat.mkdir()
    for study, date in (("planning", "20200102"), ("recurrence", "20210304")):
        image, source = series(
            tmp_path / study, ramp(size=(12, 10, 6 if study == "planning" else 7)), "Real Name", study
        )
        mask = image > 100
        write_rtstruct({"Brainstem": mask, "GTV_T1": mask}, flat / f"{study}_rs.dcm", "Real Name", source)
        if study == "planning":
            write_rtdose(image > 0, flat / "dose.dcm", "Real Name", source)
        for path in sorted((tmp_path / study).iterdir()):
            shutil.move(path, flat / f"{study}_{path.name}")
        for path in flat.glob(f"{study}*"):
            change(path, StudyInstanceUID=f"1.2.{date}", StudyDate=date)
    series(tmp_path / "scout", ramp(size=(8, 8, 3)), "Real Name", "scout")
    for path in sorted((tmp_path / "scout").iterdir()):
        change(path, ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"])
        shutil.move(path, flat / f"scout_{path.name}")
    (flat / "notes.txt").write_text("no DICOM", encoding="utf-8")
    (flat / "broken.dcm").write_bytes((flat / "dose.dcm").read_bytes()[:200])
    return flat


def test_flat_folder_becomes_a_row(tree):
    found, left_out = scan(tree)
    rows, _ = draft_rows(found)
    assert dict(left_out) == {"not DICOM": 1, "damaged or unreadable": 1}
    (row,) = rows
    uid = {f.description.split()[0]: f.uid for f in found if f.modality == "MR"}
    assert row == {
        "patient": "P001",
        "planning_mri": str(tree),
        "planning_series": code(uid["planning"]),
        "recurrence_mri": str(tree),
        "recurrence_series": code(uid["recurrence"]),
        "gtv": f"{tree}/planning_rs.dcm#GTV_T1",
        "gtvr": f"{tree}/recurrence_rs.dcm#GTV_T1",
        "gtvr_frame": "recurrence",
        "dose": f"{tree}/dose.dcm",
        "prescription_gy": "",
    }


def test_what_cannot_be_told_is_asked_without_a_name(tree):
    rtstruct(tree / "second.dcm", {"GTV": [circle(3.0)], "gtv new": [circle(3.0)]})
    first = next(f for f in scan(tree)[0] if f.description.startswith("planning"))
    change(tree / "second.dcm", PatientID="Real Name", ReferencedFrameOfReferenceSequence=reference(first.uid))
    rows, questions = draft_rows(scan(tree)[0])
    assert rows[0]["gtv"] == ""
    assert "P001: gtv: 2 RTSTRUCTs belong to the series, with 3 structures whose name starts with GTV" in questions
    assert "P001: prescription_gy: the RTPLANs offer none; not guessed" in questions
    assert "Real Name" not in "".join(questions) + "".join(rows[0].values())


def reference(uid):
    import pydicom

    frame, study, one = pydicom.Dataset(), pydicom.Dataset(), pydicom.Dataset()
    one.SeriesInstanceUID, study.RTReferencedSeriesSequence = uid, [one]
    frame.RTReferencedStudySequence, frame.FrameOfReferenceUID = [study], "1.2.3"
    return [frame]


def test_no_folder(tmp_path):
    with pytest.raises(ValueError, match="no such folder"):
        scan(tmp_path / "nowhere")
