"""What snakemake-executor-plugin-slurm 2.8.0 and the newest do not do: wait, and tell why a group failed.

Waiting is done by commands of SLURM's names (workflow/profiles/slurm/bin), which come first on PATH
from the first submission on; nothing of the plugin is touched for it. Two public methods of its
executor are wrapped because of groups:

* What fails before a group is submitted (an account that is not valid) ends in an AttributeError
  that nobody sees, and the run waits for ever: run_job names the job's rule, which a group has not.
* Snakemake 9.27 prints the reason of a failure (NODE_FAIL, sbatch's words) for single jobs only.

This module can go when the plugin and Snakemake tell both themselves.
"""

import os
from functools import cache
from pathlib import Path

COMMANDS = Path(__file__).parent / "profiles" / "slurm" / "bin"


@cache
def use_patient_commands():
    """Put the commands that wait first on PATH, and say where they can tell that they do."""
    os.environ["PATH"] = f"{COMMANDS}{os.pathsep}{os.environ['PATH']}"
    os.environ["NPCRADIOMICS_TERMINAL"] = f"/proc/{os.getpid()}/fd/2"


def submitting(run_job, job_info):
    """The plugin's submission by patient commands, whose failures are reported for groups as well."""

    def submit(executor, job):
        use_patient_commands()
        try:
            run_job(executor, job)
        except Exception as error:
            reason = error.__context__ or error
            executor.report_job_error(job_info(job), msg=f"Job submission failed: {reason}")

    return submit


def saying_why(report_job_error):
    """The report of a failed job or submission, with the reason of a group's."""

    def report(executor, job_info, msg=None, **more):
        if msg and job_info.job.is_group():
            executor.logger.error(msg)
        report_job_error(executor, job_info, msg=msg, **more)

    return report


@cache  # both studies include the rules that call this
def prepare(plugin):
    """Wrap the executor of the plugin (its module; None: nothing to do)."""
    if plugin is not None:
        executor = plugin.Executor
        executor.run_job = submitting(executor.run_job, plugin.SubmittedJobInfo)
        executor.report_job_error = saying_why(executor.report_job_error)
