"""What is said before the first job: what would be done, and what is wrong with config and table."""

import re

from npcradiomics.jobs import failures

PATIENTS = [f"REC{i:03d}" for i in range(1, 16)]


def test_default_cohort_plans_every_step_for_every_patient(workspace):
    workspace.simulate(PATIENTS)
    run = workspace.run("-n")
    assert run.returncode == 0, run.stdout
    counts = dict(re.findall(r"^heterogeneity_(\w+)\s+(\d+)$", run.stdout, re.M))
    per_patient = [
        "simulate_patient",
        "register_recurrence",
        "derive_regions",
        "extract_features",
    ]
    assert {name: counts[name] for name in per_patient} == dict.fromkeys(per_patient, "15")
    for name in ("collect_features", "compare_regions", "compare_with_null", "provenance"):
        assert counts[name] == "1"
    for name in ("table1", "table2", "table3", *(f"fig{k}" for k in range(2, 9))):
        assert counts[name] == "1"
    assert counts["draw_regions"] == counts["appendix"] == "15"


def test_spatial_null_is_switched_off_by_the_config(workspace):
    workspace.simulate(PATIENTS)
    workspace.config["spatial_null"] = {"enabled": False}
    run = workspace.run("-n")
    assert run.returncode == 0, run.stdout
    counts = dict(re.findall(r"^heterogeneity_(\w+)\s+(\d+)$", run.stdout, re.M))
    assert not {"draw_regions", "compare_with_null", "table3", "fig6", "fig7", "fig8"} & set(counts)
    assert counts["table2"] == "1"


def test_a_patient_whose_picture_failed_stays_in_the_statistics(workspace):
    workspace.simulate(PATIENTS)
    workspace.config["allow_missing"] = True
    for step, patient in (
        ("appendix", "REC002"),
        ("report_registration", "REC003"),
        ("derive_regions", "REC004"),
    ):
        log = workspace.results / f"logs/{patient}/{step}.log"
        log.parent.mkdir(parents=True)
        failures.begin(log, step, patient)
        failures.fail(log, step, patient, f"no room for {step}")
    run = workspace.run("-n")
    assert run.returncode == 0, run.stdout
    counts = dict(re.findall(r"^heterogeneity_(\w+)\s+(\d+)$", run.stdout, re.M))
    assert {
        name: counts[name] for name in ("extract_features", "appendix", "report_registration")
    } == {
        "extract_features": "14",
        "appendix": "13",
        "report_registration": "14",
    }
    assert "REC002: without appendix, whose last attempt failed: no room for appendix" in run.stdout
    assert "REC003: without report_registration" in run.stdout


def test_unknown_patient_is_named(workspace):
    workspace.simulate(PATIENTS)
    run = workspace.run("-n", "results/heterogeneity/patients/REC100/features/recurrent.tsv")
    assert run.returncode != 0
    assert "REC100: no such patient in patients.tsv; did you mean REC" in run.stdout


def test_targets_by_name_and_by_file(workspace):
    workspace.simulate(PATIENTS)
    for target in ("cohort_stats", "heterogeneity_fig3", "results/heterogeneity/figures/fig3.pdf"):
        run = workspace.run("-n", target)
        assert run.returncode == 0, run.stdout
        assert "heterogeneity_fig3" in run.stdout


def test_wrong_config_stops_before_the_first_job(workspace):
    workspace.simulate(PATIENTS)
    workspace.config["regions"] = {"in_field_minimum": 95}
    run = workspace.run()
    assert run.returncode != 0
    assert (
        "config: heterogeneity: regions: in_field_minimum: 95 is greater than the maximum of 1"
        in run.stdout
    )
    assert not workspace.results.exists()


def test_wrong_patients_table_stops_before_the_first_job(workspace):
    workspace.simulate(["REC001", "REC002", "REC001"])
    run = workspace.run()
    assert run.returncode != 0
    assert "patients.tsv, row 4: patient REC001 stands in row 2 already" in run.stdout
    assert not workspace.results.exists()
