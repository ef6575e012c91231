"""The response study end to end on a small simulated cohort, resumed, and with faulty input."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import SimpleITK as sitk
import yaml

import measure_tumours

ROOT = Path(__file__).parents[2]
MODEL = {"folds": 5}
RESAMPLING = {"nested": 2, "bootstrap": 10, "permutation": 19, "per_job": 10}
WANTED = {("train", True): 14, ("train", False): 22, ("validation", True): 7, ("validation", False): 7}


def small_cohort():
    """The first patients of the default cohort, so many of each set and response."""
    with open(ROOT / "config/response/patients.tsv", newline="") as file:
        rows, left = [], dict(WANTED)
        for row in csv.DictReader(file, delimiter="\t"):
            group = row["split"], row["response"] in ("CR", "PR")
            if left[group]:
                left[group] -= 1
                rows.append(row)
    return rows


class Study:
    """A folder in which the response study is run."""

    def __init__(self, folder, rows, **config):
        self.folder = Path(folder)
        self.results = self.folder / "results" / "response"
        self.write("patients.tsv", rows)
        self.config = {"patients": "patients.tsv", "model": MODEL, "resampling": RESAMPLING} | config
        self.config["features"] = {"pyradiomics": str(ROOT / "config/heterogeneity/pyradiomics.yaml")}

    def write(self, name, rows):
        with open(self.folder / name, "w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), delimiter="\t")
            writer.writeheader()
            writer.writerows(rows)

    def run(self, *arguments):
        config = {
            "heterogeneity": {
                "patients": str(ROOT / "config/heterogeneity/patients.tsv"),
                "pyradiomics": str(ROOT / "config/heterogeneity/pyradiomics.yaml"),
            },
            "response": self.config,
        }
        (self.folder / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
        command = [sys.executable, "-m", "snakemake", *arguments, "-s", str(ROOT / "Snakefile"), "-c", "2"]
        command += ["--directory", str(self.folder), "--configfile", str(self.folder / "config.yaml")]
        env = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
        return subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env, cwd=self.folder
        )

    def table(self, name):
        return pd.read_csv(self.results / name, sep="\t")


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    rows = small_cohort()
    study = Study(tmp_path_factory.mktemp("response"), rows, new_patients="new.tsv")
    # Two patients of the validation set once more, as new ones: their scores are known.
    again = [row for row in rows if row["split"] == "validation"][:2]
    study.again = [row["patient"] for row in again]
    study.write(
        "new.tsv", [{"patient": f"NEW{k}", "image": r["image"], "mask": r["mask"]} for k, r in enumerate(again)]
    )
    finished = study.run("response_study", "response_score")
    assert finished.returncode == 0, finished.stdout[-3000:]
    return study


def test_every_table_and_figure_is_there_and_says_simulated(study):
    tables = [
        f"tables/{name}.{kind}" for name in ("table1", "table2", "performance") for kind in ("tsv", "md", "tex", "docx")
    ]
    names = ("fig2", "fig3", "fig4", "fig5", "validation")
    figures = [f"figures/{name}.{kind}" for name in names for kind in ("pdf", "png", "tsv")]
    assert not [path for path in tables + figures if (study.results / path).stat().st_size < 100]
    for name in ("table1", "table2", "performance"):
        assert "Simulated patients: no clinical data" in (study.results / f"tables/{name}.md").read_text(
            encoding="utf-8"
        )


def test_scores_follow_from_model_and_features_by_hand(study):
    model = json.loads((study.results / "cohort/model.json").read_text(encoding="utf-8"))
    features = study.table("cohort/features.tsv")
    score = np.full(len(features), model["intercept"])
    for name, row in model["features"].items():
        values = features[name].where(features[name].between(row["lower"], row["upper"]), row["median"])
        score += row["coefficient"] * (values - row["mean"]) / row["sd"]
    np.testing.assert_allclose(study.table("cohort/radscore.tsv")["rad_score"], score, rtol=1e-9, atol=1e-12)
    assert features.shape == (50, 4 + 396)


def test_reported_area_and_rates_are_those_of_the_scores(study):
    scored = study.table("cohort/radscore.tsv")
    for row in study.table("cohort/performance.tsv").itertuples():
        one = scored[scored["set"] == row.set]
        a = one.loc[one["effective"] == 1, "rad_score"].to_numpy()[:, None]
        b = one.loc[one["effective"] == 0, "rad_score"].to_numpy()
        assert row.auc == pytest.approx(((a > b) + 0.5 * (a == b)).mean(), abs=1e-12)
        called = one["called"] == "effective"
        assert row.sensitivity_k == (called & (one["effective"] == 1)).sum()
        assert row.specificity_k == (~called & (one["effective"] == 0)).sum()
        assert (row.sensitivity_n, row.specificity_n) == (len(a), len(b))


def test_new_patients_get_the_scores_they_had(study):
    known = study.table("cohort/radscore.tsv").set_index("patient").loc[study.again]
    new = study.table("cohort/new_radscore.tsv")
    assert list(new["patient"]) == ["NEW0", "NEW1"]
    np.testing.assert_allclose(new["rad_score"], known["rad_score"], rtol=1e-12)
    assert list(new["called"]) == list(known["called"])


def test_nothing_is_left_to_do_and_a_lost_piece_is_all_that_is_made_again(study):
    assert "Nothing to be done" in study.run("response_study").stdout
    # A run that stopped in the middle: one job of the resampling and all after it are missing.
    for lost in ("resampling/permutation_10.tsv", "cohort/validation.json", "figures/validation.pdf"):
        (study.results / lost).unlink()
    again = study.run("response_study", "-n")
    assert again.returncode == 0
    counts = dict(
        line.split() for line in again.stdout.splitlines() if line.startswith("response_") and line[-1].isdigit()
    )
    assert counts["response_resample"] == "1"
    assert "response_measure_tumours" not in counts
    assert "response_fit_radscore" not in counts


def test_repetitions_are_complete_and_counted(study):
    assert len(study.table("cohort/permutation.tsv")) == 19
    report = json.loads((study.results / "cohort/validation.json").read_text(encoding="utf-8"))
    assert report["permutations"] == 19
    assert 1 / 20 <= report["nested_auc_p"] <= 1
    assert study.table("cohort/selection.tsv")["fits"].unique() == [2 * 5 + 10]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"response": "better"}, "'better' is not one of"),
        ({"age": "old"}, "age is 'old'"),
        ({"split": "test"}, "'test' is not one of"),
        ({"split": ""}, "split is empty for 1 of 50 patients"),
        ({"image": None}, "are one image"),
    ],
)
def test_wrong_tables_are_refused_before_the_first_job(tmp_path, change, words):
    rows = small_cohort()
    rows[7] |= {key: rows[0]["image"] if value is None else value for key, value in change.items()}
    finished = Study(tmp_path, rows).run("response_study", "-n")
    assert finished.returncode != 0
    assert words in finished.stdout
    assert rows[7]["patient"] in finished.stdout


def test_every_faulty_patient_of_a_job_is_named(tmp_path):
    def image(values, spacing=(1.0, 1.0, 5.0)):
        made = sitk.GetImageFromArray(values)
        made.SetSpacing(spacing)
        return made

    values = np.random.default_rng(0).integers(0, 400, (2, 20, 20)).astype(np.int16)
    ones = np.ones(values.shape, np.uint8)
    files = {
        "good": (values, ones, (1.0, 1.0, 5.0)),
        "grid": (values, ones, (1.0, 1.0, 4.0)),
        "empty": (values, 0 * ones, (1.0, 1.0, 5.0)),
    }
    rows = []
    for name, (volume, mask, spacing) in files.items():
        rows.append(
            {"patient": name, "image": str(tmp_path / f"{name}.nii.gz"), "mask": str(tmp_path / f"{name}_m.nii.gz")}
        )
        sitk.WriteImage(image(volume), rows[-1]["image"])
        sitk.WriteImage(image(mask, spacing), rows[-1]["mask"])
    snakemake = SimpleNamespace(
        params=SimpleNamespace(features={"set": 396, "n_bins": 32}, rows=rows),
        input=SimpleNamespace(pyradiomics=""),
        output=SimpleNamespace(features=tmp_path / "out.tsv", notes=tmp_path / "notes.json"),
    )
    with pytest.raises(ValueError, match=r"grid: .*not one grid.*; empty: .*mask is empty"):
        measure_tumours.main(snakemake)
    assert not (tmp_path / "out.tsv").exists()
