"""Tables that no longer hold do not stay where they are read: after a run that failed, and when a patient or sequence is out since."""

import json
import shutil

import pytest

from cohort_on_disk import ARTEFACTS, run_from_features, write_cohort


@pytest.fixture(scope="module")
def cohort(make_workspace):
    workspace = make_workspace("outdated")
    write_cohort(workspace, 6)
    measure_t2(workspace)
    run = run_from_features(workspace, targets=ARTEFACTS)
    assert run.returncode == 0, run.stdout[-3000:]
    return workspace


def measure_t2(workspace):
    """Everyone has a T2 like his main sequence."""
    workspace.config["sequences"] = ["t2"]
    table = workspace.folder / "patients.tsv"
    header, *lines = table.read_text(encoding="utf-8").splitlines()
    lines = [f"{line}\t{line.split()[0]}_planning_t2.nii.gz" for line in lines]
    table.write_text("\n".join([f"{header}\tplanning_t2", *lines]) + "\n", encoding="utf-8")
    for patient in (workspace.results / "patients").iterdir():
        folder = patient / "sequences/t2"
        shutil.copytree(patient / "features", folder / "features")
        own = {"patient": patient.name, "sequence": "t2"}
        quality = {"verdict": "pass", "source": "", "shift_mm": [], "rotation_angle_deg": 0.0}
        for path, record in {
            "regions/regions.json": own | {"reason": ""},
            "registration/quality.json": own | quality | {"estimated_error": None, "note": ""},
            "inputs.json": {
                "sha256": {patient.name: {}},
                "voxels": {"planning_t2": f"T2 of {patient.name}"},
            },
        }.items():
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_text(json.dumps(record), encoding="utf-8")


def reject(workspace, patient):
    table = workspace.folder / "patients.tsv"
    header, *lines = table.read_text(encoding="utf-8").splitlines()
    lines = [line + ("\treject\tblurred" if patient in line else "\t\t") for line in lines]
    header += "\tregistration_review\tregistration_note"
    table.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")


def test_after_a_failed_run_the_tables_of_another_cohort_lie_aside(cohort):
    tables, aside = cohort.results / "tables", cohort.results / "out_of_date"
    assert "P03" in (cohort.results / "cohort/features.tsv").read_text(encoding="utf-8")
    kept = (tables / "table1.md").read_bytes()
    patients_table = (cohort.folder / "patients.tsv").read_bytes()
    broken = cohort.results / "patients/P04/features/recurrent.tsv"
    whole = broken.read_bytes()
    reject(cohort, "P03")
    broken.write_bytes(b"nothing\n")
    run = run_from_features(cohort, targets=ARTEFACTS)
    assert run.returncode != 0
    (line,) = [line for line in run.stdout.splitlines() if "no longer true" in line]
    assert line.startswith("heterogeneity: made before and no longer true, moved to results/")
    assert not list(tables.glob("table2.*")) and not list((cohort.results / "figures").glob("*"))
    assert (aside / "tables/table2.docx").is_file() and (aside / "figures/fig3.png").is_file()
    assert (tables / "table1.md").read_bytes() == kept  # the features by family: nobody's
    assert "patients are in the statistics" not in run.stdout  # of whom nothing is true now
    broken.write_bytes(whole)
    run = run_from_features(cohort, targets=ARTEFACTS)
    assert run.returncode == 0, run.stdout[-3000:]
    assert "P03" not in (tables / "table2.tsv").read_text(encoding="utf-8")
    assert (tables / "table2.docx").is_file() and not aside.exists()
    (cohort.folder / "patients.tsv").write_bytes(patients_table)


def test_a_run_with_another_target_leaves_no_table_with_a_patient_who_is_out_since(cohort):
    run = run_from_features(cohort, targets=ARTEFACTS)
    assert run.returncode == 0, run.stdout[-3000:]
    reject(cohort, "P05")
    run = run_from_features(cohort, "--force", targets=["table1"])
    assert run.returncode == 0, run.stdout[-3000:]
    aside = cohort.results / "out_of_date"
    assert (aside / "tables/table2.md").is_file() and (aside / "figures/fig2.pdf").is_file()
    assert [path.stem for path in (cohort.results / "tables").glob("*.md")] == ["table1"]


def test_what_another_target_made_anew_takes_the_tables_of_the_old_cohort_away(cohort):
    table = cohort.folder / "patients.tsv"
    rows = [line.split("\t") for line in table.read_text(encoding="utf-8").splitlines()]
    columns = [rows[0].index(f"registration_{name}") for name in ("review", "note")]

    def review(*words):
        for row in rows[1:]:
            for column, word in zip(columns, words if row[0] == "P04" else ("", ""), strict=True):
                row[column] = word
        table.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")

    review("", "")
    run = run_from_features(cohort, targets=ARTEFACTS)
    assert run.returncode == 0, run.stdout[-3000:]
    review("reject", "blurred")
    run = run_from_features(cohort, targets=["fig3"])  # which makes the cohort's features anew
    assert run.returncode == 0, run.stdout[-3000:]
    assert "P04" not in (cohort.results / "cohort/features.tsv").read_text(encoding="utf-8")
    for folder, kept in (("tables", "table1"), ("figures", "fig3")):
        assert {path.name.split(".")[0] for path in (cohort.results / folder).iterdir()} == {kept}
        assert list((cohort.results / "out_of_date" / folder).iterdir())


def test_a_sequence_taken_out_of_the_config_leaves_nothing_that_was_made_with_it(cohort):
    """Nobody is out and nothing failed; Table 2 alone is asked for."""
    old = cohort.results / "cohort/sequences.tsv"
    assert "\tt2\tmeasured\t" in old.read_text(encoding="utf-8")
    assert "\nt2\t" in (cohort.results / "figures/fig3.tsv").read_text(encoding="utf-8")
    cohort.config["sequences"] = []
    table = cohort.folder / "patients.tsv"
    rows = [line.split("\t") for line in table.read_text(encoding="utf-8").splitlines()]
    column = rows[0].index("planning_t2")
    lines = ["\t".join(row[:column] + row[column + 1 :]) + "\n" for row in rows]
    table.write_text("".join(lines), encoding="utf-8")
    run = run_from_features(cohort, targets=["table2"])
    assert run.returncode == 0, run.stdout[-3000:]
    aside = cohort.results / "out_of_date"
    assert (aside / "cohort/sequences.tsv").is_file() and not old.exists()
    assert (aside / "figures/fig3.png").is_file()
    assert not list((cohort.results / "figures").iterdir())
    assert {path.stem for path in (cohort.results / "tables").glob("*.md")} == {"table1", "table2"}
