"""One bad patient costs one patient, with one line that says who, what and why; nothing half-written is left."""

import shutil

import numpy as np
import pytest
import SimpleITK as sitk

PATIENTS = ["REC001", "REC002", "REC003"]
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
        {"patient": p, "gtvr_frame": "recurrence"} | {name: f"data/{p}/{name}.nii.gz" for name in COLUMNS}
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
    run = cohort.run("--keep-going", *(f"results/heterogeneity/patients/{p}/features/recurrent.tsv" for p in PATIENTS))
    assert run.returncode != 0
    failed = {line.split()[2].rstrip(":"): line for line in run.stdout.splitlines() if line.startswith("FAILED")}
    assert set(failed) == {"REC001", "REC002"}
    assert "recurrence_mri: data/REC001/recurrence_mri.nii.gz: no such file" in failed["REC001"]
    assert "gtv: data/REC002/gtv.nii.gz: the mask is empty" in failed["REC002"]
    assert (cohort.results / "patients/REC003/features/recurrent.tsv").exists()
    for patient in ("REC001", "REC002"):
        assert not [p for p in (cohort.results / "patients" / patient).rglob("*") if p.is_file()]
    assert not (cohort.results / "cohort").exists()


def test_faults_found_after_registration(cohort):
    # GTVr moved to a far corner of its image: registration is right, the contour is not.
    def to_the_corner(mask):
        moved = np.zeros_like(mask)
        moved[-4:, :8, :8] = 1
        return moved

    change(cohort.folder / "data/REC001/gtvr.nii.gz", to_the_corner)
    change(cohort.folder / "data/REC002/planning_mri.nii.gz", lambda v: np.full_like(v, 100))
    cohort.write_patients(cohort.rows[:2])
    run = cohort.run(
        "--keep-going", *(f"results/heterogeneity/patients/{p}/features/recurrent.tsv" for p in PATIENTS[:2])
    )
    assert run.returncode != 0
    failed = {line.split()[2].rstrip(":"): line for line in run.stdout.splitlines() if line.startswith("FAILED")}
    assert set(failed) == {"REC001", "REC002"}
    assert "Only 0% of the carried recurrence lies in the GTV" in failed["REC001"]
    assert "voxels of the GTV have the value 100" in failed["REC002"]


def test_fewer_than_three_patients_are_refused(cohort):
    cohort.write_patients(cohort.rows[:2])
    run = cohort.run("results/heterogeneity/cohort/features.tsv")
    assert run.returncode != 0
    line = next(line for line in run.stdout.splitlines() if line.startswith("FAILED"))
    assert "2 patients left for the statistics (REC001, REC002), at least 3 needed" in line
