"""What every chapter uses: settings and patients, checked before the first job; inputs by column; core modules as inputs."""

import os
import re
import sys
from pathlib import Path

ROOT = Path(workflow.current_basedir.get_path_or_uri(secret_free=False)).parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from npcradiomics import configuration

envvars_of_threads = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS": "1",
}
os.environ.update(
    envvars_of_threads
)  # one thread per job: bit-identical results, and as many jobs as cores


def complete(study):
    """The study's settings with defaults; a wrong key or value stops here."""
    schema = configuration.read_schema(
        ROOT / f"workflow/schemas/{study}_config.schema.yaml"
    )
    try:
        return configuration.complete_settings(config, schema, where=f"config: {study}")
    except ValueError as error:
        raise WorkflowError(str(error))


def read_patients_table(study, settings):
    """The patients table as {patient: row}; a wrong row stops here."""
    schema = configuration.read_schema(
        ROOT / f"workflow/schemas/{study}_patients.schema.yaml"
    )
    try:
        rows = configuration.read_patients(
            settings["patients"], schema, settings["clinical_columns"]
        )
    except ValueError as error:
        raise WorkflowError(str(error))
    return {row["patient"]: row for row in rows}


def is_simulated(row):
    return "/simulated/" in row["planning_mri"]


def file_of(column):
    """Input function: the file in this column of the patient's row.

    A missing file is left out here and refused by check_inputs with patient and name, so that the other patients go on.
    """

    def path(wildcards):
        row = patients[wildcards.patient]
        value = row.get(column, "")
        return value if value and (is_simulated(row) or os.path.exists(value)) else []

    return path


def core(*modules):
    """Core modules as input files: an edit reruns what depends on it. Relative to the working directory where it can be."""
    folder = ROOT / "scripts" / "npcradiomics"
    inside = Path.cwd() == ROOT
    return [
        str((folder.relative_to(ROOT) if inside else folder) / f"{name}.py")
        for name in modules
    ]
