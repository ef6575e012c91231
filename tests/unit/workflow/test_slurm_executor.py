"""Failures of groups are told, and the commands that wait come first where something is submitted."""

import logging
import os
import sys
from importlib import import_module
from types import SimpleNamespace

import pytest

from repository import ROOT

sys.path.append(str(ROOT / "workflow"))
import slurm_executor

GROUP = SimpleNamespace(name="group", is_group=lambda: True)  # which has no rule
SINGLE = SimpleNamespace(name="single", rule="rule", is_group=lambda: False)


@pytest.fixture
def executor(monkeypatch):
    """An executor of the plugin's behaviour in 2.8.0, prepared."""
    monkeypatch.setenv("PATH", os.environ["PATH"])
    monkeypatch.setenv("NPCRADIOMICS_TERMINAL", "")
    slurm_executor.use_patient_commands.cache_clear()

    class Executor:
        def __init__(self):
            self.logger, self.errors, self.submitted = logging.getLogger("slurm"), [], []

        def run_job(self, job):
            if job is GROUP:
                try:
                    raise ValueError("The given account x appears to be invalid")
                except ValueError:
                    job.rule  # noqa: B018  what the plugin does
            self.submitted.append((job.name, os.environ["PATH"].split(os.pathsep)[0]))

        def report_job_error(self, job_info, msg=None, aux_logs=None):
            self.errors.append((job_info.job.name, msg))

    plugin = SimpleNamespace(
        Executor=Executor, SubmittedJobInfo=lambda job: SimpleNamespace(job=job)
    )
    slurm_executor.prepare.__wrapped__(plugin)
    return plugin.Executor()


def test_a_group_that_cannot_be_submitted_fails_with_its_reason(executor, caplog):
    executor.run_job(GROUP)
    reason = "Job submission failed: The given account x appears to be invalid"
    assert executor.errors == [("group", reason)]
    assert [record.message for record in caplog.records] == [reason]


def test_patient_commands_are_first_on_the_path_once_something_is_submitted(executor):
    assert os.environ["PATH"].split(os.pathsep)[0] != str(slurm_executor.COMMANDS)
    executor.run_job(SINGLE)
    executor.run_job(SINGLE)
    assert executor.submitted == [("single", str(slurm_executor.COMMANDS))] * 2
    assert os.environ["PATH"].split(os.pathsep).count(str(slurm_executor.COMMANDS)) == 1
    assert os.environ["NPCRADIOMICS_TERMINAL"] == f"/proc/{os.getpid()}/fd/2"


@pytest.mark.parametrize(("job", "times"), [(GROUP, 1), (SINGLE, 0)])
def test_the_reason_is_said_for_groups_as_snakemake_says_it_for_single_jobs(
    executor, job, times, caplog
):
    executor.report_job_error(SimpleNamespace(job=job), msg="status is: 'NODE_FAIL'", aux_logs=[])
    assert [record.message for record in caplog.records] == ["status is: 'NODE_FAIL'"] * times
    assert executor.errors == [(job.name, "status is: 'NODE_FAIL'")]


def test_what_the_commands_stand_for_is_what_the_plugin_asks():
    """A new version of the plugin: read again what it asks, and how it takes an empty answer."""
    plugin = pytest.importorskip("snakemake_executor_plugin_slurm")
    query = import_module(f"{plugin.__name__}.job_status_query")
    for name in ("squeue", "sacct"):
        command = getattr(query, f"query_job_status_{name}")("run").split()
        assert command[0] == name and command[-2:] == ["--name", "run"]
    assert callable(plugin.SubmittedJobInfo)
    assert callable(vars(plugin.Executor)["run_job"]) and callable(plugin.Executor.report_job_error)
