"""SLURM that is away for a while: jobs are kept and submissions wait, however long it takes.

snakemake-executor-plugin-slurm 2.8.0, the pinned one and the newest, loses jobs in four ways, and
Snakemake then waits for ever or fails:

* A status query that fails makes it forget all active jobs (its issue #207, open).
* A job that SLURM no longer lists (MinJobAge, 300 s by default, after its end) is taken for one that will be listed: after a night in which the
  network was away, or where it asks so seldom (every 180 s, in the end) that the job came and went.
* sbatch gives up after seconds where the controller is away (10 with SLURM's defaults), and every time costs the job an attempt.
* Whatever else fails while a *group* is submitted (no partition found, an account that is not valid) ends in an AttributeError that
  nobody sees: run_job names the job's rule, which a group has not.

And Snakemake 9.27 prints the reason of a failure (NODE_FAIL, sbatch's words) for single jobs only;
here groups say it as well.

What is wrapped here are names of that version; tests/unit/test_slurm_patience.py fails with another
one. This module can go when the plugin does these things itself.
"""

import time
from functools import cache
from types import SimpleNamespace

PLUGIN_VERSION = "2.8.0"
PAUSE_S = 15
SELDOM_S = 60  # at the most between two queries
# The one message after which surely nothing was submitted:
AWAY = "Unable to contact slurm controller (connect failure)"


class NoAnswer(Exception):
    """A status query failed; the message is what the command said."""


class Silence:
    """Says once when SLURM stops answering, and once when it answers again."""

    def __init__(self):
        self.began = None

    def begins(self, logger, said):
        if self.began is None:
            self.began = time.monotonic()
            logger.warning(
                f"SLURM does not answer: {said}\nJobs that run go on, new ones wait; asked again every {PAUSE_S} s."
            )

    def ends(self, logger):
        if self.began is not None:
            logger.warning(f"SLURM answers again, after {time.monotonic() - self.began:.0f} s.")
            self.began = None


class Listed:
    """The jobs in squeue's last answer; None after one of sacct, which may not know a job yet."""

    jobs = None


def raising(query_job_status, listed):
    """The plugin's query, which returns (None, None) where it fails, raising NoAnswer instead."""

    async def query(command, logger):
        said = []
        answer = await query_job_status(command, SimpleNamespace(debug=said.append))
        if answer[0] is None:
            raise NoAnswer(" ".join(said).strip() or f"{command} failed")
        listed.jobs = set(answer[0]) if command.startswith("squeue") else None
        return answer

    return query


def keeping_jobs(check_active_jobs, silence, listed):
    """The plugin's check, after which all jobs are still active where the query failed, and those are failed that squeue lists no more.

    A query comes before the first job is yielded or reported. Not asked again in here: Ctrl-C waits
    for the end of this check.
    """
    missed = set()

    def is_gone(job):
        """Missing in two answers of squeue, which lists a job from its submission on.

        (Members of arrays have other names there.)
        """
        number = job.external_jobid
        if listed.jobs is None or number in listed.jobs or "_" in number:
            missed.discard(number)
            return False
        was_missed = number in missed
        missed.add(number)
        return was_missed

    async def check(executor, active_jobs):
        try:
            async for job in check_active_jobs(executor, active_jobs):
                if is_gone(job):
                    executor.report_job_error(
                        job,
                        msg=f"SLURM no longer lists job {job.external_jobid}: how it ended is unknown.",
                    )
                else:
                    yield job
        except NoAnswer as failure:
            silence.begins(executor.logger, failure)
            executor.next_seconds_between_status_checks = PAUSE_S
            for job in active_jobs:
                yield job
        else:
            executor.next_seconds_between_status_checks = min(
                executor.next_seconds_between_status_checks, SELDOM_S
            )
            if active_jobs:
                silence.ends(executor.logger)

    return check


def remembering(get_min_job_age):
    """The last known MinJobAge: with None for it the plugin turns to sacct, which many clusters do not have."""
    known = None

    def ask():
        nonlocal known
        answer = get_min_job_age()
        known = known if answer is None else answer
        return known

    return ask


def telling(run_job, job_info):
    """The plugin's submission, whose failures are reported for groups as well."""

    def submit(executor, job):
        try:
            run_job(executor, job)
        except Exception as error:
            reason = error.__context__ or error
            executor._report_job_error_threadsafe(job_info(job), f"Job submission failed: {reason}")

    return submit


def saying_why(report_job_error):
    """The report of a failed job or submission, with the reason of a group's."""

    def report(executor, job_info, msg=None, **more):
        if msg and job_info.job.is_group():
            executor.logger.error(msg)
        report_job_error(executor, job_info, msg=msg, **more)

    return report


def submitting_again(report_job_error, silence):
    """The plugin's report of a failed submission, which is submitted again where the controller was away."""

    def report(executor, job_info, msg):
        if AWAY not in msg:
            return report_job_error(executor, job_info, msg)
        silence.begins(executor.logger, AWAY)
        time.sleep(PAUSE_S)  # in one of the two threads that submit
        try:
            executor._job_submission_executor.submit(executor.run_job, job_info.job)
        except RuntimeError:  # Snakemake is ending: no new submissions
            report_job_error(executor, job_info, msg)

    return report


@cache  # both studies include the rules that call this
def be_patient(plugin):
    """Wrap what the plugin (its module; None: nothing to do) asks SLURM."""
    if plugin is None:
        return
    silence, listed, executor = Silence(), Listed(), plugin.Executor
    plugin.query_job_status = raising(plugin.query_job_status, listed)
    plugin.get_min_job_age = remembering(plugin.get_min_job_age)
    executor.check_active_jobs = keeping_jobs(executor.check_active_jobs, silence, listed)
    executor.run_job = telling(executor.run_job, plugin.SubmittedJobInfo)
    executor.report_job_error = saying_why(executor.report_job_error)
    executor._report_job_error_threadsafe = submitting_again(
        executor._report_job_error_threadsafe, silence
    )
