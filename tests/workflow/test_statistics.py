"""From the feature files of the patients to tables and figures through Snakemake: who enters, what is redone, the report."""

import re
import shutil
from contextlib import contextmanager

import numpy as np
import pandas as pd
import pytest

import cohort_on_disk
from repository import ROOT

# One table and two figures: the scripts of all are run in test_restyling.py.
TARGETS = ("table2", "fig3", "fig5")
STEPS = {"collect_features", "compare_regions", *TARGETS}


@pytest.fixture(scope="module")
def run(make_workspace):
    """Sixteen patients, one excluded by stage (whose features are not even there) and one out of field.

    The workflow is a copy of this clone's, so that a test can edit it.
    """
    workspace = make_workspace("statistics")
    workspace.clone = workspace.repository = workspace.folder / "clone"
    for name in ("workflow", "scripts", "config", "envs"):
        shutil.copytree(
            ROOT / name, workspace.clone / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "Snakefile", workspace.clone)
    cohort_on_disk.write_cohort(workspace, 16)
    workspace.config["exclude"] = "stage == 'T3'"
    shutil.rmtree(workspace.results / "patients" / "P01" / "features")
    finished = cohort_on_disk.run_from_features(workspace, targets=TARGETS)
    assert finished.returncode == 0, finished.stdout[-3000:]
    return workspace


def read(workspace, path):
    return pd.read_csv(workspace.results / path, sep="\t")


def test_excluded_patients_stand_with_their_reason(run):
    excluded = read(run, "cohort/excluded.tsv").set_index("patient")
    assert list(excluded["rule"]) == ["exclude", "in_field"]
    assert excluded.loc["P01", "reason"] == "exclude: stage == 'T3' (stage = T3)"
    assert "30.0 % of GTVr's voxels inside the 95 % isodose" in excluded.loc["P02", "reason"]
    assert set(read(run, "cohort/features.tsv")["patient"]) == {f"P{k:02d}" for k in range(3, 17)}
    table = (run.results / "tables/table2.md").read_text(encoding="utf-8")
    assert "P01 (exclude: stage == 'T3' (stage = T3))" in table and "(n = 14)" in table


def test_regions_have_size_and_largest_zone(run):
    regions = read(run, "cohort/regions.tsv").set_index("patient")
    assert list(regions.loc[["P02", "P16"], "recurrent_largest_zone"]) == [11, 25]
    assert (regions["non_recurrent_largest_zone"] == 50).all()
    assert list(regions.index[~regions["in_cohort"]]) == ["P02"]


def test_size_and_stability_are_those_of_the_cohort(run):
    statistics = read(run, "cohort/statistics.tsv").set_index("feature")
    size = read(run, "cohort/size.tsv").set_index("feature")
    stability = read(run, "cohort/stability.tsv").set_index("feature")
    assert list(size.index) == list(statistics.index)
    assert (
        set(stability.index)
        == set(statistics.index[statistics["significant"]])
        == set(cohort_on_disk.SHIFTS)
    )
    # Ranks, written out.
    features = read(run, "cohort/features.tsv").set_index(["patient", "sequence", "region"])
    features = features.xs("ce_t1", level="sequence")
    difference = features.xs("recurrent", level=1) - features.xs("non_recurrent", level=1)
    ratio = np.log(
        features["volume_cm3"].xs("recurrent", level=1)
        / features["volume_cm3"].xs("non_recurrent", level=1)
    )
    for name in cohort_on_disk.SHIFTS:
        rho = np.corrcoef(difference[name].rank(), ratio.rank())[0, 1]
        assert size.loc[name, "size_spearman"] == pytest.approx(rho, rel=1e-12)
        d = difference[name].drop(stability.loc[name, "dz_min_without"])
        assert stability.loc[name, "dz_min"] == pytest.approx(d.mean() / d.std(), rel=1e-9)
    assert (stability["n_boot"] == 200).all()


def redone(run):
    dry = cohort_on_disk.run_from_features(run, "-n", targets=TARGETS)
    assert dry.returncode == 0, dry.stdout[-2000:]
    return {name for name, _ in re.findall(r"^heterogeneity_(\w+)\s+(\d+)$", dry.stdout, re.M)}


@contextmanager
def edited(path):
    """The file with a comment more, for a while."""
    before = path.read_text(encoding="utf-8")
    path.write_text(before + "# another colour\n", encoding="utf-8")
    yield
    path.write_text(before, encoding="utf-8")


def test_restyling_recomputes_no_statistics(run):
    with edited(run.clone / "scripts/npcradiomics/publication/figures/style.py"):
        assert redone(run) == {"fig3", "fig5"}
    with edited(run.clone / "workflow/report/fig3.rst"):
        assert redone(run) == {"fig3"}


def test_another_subset_recomputes_statistics_but_reads_no_image(run):
    before = run.config["exclude"]
    run.config["exclude"] = "patient in ['P01', 'P16']"
    assert redone(run) == STEPS
    run.config["exclude"] = before


def test_report_shows_the_captions_that_stand_beside_the_figures(run):
    made = cohort_on_disk.run_from_features(run, "--report", "report.html", targets=TARGETS)
    assert made.returncode == 0, made.stdout[-2000:]
    report = (run.folder / "report.html").read_text(encoding="utf-8")
    for name in TARGETS:
        folder = "tables" if name.startswith("table") else "figures"
        title = (
            (run.results / folder / f"{name}.caption.rst")
            .read_text(encoding="utf-8")
            .split("**")[1]
        )
        assert title.split(" (")[0] in report, title
    assert "14 recurrent and 14 non-recurrent regions" in report


def test_wrong_subset_stops_before_the_first_job(run):
    before = run.config["exclude"]
    run.config["exclude"] = "stage == 'T4'"
    finished = cohort_on_disk.run_from_features(run, "-n", targets=TARGETS)
    run.config["exclude"] = before
    assert finished.returncode != 0
    assert (
        "1 patients left for the statistics (P01), at least 3 needed (P02: exclude: stage == 'T4'"
        in finished.stdout
    )
