"""A 48th feature, and a third region, in a copy of the repository: what is named once is followed everywhere."""

import json
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


def test_a_third_region_is_collected_and_leaves_the_comparison_as_it_is(workspace, make_workspace):
    two = make_workspace("two_regions")
    for one in (two, workspace):
        write_cohort(one, 12)
        one.config["spatial_null"] = {"enabled": False}
    workspace.repository = copy_of_the_repository(workspace.folder / "repository")
    named = workspace.repository / "scripts/npcradiomics/region_names.py"
    text = named.read_text(encoding="utf-8")
    named.write_text(text.replace("REGIONS = PAIR", 'REGIONS = (*PAIR, "rim")'), encoding="utf-8")
    for path in workspace.results.glob("patients/*/features/recurrent.tsv"):
        table = pd.read_csv(path, sep="\t").assign(region="rim", Intensity_Mean=7.5)
        table.to_csv(path.with_name("rim.tsv"), sep="\t", index=False)
        notes = json.loads(path.with_name("notes.json").read_text(encoding="utf-8"))
        notes["rim"] = notes["recurrent"] | {"largest_zone": 77}
        path.with_name("notes.json").write_text(json.dumps(notes), encoding="utf-8")
    targets = ("compare_regions", "table2", "fig4", "fig5")
    for one in (two, workspace):
        run = run_from_features(one, targets=targets)
        assert run.returncode == 0, run.stdout[-3000:]
    features = pd.read_csv(workspace.results / "cohort/features.tsv", sep="\t")
    assert list(features["region"][:3]) == ["recurrent", "non_recurrent", "rim"]
    assert set(features.loc[features["region"] == "rim", "Intensity_Mean"]) == {7.5}
    regions = pd.read_csv(workspace.results / "cohort/regions.tsv", sep="\t")
    assert set(regions["rim_largest_zone"]) == {77}
    same = ["statistics", "stability", "correlation", "components_loadings", "components_scores"]
    for name in [*(f"cohort/{name}.tsv" for name in same), "tables/table2.md", "figures/fig5.tsv"]:
        assert (workspace.results / name).read_bytes() == (two.results / name).read_bytes()


def test_files_of_a_third_region_are_asked_for(workspace):
    workspace.repository = copy_of_the_repository(workspace.folder / "repository")
    named = workspace.repository / "scripts/npcradiomics/region_names.py"
    text = named.read_text(encoding="utf-8")
    named.write_text(text.replace("REGIONS = PAIR", 'REGIONS = (*PAIR, "rim")'), encoding="utf-8")
    workspace.simulate(["REC001"])
    base = "results/heterogeneity/patients/REC001"
    planned = workspace.run("-n", f"{base}/features/rim.tsv", f"{base}/export").stdout
    assert f"{base}/regions/rim.nii.gz" in planned
    assert "heterogeneity_extract_features" in planned
    assert "heterogeneity_export_structures" in planned
