"""A folder tree is grouped by what the files say, not by where they lie.

What cannot be told is asked.
"""

import shutil
from types import SimpleNamespace

import pydicom
import pytest

import scan_dicom
from dicom_files import change, circle, ramp, rtstruct, series
from npcradiomics.dicom.dataset import code
from npcradiomics.dicom.draft import draft_rows, response_rows
from npcradiomics.dicom.inventory import scan
from npcradiomics.dicom.writer import write_rtdose, write_rtstruct
from repository import ROOT


@pytest.fixture
def tree(tmp_path):
    """Two studies of one patient in one flat folder, an RTSTRUCT on each, a dose, a localizer and files of no use."""
    flat = tmp_path / "flat"
    flat.mkdir()
    for study, date in (("planning", "20200102"), ("recurrence", "20210304")):
        image, source = series(
            tmp_path / study,
            ramp(size=(12, 10, 6 if study == "planning" else 7)),
            "Real Name",
            study,
        )
        mask = image > 100
        write_rtstruct(
            {"Brainstem": mask, "GTV_T1": mask}, flat / f"{study}_rs.dcm", "Real Name", source
        )
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
    rows, said = draft_rows(found)
    assert f"P001: gtvr: taken by its name: {tree}/recurrence_rs.dcm#GTV_T1" in said
    assert dict(left_out) == {"not DICOM": 1, f"damaged or unreadable: {tree}/broken.dcm": 1}
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
        "targets": "",
    }


def test_targets_are_offered_by_the_doses_in_their_names(tree):
    first = next(f for f in scan(tree)[0] if f.description.startswith("planning"))
    structures = {name: [circle(3.0)] for name in ("GTV_T1", "CTV70", "CTV_60", "PTV70")}
    rtstruct(tree / "planning_rs.dcm", structures)
    change(
        tree / "planning_rs.dcm",
        PatientID="Real Name",
        ReferencedFrameOfReferenceSequence=reference(first.uid),
    )
    rows, said = draft_rows(scan(tree)[0])
    assert rows[0]["targets"] == "CTV70=70; CTV_60=60"
    assert (
        "P001: targets: taken by the doses in their names: CTV70=70; CTV_60=60; check them" in said
    )


def test_what_cannot_be_told_is_asked_without_a_name(tree):
    rtstruct(tree / "second.dcm", {"GTV": [circle(3.0)], "gtv new": [circle(3.0)]})
    first = next(f for f in scan(tree)[0] if f.description.startswith("planning"))
    change(
        tree / "second.dcm",
        PatientID="Real Name",
        ReferencedFrameOfReferenceSequence=reference(first.uid),
    )
    rows, questions = draft_rows(scan(tree)[0])
    assert rows[0]["gtv"] == ""
    several = [
        f"{tree}/planning_rs.dcm#GTV_T1",
        f"{tree}/second.dcm#GTV",
        f"{tree}/second.dcm#gtv new",
    ]
    assert (
        f"P001: gtv: 2 RTSTRUCTs belong to the series, several may be meant: {', '.join(several)}"
        in questions
    )
    assert "P001: prescription_gy: the RTPLANs offer none; not guessed" in questions
    assert "Real Name" not in "".join(questions) + "".join(rows[0].values())


def reference(uid):
    frame, study, one = pydicom.Dataset(), pydicom.Dataset(), pydicom.Dataset()
    one.SeriesInstanceUID, study.RTReferencedSeriesSequence = uid, [one]
    frame.RTReferencedStudySequence, frame.FrameOfReferenceUID = [study], "1.2.3"
    return [frame]


def write_study(folder, name, date, patient="Real Name", size=6):
    """One MR series as a study of that date; returns its Source."""
    _, source = series(folder / name, ramp(size=(8, 8, size)), patient, name)
    for path in (folder / name).iterdir():
        change(path, StudyDate=date)
    return source


@pytest.mark.parametrize("dates", [("20200101", "20200101"), ("", "20200101"), ("", "")])
def test_which_study_is_first_is_not_guessed_without_different_dates(tmp_path, dates):
    for name, date in zip(("a", "b"), dates, strict=True):
        write_study(tmp_path, name, date, size=6 if name == "a" else 7)
    rows, said = draft_rows(scan(tmp_path)[0])
    assert rows[0]["planning_mri"] == rows[0]["recurrence_mri"] == ""
    assert any("which is first was not guessed" in line for line in said)


def test_of_several_series_the_one_with_contours_is_taken_and_said(tmp_path):
    source = write_study(tmp_path, "t1", "20200101")
    write_study(tmp_path, "t2", "20200101", size=5)
    for path in [*(tmp_path / "t1").iterdir(), *(tmp_path / "t2").iterdir()]:
        change(path, StudyInstanceUID="1.2.3")
    later = write_study(tmp_path, "later", "20210101", size=7)
    mask = ramp(size=(8, 8, 6)) > 100
    write_rtstruct({"GTVp": mask}, tmp_path / "rs.dcm", "Real Name", source)
    rtstruct(tmp_path / "ct_rs.dcm", {"GTVr": [circle(3.0)]}, frame_uid="1.2.77")
    change(tmp_path / "ct_rs.dcm", PatientID="Real Name")
    rows, said = draft_rows(scan(tmp_path)[0])
    assert rows[0]["planning_mri"] == str(tmp_path / "t1")
    assert rows[0]["gtv"] == f"{tmp_path}/rs.dcm#GTVp"
    assert rows[0]["recurrence_mri"] == str(tmp_path / "later") and later.series_uid not in "".join(
        said
    )
    assert any(
        "of 2 MR series" in line and "the one with contours was taken" in line for line in said
    )
    # GTVr in a frame of its own (the CT's) belongs to no MRI: it is listed, not placed.
    assert rows[0]["gtvr"] == ""
    assert any(f"not in the table: RTSTRUCT {tmp_path}/ct_rs.dcm" in line for line in said)


def test_the_response_study_gets_the_first_study_and_its_tumour(tree):
    found, _ = scan(tree)
    (row,), said = response_rows(found)
    (planning,) = (f for f in found if f.description.startswith("planning"))
    assert row == {
        "patient": "P001",
        "image": str(tree),
        "image_series": code(planning.uid),
        "mask": f"{tree}/planning_rs.dcm#GTV_T1",
        "response": "",
    }
    assert said == [f"P001: mask: taken by its name: {tree}/planning_rs.dcm#GTV_T1"]
    change_all = [path for path in tree.glob("*.dcm") if path.name != "broken.dcm"]
    for path in change_all:
        change(path, StudyDate="20200102")
    (row,), said = response_rows(scan(tree)[0])
    assert (row["image"], row["mask"]) == ("", "")
    assert said == [
        "P001: image: several studies, some without a date or on one day: not guessed",
        "P001: mask: not looked for, as its MRI is open",
    ]


@pytest.mark.parametrize(
    ("descriptions", "taken"),
    [
        (("t1 gd", "T2 TSE tra"), 1),
        (("t1 gd", "ax_t2w"), 1),
        (("t1 gd", "dwi"), 0),
        (("T2 TSE tra", "t2w fs"), 0),  # of two called T2 the one with the contour
        (("t1 gd", "T2_flair"), 0),
        (("t1 gd", "T2* map"), 0),
    ],
)
def test_of_several_series_the_one_called_t2_is_the_image(tmp_path, descriptions, taken):
    sources = [
        series(tmp_path / f"s{k}", ramp(size=(8, 8, 6 + k)), "Real Name", words)[1]
        for k, words in enumerate(descriptions)
    ]
    for k in (0, 1):
        for path in (tmp_path / f"s{k}").iterdir():
            change(path, StudyInstanceUID="1.2.3", FrameOfReferenceUID="1.2.4")
    mask = ramp(size=(8, 8, 6)) > 100
    write_rtstruct({"GTVp": mask, "GTVn": mask}, tmp_path / "rs.dcm", "Real Name", sources[0])
    change(tmp_path / "rs.dcm", ReferencedFrameOfReferenceSequence=reference(sources[0].series_uid))
    dataset = pydicom.dcmread(tmp_path / "rs.dcm")
    dataset.ReferencedFrameOfReferenceSequence[0].FrameOfReferenceUID = "1.2.4"
    dataset.save_as(tmp_path / "rs.dcm")
    found, _ = scan(tmp_path)
    (row,), said = response_rows(found)
    assert row["image"] == str(tmp_path / f"s{taken}")
    assert row["mask"] == f"{tmp_path}/rs.dcm#GTVp"
    if taken:  # though the contour was drawn on the other
        assert said[0].startswith("P001: image: of 2 MR series those called T2: #")
    assert "Real Name" not in "".join(said)
    assert not any(f.uid in "".join(said) + "".join(row.values()) for f in found)


def test_a_prescription_is_offered_from_the_plan_of_the_dose_and_not_between_two(tmp_path):
    source = write_study(tmp_path, "a", "20200101")
    write_study(tmp_path, "b", "20210101", size=7)
    write_rtdose(ramp(size=(8, 8, 6)) > 100, tmp_path / "dose.dcm", "Real Name", source)
    for uid, doses in (("1.5.1", [70]), ("1.5.2", [60, 54])):
        plan(tmp_path / f"{uid}.dcm", uid, doses)
    change(tmp_path / "dose.dcm", ReferencedRTPlanSequence=[item(ReferencedSOPInstanceUID="1.5.1")])
    rows, said = draft_rows(scan(tmp_path)[0])
    assert rows[0]["prescription_gy"] == "70"
    change(tmp_path / "dose.dcm", ReferencedRTPlanSequence=[item(ReferencedSOPInstanceUID="1.5.2")])
    rows, said = draft_rows(scan(tmp_path)[0])
    assert rows[0]["prescription_gy"] == ""
    assert "P001: prescription_gy: the RTPLANs offer 60 Gy, 54 Gy; not guessed" in said


def plan(path, uid, doses):
    rtstruct(path, {})
    references = [
        item(DoseReferenceType="TARGET", TargetPrescriptionDose=str(gray)) for gray in doses
    ]
    change(
        path,
        Modality="RTPLAN",
        PatientID="Real Name",
        SOPInstanceUID=uid,
        DoseReferenceSequence=references,
    )


def item(**attributes):
    made = pydicom.Dataset()
    for name, value in attributes.items():
        setattr(made, name, value)
    return made


def test_patients_without_an_id_are_told_apart_by_study(tmp_path):
    for name in ("a", "b"):
        write_study(tmp_path, name, "20200101", patient="", size=6 if name == "a" else 7)
    rows, said = draft_rows(scan(tmp_path)[0])
    assert len(rows) == 2
    assert "P001: files without PatientID, taken together because they are of one study" in said


def test_progress_is_told_every_thousand_files(tmp_path):
    for n in range(2500):
        (tmp_path / f"{n}.txt").touch()
    told = []
    _, left_out = scan(tmp_path, told.append)
    assert [line.split(",")[0] for line in told] == ["1000 files", "2000 files"]
    assert left_out == {"not DICOM": 2500}


def test_no_folder(tmp_path):
    with pytest.raises(ValueError, match="no such folder"):
        scan(tmp_path / "nowhere")


def test_a_draft_that_is_being_edited_is_never_touched(tree, tmp_path):
    job = SimpleNamespace(
        params=SimpleNamespace(dicom_root=str(tree), folder=tmp_path / "drafts"),
        input=SimpleNamespace(templates=[str(ROOT / "workflow/report/scan_summary.html")]),
    )
    scan_dicom.main(job)
    draft = tmp_path / "drafts/patients.tsv"
    first = draft.read_text(encoding="utf-8")
    draft.write_text(edited := first.replace("P001", "Anna"), encoding="utf-8")
    scan_dicom.main(job)
    assert draft.read_text(encoding="utf-8") == edited
    assert (tmp_path / "drafts/patients_2.tsv").read_text(encoding="utf-8") == first
    others = [tmp_path / f"drafts/response_patients{mark}.tsv" for mark in ("", "_2")]
    assert others[0].read_bytes() == others[1].read_bytes()
    assert others[0].read_text(encoding="utf-8").startswith("patient\timage\timage_series\tmask\t")
    assert "patients_2.tsv</code>" in (tmp_path / "drafts/summary_2.html").read_text("utf-8")
    assert "drafts/patients_2.tsv" in (tmp_path / "drafts/summary_2.txt").read_text("utf-8")
    before = sorted(path.name for path in draft.parent.iterdir())
    job.params.dicom_root = str(tmp_path / "drafts")  # no DICOM there
    with pytest.raises(ValueError, match="no DICOM series"):
        scan_dicom.main(job)
    assert draft.read_text(encoding="utf-8") == edited
    assert sorted(path.name for path in draft.parent.iterdir()) == before
