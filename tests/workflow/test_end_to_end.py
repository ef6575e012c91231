"""A small simulated cohort through the whole workflow: planted motion and planted differences come out."""

import json
import re
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pytest

from planted_motion import mean_error_mm

PATIENTS = ["REC001", "REC002", "REC003", "REC004", "REC005", "REC006", "REC007", "REC015"]
SIZE = {"size": [128, 128, 26], "spacing_mm": [1.2, 1.2, 5.0]}
# Moments and correlations do not grow or shrink with the number of voxels, as the zone and NGTDM
# features do.
SIZE_FREE = [
    "Intensity_Variance",
    "Intensity_MAD",
    "GLCM_Correlation",
    "GLCM_Contrast",
    "GLCM_Dissimilarity",
]


@pytest.fixture(scope="module")
def run(make_workspace):
    workspace = make_workspace("planted")
    workspace.simulate(PATIENTS, dose=True, seed=7, **SIZE)
    workspace.finished = workspace.run()
    assert workspace.finished.returncode == 0, workspace.finished.stdout[-3000:]
    return workspace


@pytest.fixture(scope="module")
def null(make_workspace):
    workspace = make_workspace("null")
    workspace.simulate(PATIENTS, seed=7, planted=False, **SIZE)
    finished = workspace.run("results/heterogeneity/cohort/statistics.tsv")
    assert finished.returncode == 0, finished.stdout[-3000:]
    return workspace


def read(workspace, path):
    return pd.read_csv(workspace.results / path, sep="\t")


def test_every_table_figure_and_picture_is_there(run):
    expected = [
        f"tables/table{i}.{kind}" for i in (1, 2, 4) for kind in ("tsv", "md", "tex", "docx")
    ]
    expected += [
        f"figures/fig{i}.{kind}" for i in (2, 3, 4, 5, 9) for kind in ("pdf", "png", "tsv")
    ]
    expected += [
        f"patients/{p}/figures/fig_s{i}.{kind}"
        for p in PATIENTS
        for i in (1, 2)
        for kind in ("pdf", "png")
    ]
    expected += [f"patients/{p}/registration/qc.png" for p in PATIENTS]
    expected += ["report.html"]
    missing = [path for path in expected if not (run.results / path).stat().st_size > 500]
    assert not missing


def test_the_run_says_first_and_last_that_nobody_is_behind_its_patients(run):
    said = [line for line in run.finished.stdout.splitlines() if line.startswith("heterogeneity: ")]
    words = "heterogeneity: SIMULATED patients, nobody's data"
    assert said[0].startswith(words) and said[-1].startswith(words)
    assert said[1].startswith("heterogeneity: 7 of 8 patients are in the statistics.")
    assert said[2].startswith("heterogeneity: out: REC015 (recurrence not in field: ")


def test_the_report_answers_and_says_that_it_is_simulated(run):
    page = (run.results / "report.html").read_text(encoding="utf-8")
    first = page.partition("</section>")[0]
    assert "In 7 of 8 patients, " in first and "Simulated patients: no clinical data" in first
    for name in ("table1", "table2", "table4", "fig2", "fig5", "fig9", "methods", "checklists"):
        assert f"(rule <code>{name}</code>)" in page, name
    linked = set(re.findall(r'href="([^"#]+)"', page))
    assert len(linked) > 40
    assert not [name for name in linked if not (run.results / unquote(name)).is_file()]


def test_second_run_has_nothing_to_do(run):
    again = run.run()
    assert again.returncode == 0
    assert "Nothing to be done" in again.stdout


@pytest.mark.parametrize("patient", PATIENTS)
def test_motion_is_recovered(run, patient):
    simulated = run.results / f"simulated/{patient}"
    error = mean_error_mm(
        simulated / "truth.json",
        "transform_planning_to_recurrence",
        run.results / f"patients/{patient}/registration/recurrence_to_planning.tfm",
        simulated / "gtv.nii.gz",
    )
    assert error < 0.5


def test_out_of_field_patient_is_excluded_with_the_reason(run):
    excluded = read(run, "cohort/excluded.tsv")
    assert list(excluded["patient"]) == ["REC015"]
    assert "95 % isodose" in excluded["reason"][0]
    features = read(run, "cohort/features.tsv")
    assert set(features["patient"]) == set(PATIENTS) - {"REC015"}
    assert "REC015" in (run.results / "tables/table2.md").read_text(encoding="utf-8")


def test_dose_of_the_recurrences_is_the_planted_one(run):
    table = read(run, "tables/table4.tsv").set_index("patient")
    assert list(table.index) == PATIENTS
    assert table.loc["REC015", "class"] == "outside" and not table.loc["REC015", "in_statistics"]
    # Its centroid lies in the high-dose target that the dose missed.
    assert table.loc["REC015", ["type", "origin"]].tolist() == ["B", "ctv70"]
    others = table.drop("REC015")
    assert set(others["class"]) == {"in field"} and set(others["type"]) == {"A"}
    assert (table["n_shifts"] == 100).all()
    # Only the cold spot's recurrence got less than the rest of the tumour, 4 % of 70 Gy at its middle.
    colder = others["gtvr_mean_gy"] < others["rest_mean_gy"] - 0.3
    assert list(others.index[colder]) == ["REC007"]
    truth = json.loads((run.results / "simulated/REC015/truth.json").read_text(encoding="utf-8"))
    assert table.loc["REC015", "share_in_isodose95"] == pytest.approx(
        truth["in_field_fraction"], abs=0.05
    )
    compared = read(run, "cohort/dose_comparison.tsv").set_index(["patients", "feature"])
    assert compared["n"].to_dict() == {
        ("all", "Dose_Mean"): 8,
        ("all", "Dose_D95"): 8,
        ("in_statistics", "Dose_Mean"): 7,
        ("in_statistics", "Dose_D95"): 7,
    }
    controls = read(run, "cohort/null_controls.tsv").set_index("covariate")
    assert controls.loc["mean_dose_percent", "n"] == 7


def test_feature_table_has_the_agreed_columns(run):
    features = read(run, "cohort/features.tsv")
    assert list(features)[:5] == ["patient", "sequence", "region", "n_voxels", "volume_cm3"]
    assert len(list(features)) == 5 + 47
    assert set(features["sequence"]) == {"ce_t1"}
    assert (
        features.groupby("patient")["region"].apply(list) == [["recurrent", "non_recurrent"]] * 7
    ).all()
    assert features.notna().all(axis=None)


def test_carried_volumes_are_the_simulated_ones(run):
    regions = read(run, "cohort/regions.tsv").set_index("patient")
    for patient in PATIENTS:
        truth = json.loads(
            (run.results / f"simulated/{patient}/truth.json").read_text(encoding="utf-8")
        )
        assert regions.loc[patient, "gtv_cm3"] == pytest.approx(truth["gtv_cm3"], rel=1e-6)
        assert regions.loc[patient, "gtvr_cm3"] == pytest.approx(truth["recurrent_cm3"], rel=0.15)
        assert regions.loc[patient, "in_field_fraction"] == pytest.approx(
            truth["in_field_fraction"], abs=0.05
        )


def test_planted_features_are_found_in_table_2(run):
    table = read(run, "tables/table2.tsv").set_index("feature")
    row = table.loc["Intensity_Variance"]
    assert row["significant"]
    assert row["mean_difference"] < 0
    statistics = read(run, "cohort/statistics.tsv").set_index("feature")
    # Narrower intensities have a smaller deviation, and spread over fewer pairs of levels.
    assert statistics.loc["Intensity_MAD", "mean_difference"] < 0
    assert statistics.loc["GLCM_Entropy", "mean_difference"] < 0
    assert statistics.loc["GLCM_Entropy", "significant"]


def test_null_cohort_has_none_of_the_size_free_features(null):
    statistics = read(null, "cohort/statistics.tsv").set_index("feature")
    assert not statistics.loc[SIZE_FREE, "significant"].any()


def test_statistics_are_those_of_the_feature_table(run):
    # The paired t, written out, for every feature that the rule sent to it.
    features = read(run, "cohort/features.tsv").set_index(["patient", "sequence", "region"])
    features = features.xs("ce_t1", level="sequence")
    statistics = read(run, "cohort/statistics.tsv").set_index("feature")
    difference = features.xs("recurrent", level="region") - features.xs(
        "non_recurrent", level="region"
    )
    for feature, row in statistics[statistics["test"] == "t"].iterrows():
        d = difference[feature]
        assert row["t"] == pytest.approx(d.mean() / (d.std() / np.sqrt(len(d))), rel=1e-9)


def test_everything_says_that_it_is_simulated(run):
    words = "Simulated patients: no clinical data"
    for path in ("tables/table2.md", "tables/table2.tex"):
        assert words in (run.results / path).read_text(encoding="utf-8").replace("\\", "")
    assert read(run, "tables/table2.tsv")["simulated"].all()


def test_a_patients_page_places_him_among_the_cohort_and_leads_to_his_neighbours(run):
    features = read(run, "cohort/features.tsv").set_index(["patient", "sequence", "region"])
    features = features.xs("ce_t1", level="sequence")
    differences = features.xs("recurrent", level="region") - features.xs(
        "non_recurrent", level="region"
    )
    order = read(run, "cohort/registration.tsv").sort_values("doubt_rank")["patient"].tolist()
    for k, patient in enumerate(order):
        text = (run.results / f"patients/{patient}/patient.html").read_text(encoding="utf-8")
        links = re.findall(r'href="\.\./(\w+)/patient\.html"', text)
        assert links == order[max(k - 1, 0) : k] + order[k + 1 : k + 2]
        rows = dict(re.findall(r"<th title=[^>]*>(\w+)</th>(.*?)</tr>", text, re.S))
        assert bool(rows) == (patient in differences.index)
        for name, row in rows.items():
            known = differences[name].dropna()
            if patient in known:
                place = (known <= known[patient]).sum()
                assert f">{place} of {len(known)}<" in row, (patient, name)
    assert sorted(order) == PATIENTS


def test_pdf_text_stays_text(run):
    # Type 42 keeps letters as letters; Type 3 would turn them into drawings.
    for i in (2, 3, 4, 5):
        data = (run.results / f"figures/fig{i}.pdf").read_bytes()
        assert b"/Type42" in data or b"/CIDFontType2" in data
        assert b"/Type3" not in data
        assert b"CreationDate" not in data
