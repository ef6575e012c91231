"""SLURM's commands that wait (workflow/profiles/slurm/bin), before shell scripts that stand for SLURM's own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from repository import ROOT

BIN = ROOT / "workflow" / "profiles" / "slurm" / "bin"
AWAY = "Unable to contact slurm controller (connect failure)"
SUBMIT = ("sbatch", "--parsable", "--job-name", "run", "--wrap=true")
STATUS = ("squeue", "--format=%i|%T", "--states=all", "--noheader", "--name", "run")


@pytest.fixture
def slurm(tmp_path):
    """Ask patient commands; slurm.answers: what the real one of a name says, one after the other.

    An answer is (exit code, standard output, standard error); the last one stays.
    """
    tools, folder = tmp_path / "bin", tmp_path / "run"
    tools.mkdir()
    folder.mkdir()
    told = tmp_path / "terminal"

    def answers(name, *given):
        for number, (code, out, err) in enumerate(given):
            (tools / f"{name}.{number}").write_text(
                f"printf '{out}'; printf '{err}' >&2; exit {code}\n", encoding="utf-8"
            )
        (tools / name).write_text(
            f"#!/bin/sh\ncd {tools}\nn=$(cat {name}.asked 2>/dev/null || echo 0)\n"
            f"echo $((n + 1)) >{name}.asked\n"
            f"[ -e {name}.$n ] || n={len(given) - 1}\n. ./{name}.$n\n",
            encoding="utf-8",
        )
        (tools / name).chmod(0o755)
        (tools / f"{name}.asked").unlink(missing_ok=True)

    def ask(name, *words):
        return subprocess.run(
            [BIN / name, *words],
            cwd=folder,
            env=os.environ
            | {
                "PATH": f"{BIN}:{tools}:{os.environ['PATH']}",
                "NPCRADIOMICS_SLURM_PAUSE_S": "0.01",
                "NPCRADIOMICS_TERMINAL": str(told),
            },
            capture_output=True,
            encoding="utf-8",
            timeout=30,
        )

    ask.answers, ask.folder = answers, folder
    ask.times = lambda name: int((tools / f"{name}.asked").read_text())
    ask.told = lambda: told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    return ask


@pytest.mark.parametrize("command", [SUBMIT, ("sinfo", "-o", "%P")])
def test_what_comes_before_a_job_waits_for_the_controller_and_says_so_once(slurm, command):
    slurm.answers(command[0], (1, "", AWAY), (1, "", AWAY), (0, "17\\n", ""))
    done = slurm(*command)
    assert (done.returncode, done.stdout) == (0, "17\n")
    assert slurm.times(command[0]) == 3
    first, second, last = slurm.told()
    assert first == f"SLURM does not answer: {AWAY}"
    assert second.startswith("Jobs that run go on") and last.startswith("SLURM answers again")


@pytest.mark.parametrize(
    "failure",
    ["Invalid account", "Unable to contact slurm controller (receive failure)", "Socket timed out"],
)
def test_another_failure_is_passed_on_at_once_as_the_job_may_have_been_submitted(slurm, failure):
    slurm.answers("sbatch", (1, "", failure))
    done = slurm(*SUBMIT)
    assert (done.returncode, done.stderr, slurm.times("sbatch")) == (1, failure, 1)
    assert slurm.told() == []


def test_the_script_of_a_job_is_handed_on_at_every_attempt(slurm, tmp_path):
    slurm.answers("sbatch", (1, "", AWAY), (0, "3", ""))
    tool = tmp_path / "bin" / "sbatch"
    text = tool.read_text(encoding="utf-8").replace("#!/bin/sh", f"#!/bin/sh\ncat >>{tmp_path}/in")
    tool.write_text(text, encoding="utf-8")
    process = subprocess.run(
        [BIN / "sbatch", "/dev/stdin"],
        input="hostname\n",
        encoding="utf-8",
        cwd=slurm.folder,
        env=os.environ
        | {"PATH": f"{tool.parent}:{os.environ['PATH']}", "NPCRADIOMICS_SLURM_PAUSE_S": "0"},
    )
    assert process.returncode == 0
    assert (tmp_path / "in").read_text(encoding="utf-8") == "hostname\n" * 2


@pytest.mark.parametrize("command", [STATUS, ("sacct", "-X", "--name", "run")])
def test_a_status_that_fails_is_an_empty_one(slurm, command):
    """To the plugin a job that is not listed is one that will be: it stays active."""
    slurm.answers(command[0], (1, "", "slurm_load_jobs error"), (0, "1|RUNNING\\n", ""))
    asked = [slurm(*command) for _ in range(2)]
    assert [(done.returncode, done.stdout) for done in asked] == [(0, ""), (0, "1|RUNNING\n")]
    assert len(slurm.told()) == 3


def test_a_job_that_squeue_lists_no_more_is_an_error_the_second_time(slurm):
    slurm.answers("sbatch", (0, "1;cluster\\n", ""), (0, "2\\n", ""))
    slurm.answers(
        "squeue", (0, "2|RUNNING\\n", ""), (1, "", AWAY), (0, "2|RUNNING\\n", ""), (0, "", "")
    )
    assert [slurm(*SUBMIT).returncode for _ in range(2)] == [0, 0]
    answers = [slurm(*STATUS).stdout for _ in range(5)]
    assert answers[:3] == ["2|RUNNING\n", "", "2|RUNNING\n1|ERROR\n"]
    assert answers[3] == "1|ERROR\n"
    assert sorted(answers[4].splitlines()) == ["1|ERROR", "2|ERROR"]


def test_a_job_that_is_listed_again_is_none(slurm):
    slurm.answers("sbatch", (0, "1\\n", ""))
    listed = (0, "1|RUNNING\\n", "")
    slurm.answers("squeue", (0, "", ""), listed, (0, "", ""), listed)
    slurm(*SUBMIT)
    assert [slurm(*STATUS).stdout for _ in range(4)] == ["", "1|RUNNING\n"] * 2


def test_sacct_may_not_know_a_job_yet(slurm):
    slurm.answers("sbatch", (0, "1\\n", ""))
    slurm.answers("sacct", (0, "", ""))
    slurm(*SUBMIT)
    assert [slurm("sacct", "--name", "run").stdout for _ in range(3)] == [""] * 3


def test_the_last_known_configuration_stands_while_slurm_is_silent(slurm):
    slurm.answers("scontrol", (1, "", AWAY), (0, "MinJobAge = 600 sec", ""), (1, "", AWAY))
    asked = [slurm("scontrol", "show", "config") for _ in range(3)]
    assert [done.returncode for done in asked] == [1, 0, 0]
    assert asked[2].stdout == "MinJobAge = 600 sec"


def test_what_else_is_asked_is_passed_on(slurm):
    slurm.answers("sacct", (1, "", "accounting storage is disabled"))
    slurm.answers("scontrol", (3, "up", ""))
    assert slurm("sacct", "-j", "1", "-n").returncode == 1
    assert slurm("scontrol", "ping").returncode == 3


def test_without_slurm_the_command_is_not_found():
    done = subprocess.run(
        [BIN / "sinfo"],
        env={"PATH": f"{BIN}{os.pathsep}{Path(sys.executable).parent}"},
        capture_output=True,
        encoding="utf-8",
    )
    assert (done.returncode, done.stderr.strip()) == (1, "sinfo: command not found")
