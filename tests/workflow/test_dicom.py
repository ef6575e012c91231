"""A patient handed over as DICOM: the numbers of the NIfTI patient, nobody's name anywhere, structures that go back."""

import csv
import json
import re
import shutil

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk

from npcradiomics.dicom import reading
from planted_secrets import (
    AGE,
    DATE,
    SECRET,
    SECRET_UID,
    TIME,
    leaks,
    plant_everywhere,
)

PATIENT = "REC001"
BASE = "results/heterogeneity"
IMPORTED = ("planning_mri", "recurrence_mri", "gtv", "gtvr", "dose")


@pytest.fixture(scope="module")
def handed_over(make_workspace):
    """A workspace with one patient as DICOM below data/, secrets planted, and the NIfTI it was made from."""
    workspace = make_workspace("dicom")
    workspace.simulate([PATIENT], seed=7, size=[96, 96, 20], spacing_mm=[1.6, 1.6, 6.0])
    made = workspace.run(f"{BASE}/simulated/{PATIENT}/dicom/dose.dcm")
    assert made.returncode == 0, made.stdout
    workspace.simulated = workspace.folder / "nifti"
    shutil.move(workspace.results / "simulated" / PATIENT, workspace.simulated)
    shutil.move(workspace.simulated / "dicom", workspace.folder / "data")
    shutil.rmtree(workspace.folder / "results")
    shutil.rmtree(workspace.folder / ".snakemake")
    plant_everywhere(workspace.folder / "data")
    first_slice = next((workspace.folder / "data/planning_mri").glob("*.dcm"))
    workspace.row = {
        "patient": PATIENT,
        "planning_mri": "data/planning_mri",
        "planning_series": pydicom.dcmread(first_slice).SeriesInstanceUID,
        "recurrence_mri": "data/recurrence_mri",
        "gtv": "data/planning_structures.dcm#gtv",
        "gtvr": "data/recurrence_structures.dcm#GTVr",
        "gtvr_frame": "recurrence",
        "dose": "data/dose.dcm",
        "prescription_gy": "70",
    }
    workspace.write_patients([workspace.row])
    return workspace


@pytest.fixture(scope="module")
def run(handed_over):
    finished = handed_over.run(
        f"{BASE}/patients/{PATIENT}/export", f"{BASE}/patients/{PATIENT}/features/recurrent.tsv"
    )
    assert finished.returncode == 0, finished.stdout[-3000:]
    handed_over.said = finished.stdout
    return handed_over


@pytest.mark.parametrize("column", IMPORTED)
def test_import_gives_the_voxels_that_were_exported(run, column):
    found = sitk.ReadImage(str(run.results / f"patients/{PATIENT}/imported/{column}.nii.gz"))
    truth = sitk.ReadImage(str(run.simulated / f"{column}.nii.gz"))
    values, expected = sitk.GetArrayFromImage(found), sitk.GetArrayFromImage(truth)
    # The dose is stored as whole multiples of its maximum / 4e9; everything else is exact.
    assert np.abs(values - expected).max() <= (1e-5 if column == "dose" else 0)
    assert np.allclose(found.GetOrigin(), truth.GetOrigin(), atol=1e-4)
    assert np.allclose(found.GetSpacing(), truth.GetSpacing(), atol=1e-6)


def test_in_field_is_counted_on_both_grids_and_is_the_planted_one(run):
    report = json.loads(
        (run.results / f"patients/{PATIENT}/regions/regions.json").read_text(encoding="utf-8")
    )
    truth = json.loads((run.simulated / "truth.json").read_text(encoding="utf-8"))
    assert report["in_field_fraction"] == pytest.approx(truth["in_field_fraction"], abs=0.03)
    # Here the dose lies on the grid of the planning MRI: the two counts are one.
    assert report["in_field_fraction_on_dose_grid"] == report["in_field_fraction"]


def test_nothing_identifying_leaves_the_import(run):
    # An export must refer to its source series; its UIDs are the one exception, in these two files
    # alone.
    exported = run.results / f"patients/{PATIENT}/export"
    references = [exported / "structures.dcm", exported / "segmentation.dcm"]
    assert leaks(run, run.said, but=references) == []
    for path in references:
        data = path.read_bytes()
        assert not any(word.encode() in data for word in (SECRET, DATE, TIME, AGE))
        written = pydicom.dcmread(path)
        assert written.PatientID == PATIENT
        assert not str(written.SOPInstanceUID).startswith(SECRET_UID)
        assert not str(written.SeriesInstanceUID).startswith(SECRET_UID)
        assert "RESEARCH" in written.SeriesDescription


def test_exported_structures_come_back_voxel_for_voxel(run):
    folder = run.results / f"patients/{PATIENT}/export"
    planning = reading.read_series(run.folder / "data/planning_mri")
    for name, file in (
        ("GTVr_on_planning", "gtvr_on_planning"),
        ("recurrent", "recurrent"),
        ("non_recurrent", "non_recurrent"),
    ):
        truth = sitk.GetArrayFromImage(
            sitk.ReadImage(str(run.results / f"patients/{PATIENT}/regions/{file}.nii.gz"))
        )
        found = sitk.GetArrayFromImage(
            reading.read_structure(folder / "structures.dcm", name, planning)
        )
        assert 2 * np.count_nonzero(found & truth) / (found.sum() + truth.sum()) >= 0.999
        copy = sitk.GetArrayFromImage(sitk.ReadImage(str(folder / f"{name}.nii.gz")))
        assert np.array_equal(copy, truth)


def test_a_changed_slice_makes_the_import_run_again(run):
    again = run.run("-n", f"{BASE}/patients/{PATIENT}/export")
    assert "Nothing to be done" in again.stdout
    slice_file = sorted((run.folder / "data/recurrence_mri").iterdir())[3]
    kept = slice_file.read_bytes()
    slice_file.write_bytes(kept + b"\0\0")
    changed = run.run("-n", f"{BASE}/patients/{PATIENT}/export")
    slice_file.write_bytes(kept)
    assert re.search(r"^heterogeneity_import_image\s+1$", changed.stdout, re.M)


def test_failures_name_the_column_and_nobody(handed_over):
    bad = handed_over.folder / "bad"
    shutil.copytree(handed_over.folder / "data/planning_mri", bad)
    path = sorted(bad.iterdir())[4]
    path.write_bytes(path.read_bytes()[:900])

    def own(patient, **cells):
        """The row with copies of all files, because two patients are never one file."""
        shutil.copytree(handed_over.folder / "data", handed_over.folder / patient)
        row = {k: v.replace("data/", f"{patient}/") for k, v in handed_over.row.items()}
        return row | {"patient": patient} | cells

    rows = [
        own("A", planning_mri="bad"),
        own("B", gtv="B/planning_structures.dcm#GTV_T1"),
        own("C", recurrence_mri="data/nowhere"),
        own("D", gtvr="D/planning_structures.dcm#GTV"),
        own("E"),
    ]
    del rows[4]["prescription_gy"]
    handed_over.write_patients(rows)
    wanted = {
        "A": "planning_mri",
        "B": "gtv",
        "C": "recurrence_mri",
        "D": "gtvr",
        "E": "isodose95_of_dose",
    }
    targets = [
        f"{BASE}/patients/{patient}/imported/{name}.nii.gz" for patient, name in wanted.items()
    ]
    finished = handed_over.run("--keep-going", *targets)
    handed_over.write_patients([handed_over.row])
    failed = [line for line in finished.stdout.splitlines() if line.startswith("FAILED")]

    def line(patient):
        (one,) = [text for text in failed if f" {patient}" in text.split(":")[0]]
        return one

    assert re.search(r"planning_mri: bad/MR\.\.\.\.[0-9.]{6}\.dcm", line("A"))
    assert (
        "gtv: B/planning_structures.dcm: no structure 'GTV_T1'; there are 'GTV'; nearest: 'GTV'"
        in line("B")
    )
    assert "recurrence_mri: data/nowhere: no such file" in line("C")
    assert "gtvr: D/planning_structures.dcm#GTV: lies in another frame of reference" in line("D")
    assert "dose: prescription_gy is not given" in line("E")
    assert (
        leaks(
            handed_over,
            finished.stdout,
            but=list((handed_over.results / "patients").rglob("export/*.dcm")),
        )
        == []
    )


def test_scan_drafts_a_table_and_says_what_it_could_not_place(handed_over):
    run = handed_over.run("scan_dicom", "--config", f"dicom_root={handed_over.folder / 'data'}")
    assert run.returncode == 0, run.stdout
    table = (
        (handed_over.folder / "results/scan_dicom/patients.tsv")
        .read_text(encoding="utf-8")
        .splitlines()
    )
    summary = (handed_over.folder / "results/scan_dicom/summary.txt").read_text(encoding="utf-8")
    assert len(table) == 2 and table[1].startswith("P001\t")
    assert "5 series, structure sets, doses and plans of 1 patients" in summary
    # The planted date made one day of both examinations.
    no_guess = "P001: 2 studies with MR images, some without a date or on one day: which is first was not guessed"
    assert no_guess in summary and f"NOTE scan_dicom: {no_guess}" in run.stdout
    page = (handed_over.folder / "results/scan_dicom/summary.html").read_text(encoding="utf-8")
    assert page.count("<img ") == 2
    other = handed_over.folder / "results/scan_dicom/response_patients.tsv"
    other = other.read_text(encoding="utf-8")
    assert other.splitlines()[0].split("\t")[:2] == ["patient", "image"]
    written = summary + page + run.stdout + "".join(table) + other
    assert not any(word in written for word in (SECRET, SECRET_UID, DATE))


def test_a_draft_needs_only_its_gaps_filled(handed_over):
    for k, series in enumerate(("planning_mri", "recurrence_mri")):
        for path in (handed_over.folder / "data" / series).glob("*.dcm"):
            dataset = pydicom.dcmread(path)
            dataset.StudyDate = f"200{k}0101"
            dataset.save_as(path)
    first = handed_over.folder / "results/scan_dicom/patients.tsv"
    first.write_text("edited", encoding="utf-8")
    failed = handed_over.run("scan_dicom", "--config", f"dicom_root={handed_over.results / 'none'}")
    assert failed.returncode != 0 and first.read_text(encoding="utf-8") == "edited"
    run = handed_over.run("scan_dicom", "--config", f"dicom_root={handed_over.folder / 'data'}")
    assert run.returncode == 0, run.stdout
    assert first.read_text(encoding="utf-8") == "edited"
    draft = first.with_name("patients_2.tsv")
    with draft.open(encoding="utf-8") as file:
        (row,) = csv.DictReader(file, delimiter="\t")
    data = handed_over.folder / "data"
    assert {name: value for name, value in row.items() if value} == {
        "patient": "P001",
        "planning_mri": str(data / "planning_mri"),
        "recurrence_mri": str(data / "recurrence_mri"),
        "gtv": f"{data}/planning_structures.dcm#GTV",
        "gtvr": f"{data}/recurrence_structures.dcm#GTVr",
        "gtvr_frame": "recurrence",
        "dose": f"{data}/dose.dcm",
    }
    with first.with_name("response_patients_2.tsv").open(encoding="utf-8") as file:
        (other,) = csv.DictReader(file, delimiter="\t")
    assert {name: value for name, value in other.items() if value} == {
        "patient": "P001",
        "image": str(data / "planning_mri"),
        "mask": f"{data}/planning_structures.dcm#GTV",
    }
    # The one gap: no RTPLAN, so no prescription.
    handed_over.write_patients([row | {"prescription_gy": "70"}])
    accepted = handed_over.run("-n", f"{BASE}/patients/P001/regions/regions.json")
    assert accepted.returncode == 0 and re.search(
        r"^heterogeneity_import_contour\s+2$", accepted.stdout, re.M
    )
    handed_over.write_patients([handed_over.row])


def test_structures_on_volumes_and_volumes_on_series(handed_over):
    nifti = handed_over.simulated
    rows = [
        handed_over.row
        | {
            "patient": "M1",
            "planning_mri": f"{nifti}/planning_mri.nii.gz",
            "gtvr": f"{nifti}/gtvr.nii.gz",
        },
        handed_over.row
        | {
            "patient": "M2",
            "gtv": f"{nifti}/gtv.nii.gz",
            "recurrence_mri": f"{nifti}/recurrence_mri.nii.gz",
        },
    ]
    del rows[0]["planning_series"]
    handed_over.write_patients(rows)
    made = {"M1": "gtv", "M2": "gtvr"}
    targets = [f"{BASE}/patients/{p}/imported/{name}.nii.gz" for p, name in made.items()]
    finished = handed_over.run(*targets, *(f"{BASE}/patients/{p}/inputs.json" for p in made))
    handed_over.write_patients([handed_over.row])
    assert finished.returncode == 0, finished.stdout[-3000:]
    for patient, name in made.items():
        found = sitk.ReadImage(
            str(handed_over.results / f"patients/{patient}/imported/{name}.nii.gz")
        )
        truth = sitk.ReadImage(str(nifti / f"{name}.nii.gz"))
        assert np.array_equal(sitk.GetArrayFromImage(found), sitk.GetArrayFromImage(truth))
