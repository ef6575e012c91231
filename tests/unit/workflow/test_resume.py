"""Going on after a kill -9: what is ended, cancelled and removed, and when nothing is touched."""

import os
import subprocess
import sys
import time

import pytest

from repository import ROOT

RESUME = ROOT / "workflow" / "resume.py"
ECHO = [sys.executable, "-c", "import sys; print('went on with', sys.argv[1:])"]


@pytest.fixture
def resume(tmp_path):
    """Run resume.py in a folder of its own.

    Squeue is what `squeue` (a shell script) says, absent by default.
    """
    folder, tools = tmp_path / "run", tmp_path / "bin"
    (folder / ".snakemake/locks").mkdir(parents=True)
    tools.mkdir()

    def run(squeue=None, command=ECHO):
        for name, text in {
            "squeue": squeue,
            "scancel": f'echo "$@" >>{tmp_path}/cancelled',
        }.items():
            if text is not None:
                (tools / name).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
                (tools / name).chmod(0o755)
        return subprocess.run(
            [sys.executable, str(RESUME), *command],
            cwd=folder,
            env=os.environ | {"PATH": f"{tools}:/usr/bin:/bin" if squeue else str(tools)},
            capture_output=True,
            encoding="utf-8",
        )

    run.folder, run.cancelled = folder, tmp_path / "cancelled"
    return run


def test_the_lock_goes_and_the_command_goes_on(resume):
    lock = resume.folder / ".snakemake/locks/0.input.lock"
    lock.touch()
    done = resume()
    assert done.returncode == 0 and "went on with ['--rerun-incomplete']" in done.stdout
    assert not lock.exists()


def test_options_without_the_command_are_refused_in_one_line(resume):
    lock = resume.folder / ".snakemake/locks/0.input.lock"
    lock.touch()
    done = resume(command=["-c4", "response_study"])
    assert done.returncode == 1 and lock.exists()
    assert done.stderr == (
        "resume: there is no command '-c4'; give the whole command:"
        " python workflow/resume.py snakemake -c4 response_study\n"
    )


def test_a_job_that_was_left_behind_is_ended(resume):
    script = resume.folder / ".snakemake/scripts/tmp.derive_regions.py"
    script.parent.mkdir()
    script.write_text("import time; time.sleep(60)", encoding="utf-8")
    job = subprocess.Popen(
        [sys.executable, ".snakemake/scripts/tmp.derive_regions.py"], cwd=resume.folder
    )
    elsewhere = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)"], cwd=resume.folder
    )
    try:
        done = resume()
        assert f"ending job {job.pid}" in done.stdout
        assert job.wait(5) != 0 and elsewhere.poll() is None
    finally:
        for process in (job, elsewhere):
            process.kill()
            process.wait()


def test_nothing_is_done_while_a_snakemake_runs_here(resume):
    lock = resume.folder / ".snakemake/locks/0.input.lock"
    lock.touch()
    (resume.folder / "snakemake").write_text("import time; time.sleep(60)", encoding="utf-8")
    alive = subprocess.Popen([sys.executable, "snakemake"], cwd=resume.folder)
    try:
        time.sleep(0.2)
        done = resume()
        assert (
            done.returncode == 1
            and f"Snakemake runs in this folder (process {alive.pid})" in done.stderr
        )
        assert lock.exists()
    finally:
        alive.kill()
        alive.wait()


def test_only_jobs_of_this_folder_and_prefix_are_cancelled(resume, tmp_path):
    # Empty once something was cancelled: the jobs have ended.
    listed = (
        f"11|npcradiomics_a|{resume.folder}\n12|npcradiomics_b|/elsewhere\n13|other|{resume.folder}"
    )
    done = resume(f'[ -e {resume.cancelled} ] || printf "{listed}\n"')
    assert done.returncode == 0, done.stderr
    assert resume.cancelled.read_text(encoding="utf-8").split() == ["11"]


def test_slurm_that_does_not_answer(resume):
    silent = "echo Unable to contact slurm controller >&2; exit 1"
    assert resume(silent).returncode == 0  # this folder has never used it
    (resume.folder / "results/logs/slurm").mkdir(parents=True)
    done = resume(silent)
    assert done.returncode == 1
    assert "SLURM does not answer (Unable to contact slurm controller)" in done.stderr
    assert "went on" not in done.stdout
