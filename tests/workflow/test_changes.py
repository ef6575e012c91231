"""After a change exactly what depends on it is recomputed, and the reason is shown.

Touching files recomputes nothing.
"""

import os
import re
import shutil
import time

import pytest
import SimpleITK as sitk

from npcradiomics.multiverse import records
from repository import ROOT

PATIENTS = ["P1", "P2", "P3", "P4"]
AXES = {"levels": [64], "grown_mm": [1], "quantizer": [], "resampling": [], "moved": 1}
COLUMNS = ("planning_mri", "recurrence_mri", "gtv", "gtvr", "isodose95")
TARGETS = ("cohort_stats", "heterogeneity_registration_pages")
PER_PATIENT = (
    "register_recurrence", "report_registration", "derive_regions", "extract_features",
    "draw_regions", "measure_dose", "measure_universes",
)  # fmt: skip
COHORT = {
    "collect_features", "compare_regions", "compare_with_null", "definitions", "table2", "table3",
    "collect_dose", "table4", "compare_universes", "table5", "fig10", "fig11",
    *(f"fig{k}" for k in range(2, 9)), "provenance", "methods", "checklists",
    "report_word",
}  # fmt: skip


@pytest.fixture(scope="module")
def cohort(make_workspace, tmp_path_factory):
    """A cohort run to its end by a copy of the repository, so that modules can be edited."""
    repository = tmp_path_factory.mktemp("copy")
    for name in ("workflow", "scripts", "config", "envs"):
        shutil.copytree(
            ROOT / name, repository / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    for name in ("Snakefile", "pyproject.toml"):
        shutil.copy(ROOT / name, repository / name)
    workspace = make_workspace("changes")
    workspace.repository = repository
    workspace.config["pyradiomics"] = str(repository / "config/heterogeneity/pyradiomics.yaml")
    few = {"n_draws": 5, "surrogates": 3, "n_recombinations": 1000}
    workspace.config["spatial_null"] = few
    workspace.config["multiverse"] = few | {"axes": AXES}
    workspace.simulate(PATIENTS, size=[96, 96, 20], spacing_mm=[1.6, 1.6, 6.0])
    finished = workspace.run(*(f"results/heterogeneity/simulated/{p}/truth.json" for p in PATIENTS))
    assert finished.returncode == 0, finished.stdout[-3000:]
    shutil.copytree(workspace.results / "simulated", workspace.folder / "data")
    workspace.rows = [
        {"patient": p, "gtvr_frame": "recurrence"}
        | {name: f"data/{p}/{name}.nii.gz" for name in COLUMNS}
        for p in PATIENTS
    ]
    workspace.write_patients(workspace.rows)
    finished = workspace.run(*TARGETS)
    assert finished.returncode == 0, finished.stdout[-3000:]
    return workspace


def to_do(workspace):
    """What a run would do now: {(rule, patient or "")}."""
    summary = workspace.run("--summary", "--", *TARGETS)
    assert summary.returncode == 0, summary.stdout[-3000:]
    rows = [line.split("\t") for line in summary.stdout.splitlines() if line.startswith("results/")]
    pending = [
        (row[0].split("/"), row[2].removeprefix("heterogeneity_"))
        for row in rows
        if row[-1] != "no update"
    ]
    return {(rule, path[3] if path[2] == "patients" else "") for path, rule in pending}


def reason(workspace, message):
    """Why a run would do the job with this message."""
    dry = workspace.run("-n", *TARGETS).stdout
    return dry.split(f": {message}\n")[1].split("\n")[0]


def of(patients, rules):
    return {(rule, patient) for rule in rules for patient in patients}


def patient_jobs(jobs):
    return {job for job in jobs if job[1]}


def cohort_jobs(jobs):
    return {rule for rule, patient in jobs if not patient}


def test_touching_everything_recomputes_nothing(cohort):
    # Not scripts/*.py: of a rule's own script Snakemake itself compares the time only.
    core, report = cohort.repository / "scripts/npcradiomics", cohort.repository / "workflow/report"
    for folder in (cohort.folder / "data", core, report, cohort.repository / "config"):
        for path in folder.rglob("*"):
            os.utime(path)
    os.utime(cohort.folder / "patients.tsv")
    assert to_do(cohort) == set()


@pytest.fixture
def changed(cohort):
    """Change the bytes of a file for one test.

    The file comes back afterwards, as if only touched.
    """
    kept = {}

    def change(path, content):
        kept[path] = path.read_bytes()
        time.sleep(0.05)
        path.write_bytes(content)

    yield change
    for path, content in kept.items():
        path.write_bytes(content)


def edited(path, edit, tmp_path):
    image = sitk.ReadImage(str(path))
    array = sitk.GetArrayFromImage(image)
    edit(array)
    new = sitk.GetImageFromArray(array)
    new.CopyInformation(image)
    sitk.WriteImage(new, str(tmp_path / path.name))
    return (tmp_path / path.name).read_bytes()


def test_an_image_replaced_under_its_name(cohort, changed, tmp_path):
    def brighter(array):
        array[5] += 1

    path = cohort.folder / "data/P2/planning_mri.nii.gz"
    changed(path, edited(path, brighter, tmp_path))
    jobs = to_do(cohort)
    assert patient_jobs(jobs) == of(["P2"], PER_PATIENT)
    assert cohort_jobs(jobs) == COHORT | {"collect_registrations"}
    assert "data/P2/planning_mri.nii.gz" in reason(
        cohort, "P2: checking the files, registering the recurrence MRI to the planning MRI"
    )


def test_a_changed_mask(cohort, changed, tmp_path):
    def smaller(array):
        array[:, :, : array.shape[2] // 2] = 0

    path = cohort.folder / "data/P3/isodose95.nii.gz"
    changed(path, edited(path, smaller, tmp_path))
    jobs = to_do(cohort)
    # The first job checks all files of a patient; Snakemake's ancient() would hide changes behind
    # it.
    assert patient_jobs(jobs) == of(["P3"], PER_PATIENT)
    assert "data/P3/isodose95.nii.gz" in reason(
        cohort, "P3: checking the files, registering the recurrence MRI to the planning MRI"
    )


def test_a_changed_row_of_the_patients_table(cohort):
    shutil.copy(cohort.folder / "data/P1/gtvr.nii.gz", cohort.folder / "data/P1/gtvr_second.nii.gz")
    rows = [
        row | {"gtvr": "data/P1/gtvr_second.nii.gz"} if row["patient"] == "P1" else row
        for row in cohort.rows
    ]
    cohort.write_patients(rows)
    jobs, why = (
        to_do(cohort),
        reason(
            cohort, "P1: checking the files, registering the recurrence MRI to the planning MRI"
        ),
    )
    cohort.write_patients(cohort.rows)
    assert "data/P1/gtvr_second.nii.gz" in why
    assert patient_jobs(jobs) >= of(["P1"], ["register_recurrence", "derive_regions"])
    assert {patient for _, patient in patient_jobs(jobs)} == {"P1"}


@pytest.mark.parametrize(
    ("section", "values", "message", "per_patient", "of_cohort"),
    [
        ("extraction", {"n_levels": 128}, "P1: features of both regions", {"extract_features", "draw_regions", "measure_universes"}, COHORT | {"table1"}),
        ("statistics", {"alpha": 0.01}, "Shapiro-Wilk, paired t or Wilcoxon, effect sizes, what size alone would give, stability, correlations, components.", set(), COHORT - {"collect_features"}),
        ("spatial_null", {"n_draws": 5, "surrogates": 3, "n_recombinations": 2000},
         "Spatial null and surrogate null of every feature in every sequence, the negative controls, each patient's ranks; the verdicts.", set(), COHORT - {"collect_features", "compare_regions", "collect_dose", "table4"}),
    ],
)  # fmt: skip
def test_a_changed_setting(cohort, section, values, message, per_patient, of_cohort):
    before = cohort.config.get(section)
    cohort.config[section] = values
    jobs, why = to_do(cohort), reason(cohort, message)
    cohort.config[section] = before
    if before is None:  # not {}: the order of keys stands in a param of provenance
        del cohort.config[section]
    assert patient_jobs(jobs) == of(PATIENTS, per_patient)
    assert cohort_jobs(jobs) == of_cohort
    assert "Params have changed" in why


def by_params(workspace):
    """The rules whose own params changed, and the lines of the dry run that say why a job runs."""
    dry = workspace.run("-n", *TARGETS).stdout
    found = re.search(r"params have changed since last execution:\n\s+(.*)", dry, re.I)
    rules = found.group(1).split(", ") if found else []
    return {name.removeprefix("heterogeneity_") for name in rules}, dry


@pytest.mark.parametrize(
    ("module", "rerun"),
    [
        ("features/toolbox.py", {"extract_features", "draw_regions", "measure_universes"}),
        ("features/kernels_toolbox.py", {"extract_features", "draw_regions", "measure_universes"}),
        ("features/ibsi.py", set()),  # used by no job of this study
        # compare_universes imports it too, and is told to wait for the other's controls
        ("spatial_null/kernels_recombination.py", {"compare_with_null"}),
        ("jobs/script.py", set()),  # the glue of every script
    ],
)
def test_an_edit_of_a_core_module_reruns_what_imports_it_and_says_so(
    cohort, changed, module, rerun
):
    path = cohort.repository / "scripts/npcradiomics" / module
    changed(path, path.read_bytes() + b"\n# edited\n")
    rules, dry = by_params(cohort)
    assert rules == rerun
    assert dry.count(f"{module} ") >= len(rerun)
    if not rerun:
        assert to_do(cohort) == set()


def test_verify_says_that_the_config_file_was_forgotten(cohort):
    (cohort.folder / "other.yaml").write_text(
        (cohort.folder / "config.yaml").read_text(encoding="utf-8") + "  contour_end_caps: false\n",
        encoding="utf-8",
    )
    run = cohort.run("heterogeneity_verify", configfile="other.yaml")
    assert run.returncode != 0
    said = [line for line in run.stdout.splitlines() if line.startswith(("NOTE", "FAILED"))]
    assert len(said) == 1 and said[0].startswith(
        "FAILED heterogeneity_verify: results/heterogeneity/provenance.json was made with "
        "--configfile config.yaml, this command has --configfile other.yaml: not compared"
    )


def test_verify_finds_what_no_longer_fits(cohort, changed):
    fits = cohort.run("heterogeneity_verify")
    assert fits.returncode == 0 and "are what" in fits.stdout, fits.stdout[-3000:]
    table = cohort.results / "tables/table2.tsv"
    changed(table, table.read_bytes() + b"\n")
    gtv = cohort.folder / "data/P4/gtv.nii.gz"
    changed(gtv, gtv.read_bytes() + b"\0")
    unfit = cohort.run("heterogeneity_verify")
    assert unfit.returncode != 0
    said = [line for line in unfit.stdout.splitlines() if line.startswith(("NOTE", "FAILED"))]
    assert said[:2] == [
        "NOTE heterogeneity_verify: patient P4: gtv data/P4/gtv.nii.gz: has changed since",
        "NOTE heterogeneity_verify: tables/table2.tsv: has changed since",
    ]
    assert said[2].startswith(
        "FAILED heterogeneity_verify: 2 things no longer fit results/heterogeneity/provenance.json"
    )
    assert len(said) == 3 and max(map(len, said)) < 200
    assert table.exists()  # verify moves nothing
    # A later command says nothing of it.
    later = cohort.run("--force", "heterogeneity_table1")
    assert later.returncode == 0 and "no longer fit" not in later.stdout, later.stdout[-3000:]


def test_universes_whose_job_was_killed_are_measured_by_the_next_run(cohort, monkeypatch, tmp_path):
    """What was there before the change must not stay in their place as if it were new."""
    cohort.config["multiverse"] = cohort.config["multiverse"] | {"axes": AXES | {"levels": [32]}}
    universes = "results/heterogeneity/patients/P1/multiverse/universes.npz"
    with monkeypatch.context() as only_here:
        (tmp_path / "sitecustomize.py").write_text(
            "import os, sys\n"
            "if sys.orig_argv[-1].endswith('.measure_universes.py'): os.kill(os.getpid(), 9)\n",
            encoding="utf-8",
        )
        only_here.setenv("PYTHONPATH", str(tmp_path))
        killed = cohort.run(universes)
    assert killed.returncode != 0, killed.stdout[-3000:]
    resumed = cohort.run(universes)
    assert resumed.returncode == 0, resumed.stdout[-3000:]
    measured = records.read(cohort.folder / universes).universes
    assert any('"levels": 32' in one for one in measured)
