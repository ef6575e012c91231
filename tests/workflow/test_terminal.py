"""What a person at a terminal reads: how far a run is, and what to open after the demo."""

import contextlib
import itertools
import os
import pty
import re
import shutil
import subprocess
import sys
from collections import Counter

import pytest

from repository import ROOT

SIXTEEN_JOBS = f"""
from pathlib import Path
ROOT, RESULTS = Path("{ROOT}"), {{}}
include: "{ROOT}/workflow/rules/terminal.smk"
rule all:
    input: expand("{{i}}.txt", i=range(16))
rule one:
    output: "{{i}}.txt"
    shell: "sleep 0.5; echo > {{output}}"
"""
TOLD = re.compile(
    r"^(REC\d+): (\w+) done\. (\d+) of 20 patients, (\d+) of (\d+) jobs(?:, .* left)?\r?$", re.M
)


def words(folder, command, *, terminal, **environment):
    """What a command writes, on a terminal or into a file."""
    master, slave = pty.openpty() if terminal else os.pipe()
    given = {key: value for key, value in os.environ.items() if key != "CI"} | environment
    process = subprocess.Popen(command, cwd=folder, env=given, stdout=slave, stderr=slave)
    os.close(slave)
    said = b""
    with contextlib.suppress(OSError):  # a terminal without a writer is an error on Linux
        while part := os.read(master, 65536):
            said += part
    os.close(master)
    assert process.wait() == 0, said.decode("utf-8")
    return said.decode("utf-8")


@pytest.mark.parametrize("terminal, environment", [(True, {}), (True, {"CI": "true"}), (False, {})])
def test_twenty_patients_on_a_terminal_and_nothing_of_it_in_ci_and_log_files(
    workspace, terminal, environment
):
    """--touch goes through all jobs of the run and starts none of them."""
    patients = [f"REC{i:03d}" for i in range(1, 21)]
    workspace.simulate(patients)
    workspace.run("--list-rules")  # writes the config
    command = [sys.executable, "-m", "snakemake", "-c2", "--touch", "all"]
    command += ["-s", ROOT / "Snakefile", "--configfile", "config.yaml"]
    said = words(workspace.folder, command, terminal=terminal, **environment)
    assert "heterogeneity: SIMULATED patients" in said
    told = TOLD.findall(said)
    if environment or not terminal:
        assert told == [] and "20 patients" not in said
        return
    steps = {step for _, step, *_ in told}
    assert steps >= {"register_recurrence", "derive_regions", "extract_features", "appendix"}
    assert Counter((patient, step) for patient, step, *_ in told) == Counter(
        itertools.product(patients, steps)
    )
    for line, (patient, _, done, jobs, all_jobs) in enumerate(told):
        left = {name for name, *_ in told[line + 1 :]}
        assert int(done) == len(patients) - len(left), (line, patient)
        assert line < int(jobs) <= int(all_jobs)
    assert told[-1][2] == "20"


def test_new_jobs_are_looked_for_when_one_has_ended(tmp_path):
    """And not each second for every job that has: that is Snakemake's limit of jobs a second, where it is asked for."""
    (tmp_path / "Snakefile").write_text(SIXTEEN_JOBS, encoding="utf-8")
    command = [sys.executable, "-m", "snakemake", "-c2", "--verbose", "--forceall"]
    said = words(tmp_path, command, terminal=False)
    assert said.count("Ready jobs: ") <= 1 + 16
    said = words(tmp_path, [*command, "--max-jobs-per-timespan", "99/1s"], terminal=False)
    assert said.count("Ready jobs: ") > 1 + 16


def test_progress_is_told_by_the_same_steps_where_the_workflow_is_a_module(workspace):
    workspace.simulate(["REC001", "REC002", "REC003"])
    workspace.run("--list-rules")  # writes the config
    handlers = [f"{name}: npc.{name}()" for name in ("onstart", "onsuccess", "onerror")]
    module = ["module npc:", f'    snakefile: "{ROOT}/Snakefile"', "    config: config"]
    lines = [*module, "use rule * from npc as npc_*", *handlers]
    (workspace.folder / "Snakefile").write_text("\n".join(lines), encoding="utf-8")
    command = [sys.executable, "-m", "snakemake", "-c2", "--touch", "--configfile", "config.yaml"]
    said = words(workspace.folder, [*command, "--", "npc_heterogeneity_table2"], terminal=True)
    told = re.findall(r"^(REC\d+): (\w+) done\. \d of 3 patients", said, re.M)
    assert set(told) == {
        (f"REC00{k}", step)
        for k in (1, 2, 3)
        for step in (
            "simulate_patient",
            "register_recurrence",
            "derive_regions",
            "extract_features",
        )
    }
    assert said.count("heterogeneity: SIMULATED patients") == 2


def test_the_demo_ends_with_three_things_that_it_makes(tmp_path):
    (tmp_path / "envs").mkdir()
    for name in ("Makefile", "pyproject.toml", "uv.lock", "envs/viewer.sh"):
        shutil.copy(ROOT / name, tmp_path / name)
    stand_in = tmp_path / ".venv" / "bin" / "snakemake"
    stand_in.parent.mkdir(parents=True)
    stand_in.write_text('#!/bin/sh\necho "$@" > arguments\n', encoding="utf-8")
    stand_in.chmod(0o755)
    (tmp_path / ".venv" / ".complete").write_text(f"{tmp_path}\n", encoding="utf-8")
    said = words(tmp_path, ["make", "--no-print-directory", "demo", "CORES=2"], terminal=False)
    arguments = (tmp_path / "arguments").read_text(encoding="utf-8").split()
    summary = [sys.executable, "-m", "snakemake", "--summary", *arguments[:2], "-c1"]
    summary += ["-s", ROOT / "Snakefile", "--configfile", ROOT / "config" / "demo.yaml"]
    made = {line.split("\t")[0] for line in words(tmp_path, summary, terminal=False).splitlines()}
    _, first = said.split("in results/demo. To open first:\n")
    files = [line.split()[0] for line in first.splitlines()]
    assert len(files) == 3
    assert {f"results/demo/{file}" for file in files} <= made
