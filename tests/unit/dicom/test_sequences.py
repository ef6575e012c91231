"""Which series is which sequence is offered where the headers tell it, and said; what they do not tell stays open."""

import pytest

from dicom_files import change, ramp, series
from npcradiomics.dicom.dataset import code
from npcradiomics.dicom.draft import COLUMNS, draft_rows, roles
from npcradiomics.dicom.inventory import Found, scan
from npcradiomics.dicom.sequences import b_values, sequence_of
from npcradiomics.dicom.writer import write_rtstruct

SAGITTAL = (0.0, 0.0, -1.0, 1.0, 0.0, 0.0, 0.0, -1.0, 0.0)


def one(description, modality="MR", **more):
    given = {"n_images": 20, "description": description} | more
    return Found("p", "1.2", "20200101", "1.2.3", modality, "folder", **given)


@pytest.mark.parametrize(
    ("series", "name"),
    [
        (one("T2 TSE tra"), "t2"),
        (one("t2w_fs"), "t2"),
        (one("T2*_map"), ""),
        (one("T2 FLAIR ax"), "flair"),
        (one("t2_tirm_tra_dark-fluid"), "flair"),
        (one("T1 tse tra"), "t1"),
        (one("t1_vibe_post"), ""),
        (one("T1 + C"), ""),
        (one("t1_tse", contrast=True), ""),
        (one("t10_map"), ""),
        (one("ep2d_diff_ADC"), "adc"),
        (one("ep2d_diff", image_type="DERIVED\\PRIMARY\\DIFFUSION\\ADC"), "adc"),
        (one("Apparent Diffusion Coefficient"), "adc"),
        (one("eADC"), ""),
        (one("DWI b1000"), "dwi"),
        (one("ep2d", image_type="DERIVED\\PRIMARY\\DIFFUSION\\TRACEW"), "dwi"),
        (one("resolve", b_values={0, 800}), "dwi"),
        (one("resolve", b_values={0}), ""),
        (one("T1 subtraction"), ""),
        (one("MPR T2"), ""),
        (one("head", "CT"), "ct"),
        (one("cadcam"), ""),
        (one("T2", n_images=1), ""),
        (one("T2", image_type="ORIGINAL\\PRIMARY\\LOCALIZER"), ""),
        (one("T2", "PT"), ""),
    ],
)
def test_the_name_is_what_the_headers_tell_or_nothing(series, name):
    assert sequence_of(series) == name


def test_b_values_are_the_headers_or_else_those_of_the_description():
    assert b_values(one("DWI b=800, b 0")) == [0, 800]
    assert b_values(one("DWI b=800", b_values={1000})) == [1000]
    assert b_values(one("lab12 dwi")) == []


@pytest.fixture
def session(tmp_path):
    """A planning study of T1 (with the contour), two T2, an ADC by its type, DWI in two b-values, a CT of another day."""
    names = {"ce": "t1 gd", "t2_ax": "T2 TSE", "t2_sag": "T2 TSE", "map": "ep2d", "dwi": "ep2d"}
    sources = {}
    for number, (folder, words) in enumerate((names | {"ct": "head", "odd": "what"}).items()):
        image = ramp(size=(8, 8, 5 + number))
        if folder == "t2_sag":
            image.SetDirection(SAGITTAL)
        _, sources[folder] = series(tmp_path / folder, image, "Real Name", words)
        for path in (tmp_path / folder).iterdir():
            day = "20200103" if folder == "ct" else "20200101"
            change(path, StudyInstanceUID=f"1.2.{day}", StudyDate=day)
    for path in (tmp_path / "map").iterdir():
        change(path, ImageType=["DERIVED", "PRIMARY", "DIFFUSION", "ADC"])
    for k, path in enumerate(sorted((tmp_path / "dwi").iterdir())):
        change(path, SequenceName=f"*ep_b{1000 * (k % 2)}t")
    for path in (tmp_path / "ct").iterdir():
        change(path, Modality="CT")
    series(tmp_path / "later", ramp(size=(8, 8, 20)), "Real Name", "t1 gd")
    for path in (tmp_path / "later").iterdir():
        change(path, StudyInstanceUID="1.2.9", StudyDate="20210101")
    mask = ramp(size=(8, 8, 5)) > 100
    write_rtstruct({"GTVp": mask}, tmp_path / "rs.dcm", "Real Name", sources["ce"])
    return tmp_path


def test_a_session_becomes_columns_and_every_offer_is_said(session):
    found, _ = scan(session)
    (row,), said = draft_rows(found)
    by_folder = {one.path.name: one for one in found}
    assert row["planning_mri"] == str(session / "ce")
    further = {name: value for name, value in row.items() if name not in COLUMNS}
    assert further == {
        "planning_t2": str(session / "t2_ax"),
        "planning_t2_series": "",
        "planning_adc": str(session / "map"),
        "planning_adc_series": "",
        "planning_ct": str(session / "ct"),
        "planning_ct_series": "",
    }
    text = "\n".join(said)
    assert "planning_t2: taken by its headers: " in text
    assert "of 2 the one in the axial plane; check it" in text
    assert "holds b-values 0, 1000 in one series: not guessed which" in text
    assert "of another study than planning_mri; check it" in text
    assert f"no sequence was guessed for #{by_folder['odd'].number} (" in text
    assert "sequences: [t2, adc, ct]" in said[-1]
    assert "Real Name" not in text
    assert roles(by_folder["map"], row) == ["planning_adc"]
    assert roles(by_folder["t2_sag"], row) == []


def test_two_that_lie_alike_are_both_listed_and_one_that_lies_otherwise_is_said(session):
    for path in (session / "t2_sag").iterdir():
        change(path, SeriesDescription="T2 TSE", ImageOrientationPatient=[1, 0, 0, 0, 1, 0])
    found, _ = scan(session)
    (row,), said = draft_rows(found)
    assert "planning_t2" not in row
    both = [code(one.uid) for one in found if one.path.name.startswith("t2")]
    (line,) = (line for line in said if "planning_t2: 2 series may be meant" in line)
    assert all(uid in line for uid in both)
    for path in (session / "t2_ax").iterdir():
        path.unlink()
    for path in (session / "t2_sag").iterdir():
        change(path, ImageOrientationPatient=[0, 1, 0, 0, 0, -1])
    (row,), said = draft_rows(scan(session)[0])
    assert row["planning_t2"] == str(session / "t2_sag")
    assert any("sagittal where planning_mri is axial; check it" in line for line in said)


def test_in_one_flat_folder_a_sequence_has_the_code_of_its_series(session):
    flat = session / "flat"
    flat.mkdir()
    for path in [*session.glob("*/*.dcm"), session / "rs.dcm"]:
        path.rename(flat / f"{path.parent.name}_{path.name}")
    found, _ = scan(flat)
    (row,), _ = draft_rows(found)
    (adc,) = (one for one in found if "ADC" in one.image_type)
    assert (row["planning_adc"], row["planning_adc_series"]) == (str(flat), code(adc.uid))


def test_rows_of_all_patients_have_the_columns_that_one_has(session):
    series(session / "other", ramp(size=(8, 8, 30)), "Somebody", "t1 gd")
    first, second = draft_rows(scan(session)[0])[0]
    assert set(first) == set(second)
    assert {first["planning_t2"], second["planning_t2"]} == {"", str(session / "t2_ax")}
