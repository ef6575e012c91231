"""What every chapter uses: settings and patients, checked before the first job; the code a rule depends on."""

import gc
import os
import shlex
import sys
from functools import cache
from pathlib import Path

ROOT = Path(workflow.current_basedir.get_path_or_uri(secret_free=False)).parents[1]
SCHEMAS = ROOT / "workflow" / "schemas"
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "workflow")]

import slurm_executor
from npcradiomics.cohort import configuration, settings_files
from npcradiomics.cohort.configuration import is_simulated
from npcradiomics.jobs.dependencies import code_of

# Snakemake puts it bare into command lines, which a clone in "My Study" would break.
if not sys.executable.startswith("'"):
    sys.executable = shlex.quote(sys.executable)
slurm_executor.prepare(sys.modules.get("snakemake_executor_plugin_slurm"))

# A DAG is a million objects that stay: looking through them again and again costs a tenth. Not
# where this is a module of somebody's own workflow.
if Path(workflow.main_snakefile).parent == ROOT:
    gc.set_threshold(500_000)


def settings_of(study):
    """The study's settings with defaults; a wrong key or value stops here."""
    schema = configuration.read_schema(SCHEMAS / f"{study}_config.schema.yaml")
    complete = settings_files.settings_with_files(config, schema, f"config: {study}", ROOT)
    del complete["results"]  # <results> says it; the same results elsewhere are no other results
    return complete


def defaults_of(study):
    """The study's settings where the config says nothing."""
    schema = configuration.read_schema(SCHEMAS / f"{study}_config.schema.yaml")
    return configuration.complete_settings({}, schema, where="")


def patients_of(study, settings):
    """The patients table as {patient: row}; a wrong row stops here."""
    schema = configuration.read_schema(SCHEMAS / f"{study}_patients.schema.yaml")
    table = configuration.Patients(settings, schema, workflow.is_main_process and logger.warning)
    return configuration.with_results(table, workflow.pathvars.apply("<results>"))


PAGE_TEMPLATES = ("page.html", "pages.css", "registration_words.html")  # which all pages share


def repository_files(folder, *names):
    """Files of the repository as inputs: an edit reruns what depends on it. Relative to the working directory where it can be."""
    inside = Path.cwd() == ROOT
    return [str((Path(folder) if inside else ROOT / folder) / name) for name in names]


def shown(path, category, caption="caption.rst", **labels):
    """An output that stands in Snakemake's report under its study's `category`, by default with what its rule wrote as caption."""
    category = f"{study.capitalize()} {category}"
    return report(path, caption=f"../report/{caption}", category=category, labels=labels)


def tell_by_docstrings():
    """Rules without a message of their own tell their study and the first line of their docstring when they run."""
    for made in workflow.rules:
        if not made.message and made.docstring and Path(made.snakefile).is_relative_to(ROOT):
            made.message = f"{study}: {made.docstring.splitlines()[0]}"
