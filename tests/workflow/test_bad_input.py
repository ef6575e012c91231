"""One bad patient costs one patient, with one line that says who, what and why.

Nothing half-written is left.
"""

import shutil

import numpy as np
import pytest
import SimpleITK as sitk

PATIENTS = ["REC001", "REC002", "REC003", "REC004"]
COLUMNS = ("planning_mri", "recurrence_mri", "gtv", "gtvr", "isodose95")


@pytest.fixture(scope="module")
def originals(make_workspace):
    """Three simulated patients on disk, as a user's own files."""
    workspace = make_workspace("originals")
    workspace.simulate(PATIENTS, size=[96, 96, 20], spacing_mm=[1.6, 1.6, 6.0])
    finished = workspace.run(*(f"results/heterogeneity/simulated/{p}/truth.json" for p in PATIENTS))
    assert finished.returncode == 0, finished.stdout
    return workspace.results / "simulated"


@pytest.fixture
def cohort(workspace, originals):
    """A workspace with its own copies of the files below data/, and the rows of its table."""
    shutil.copytree(originals, workspace.folder / "data")
    workspace.rows = [
        {"patient": p, "gtvr_frame": "recurrence"}
        | {name: f"data/{p}/{name}.nii.gz" for name in COLUMNS}
        for p in PATIENTS
    ]
    return workspace


def change(path, edit):
    image = sitk.ReadImage(str(path))
    changed = sitk.GetImageFromArray(edit(sitk.GetArrayFromImage(image)))
    changed.CopyInformation(image)
    sitk.WriteImage(changed, str(path))


def test_every_bad_patient_is_named_and_the_good_one_goes_on(cohort):
    (cohort.folder / "data/REC001/recurrence_mri.nii.gz").unlink()
    change(cohort.folder / "data/REC002/gtv.nii.gz", np.zeros_like)
    cohort.write_patients(cohort.rows)
    run = cohort.run(
        "--keep-going",
        *(f"results/heterogeneity/patients/{p}/features/recurrent.tsv" for p in PATIENTS),
    )
    assert run.returncode != 0
    failed = {
        line.split()[2].rstrip(":"): line
        for line in run.stdout.splitlines()
        if line.startswith("FAILED")
    }
    assert set(failed) == {"REC001", "REC002"}
    assert "recurrence_mri: data/REC001/recurrence_mri.nii.gz: no such file" in failed["REC001"]
    assert "gtv: data/REC002/gtv.nii.gz: the mask is empty" in failed["REC002"]
    assert (cohort.results / "patients/REC003/features/recurrent.tsv").exists()
    table = (
        (cohort.folder / "results/heterogeneity/failed.tsv")
        .read_text(encoding="utf-8")
        .splitlines()
    )
    assert [line.split("\t")[:2] for line in table[1:]] == [
        ["REC001", "register_recurrence"],
        ["REC002", "register_recurrence"],
    ]
    for line in table[1:]:  # four parts: patient, file, what is wrong, what to do
        patient, _, reason, todo, _ = line.split("\t")
        assert f"data/{patient}/" in reason and reason.endswith(f"; {todo}")
    assert "2 patients failed (results/heterogeneity/failed.tsv):" in run.stdout
    assert "try: correct the file, or its path in the patients table" in run.stdout
    for patient in ("REC001", "REC002"):
        assert not [p for p in (cohort.results / "patients" / patient).rglob("*") if p.is_file()]
    assert not (cohort.results / "cohort").exists()


def test_faults_found_after_registration(cohort):
    # GTVr moved to a far corner of its image: whatever registration makes of it, the reason is told.
    def to_the_corner(mask):
        moved = np.zeros_like(mask)
        moved[-4:, :8, :8] = 1
        return moved

    change(cohort.folder / "data/REC001/gtvr.nii.gz", to_the_corner)
    change(cohort.folder / "data/REC002/planning_mri.nii.gz", lambda v: np.full_like(v, 100))
    cohort.write_patients(cohort.rows[:2])
    run = cohort.run(
        "--keep-going",
        *(f"results/heterogeneity/patients/{p}/features/recurrent.tsv" for p in PATIENTS[:2]),
    )
    assert run.returncode != 0
    failed = {
        line.split()[2].rstrip(":"): line
        for line in run.stdout.splitlines()
        if line.startswith("FAILED")
    }
    assert set(failed) == {"REC001", "REC002"}
    assert "of the carried recurrence lies in the GTV or within 10 mm" in failed["REC001"]
    assert "voxels of the GTV have the value 100" in failed["REC002"]


def test_fewer_than_three_patients_are_refused(cohort):
    cohort.write_patients(cohort.rows[:2])
    run = cohort.run("results/heterogeneity/cohort/features.tsv")
    assert run.returncode != 0
    line = next(line for line in run.stdout.splitlines() if line.startswith("FAILED"))
    assert "2 patients left for the statistics (REC001, REC002), at least 3 needed" in line


def test_the_cohort_goes_on_without_the_patient_who_failed_and_says_so(cohort):
    cohort.config["spatial_null"] = {"n_draws": 9, "surrogates": 5, "n_recombinations": 1000}
    gtv = (cohort.folder / "data/REC002/gtv.nii.gz").read_bytes()
    change(cohort.folder / "data/REC002/gtv.nii.gz", np.zeros_like)
    cohort.write_patients(cohort.rows)
    assert cohort.run("--keep-going", "--", "all").returncode != 0
    assert not (cohort.results / "tables/table2.md").exists()

    cohort.config["allow_missing"] = True
    run = cohort.run("all")
    assert run.returncode == 0, run.stdout[-3000:]
    words = "Without 1 of 4 patients: REC002 (register_recurrence)"
    for figure in (f"fig{k}" for k in range(2, 9)):
        assert words in (cohort.results / f"figures/{figure}.caption.rst").read_text(
            encoding="utf-8"
        ).replace("\\", "")
    for table in ("table2", "table3", "definitions"):
        text = (cohort.results / f"tables/{table}.md").read_text(encoding="utf-8").replace("\\", "")
        assert "REC002" in text and ("n = 3" in text or "6 regions" in text), table
    report = (cohort.results / "report.html").read_text(encoding="utf-8")
    assert "In 3 of 4 patients (1 missing because a step failed), " in report
    assert "3 patients are too few to tell" in report
    excluded = (cohort.results / "cohort/excluded.tsv").read_text(encoding="utf-8").splitlines()
    assert excluded[1].startswith(
        "REC002\tregister_recurrence\tgtv: data/REC002/gtv.nii.gz: the mask is empty"
    )

    # Put right, the patient is tried again and enters.
    (cohort.folder / "data/REC002/gtv.nii.gz").write_bytes(gtv)
    run = cohort.run("results/heterogeneity/tables/table2.md")
    assert run.returncode == 0, run.stdout[-3000:]
    assert "n = 4" in (cohort.results / "tables/table2.md").read_text(encoding="utf-8")
    assert "REC002" not in (cohort.results / "cohort/excluded.tsv").read_text(encoding="utf-8")
