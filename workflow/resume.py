#!/usr/bin/env python
"""Go on after the main Snakemake was killed (kill -9, power, lost session): the same command, with this in front.

    python workflow/resume.py snakemake -c4 --keep-going
    python workflow/resume.py snakemake --profile workflow/profiles/slurm

1. Refuses while a main Snakemake of this folder is alive on this machine.
2. Ends what the killed one left behind here (its jobs live on, and would write the files that the new run writes), and
   cancels what it left in SLURM: own jobs with the profile's prefix whose working directory is this folder.
3. Removes the lock, then runs the command with --rerun-incomplete.
Needs Linux (/proc) and Python, nothing else.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

PREFIX = "npcradiomics_"  # slurm-jobname-prefix of workflow/profiles/slurm
SLURM_LOGS = "results/logs/slurm"  # slurm-logdir of that profile
PATIENCE_S = 60


def processes(folder):
    """Own processes that work in this folder, as {pid: (command line, environment)};

    not this one and its parents.
    """
    found, skip = {}, {os.getpid(), os.getppid()}
    for proc in Path("/proc").glob("[0-9]*"):
        try:
            if (
                int(proc.name) in skip
                or proc.stat().st_uid != os.getuid()
                or (proc / "cwd").resolve() != folder
            ):
                continue
            command, environment = (
                (proc / name).read_bytes().replace(b"\0", b" ").decode(errors="replace")
                for name in ("cmdline", "environ")
            )
        except OSError:  # ended meanwhile, or somebody else's
            continue
        found[int(proc.name)] = (command, environment)
    return found


def is_slurm_job(environment):
    """In a SLURM job, other than the one in which this command may have been given."""
    own = os.environ.get("SLURM_JOB_ID")
    return "SLURM_JOB_ID=" in environment and (
        own is None or f"SLURM_JOB_ID={own} " not in environment
    )


def is_main(command):
    """A Snakemake (`snakemake` or `python -m snakemake`) that is no job of another one: those have a mode."""
    words = command.split(" ")
    started = " -m snakemake " in command or any(
        Path(word).name == "snakemake" for word in words[1:2]
    )
    return "python" in words[0] and started and "--mode " not in command


def main_snakemakes(folder):
    return [pid for pid, (command, _) in processes(folder).items() if is_main(command)]


def orphans(folder):
    """Jobs that the killed Snakemake left on this machine: scripts, and Snakemake's own subprocesses."""
    return [
        pid
        for pid, (command, environment) in processes(folder).items()
        if (".snakemake/scripts/" in command or "--mode subprocess" in command)
        and not is_slurm_job(environment)
    ]


def end_orphans(folder):
    """Terminate, wait, kill: a script writes under a temporary name and renames, so nothing is left half-written."""
    left = orphans(folder)
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in left:
            print(f"resume: ending job {pid} that the killed Snakemake left behind", flush=True)
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        deadline = time.monotonic() + 5
        while left and time.monotonic() < deadline:
            time.sleep(0.1)
            left = orphans(folder)
    if left:
        sys.exit(f"resume: processes {left} do not end; the folder is left as it is")


def slurm_jobs(folder):
    """Own jobs of this folder that are still in the queue."""
    command = ["squeue", "--me", "--noheader", "--format=%A|%j|%Z"]
    asked = subprocess.run(command, capture_output=True, text=True)
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
    if alive := main_snakemakes(folder):
        sys.exit(f"resume: Snakemake runs in this folder (process {alive[0]}); nothing was done")
    end_orphans(folder)
    cancel_slurm_jobs(folder)
    for lock in folder.glob(
        ".snakemake/locks/*.lock"
    ):  # what --unlock does, without starting Snakemake for it
        lock.unlink()
    os.execvp(command[0], [*command, "--rerun-incomplete"])


if __name__ == "__main__":
    main(sys.argv[1:])
