"""SLURM that is away: no job is forgotten, no submission lost, and it is said once.

A plugin of fake answers stands for the cluster.
"""

import asyncio
import logging
import sys
from importlib import import_module
from importlib.metadata import version
from types import SimpleNamespace

import pytest

from repository import ROOT

sys.path.append(str(ROOT / "workflow"))
import slurm_patience

CONNECT = "sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)"

GROUP = SimpleNamespace(name="group", is_group=lambda: True)  # which has no rule
SINGLE = SimpleNamespace(name="single", rule="rule", is_group=lambda: False)


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    monkeypatch.setattr(slurm_patience, "PAUSE_S", 0)


class Answers:
    """A SLURM command that gives these answers, one after the other."""

    def __init__(self, *answers):
        self.left = list(answers)

    def next(self):
        return self.left.pop(0)


class Pool:
    """The threads that submit; `work` does what was asked of them, until nothing is left."""

    def __init__(self):
        self.left, self.is_shut = [], False

    def submit(self, function, job):
        if self.is_shut:
            raise RuntimeError("cannot schedule new futures after shutdown")
        self.left.append((function, job))

    def work(self):
        while self.left:
            function, job = self.left.pop(0)
            function(job)


def patient_plugin(status=(), ages=(300,), submissions=(), command="squeue"):
    """A module with the plugin's names and their behaviour in 2.8.0, made patient.

    Statuses are the answers of squeue (None: failed).
    """
    status, ages, submissions = Answers(*status), Answers(*ages), Answers(*submissions)

    async def query_job_status(command, logger):
        answer = status.next()
        if answer is None:
            logger.debug("SLURM query command failed: slurm_load_jobs error")
            return None, None
        return answer, 0.1

    plugin = SimpleNamespace(query_job_status=query_job_status, get_min_job_age=lambda: ages.next())
    plugin.SubmittedJobInfo = lambda job: SimpleNamespace(job=job, external_jobid=job.name)

    class Executor:
        def __init__(self):
            self.logger = logging.getLogger("slurm")
            self._job_submission_executor = Pool()
            self.submitted, self.succeeded, self.errors = [], [], []
            self.next_seconds_between_status_checks = 180

        async def check_active_jobs(self, active_jobs):
            for _ in range(5 if active_jobs else 0):
                found, _ = await plugin.query_job_status(f"{command} --name run", self.logger)
                if found is not None:
                    break
            else:
                return
            for job in active_jobs:
                if found.get(job.external_jobid) == "COMPLETED":
                    self.succeeded.append(job.external_jobid)
                else:
                    yield job

        def report_job_error(self, job_info, msg=None, aux_logs=None):
            self.errors.append((job_info.external_jobid, msg))

        def run_job(self, job):
            failure = submissions.next()
            if failure == "sinfo":
                try:
                    raise ValueError(f"Failed to run sinfo: {CONNECT}")
                except ValueError:
                    job.rule  # noqa: B018  what the plugin does: a group has no rule
            elif failure:
                self._report_job_error_threadsafe(
                    plugin.SubmittedJobInfo(job), f"SLURM sbatch failed: {failure}"
                )
            else:
                self.submitted.append(job)

        def _report_job_error_threadsafe(self, job_info, msg):
            self.report_job_error(job_info, msg=msg)

    plugin.Executor = Executor
    slurm_patience.be_patient.__wrapped__(plugin)
    return plugin


def check(executor, numbers):
    """Check these SLURM jobs; the numbers of those that are still active."""
    jobs = [SimpleNamespace(job=GROUP, external_jobid=number) for number in numbers]

    async def still_active():
        return [job.external_jobid async for job in executor.check_active_jobs(jobs)]

    return asyncio.run(still_active())


def submit(executor, job):
    executor._job_submission_executor.submit(executor.run_job, job)
    executor._job_submission_executor.work()


def test_jobs_stay_active_while_slurm_is_silent_and_are_found_afterwards(caplog):
    executor = patient_plugin(status=[None, None, {"1": "COMPLETED", "2": "RUNNING"}]).Executor()
    assert check(executor, ["1", "2"]) == ["1", "2"]
    assert check(executor, ["1", "2"]) == ["1", "2"]
    assert executor.succeeded == []
    assert check(executor, ["1", "2"]) == ["2"]
    assert executor.succeeded == ["1"]
    said = [record.message for record in caplog.records]
    assert [line.split(":")[0].split(",")[0] for line in said] == [
        "SLURM does not answer",
        "SLURM answers again",
    ]
    assert "slurm_load_jobs error" in said[0]


def test_silence_is_asked_again_soon_and_a_second_one_is_said_again(caplog):
    executor = patient_plugin(status=[None, {"1": "RUNNING"}, None, {"1": "RUNNING"}]).Executor()
    pauses = []
    for _ in range(4):
        assert check(executor, ["1"]) == ["1"]
        pauses.append(executor.next_seconds_between_status_checks)
        executor.next_seconds_between_status_checks = 180
    assert pauses == [slurm_patience.PAUSE_S, slurm_patience.SELDOM_S] * 2
    assert len(caplog.records) == 4


def test_a_job_that_squeue_lists_no_more_is_an_error_the_second_time():
    executor = patient_plugin(
        status=[{"2": "RUNNING"}, None, {"2": "RUNNING"}, {"2": "COMPLETED"}]
    ).Executor()
    assert [check(executor, ["1", "2"]) for _ in range(3)] == [["1", "2"], ["1", "2"], ["2"]]
    assert [number for number, _ in executor.errors] == ["1"]
    assert check(executor, ["2"]) == []
    assert executor.succeeded == ["2"]


def test_a_job_that_is_listed_again_is_none():
    executor = patient_plugin(status=[{}, {"1": "RUNNING"}, {}, {"1": "COMPLETED"}]).Executor()
    assert [check(executor, ["1"]) for _ in range(4)] == [["1"], ["1"], ["1"], []]
    assert (executor.succeeded, executor.errors) == (["1"], [])


def test_sacct_may_not_know_a_job_yet():
    executor = patient_plugin(status=[{}, {}, {}], command="sacct -X").Executor()
    assert [check(executor, ["1"]) for _ in range(3)] == [["1"]] * 3
    assert executor.errors == []


def test_without_active_jobs_nothing_is_asked_and_nothing_said(caplog):
    assert check(patient_plugin().Executor(), []) == []
    assert caplog.records == []


def test_the_last_known_age_of_jobs_stands_while_slurm_is_silent():
    plugin = patient_plugin(ages=[None, 600, None, None, 0, None])
    assert [plugin.get_min_job_age() for _ in range(6)] == [None, 600, 600, 600, 0, 0]


@pytest.mark.parametrize("failure", [CONNECT, "sinfo"])
def test_a_submission_waits_for_the_controller_and_costs_no_attempt(failure, caplog):
    executor = patient_plugin(submissions=[failure, failure, None]).Executor()
    submit(executor, GROUP)
    assert executor.submitted == [GROUP]
    assert executor.errors == []
    assert len(caplog.records) == 1


@pytest.mark.parametrize(
    "failure",
    ["Invalid account", "Unable to contact slurm controller (receive failure)", "Socket timed out"],
)
def test_another_failure_is_an_error_at_once_as_the_job_may_have_been_submitted(failure):
    executor = patient_plugin(submissions=[failure]).Executor()
    submit(executor, SINGLE)
    assert [failure in msg for _, msg in executor.errors] == [True]
    assert executor.submitted == []


def test_a_submission_that_waits_is_an_error_when_snakemake_ends():
    executor = patient_plugin(submissions=[CONNECT]).Executor()
    executor._job_submission_executor.is_shut = True
    executor.run_job(SINGLE)
    assert [name for name, _ in executor.errors] == ["single"]


def test_a_group_that_cannot_be_submitted_fails_with_its_reason():
    """As where an account is not valid: the plugin's own way of telling it fails for a group."""
    executor = patient_plugin().Executor()

    def run_job(executor, job):
        try:
            raise ValueError("The given account x appears to be invalid")
        except ValueError:
            job.rule  # noqa: B018

    slurm_patience.telling(run_job, lambda job: SimpleNamespace(job=job, external_jobid=None))(
        executor, GROUP
    )
    assert [msg for _, msg in executor.errors] == [
        "Job submission failed: The given account x appears to be invalid"
    ]


@pytest.mark.parametrize(("job", "times"), [(GROUP, 1), (SINGLE, 0)])
def test_the_reason_is_said_for_groups_as_snakemake_says_it_for_single_jobs(job, times, caplog):
    executor = patient_plugin().Executor()
    executor.report_job_error(
        SimpleNamespace(job=job, external_jobid="7"), msg="status is: 'NODE_FAIL'", aux_logs=[]
    )
    assert [record.message for record in caplog.records] == ["status is: 'NODE_FAIL'"] * times
    assert executor.errors == [("7", "status is: 'NODE_FAIL'")]


def test_what_is_wrapped_is_there_in_the_pinned_plugin():
    """A new version of the plugin: read it again, whether it keeps its jobs by itself, then change the pin here."""
    plugin = pytest.importorskip("snakemake_executor_plugin_slurm")
    assert version("snakemake-executor-plugin-slurm") == slurm_patience.PLUGIN_VERSION
    assert asyncio.iscoroutinefunction(
        import_module(f"{plugin.__name__}.job_status_query").query_job_status
    )
    assert (
        callable(plugin.query_job_status)
        and callable(plugin.get_min_job_age)
        and callable(plugin.SubmittedJobInfo)
    )
    command = import_module(f"{plugin.__name__}.job_status_query").query_job_status_squeue("run")
    assert command.startswith("squeue ")
    for name in ("check_active_jobs", "run_job", "_report_job_error_threadsafe"):
        assert callable(vars(plugin.Executor)[name])
    assert callable(plugin.Executor.report_job_error)
