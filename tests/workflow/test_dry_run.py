"""What is said before the first job: what would be done, and what is wrong with config and table."""

import re

from planned_jobs import planned_jobs
from repository import ROOT

PATIENTS = [f"REC{i:03d}" for i in range(1, 16)]


def test_default_cohort_plans_every_step_for_every_patient(workspace):
    workspace.simulate(PATIENTS)
    run = workspace.run("-n")
    assert run.returncode == 0, run.stdout
    counts = planned_jobs(run.stdout)
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
    assert counts["draw_regions"] == counts["appendix"] == counts["measure_dose"] == "15"
    # The isodose is known and no dose: class, share and distances, and no curve to draw.
    assert counts["table4"] == "1" and not {"fig9", "dose_of_draws", "isodose95"} & set(counts)


def test_a_dose_gives_figure_9_and_a_control_of_the_null(workspace):
    workspace.simulate(PATIENTS, dose=True)
    run = workspace.run("-n")
    assert run.returncode == 0, run.stdout
    counts = planned_jobs(run.stdout)
    assert counts["fig9"] == counts["table4"] == "1"
    assert counts["dose_of_draws"] == counts["isodose95"] == "15"


def test_without_any_dose_there_is_nothing_of_it_and_no_error(workspace):
    base = "results/heterogeneity/simulated"
    files = ("planning_mri", "recurrence_mri", "gtv", "gtvr")
    workspace.write_patients(
        {"patient": p, "gtvr_frame": "recurrence"}
        | {name: f"{base}/{p}/{name}.nii.gz" for name in files}
        for p in PATIENTS
    )
    run = workspace.run("-n")
    assert run.returncode == 0, run.stdout
    assert not re.search(r"measure_dose|collect_dose|table4|fig9", run.stdout)


def test_spatial_null_is_switched_off_by_the_config(workspace):
    workspace.simulate(PATIENTS)
    workspace.config["spatial_null"] = {"enabled": False}
    run = workspace.run("-n")
    assert run.returncode == 0, run.stdout
    counts = planned_jobs(run.stdout)
    assert not {"draw_regions", "compare_with_null", "table3", "fig6", "fig7", "fig8"} & set(counts)
    assert counts["table2"] == "1"


def test_the_multiverse_is_part_of_everything_and_a_wrong_axis_is_refused(workspace):
    workspace.simulate(PATIENTS)
    workspace.config["multiverse"] = {"design": "factorial", "crossed": ["levels", "test"]}
    run = workspace.run("-n")
    assert run.returncode == 0, run.stdout
    counts = planned_jobs(run.stdout)
    assert counts["measure_universes"] == "15"
    for name in ("compare_universes", "table5", "fig10", "fig11"):
        assert counts[name] == "1"
    workspace.config["multiverse"] = {"axes": {"level": [32]}}
    run = workspace.run("-n")
    assert run.returncode != 0
    assert "multiverse" in run.stdout and "level" in run.stdout and "levels" in run.stdout


def test_the_risk_map_is_made_on_request_alone(workspace):
    workspace.simulate(PATIENTS)
    steps = {
        "measure_places": "15",
        "fit_risk_map": "1",
        "write_risk_map": "15",
        "table6": "1",
        "fig13": "1",
    }
    for targets, planned in (((), {}), (("heterogeneity_risk_map",), steps)):
        run = workspace.run("-n", *targets)
        assert run.returncode == 0, run.stdout
        counts = planned_jobs(run.stdout)
        assert {name: counts[name] for name in steps if name in counts} == planned


def test_the_deformable_mode_is_one_step_more_for_every_patient_and_off_by_default(workspace):
    workspace.simulate(PATIENTS)
    counts = []
    for mode in (False, True):
        if mode:
            workspace.config["registration"] = {"deformable": True}
        planned = workspace.run("-n", "heterogeneity_registration_pages")
        assert planned.returncode == 0, planned.stdout
        counts.append(dict(re.findall(r"^(\w+)\s+(\d+)$", planned.stdout, re.M)))
    total = int(counts[0].pop("total"))
    assert int(counts[1].pop("total")) == total + 15
    assert counts[1] == counts[0] | {"heterogeneity_deform_recurrence": "15"}


def test_all_is_the_first_study_and_the_snakefile_says_so(workspace):
    workspace.simulate(PATIENTS)
    first_line = (ROOT / "Snakefile").read_text(encoding="utf-8").splitlines()[0]
    assert "`snakemake -c4 response_study` the second" in first_line
    for targets, study in (([], "heterogeneity"), (["response_study"], "response")):
        planned = workspace.run("-n", "--quiet", "rules", "--", *targets)
        assert planned.returncode == 0, planned.stdout
        jobs = re.findall(r"^(\w+)_\w+\s+\d+$", planned.stdout, re.M)
        assert {name.split("_")[0] for name in jobs} == {study}


def test_both_studies_call_their_figure_3_by_the_study(workspace):
    workspace.simulate(PATIENTS)
    planned = workspace.run("-n", "heterogeneity_fig3", "response_liu_fig3")
    assert ": heterogeneity: Figure 3: Pearson" in planned.stdout
    assert ": response: Figure 3: ROC curve" in planned.stdout


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
    workspace.config["regions"] = {"in_feild_minimum": 0.9}
    run = workspace.run()
    assert run.returncode != 0
    assert "unknown key 'in_feild_minimum'; did you mean in_field_minimum?" in run.stdout
    assert not workspace.results.exists()


def test_wrong_patients_table_stops_before_the_first_job(workspace):
    workspace.simulate(["REC001", "REC002", "REC001"])
    run = workspace.run()
    assert run.returncode != 0
    assert "patients.tsv, row 4: patient REC001 stands in row 2 already" in run.stdout
    assert not workspace.results.exists()


def as_excel_saves_it(workspace, encoding="cp1252"):
    """The patients table with semicolons and another encoding, and an empty column."""
    table = workspace.folder / "patients.tsv"
    text = table.read_text(encoding="utf-8").replace("\t", ";").replace("\n", ";;\r\n")
    table.write_bytes(text.encode(encoding))


def test_a_table_as_excel_saves_it_is_read_and_said(workspace):
    names = ["Müller", "NA", "nan", "007"]
    workspace.simulate(names)
    as_excel_saves_it(workspace)
    # A name that is not in the table would be refused.
    base = "results/heterogeneity/patients"
    run = workspace.run("-n", *(f"{base}/{name}/registration/quality.json" for name in names))
    assert run.returncode == 0, run.stdout
    assert "patients.tsv: read as Windows-1252, semicolons between cells" in run.stdout


def test_what_the_table_says_twice_or_not_at_all_stops_before_the_first_job(workspace):
    workspace.simulate(["REC001", "REC002"])
    table = workspace.folder / "patients.tsv"
    lines = table.read_text(encoding="utf-8").splitlines()
    table.write_text("\n".join([*lines, lines[2].replace("REC002", "P4", 1)]), encoding="utf-8")
    run = workspace.run("-n")
    assert run.returncode != 0
    assert "planning_mri of REC002 and planning_mri of P4 are one file" in run.stdout
    table.write_text("\n".join([*lines, lines[2].replace("REC002", "rec002")]), encoding="utf-8")
    run = workspace.run("-n")
    assert "row 4: patient rec002 stands in row 3 already as REC002" in run.stdout
    workspace.config["clinical_columns"] = ["sex"]
    text = [f"{line}\t{sex}" for line, sex in zip(lines, ("sex", "Male", "-"), strict=True)]
    table.write_text("\n".join(text), encoding="utf-8")
    run = workspace.run("-n")
    assert "sex: 1 cells may be a value or none (REC002: '-')" in run.stdout


def test_a_dry_run_names_every_file_that_is_not_there(workspace):
    columns = ("planning_mri", "recurrence_mri", "gtv", "gtvr")
    workspace.write_patients(
        {"patient": p, "gtvr_frame": "planning"}
        | {name: f"data/{p}/{name}.nii.gz" for name in columns}
        for p in ("P1", "P2", "P3")
    )
    there = workspace.folder / "data/P2/gtv.nii.gz"
    there.parent.mkdir(parents=True)
    there.write_bytes(b"no image, and nobody looks")
    run = workspace.run("-n", "cohort_stats")
    assert run.returncode != 0
    for patient in ("P1", "P2", "P3"):
        for name in columns:
            line = f"patients.tsv: {patient}: {name} data/{patient}/{name}.nii.gz does not exist"
            assert (line in run.stdout) == ((patient, name) != ("P2", "gtv"))


def test_a_dry_run_refuses_a_cohort_of_two_and_no_work_on_one_of_them(workspace):
    workspace.simulate(["REC001", "REC002"])
    run = workspace.run("-n", "cohort_stats")
    assert run.returncode != 0
    assert "2 patients left for the statistics (REC001, REC002), at least 3 needed" in run.stdout
    run = workspace.run("-n", "results/heterogeneity/patients/REC001/regions/regions.json")
    assert run.returncode == 0, run.stdout


def test_a_table_with_spaces_for_tabs_says_so_and_nothing_else(workspace):
    workspace.simulate(["REC001", "REC002", "REC003"])
    table = workspace.folder / "patients.tsv"
    table.write_text(table.read_text(encoding="utf-8").replace("\t", "   "), encoding="utf-8")
    run = workspace.run("-n")
    assert run.returncode != 0 and "row 1: no tab found" in run.stdout
    assert "column gtv is missing" not in run.stdout
