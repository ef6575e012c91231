"""A risk map of patients of whom only planning MRI and GTV are known, by a frozen model, through the workflow."""

import json

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk

from npcradiomics.risk import model
from npcradiomics.risk.isovolume import iso_risk
from risk_tumours import COVERING, EXTRACTION, frozen_model, places_of, tumour, write_volume

COHORT = [f"P{k}" for k in range(6)]
LEFT = "P5"  # whom the frozen model never saw: a new patient
BASE = "results/heterogeneity"


def table(rows):
    lines = ["\t".join(rows[0]), *("\t".join(row.values()) for row in rows)]
    return "\n".join(lines) + "\n"


def prepare(workspace, new):
    """A study with these new patients; those of its own table are not touched."""
    files = ("planning_mri", "recurrence_mri", "gtv", "gtvr")
    workspace.write_patients(
        {"patient": f"C{k}", "gtvr_frame": "planning"} | {n: f"C{k}_{n}.nii.gz" for n in files}
        for k in range(3)
    )
    (workspace.folder / "new.tsv").write_text(table(new), encoding="utf-8")
    frozen = {"new_patients": "new.tsv", "model": "frozen.npz"}
    workspace.config["risk_map"] = COVERING | frozen
    workspace.config["risk_map"] |= {"export": True, "export_without_evidence": True}
    workspace.config["extraction"] = EXTRACTION


@pytest.fixture(scope="module")
def places():
    return [places_of(name, seed) for seed, name in enumerate(COHORT)]


@pytest.fixture(scope="module")
def run(make_workspace, places):
    workspace = make_workspace("new")
    model.write(frozen_model(places[:-1]), workspace.folder / "frozen.npz")
    volume, gtv, _ = tumour(COHORT.index(LEFT))
    written = {  # planning MRI and GTV; no two may be the same file
        LEFT: (volume, gtv),
        "EMPTY": (volume + 1, gtv * 0),
        "GRID": (volume[:-1], np.roll(gtv, 1, 2)),
    }
    for name, (image, mask) in written.items():
        write_volume(image, workspace.folder / f"{name}_mri.nii.gz", np.int32)
        write_volume(mask, workspace.folder / f"{name}_gtv.nii.gz", np.uint8)
    prepare(
        workspace,
        [
            {"patient": n, "planning_mri": f"{n}_mri.nii.gz", "gtv": f"{n}_gtv.nii.gz"}
            for n in written
        ],
    )
    workspace.finished = workspace.run(
        "-k", "heterogeneity_predict", f"{BASE}/patients/{LEFT}/export"
    )
    return workspace


def test_the_map_of_a_patient_the_model_never_saw_is_his_left_out_map(run, places):
    image = sitk.ReadImage(str(run.results / f"new_patients/{LEFT}/risk.nii.gz"))
    everyone = frozen_model(places)
    left = places[COHORT.index(LEFT)]
    expected = left.on_grid(everyone.map_of(left, LEFT).astype(np.float32))
    np.testing.assert_allclose(sitk.GetArrayFromImage(image), expected, atol=1e-6)
    assert image.GetSpacing() == (1.0, 1.0, 3.0)
    record = json.loads((run.results / f"new_patients/{LEFT}/distance.json").read_text("utf-8"))
    assert record["n_places"] == len(left.features)
    assert 0 <= record["share_beyond"] <= 1 and not record["share_beyond_all"] > 0.5
    # Of three refits no exact p is below 1/4: the model is not better, and the terminal says so.
    assert not record["better_than_depth"] and record["verdict"] in run.finished.stdout


def test_bad_input_is_one_line_each_and_takes_nobody_along(run):
    text = run.finished.stdout
    assert run.finished.returncode != 0
    failed = [line for line in text.splitlines() if line.startswith("FAILED")]
    for name in ("EMPTY", "GRID"):
        said = [line for line in failed if f"{name}_gtv.nii.gz" in line]
        assert len(said) == 1, (name, text[-3000:])
        assert not (run.results / f"new_patients/{name}/risk.nii.gz").exists()
    assert "Traceback" not in text


def test_the_structure_of_a_new_patient_is_the_top_of_his_map(run):
    folder = run.results / f"patients/{LEFT}/export"
    risk = sitk.ReadImage(str(run.results / f"new_patients/{LEFT}/risk.nii.gz"))
    found = sitk.GetArrayFromImage(sitk.ReadImage(str(folder / "RISK_70_RESEARCH.nii.gz"))) > 0
    _, gtv, _ = tumour(COHORT.index(LEFT))
    assert np.array_equal(found, iso_risk(sitk.GetArrayFromImage(risk), gtv, 70))
    structures = pydicom.dcmread(folder / "structures.dcm")
    assert [str(roi.ROIName) for roi in structures.StructureSetROISequence] == ["RISK_70_RESEARCH"]
    assert (folder / "planning_mri/slice_0010.dcm").is_file()


def test_what_is_not_there_or_not_meant_is_refused_before_the_first_job(workspace):
    files = {"planning_mri": "p.nii.gz", "gtv": "g.nii.gz"}
    prepare(workspace, [{"patient": "N1"} | files])
    refused = ["heterogeneity: risk_map: model: frozen.npz does not exist"]
    refused += ["new.tsv: N1: gtv g.nii.gz does not exist"]
    refused += ["unknown column 'gtvr'; did you mean gtv?", "new_patients names no table"]
    for words in refused:
        finished = workspace.run("-n", "heterogeneity_predict")
        assert finished.returncode != 0
        assert words in finished.stdout
        if words == refused[0]:
            (workspace.folder / "frozen.npz").touch()
        elif words == refused[1]:
            prepare(workspace, [{"patient": "N1"} | files | {"gtvr": "c.nii.gz"}])
        else:
            workspace.config["risk_map"]["new_patients"] = ""


def test_the_cohort_exports_by_its_own_verdict_whatever_model_new_patients_get(workspace):
    workspace.simulate(["REC001", "REC002", "REC003"])
    (workspace.folder / "frozen.npz").touch()
    workspace.config["risk_map"] = {"export": True, "model": "frozen.npz"}
    planned = workspace.run("-n", f"{BASE}/patients/REC001/export").stdout
    (why,) = [
        one
        for one in planned.splitlines()
        if f"Missing output files: {BASE}/patients/" in one and "/export;" in one
    ]
    assert f"{BASE}/cohort/risk_model.npz" in why
