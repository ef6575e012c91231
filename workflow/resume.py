#!/usr/bin/env python
"""Go on after the main Snakemake was killed (kill -9, power, lost session): the same command, with this in front.

    python workflow/resume.py snakemake -c4 --keep-going
    python workflow/resume.py snakemake --profile workflow/profiles/slurm

1. Refuses while a main Snakemake of this folder is alive on this machine.
2. Ends what the killed one left behind here (its jobs live on, and would write the files that the new run writes), and
   cancels what it left in SLURM: own jobs with the profile's prefix whose working directory is this folder.
3. Removes the lock, then runs the command with --rerun-incomplete.
Needs the environment's Python, for psutil.
"""

import contextlib
import itertools
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psutil

PREFIX = "npcradiomics_"  # slurm-jobname-prefix of workflow/profiles/slurm
SLURM_LOGS = "results/logs/slurm"  # slurm-logdir of that profile
PATIENCE_S = 60


def processes(folder):
    """Own processes that work in this folder, without this one and its parent."""
    own, wanted = psutil.Process(), ["username", "cwd", "cmdline", "environ"]
    return [
        process
        for process in psutil.process_iter(wanted)
        if process.info["username"] == own.username()
        and process.info["cwd"] == str(folder)
        and process.pid not in (own.pid, own.ppid())
    ]


def is_slurm_job(process):
    """In a SLURM job, other than the one in which this command may have been given."""
    job = (process.info["environ"] or {}).get("SLURM_JOB_ID")
    return job is not None and job != os.environ.get("SLURM_JOB_ID")


def is_main(process):
    """A Snakemake (`snakemake` or `python -m snakemake`) that is no job of another one: those have a mode."""
    words = process.info["cmdline"] or [""]
    started = ("-m", "snakemake") in itertools.pairwise(words)
    started |= Path(words[min(1, len(words) - 1)]).name == "snakemake"
    return "python" in words[0] and started and "--mode" not in words


def main_snakemakes(folder):
    return [process for process in processes(folder) if is_main(process)]


def orphans(folder):
    """Jobs that the killed Snakemake left on this machine: scripts, and Snakemake's own subprocesses."""
    found = []
    for process in processes(folder):
        command = " ".join(process.info["cmdline"] or [])
        is_job = ".snakemake/scripts/" in command or "--mode subprocess" in command
        found += [process] * (is_job and not is_slurm_job(process))
    return found


def end_orphans(folder):
    """Terminate, wait, kill: a script writes under a temporary name and renames, so nothing is left half-written."""
    left = orphans(folder)
    for end in (psutil.Process.terminate, psutil.Process.kill):
        for process in left:
            print(
                f"resume: ending job {process.pid} that the killed Snakemake left behind",
                flush=True,
            )
            with contextlib.suppress(psutil.NoSuchProcess):
                end(process)
        psutil.wait_procs(left, timeout=5)
        left = orphans(folder)
    if left:
        pids = ", ".join(str(process.pid) for process in left)
        sys.exit(f"resume: processes {pids} do not end; the folder is left as it is")


def slurm_jobs(folder):
    """Own jobs of this folder that are still in the queue."""
    command = ["squeue", "--me", "--noheader", "--format=%A|%j|%Z"]
    asked = subprocess.run(command, capture_output=True, encoding="utf-8")
    if asked.returncode and not (folder / SLURM_LOGS).exists():
        return []  # squeue is installed here, but this folder has never used it
    if asked.returncode:
        sys.exit(
            f"resume: SLURM does not answer ({asked.stderr.strip()}) and may still run jobs of this folder; try again"
        )
    rows = [line.strip().split("|", 2) for line in asked.stdout.splitlines()]
    return [
        job
        for job, name, where in rows
        if name.startswith(PREFIX) and Path(where).resolve() == folder
    ]


def cancel_slurm_jobs(folder):
    """Cancel and wait until the last has left: its files are the new run's."""
    if not shutil.which("squeue"):
        return
    left, deadline = slurm_jobs(folder), time.monotonic() + PATIENCE_S
    if left:
        print(
            f"resume: cancelling {len(left)} SLURM jobs that the killed Snakemake left behind",
            flush=True,
        )
        subprocess.run(["scancel", *left], check=False)
    while left and time.monotonic() < deadline:
        time.sleep(0.5)
        left = slurm_jobs(folder)
    if left:
        sys.exit(
            f"resume: SLURM jobs {' '.join(left)} do not end within {PATIENCE_S} s; try again, or ask your cluster's support"
        )


def main(command):
    folder = Path.cwd().resolve()
    if not command:
        sys.exit(__doc__)
    if not shutil.which(command[0]):
        sys.exit(
            f"resume: there is no command {command[0]!r}; give the whole command:"
            f" python workflow/resume.py snakemake {' '.join(command)}"
        )
    if alive := main_snakemakes(folder):
        sys.exit(
            f"resume: Snakemake runs in this folder (process {alive[0].pid}); nothing was done"
        )
    end_orphans(folder)
    cancel_slurm_jobs(folder)
    # What --unlock does, without starting Snakemake for it:
    for lock in folder.glob(".snakemake/locks/*.lock"):
        lock.unlink()
    os.execvp(command[0], [*command, "--rerun-incomplete"])


if __name__ == "__main__":
    main(sys.argv[1:])
