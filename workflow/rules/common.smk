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


def refuse_unknown_keys():
    """A key at the top of the config that nobody has stops here, before the demo runs in its place."""
    top, *studies = (
        configuration.read_schema(SCHEMAS / f"{name}.schema.yaml")
        for name in ("config", "heterogeneity_config", "response_config")
    )
    studies = dict(zip(("heterogeneity", "response"), studies, strict=True))
    configuration.refuse_unknown_top(config, top, studies)


def settings_of(study):
    """The study's settings with defaults; a wrong key or value stops here."""
    schema = configuration.read_schema(SCHEMAS / f"{study}_config.schema.yaml")
    complete = configuration.complete_settings(config, schema, where=f"config: {study}")
    return configuration.with_repository_files(complete, ROOT)


def patients_of(study, settings):
    """The patients table as {patient: row}; a wrong row stops here."""
    schema = configuration.read_schema(SCHEMAS / f"{study}_patients.schema.yaml")
    return configuration.Patients(settings["patients"], schema, settings["clinical_columns"])


def is_simulated(row):
    return any("simulated" in value.split("/") for value in row.values())


def repository_files(folder, *names):
    """Files of the repository as inputs: an edit reruns what depends on it. Relative to the working directory where it can be."""
    inside = Path.cwd() == ROOT
    return [str((Path(folder) if inside else ROOT / folder) / name) for name in names]
