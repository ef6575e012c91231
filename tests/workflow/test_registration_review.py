"""A failed registration stops one patient, visibly.

A start, a transform or a person's verdict moves it on.
"""

import json

import numpy as np
import pandas as pd
import pytest
import SimpleITK as sitk

FINE, WRONG, HELPED = "REC001", "REC002", "REC003"
SIZE = {"size": [128, 128, 26], "spacing_mm": [1.2, 1.2, 5.0]}
PAGES = "heterogeneity_registration_pages"
PICTURES = "heterogeneity_patient_pictures"


def rows(**extra):
    """The patients table: one patient as usual, one with a wrong transform, one with a start.

    extra: {patient: cells}.
    """
    base = "results/heterogeneity/simulated"
    files = ("planning_mri", "recurrence_mri", "gtv", "gtvr", "isodose95")
    cells = {WRONG: {"transform": "wrong.tfm"}, HELPED: {"initial_transform": "start.tfm"}}
    return [
        {"patient": p, "gtvr_frame": "recurrence"}
        | {name: f"{base}/{p}/{name}.nii.gz" for name in files}
        | cells.get(p, {})
        | extra.get(p, {})
        for p in (FINE, WRONG, HELPED)
    ]


def quality(workspace, patient):
    return json.loads(
        (workspace.results / f"patients/{patient}/registration/quality.json").read_text(
            encoding="utf-8"
        )
    )


def table(workspace):
    return pd.read_csv(
        workspace.results / "cohort/registration.tsv", sep="\t", keep_default_na=False
    ).set_index("patient")


@pytest.fixture(scope="module")
def stopped(make_workspace):
    """The cohort after a run with --keep-going, before anybody has looked."""
    workspace = make_workspace("review")
    workspace.simulate([FINE, WRONG, HELPED], seed=7, **SIZE)
    finished = workspace.run(
        "--", *(f"results/heterogeneity/simulated/{p}/truth.json" for p in (FINE, WRONG, HELPED))
    )
    assert finished.returncode == 0, finished.stdout[-3000:]
    truth = {
        p: json.loads((workspace.results / f"simulated/{p}/truth.json").read_text(encoding="utf-8"))
        for p in (WRONG, HELPED)
    }
    for name, patient, off_mm in (("wrong", WRONG, 25.0), ("start", HELPED, 4.0)):
        moved = truth[patient]["transform_planning_to_recurrence"]
        transform = sitk.AffineTransform(3)
        transform.SetCenter(moved["centre_mm"])
        transform.SetMatrix(moved["matrix"])
        transform.SetTranslation([t + off_mm for t in moved["translation_mm"]])
        sitk.WriteTransform(transform, str(workspace.folder / f"{name}.tfm"))
    workspace.write_patients(rows())
    workspace.truth = truth
    regions = [
        f"results/heterogeneity/patients/{p}/regions/regions.json" for p in (FINE, WRONG, HELPED)
    ]
    workspace.finished = workspace.run("--keep-going", PAGES, *regions)
    return workspace


def test_gate_fails_with_reason_and_remedy_in_one_line(stopped):
    assert stopped.finished.returncode != 0
    lines = [line for line in stopped.finished.stdout.splitlines() if line.startswith("FAILED")]
    assert len(lines) == 1
    assert f"derive_regions {WRONG}: registration failed: " in lines[0]
    assert "disagree by" in lines[0]
    assert f"results/heterogeneity/patients/{WRONG}/registration/report.html" in lines[0]
    assert "registration_review" in lines[0]
    assert "initial_transform" in lines[0]


def test_failed_patient_keeps_numbers_pictures_and_page(stopped):
    folder = stopped.results / f"patients/{WRONG}/registration"
    for name in ("quality.json", "report.html", "qc.png", "thumbnail.webp", "discrepancy.nii.gz"):
        assert (folder / name).stat().st_size > 100
    assert not (stopped.results / f"patients/{WRONG}/regions").exists()
    assert "until a person has decided" in (folder / "report.html").read_text(encoding="utf-8")


def test_the_others_go_on(stopped):
    for patient in (FINE, HELPED):
        assert (stopped.results / f"patients/{patient}/regions/regions.json").is_file()


def test_cohort_table_and_overview_name_the_failed_patient(stopped):
    registrations = table(stopped)
    assert list(registrations.index) == [FINE, WRONG, HELPED]
    assert dict(registrations["outcome"]) == {FINE: "enters", WRONG: "undecided", HELPED: "enters"}
    assert registrations.loc[WRONG, "backward_verdict"] == "failed"
    # 25 mm along each axis
    assert registrations.loc[WRONG, "backward_value"] == pytest.approx(25 * np.sqrt(3), abs=2.0)
    page = (stopped.results / "cohort/registration.html").read_text(encoding="utf-8")
    assert page.index(f">{WRONG}</a>") < page.index(f">{FINE}</a>")
    assert f'href="../patients/{WRONG}/registration/report.html"' in page


def test_given_transform_replaces_the_registration(stopped):
    record = quality(stopped, WRONG)
    assert record["source"] == "Transform given in the patients table"
    assert record["starts"] == []
    moved = stopped.truth[WRONG]["transform_planning_to_recurrence"]
    used = sitk.ReadTransform(
        str(stopped.results / f"patients/{WRONG}/registration/recurrence_to_planning.tfm")
    )
    expected = np.add(moved["centre_mm"], moved["translation_mm"]) + 25.0
    np.testing.assert_allclose(used.TransformPoint(moved["centre_mm"]), expected, atol=1e-6)


def test_start_is_used_and_the_registration_ends_at_the_truth(stopped):
    record = quality(stopped, HELPED)
    assert record["source"] == "Registered from the given start"
    assert {start["name"] for start in record["starts"]} == {"initial, as it is", "initial"}
    truth = stopped.truth[HELPED]["transform_planning_to_recurrence"]
    expected = np.array(truth["matrix"]).reshape(3, 3) @ (
        np.subtract(record["centre_mm"], truth["centre_mm"])
    )
    expected += np.add(truth["centre_mm"], truth["translation_mm"]) - record["centre_mm"]
    assert np.linalg.norm(np.subtract(record["translation_mm"], expected)) < 0.5  # mm


def test_volume_before_and_after_stands_in_the_table(stopped):
    for patient in (FINE, HELPED):
        row = table(stopped).loc[patient]
        truth = json.loads(
            (stopped.results / f"simulated/{patient}/truth.json").read_text(encoding="utf-8")
        )
        assert row["gtvr_before_ml"] == pytest.approx(truth["gtvr_cm3_on_recurrence_mri"], rel=1e-6)
        assert row["gtvr_after_ml"] == pytest.approx(truth["recurrent_cm3"], rel=0.15)
        assert row["gtvr_small"] == (min(row["gtvr_before_ml"], row["gtvr_after_ml"]) < 2.0)


def test_rejected_patient_is_not_waited_for_but_stays_in_the_table(stopped):
    stopped.write_patients(
        rows(**{WRONG: {"registration_review": "reject", "registration_note": "wrong scan"}})
    )
    planned = stopped.run("-n", PICTURES).stdout
    assert f"{HELPED}: appendix pictures" in planned
    assert f"{WRONG}: recurrent and non-recurrent region" not in planned
    assert f"patients/{WRONG}/figures" not in planned
    finished = stopped.run("results/heterogeneity/cohort/registration.tsv")
    assert finished.returncode == 0, finished.stdout[-3000:]
    row = table(stopped).loc[WRONG]
    assert (row["verdict"], row["outcome"], row["note"]) == ("failed", "left out", "wrong scan")
    assert not (stopped.results / f"patients/{WRONG}/regions").exists()
    assert (row["state"], row["reason"]) == ("rejected", "wrong scan")
    assert "Out: rejected by a person</b>: wrong scan" in (
        stopped.results / "cohort/registration.html"
    ).read_text(encoding="utf-8")


def test_accepted_patient_passes_and_nothing_is_registered_again(stopped):
    before = {
        p: (stopped.results / f"patients/{p}/registration/quality.json").stat().st_mtime_ns
        for p in (FINE, WRONG)
    }
    files = [
        stopped.results / f"patients/{FINE}/regions/{name}"
        for name in ("regions.json", "recurrent.nii.gz")
    ]
    regions = [path.read_bytes() for path in files]
    stopped.write_patients(
        rows(
            **{
                WRONG: {"registration_review": "accept", "registration_note": "a test says so"},
                FINE: {"registration_review": "accept", "registration_note": "flickered"},
            }
        )
    )
    targets = [f"results/heterogeneity/patients/{p}/regions/regions.json" for p in (WRONG, FINE)]
    planned = stopped.run(*targets, PAGES, "-n").stdout
    assert f"{WRONG}: recurrent and non-recurrent region" in planned
    assert "register_recurrence" not in planned
    finished = stopped.run("--keep-going", *targets)
    # Through the gate; 43 mm beside the truth the regions themselves are refused.
    lines = [line for line in finished.stdout.splitlines() if line.startswith("FAILED")]
    assert (
        len(lines) == 1
        and f"derive_regions {WRONG}: GTVr" in lines[0]
        and "lies wholly outside" in lines[0]
    )
    # A note on a patient who had passed changes no voxel.
    assert [path.read_bytes() for path in files] == regions
    for patient, time in before.items():
        assert (
            stopped.results / f"patients/{patient}/registration/quality.json"
        ).stat().st_mtime_ns == time


def test_wrong_files_are_refused_before_any_heavy_work(stopped):
    (stopped.folder / "text.tfm").write_text("1 0 0 0\n", encoding="utf-8")
    stopped.write_patients(
        rows(**{WRONG: {"transform": "nowhere.tfm"}, HELPED: {"initial_transform": "text.tfm"}})
    )
    finished = stopped.run(
        "--keep-going",
        *(f"results/heterogeneity/patients/{p}/registration/quality.json" for p in (WRONG, HELPED)),
    )
    assert finished.returncode != 0
    lines = [line for line in finished.stdout.splitlines() if line.startswith("FAILED")]
    assert sorted(" ".join(line.split()[1:]).split(" (log")[0] for line in lines) == [
        f"heterogeneity_register_recurrence {WRONG}: transform: nowhere.tfm: no such file",
        f"heterogeneity_register_recurrence {HELPED}: initial_transform: text.tfm: not a readable transform (.tfm)",
    ]


def test_review_without_a_reason_or_with_another_word_stops_before_the_first_job(workspace):
    workspace.simulate([FINE])
    workspace.write_patients(
        rows(**{FINE: {"registration_review": "accept"}, WRONG: {"registration_review": "maybe"}})
    )
    finished = workspace.run("-n", PAGES)
    assert finished.returncode != 0
    assert (
        f"row 2 ({FINE}): 'registration_note' is a dependency of 'registration_review'"
        in finished.stdout
    )
    assert (
        f"row 3 ({WRONG}): registration_review: 'maybe' is not one of ['accept', 'reject']"
        in finished.stdout
    )
