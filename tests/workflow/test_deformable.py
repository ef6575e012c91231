"""The deformable mode adds a comparison to a patient's registration and changes no other byte."""

import json

import pandas as pd
import pytest
import SimpleITK as sitk

from npcradiomics.images.masks import centroid, volume_ml

PATIENT = "REC001"
SIZE = {"size": [128, 128, 26], "spacing_mm": [1.2, 1.2, 5.0]}
FOLDER = f"results/heterogeneity/patients/{PATIENT}"
TARGETS = (
    "results/heterogeneity/cohort/registration.tsv",
    f"{FOLDER}/regions/regions.json",
)


def files(workspace):
    """{path: bytes} of what registration and regions left of the patient."""
    folder = workspace.folder / FOLDER
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for part in ("registration", "regions")
        for path in (folder / part).iterdir()
    }


def table(workspace):
    return pd.read_csv(workspace.results / "cohort/registration.tsv", sep="\t").iloc[0]


@pytest.fixture(scope="module")
def both(make_workspace):
    """(workspace, files and table without the mode); the mode has been on since."""
    workspace = make_workspace("deformable")
    workspace.simulate([PATIENT], seed=7, **SIZE)
    for mode in (False, True):
        workspace.config["registration"] = {"deformable": mode}
        finished = workspace.run(*TARGETS)
        assert finished.returncode == 0, finished.stdout[-3000:]
        assert ("register_recurrence" in finished.stdout) == (not mode)  # nothing is done again
        if not mode:
            before = files(workspace), table(workspace)
    return workspace, *before


def test_the_rigid_path_is_the_same_byte_for_byte(both):
    workspace, before, row = both
    after = files(workspace)
    assert set(after) - set(before) == {
        "registration/gtvr_deformable.nii.gz",
        "registration/deformable.json",
    }
    assert {name for name in before if after[name] != before[name]} == {"registration/report.html"}
    found = json.loads(after["registration/deformable.json"])
    now = table(workspace)
    pd.testing.assert_series_equal(now[row.index], row)
    assert now["deformed_dice"] == pytest.approx(found["dice"])
    assert not any("deformed" in name for name in row.index)


def test_both_results_are_those_of_the_contours_on_disk(both):
    workspace, _, _ = both
    folder = workspace.folder / FOLDER
    found = json.loads((folder / "registration/deformable.json").read_text())
    rigid, deformed = (
        sitk.ReadImage(str(folder / name))
        for name in ("regions/gtvr_on_planning.nii.gz", "registration/gtvr_deformable.nii.gz")
    )
    for side, mask in (("rigid", rigid), ("deformed", deformed)):
        assert found[side]["gtvr_ml"] == pytest.approx(volume_ml(mask))
    report = json.loads((folder / "regions/regions.json").read_text())
    assert found["rigid"]["in_field_fraction"] == pytest.approx(report["in_field_fraction"])
    assert found["centroid_shift_mm"] == pytest.approx(
        (centroid(deformed) - centroid(rigid)).tolist(), abs=1e-6
    )
    # The simulated head does not deform, and is registered to a tenth of a millimetre.
    assert found["centroid_distance_mm"] < 1.0
    page = (folder / "registration/report.html").read_text(encoding="utf-8")
    assert "Rigid and deformable side by side" in page


def test_a_contour_drawn_on_the_planning_mri_is_not_carried_and_that_is_said(both):
    workspace, _, _ = both
    base = f"results/heterogeneity/simulated/{PATIENT}"
    # A contour on the planning MRI: what is in it does not matter here.
    row = {name: f"{base}/{name}.nii.gz" for name in ("planning_mri", "recurrence_mri", "gtv")}
    row["gtvr"] = f"{base}/isodose95.nii.gz"
    workspace.write_patients([{"patient": PATIENT, "gtvr_frame": "planning"} | row])
    finished = workspace.run(f"{FOLDER}/registration/report.html")
    assert finished.returncode == 0, finished.stdout[-3000:]
    page = (workspace.folder / FOLDER / "registration/report.html").read_text(encoding="utf-8")
    assert "Not known: GTVr was drawn on the planning MRI and is not carried." in page
