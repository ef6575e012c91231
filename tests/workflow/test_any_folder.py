"""Wherever the clone lies and wherever a run is started: blanks, a read-only clone, results elsewhere, a module of one's own."""

import re
import shutil
import subprocess
import sys

import pytest
import yaml

from repository import ROOT
from snakemake_run import snakemake

ODD = "My Study (2), grün"
OWN_SNAKEFILE = f"""
configfile: "settings.yaml"
module npc:
    snakefile: "{ROOT}/Snakefile"
    config: config
use rule * from npc as npc_*
use rule heterogeneity_fig4 from npc as boxes with:
    output:
        pdf="paper/boxes.pdf",
        png="paper/boxes.png",
        caption="paper/boxes.rst",
        data="paper/boxes.tsv",
"""


def test_demo_and_ones_own_run_write_to_places_of_their_own(tmp_path):
    config = {"heterogeneity": {"results": "cohort B/64 levels", "extraction": {"n_levels": 64}}}
    (tmp_path / "own.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")

    def files(config):
        run = snakemake(
            *(tmp_path, "--summary", "all", "response_study", "-s", ROOT / "Snakefile"),
            *("--configfile", config),
        )
        assert run.returncode == 0, run.stdout
        table = run.stdout[run.stdout.index("output_file\t") :].splitlines()[1:]
        return [line.split("\t")[0] for line in table if "\t" in line]

    demo, own = files(ROOT / "config" / "demo.yaml"), files("own.yaml")
    assert len(demo) == len(own) > 500
    assert all(path.startswith("results/demo/") for path in demo)
    assert all(path.startswith(("cohort B/64 levels/", "results/response/")) for path in own)


def test_rules_are_used_by_a_snakefile_of_ones_own(tmp_path):
    folder = tmp_path / ODD
    folder.mkdir()
    (folder / "Snakefile").write_text(OWN_SNAKEFILE, encoding="utf-8")
    (folder / "settings.yaml").write_text(
        yaml.safe_dump({"heterogeneity": {"results": "npc/akram"}}), encoding="utf-8"
    )
    run = snakemake(folder, "-n", "boxes", "npc_heterogeneity_table2")
    assert run.returncode == 0, run.stdout
    (boxes,) = (
        line
        for line in run.stdout.splitlines()
        if line.startswith("Reason") and "paper/boxes.pdf" in line
    )
    assert "npc/akram/cohort/statistics.tsv" in boxes
    counts = dict(re.findall(r"^(\w+)\s+(\d+)$", run.stdout, re.M))
    assert counts["boxes"] == counts["npc_heterogeneity_table2"] == "1"
    assert counts["npc_heterogeneity_register_recurrence"] == "17"
    assert not {"npc_heterogeneity_fig4", "npc_heterogeneity_draw_regions"} & set(counts)


def test_a_clone_and_a_folder_with_odd_names(tmp_path):
    clone, folder = tmp_path / ODD / "clone", tmp_path / ODD / "elsewhere"
    folder.mkdir(parents=True)
    for name in ("config", "envs", "scripts", "workflow"):
        shutil.copytree(ROOT / name, clone / name)
    for name in ("Snakefile", "pyproject.toml"):
        shutil.copy(ROOT / name, clone / name)
    # an environment in the clone: its Python's path has the blanks, too
    (clone / ".venv").symlink_to(sys.prefix)
    python = clone / ".venv" / "bin" / "python"
    (folder / "my config.yaml").write_text("heterogeneity: {results: results/a b}", "utf-8")
    target = "results/a b/tables/table1.md"
    run = snakemake(
        folder, target, "-s", clone / "Snakefile", "--configfile", "my config.yaml", python=python
    )
    assert run.returncode == 0, run.stdout
    assert "GLCM" in (folder / target).read_text(encoding="utf-8")


def test_a_read_only_clone_with_results_elsewhere(tmp_path):
    mount = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0"'
    private = ["unshare", "--mount", "sh", "-c"]
    if (
        not shutil.which("unshare")
        or subprocess.run([*private, mount, ROOT], capture_output=True).returncode
    ):
        pytest.skip("needs root, and to be allowed to mount the clone read-only")
    target = "results/heterogeneity/tables/table1.md"
    before = [*private, f'{mount} && ! touch "$0/probe" 2>/dev/null && exec "$@"', str(ROOT)]
    run = snakemake(tmp_path, target, "-s", ROOT / "Snakefile", before=before)
    assert run.returncode == 0, run.stdout
    assert "GLCM" in (tmp_path / target).read_text(encoding="utf-8")
