"""Who is left out, of what, and what is still made of him: failed, rejected, or excluded."""

import re

from npcradiomics.jobs import failures
from planned_jobs import planned_jobs

PATIENTS = [f"REC{i:03d}" for i in range(1, 16)]


def fail(workspace, patient, step):
    log = workspace.results / f"logs/{patient}/{step}.log"
    log.parent.mkdir(parents=True)
    failures.begin(log, step, patient)
    failures.fail(log, step, patient, f"no {step}")


def test_a_patient_whose_picture_failed_stays_in_the_statistics(workspace):
    workspace.simulate(PATIENTS)
    workspace.config["allow_missing"] = True
    for step, patient in (
        ("appendix", "REC002"),
        ("report_registration", "REC003"),
        ("derive_regions", "REC004"),
        ("report_patient", "REC005"),
    ):
        fail(workspace, patient, step)
    run = workspace.run("-n")
    assert run.returncode == 0, run.stdout
    counts = planned_jobs(run.stdout)
    steps = ("extract_features", "appendix", "report_registration", "report_patient")
    assert {name: counts[name] for name in steps} == {
        "extract_features": "14",
        "appendix": "13",
        "report_registration": "14",
        "report_patient": "13",
    }
    assert "REC002: without appendix, whose last attempt failed: no appendix" in run.stdout
    assert "REC003: without report_registration" in run.stdout


def test_whose_risk_map_failed_is_out_of_the_risk_map_alone(workspace):
    """Planned with 15: the statistics keep all; the fit lacks who has no places, Figure 13 who has no map, too."""
    workspace.simulate(PATIENTS)
    workspace.config |= {"allow_missing": True, "risk_map": {"enabled": True}}
    for step, patient in (
        ("measure_places", "REC002"),
        ("write_risk_map", "REC003"),
        ("report_risk", "REC004"),
    ):
        fail(workspace, patient, step)
    run = workspace.run("-n")
    assert run.returncode == 0, run.stdout
    counts = planned_jobs(run.stdout)
    planned = {
        "extract_features": "15",
        "draw_regions": "15",
        "report_patient": "15",
        "measure_places": "14",
        "write_risk_map": "13",
        "report_risk": "12",
    }
    assert {name: counts[name] for name in planned} == planned
    assert "REC002: without measure_places, whose last attempt failed" in run.stdout


def test_every_target_goes_without_whom_a_person_rejected_the_config_excludes_or_who_failed(
    workspace,
):
    """All rules that one may ask for by name, in one run. REC004 is excluded because his images cannot be read."""
    workspace.simulate(PATIENTS)
    table = workspace.folder / "patients.tsv"
    header, *lines = table.read_text(encoding="utf-8").splitlines()
    cells = {"REC007": "reject\tblurred\tT4", "REC003": "\t\tT3", "REC004": "\t\tT3"}
    lines = [f"{line}\t{cells.get(line.split()[0], chr(9) * 2 + 'T4')}" for line in lines]
    header += "\tregistration_review\tregistration_note\tstage"
    table.write_text("\n".join([header, *lines]), encoding="utf-8")
    workspace.config |= {"clinical_columns": ["stage"], "exclude": "stage == 'T3'"}
    workspace.config |= {"allow_missing": True}
    workspace.config["risk_map"] = {"voxel_maps": ["NGTDM_Busyness"], "new_patients": "new.tsv"}
    files = "\t".join(f"<results>/simulated/N1/{name}.nii.gz" for name in ("planning_mri", "gtv"))
    (workspace.folder / "new.tsv").write_text(f"patient\tplanning_mri\tgtv\nN1\t{files}\n")
    fail(workspace, "REC004", "register_recurrence")
    fail(workspace, "REC011", "register_recurrence")
    fail(workspace, "REC012", "extract_features")
    fail(workspace, "REC013", "measure_dose")
    listed = workspace.run("--list-target-rules")
    targets = re.findall(r"^(heterogeneity_\w+|all|cohort_stats)\b", listed.stdout, re.M)
    assert {"all", "heterogeneity_export", "heterogeneity_crate", "heterogeneity_fig7"} <= set(
        targets
    )
    run = workspace.run("--summary", "--", *targets)
    assert run.returncode == 0, run.stdout[-3000:]
    rows = [line.split("\t") for line in run.stdout.splitlines() if line.startswith("results/")]
    jobs = {(row[2].removeprefix("heterogeneity_"), *row[0].split("/")[2:4]) for row in rows}
    steps = {
        patient: {step for step, *place in jobs if place == ["patients", patient]}
        for patient in ("REC001", "REC003", "REC004", "REC007", "REC011", "REC012", "REC013")
    }
    page = {"register_recurrence", "report_registration", "report_patient"}
    everything = page | {
        "derive_regions",
        "extract_features",
        "draw_regions",
        "measure_universes",
        "perturb_regions",
        "measure_dose",
        "appendix",
        "export_structures",
        "measure_places",
        "write_risk_map",
        "map_voxels",
    }
    assert steps == {
        "REC001": everything,
        "REC003": page,  # to be looked at, and nothing else
        "REC004": set(),
        "REC007": page,  # shows why he was rejected
        "REC011": set(),
        "REC012": page,
        "REC013": page,
    }
    assert {step for step, *_ in jobs} >= {"crate", "table3", "provenance"}


def test_whom_the_config_excludes_for_what_failed_is_not_tried_again_without_allow_missing(
    workspace,
):
    workspace.simulate(PATIENTS)
    workspace.config["exclude"] = "patient == 'REC004'"
    fail(workspace, "REC004", "register_recurrence")
    run = workspace.run("-n", "heterogeneity_cohort_stats", "heterogeneity_patient_pictures")
    assert run.returncode == 0, run.stdout[-3000:]
    assert "REC003: page" in run.stdout and "REC004: " not in run.stdout
