"""What every chapter uses: settings and patients, checked before the first job; the code a rule depends on."""

import gc
import os
import sys
from functools import cache
from pathlib import Path

ROOT = Path(workflow.current_basedir.get_path_or_uri(secret_free=False)).parents[1]
SCHEMAS = ROOT / "workflow" / "schemas"
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "workflow")]

import slurm_patience
from npcradiomics.cohort import configuration
from npcradiomics.jobs.dependencies import code_of

slurm_patience.be_patient(sys.modules.get("snakemake_executor_plugin_slurm"))

gc.set_threshold(
    500_000
)  # a DAG is a million objects that stay: looking through them again and again costs a tenth

# One thread per job: as many jobs as cores, and the same bits however many run.
LIBRARIES = (
    "OMP_NUM OPENBLAS_NUM MKL_NUM NUMEXPR_NUM NUMBA_NUM ITK_GLOBAL_DEFAULT_NUMBER_OF".split()
)
os.environ.update({f"{library}_THREADS": "1" for library in LIBRARIES})
os.environ.setdefault("NUMBA_CACHE_DIR", str(ROOT / ".cache" / "numba"))


def schema_of(name):
    return configuration.read_schema(SCHEMAS / f"{name}.schema.yaml")


def results_folders():
    """{study: folder of its results}; a key at the top that nobody has stops here, before the demo runs in its place."""
    studies = {study: schema_of(f"{study}_config") for study in ("heterogeneity", "response")}
    configuration.refuse_unknown_top(config, schema_of("config"), studies)
    return configuration.results_folders(config, studies)


def settings_of(study):
    """The study's settings with defaults; a wrong key or value stops here."""
    schema = schema_of(f"{study}_config")
    complete = configuration.complete_settings(config, schema, where=f"config: {study}")
    del complete["results"]  # <results> says it; the same results elsewhere are no other results
    return configuration.with_repository_files(complete, ROOT)


def patients_of(study, settings):
    """The patients table as {patient: row}; a wrong row stops here."""
    schema = schema_of(f"{study}_patients")
    table = configuration.Patients(settings["patients"], schema, settings["clinical_columns"])
    return configuration.with_results(table, workflow.pathvars.apply("<results>"))


def is_simulated(row):
    return any("simulated" in value.split("/") for value in row.values())


def repository_files(folder, *names):
    """Files of the repository as inputs: an edit reruns what depends on it. Relative to the working directory where it can be."""
    inside = Path.cwd() == ROOT
    return [str((Path(folder) if inside else ROOT / folder) / name) for name in names]
