"""Disturbances of a run on SLURM.

Each generator yields (what was done, None or what went wrong).
"""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

import yaml
from failures_local import end, wait_for
from throwaway import PROFILE

HASTE = {
    "slurm-init-seconds-before-status-checks": 3,
    "latency-wait": 20,
}  # the throw-away cluster answers at once
MEASURED = "heterogeneity_extract_features"  # the rule whose requests two trials change


def run_on(cohort, resources=None):
    """A fresh run by a copy of the profile.

    `resources` are those of one rule, which then is a job of its own.
    """
    profile = yaml.safe_load((PROFILE / "config.yaml").read_text(encoding="utf-8")) | HASTE
    if resources:
        profile["set-resources"][MEASURED] = resources
        del profile["groups"][MEASURED]
    run = cohort.run(options=["--profile", "profile"])
    (run.folder / "profile").mkdir()
    (run.folder / "profile/config.yaml").write_text(yaml.safe_dump(profile), encoding="utf-8")
    return run


def stopped_script(cohort, run, process, rng):
    """At a random moment: a process that executes a rule's script, stopped so that it cannot end before what comes, and its SLURM_* settings.

    Raises RuntimeError if the run ends before.
    """
    wait_for(run.scripts, process)
    time.sleep(rng.uniform(0, 0.3) * cohort.seconds)
    while wait_for(run.scripts, process):
        with contextlib.suppress(OSError, IndexError):  # ended meanwhile
            pid = rng.choice(run.scripts())
            os.kill(pid, signal.SIGSTOP)
            return pid, environment(pid)
    raise RuntimeError(f"no script ran: {run.output[-600:]}")


def environment(pid):
    words = (Path("/proc") / str(pid) / "environ").read_bytes().decode(errors="replace").split("\0")
    return dict(word.split("=", 1) for word in words if "=" in word)


def sent_again(cohort, run, code):
    """None if the run ended well and Snakemake had to send a job again."""
    return end(cohort, run, code) or (
        None if "Trying to restart job" in run.output else "no job was sent again"
    )


def undisturbed(cohort, lab, rng, times):
    """The cluster's results are those of a local run."""
    for _ in range(times):
        run = run_on(cohort)
        yield "nothing done", end(cohort, run, run.finish())


def main_killed(cohort, lab, rng, times):
    """kill -9 of the main process while its jobs run on in SLURM.

    Then workflow/resume.py and the same command.
    """
    run, moments = run_on(cohort), []
    while times:
        process = run.start(resume=True)
        if len(moments) < times:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(rng.uniform(0.05, 0.6) * cohort.seconds)
            if process.poll() is None:
                process.kill()
                process.wait()
                moments.append(len(lab.ask("squeue", "-h")))
                continue
        wrong = end(cohort, run, process.wait())
        for jobs in moments:
            yield f"main process killed with {jobs} jobs in the queue", wrong
        times, moments, run = times - len(moments), [], run_on(cohort)


def job_killed(cohort, lab, rng, times):
    """kill -9 of a script inside its SLURM job: Snakemake sends the job again, the same run ends well."""
    for _ in range(times):
        run = run_on(cohort)
        process = run.start()
        pid, _ = stopped_script(cohort, run, process, rng)
        os.kill(pid, signal.SIGKILL)
        yield "a job killed", sent_again(cohort, run, process.wait())


def job_cancelled(cohort, lab, rng, times):
    """scancel of a whole SLURM job behind Snakemake's back."""
    for _ in range(times):
        run = run_on(cohort)
        process = run.start()
        _, its = stopped_script(cohort, run, process, rng)
        lab.ask("scancel", its["SLURM_JOB_ID"])
        yield "a SLURM job cancelled", sent_again(cohort, run, process.wait())


def beyond_memory(cohort, lab, rng, times):
    """A request that is too small the first time.

    The cluster has no cgroups: SLURM sets ulimit -v (VSizeFactor).
    """
    for _ in range(times):
        run = run_on(cohort, {"mem_mb": "560 if attempt == 1 else 1500", "runtime": "attempt * 3"})
        yield "jobs beyond their memory", sent_again(cohort, run, run.finish())


def beyond_time(cohort, lab, rng, times):
    """A job that does not end within its minute: SLURM ends it, the next attempt has more."""
    for _ in range(times):
        run = run_on(cohort, {"mem_mb": 1500, "runtime": "1 if attempt == 1 else 10"})
        process = run.start()
        wait_for(lambda of=run: of.scripts("extract_features"), process)
        for pid in run.scripts("extract_features"):
            os.kill(pid, signal.SIGSTOP)
        wrong = sent_again(cohort, run, process.wait())
        yield "a job beyond its time", wrong if "TIMEOUT" in run.output else "SLURM ended none"


def node_down(cohort, lab, rng, times):
    """A node is set down with its jobs, or loses its power, in turn.

    It stays down until the run has ended.
    """
    for number in range(times):
        run = run_on(cohort)
        process = run.start()
        _, its = stopped_script(cohort, run, process, rng)
        node = its["SLURMD_NODENAME"]
        if number % 2:
            lab.power_off(node)
        else:
            lab.ask("scontrol", "update", f"nodename={node}", "state=down", "reason=trial")
        wrong = sent_again(cohort, run, process.wait())
        if node not in lab.ask("sinfo", "-h", "-N", "-t", "down", "-o", "%N"):
            wrong = "the node came back by itself"
        lab.start()
        yield f"{node} {'without power' if number % 2 else 'set down'}", wrong


def controller_away(cohort, lab, rng, times):
    """The controller is away for 60 s: first when the run begins, then at random moments.

    Nobody does anything.
    """
    for number in range(times):
        run = run_on(cohort)
        if number:
            process = run.start()
            wait_for(run.scripts, process)
            time.sleep(rng.uniform(0, 0.3) * cohort.seconds)
            lab.stop_controller()
        else:
            lab.stop_controller()
            process = run.start()
        time.sleep(60)
        lab.start()
        try:
            wrong = end(cohort, run, process.wait(6 * cohort.seconds + 180))
        except subprocess.TimeoutExpired:
            process.kill()
            wrong = "the main process is stuck"
        said = run.output.count("SLURM does not answer")
        yield (
            f"controller away for 60 s {'in the run' if number else 'at its start'}, noticed {said} times",
            wrong,
        )


TRIALS = (
    (undisturbed, 1),
    (controller_away, 3),
    (node_down, 2),
    (job_cancelled, 1),
    (job_killed, 1),
    (beyond_memory, 1),
    (beyond_time, 1),
    (main_killed, 4),
)
