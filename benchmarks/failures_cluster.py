"""Disturbances of a run on SLURM. Each generator yields (what was done, None or what went wrong)."""

import contextlib
import os
import signal
import subprocess
import time

import yaml
from failures_local import end, wait_for
from throwaway import PROFILE

HASTE = {"slurm-init-seconds-before-status-checks": 3, "latency-wait": 20}  # the throw-away cluster answers at once
MEASURED = "heterogeneity_extract_features"  # the rule whose requests two trials change


def run_on(cohort, resources=None):
    """A fresh run by a copy of the profile; `resources` are those of one rule, which then is a job of its own."""
    profile = yaml.safe_load((PROFILE / "config.yaml").read_text(encoding="utf-8")) | HASTE
    if resources:
        profile["set-resources"][MEASURED] = resources
        for rule in (MEASURED, "heterogeneity_appendix"):
            del profile["groups"][rule]
    run = cohort.run(options=["--profile", "profile"])
    (run.folder / "profile").mkdir()
    (run.folder / "profile/config.yaml").write_text(yaml.safe_dump(profile), encoding="utf-8")
    return run


def undisturbed(cohort, lab, rng, times):
    """The cluster's results are those of a local run."""
    for _ in range(times):
        run = run_on(cohort)
        yield "nothing done", end(cohort, run, run.finish())


def main_killed(cohort, lab, rng, times):
    """kill -9 of the main process while its jobs run on in SLURM; workflow/resume.py and the same command."""
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
        if not wait_for(run.scripts, process):
            yield "a job killed", "no job ran"
            continue
        time.sleep(rng.uniform(0, 0.3) * cohort.seconds)
        wait_for(run.scripts, process)
        os.kill(rng.choice(run.scripts()), signal.SIGKILL)
        wrong = end(cohort, run, process.wait())
        yield "a job killed", wrong if "Trying to restart job" in run.output else "no job was sent again"


def job_cancelled(cohort, lab, rng, times):
    """scancel of a whole SLURM job behind Snakemake's back."""
    for _ in range(times):
        run = run_on(cohort)
        process = run.start()
        wait_for(run.scripts, process)
        time.sleep(rng.uniform(0, 0.3) * cohort.seconds)
        lab.ask("scancel", rng.choice(lab.ask("squeue", "-h", "-t", "R", "-o", "%A")))
        wrong = end(cohort, run, process.wait())
        yield "a SLURM job cancelled", wrong if "Trying to restart job" in run.output else "no job was sent again"


def beyond_memory(cohort, lab, rng, times):
    """A request that is too small the first time. The cluster has no cgroups: SLURM sets ulimit -v (VSizeFactor)."""
    for _ in range(times):
        run = run_on(cohort, {"mem_mb": "560 if attempt == 1 else 1500", "runtime": "attempt * 3"})
        wrong = end(cohort, run, run.finish())
        yield "jobs beyond their memory", wrong if "Trying to restart job" in run.output else "none was too small"


def beyond_time(cohort, lab, rng, times):
    """A job that does not end within its minute: SLURM ends it, the next attempt has more."""
    for _ in range(times):
        run = run_on(cohort, {"mem_mb": 1500, "runtime": "1 if attempt == 1 else 10"})
        process = run.start()
        features = run.results / "logs" / "REC002" / "extract_features.log"
        wait_for(lambda log=features, of=run: log.exists() and of.scripts(), process)
        for pid in run.scripts():
            os.kill(pid, signal.SIGSTOP)
        wrong = end(cohort, run, process.wait())
        yield "a job beyond its time", wrong if "TIMEOUT" in run.output else "SLURM ended none"


def node_down(cohort, lab, rng, times):
    """A node goes down with its jobs, and comes back after the run."""
    for _ in range(times):
        run = run_on(cohort)
        process = run.start()
        wait_for(run.scripts, process)
        time.sleep(rng.uniform(0, 0.3) * cohort.seconds)
        node = f"nodename={rng.choice(lab.ask('squeue', '-h', '-t', 'R', '-o', '%N'))}"
        lab.ask("scontrol", "update", node, "state=down", "reason=trial")
        wrong = end(cohort, run, process.wait())
        if node.removeprefix("nodename=") not in lab.ask("sinfo", "-h", "-N", "-t", "down", "-o", "%N"):
            wrong = "the node came back by itself"
        else:
            lab.ask("scontrol", "update", node, "state=resume")
        yield f"{node} down", wrong if "Trying to restart job" in run.output else "no job was sent again"


def controller_restarted(cohort, lab, rng, times):
    """The controller is away for 20 seconds. Where it is asked meanwhile and there is no slurmdbd, the plugin (2.8.0) forgets its
    jobs and the main process waits for ever: then it is killed and the run resumed, and the line says so."""
    for _ in range(times):
        run, what = run_on(cohort), "controller away for 20 s"
        process = run.start()
        wait_for(run.scripts, process)
        time.sleep(rng.uniform(0, 0.3) * cohort.seconds)
        lab.stop_controller()
        time.sleep(20)
        lab.start()
        try:
            code = process.wait(6 * cohort.seconds + 60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            code, what = run.finish(resume=True), f"{what}, main process stuck, killed and resumed"
        yield what, end(cohort, run, code)


TRIALS = (
    (undisturbed, 1),
    (main_killed, 5),
    (job_killed, 2),
    (job_cancelled, 1),
    (beyond_memory, 1),
    (beyond_time, 1),
    (node_down, 2),
    (controller_restarted, 2),
)
