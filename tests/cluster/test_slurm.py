"""The workflow on a real SLURM gives the bytes of a local run: `make test-cluster` (root, Debian or Ubuntu; minutes).

Without CLUSTER_TESTS=1, which that command sets, only what needs no SLURM is tested here.
"""

import os
import re
from collections import Counter
from importlib.util import find_spec

import pytest
import yaml
from throwaway import PROFILE, NoSlurm, cluster

PATIENTS = ["REC001", "REC002", "REC003"]
SIZE = {"size": [96, 96, 20], "spacing_mm": [1.6, 1.6, 5.0]}
TARGETS = ["cohort_stats", "heterogeneity_patient_pictures"]
# Options of the throw-away cluster: it is small and answers at once. The group sizes are the
# profile's.
HERE = ["--slurm-init-seconds-before-status-checks", "3", "--latency-wait", "20"]

needs_plugin = pytest.mark.skipif(
    find_spec("snakemake_executor_plugin_slurm") is None,
    reason="snakemake-executor-plugin-slurm is not installed",
)


@pytest.fixture(scope="module")
def lab():
    if os.environ.get("CLUSTER_TESTS") != "1":
        pytest.skip("starts a SLURM on this machine and takes minutes: make test-cluster")
    try:
        with cluster() as running:
            yield running
    except NoSlurm as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def both(lab, make_workspace):
    """The same cohort on the cluster and on this machine."""
    workspaces = {}
    for name, options in {"slurm": ["--profile", str(PROFILE), *HERE], "local": []}.items():
        workspace = workspaces[name] = make_workspace(name)
        workspace.simulate(PATIENTS, seed=7, **SIZE)
        workspace.finished = workspace.run(*TARGETS, *options)
        assert workspace.finished.returncode == 0, workspace.finished.stdout[-3000:]
    return workspaces


def files_of(workspace, pattern):
    """{name: bytes} of the results without logs and times."""
    paths = (path for path in workspace.results.rglob(pattern) if path.is_file())
    named = {path.relative_to(workspace.results): path for path in paths}
    return {
        str(name): path.read_bytes()
        for name, path in named.items()
        if name.parts[0] not in ("logs", "benchmarks", "provenance.json")
    }


@needs_plugin
@pytest.mark.parametrize("pattern", ["*.tsv", "*.json", "*.md", "*.nii.gz", "*.tfm", "*.png"])
def test_every_file_has_the_bytes_of_a_local_run(both, pattern):
    on_cluster, here = (files_of(both[name], pattern) for name in ("slurm", "local"))
    assert len(here) >= len(PATIENTS) if pattern != "*.md" else here
    assert on_cluster.keys() == here.keys()
    assert [name for name in here if on_cluster[name] != here[name]] == []


@needs_plugin
def test_a_patient_is_a_few_jobs_and_a_cohort_a_handful(make_workspace):
    workspace, patients = make_workspace("four"), ["REC001", "REC002", "REC003", "REC004"]
    workspace.simulate(patients, seed=7, **SIZE)
    finished = workspace.run(*TARGETS, "--profile", str(PROFILE), "-n")
    assert finished.returncode == 0, finished.stdout[-3000:]
    groups = Counter(re.findall(r"Group job (\w+)", finished.stdout))
    alone = re.findall(r"^Job \d+: (.*)", finished.stdout, re.M)
    each = dict.fromkeys(("registration", "features", "pictures"), len(patients))
    assert groups == each | {"statistics": 1, "paper": 1, "writing": 1}
    assert len(alone) < 6, alone
    assert not any(patient in message for message in alone for patient in patients)


@needs_plugin
def test_nothing_is_left_in_the_queue(lab, both):
    assert lab.ask("squeue", "--noheader", "--format=%A %T") == []


def rules_of_the_workflow(make_workspace):
    workspace = make_workspace("rules")
    workspace.simulate(PATIENTS, **SIZE)
    workspace.config["sequences"] = ["adc"]
    finished = workspace.run("--list-rules")
    assert finished.returncode == 0, finished.stdout[-2000:]
    return set(finished.stdout.split())


def test_the_profile_names_rules_that_exist(make_workspace):
    profile = yaml.safe_load((PROFILE / "config.yaml").read_text(encoding="utf-8"))
    named = profile["groups"].keys() | profile["set-resources"].keys()
    assert named - rules_of_the_workflow(make_workspace) == set()


def test_retries_are_counted_by_the_profile_only(make_workspace):
    """A rule with retries of its own would be tried 3 x 3 times: the Snakemake inside the job retries as well."""
    rules = (PROFILE.parents[1] / "rules").glob("*.smk")
    assert [
        path.name
        for path in rules
        if re.search(r"^\s+retries:", path.read_text(encoding="utf-8"), re.M)
    ] == []
