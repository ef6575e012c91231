"""The workflow as a module of somebody's own: what it sets for itself does not reach their rules."""

import subprocess
import sys

import pytest

from repository import ROOT

SNAKEFILE = f"""
import gc, os

before = dict(os.environ), gc.get_threshold()

module npc:
    snakefile: "{ROOT}/Snakefile"
    config: config

use rule * from npc as npc_*

changed = [name for name in os.environ if os.environ[name] != before[0].get(name)]
logger.warning(f"SET {{changed}} {{gc.get_threshold() == before[1]}}")

onstart: npc.onstart()
onsuccess: npc.onsuccess()
onerror: npc.onerror()

rule mine:
    output: "mine.txt"
    shell: "echo mine > {{output}}"
"""


@pytest.fixture
def own(workspace):
    workspace.simulate(["REC001", "REC002", "REC003"])
    workspace.run("--list-rules")  # writes the config
    (workspace.folder / "Snakefile").write_text(SNAKEFILE, encoding="utf-8")
    return workspace


def run(workspace, *arguments):
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "--configfile", "config.yaml", *arguments],
        cwd=workspace.folder,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done


def test_the_runs_own_words_come_where_the_rules_have_other_names(own):
    cohort = own.results / "cohort"
    cohort.mkdir(parents=True)
    rows = "".join(f"REC00{k}\t{region}\n" for k in (1, 2, 3) for region in ("in", "out"))
    (cohort / "features.tsv").write_text(f"patient\tregion\n{rows}", encoding="utf-8")
    done = run(own, "-c1", "--", "npc_heterogeneity_table1")
    assert "heterogeneity: 3 of 3 patients are in the statistics." in done.stderr
    # Of a rule that is not this workflow's it has nothing to say.
    assert "heterogeneity:" not in run(own, "-c1", "--", "mine").stderr


def test_environment_and_garbage_collector_stay_as_they_were(own):
    done = run(own, "-n", "--", "mine")
    assert "SET ['NPCRADIOMICS_COMMAND'] True" in done.stdout
