"""What every chapter uses: settings and patients, checked before the first job; inputs by column; core modules."""

import os
import re
import sys
from pathlib import Path

ROOT = Path(workflow.current_basedir.get_path_or_uri(secret_free=False)).parents[1]
SCHEMAS = ROOT / "workflow" / "schemas"
sys.path.insert(0, str(ROOT / "scripts"))

from npcradiomics import configuration

# One thread per job: as many jobs as cores, and the same bits however many run.
for library in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "NUMBA"):
    os.environ[f"{library}_NUM_THREADS"] = "1"
os.environ["ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS"] = "1"
os.environ.setdefault("NUMBA_CACHE_DIR", str(ROOT / ".cache" / "numba"))


def settings_of(study):
    """The study's settings with defaults; a wrong key or value stops here."""
    schema = configuration.read_schema(SCHEMAS / f"{study}_config.schema.yaml")
    return configuration.complete_settings(config, schema, where=f"config: {study}")


def patients_of(study, settings):
    """The patients table as {patient: row}; a wrong row stops here."""
    schema = configuration.read_schema(SCHEMAS / f"{study}_patients.schema.yaml")
    rows = configuration.read_patients(
        settings["patients"], schema, settings["clinical_columns"]
    )
    return {row["patient"]: row for row in rows}


def is_simulated(row):
    return "/simulated/" in row["planning_mri"]


def file_of(column):
    """Input function: the file in this column of the patient's row.

    A missing file is left out here and refused by check_inputs with patient and name, so that the others go on.
    """

    def path(wildcards):
        row = patients[wildcards.patient]
        value = row.get(column, "")
        return value if value and (is_simulated(row) or os.path.exists(value)) else []

    return path


def core(*modules):
    """Core modules as input files: an edit reruns what depends on it. Relative where the clone is the working folder."""
    folder = ROOT / "scripts" / "npcradiomics"
    folder = folder.relative_to(ROOT) if Path.cwd() == ROOT else folder
    return [str(folder / f"{name}.py") for name in modules]
