"""The workflow as a module of somebody's own: what it sets for itself does not reach their rules."""

import subprocess
import sys

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

rule mine:
    output: "mine.txt"
    shell: "echo mine > {{output}}"
"""


def test_environment_and_garbage_collector_stay_as_they_were(workspace):
    workspace.simulate(["REC001", "REC002", "REC003"])
    workspace.run("--list-rules")  # writes the config
    (workspace.folder / "Snakefile").write_text(SNAKEFILE, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "-n", "--configfile", "config.yaml", "--", "mine"],
        cwd=workspace.folder,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "SET ['NPCRADIOMICS_COMMAND'] True" in done.stdout
