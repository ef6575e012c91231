"""A 48th feature in a copy of the repository: every number of features follows the list."""

import re
import shutil

import pandas as pd

from cohort_on_disk import run_from_features, write_cohort
from repository import ROOT

ROW = """    _row("Intensity_Median", "median", "middle of the sorted v", "image", "brighter", "Median"),
"""


def copy_of_the_repository(folder):
    folder.mkdir()
    shutil.copy(ROOT / "Snakefile", folder)
    for name in ("workflow", "scripts", "config", "envs"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_tables_and_number_of_tests_follow_the_list(workspace):
    workspace.repository = copy_of_the_repository(workspace.folder / "repository")
    listed = workspace.repository / "scripts/npcradiomics/features/definitions.py"
    text = listed.read_text(encoding="utf-8")
    listed.write_text(text.replace('    _row("GLCM_Energy"', f'{ROW}    _row("GLCM_Energy"', 1))
    write_cohort(workspace, 12)
    workspace.config["spatial_null"] = {"enabled": False}
    for path in workspace.results.glob("patients/*/features/*recurrent.tsv"):
        table = pd.read_csv(path, sep="\t").assign(Intensity_Median=lambda t: t["Intensity_Mean"])
        table.to_csv(path, sep="\t", index=False)
    run = run_from_features(workspace, targets=("compare_regions", "table1", "table2"))
    assert run.returncode == 0, run.stdout[-3000:]
    statistics = pd.read_csv(workspace.results / "cohort/statistics.tsv", sep="\t")
    assert len(statistics) == 48
    assert set(statistics["n_tests"]) == {48}
    assert set(statistics["threshold"]) == {0.05 / 48}
    table1 = pd.read_csv(workspace.results / "tables/table1.tsv", sep="\t")
    assert len(table1) == 48
    row = table1.set_index("feature").loc["Intensity_Median"]
    assert tuple(row) == (
        *("Intensity Histogram", "median", "middle of the sorted v", "image", "brighter"),
    )
    words = (workspace.results / "tables/table1.md").read_text(encoding="utf-8")
    assert "Table 1. 48 features" in words
    words = (workspace.results / "tables/table2.md").read_text(encoding="utf-8")
    assert re.search(r"Bonferroni, 48 tests", words)
