"""The response study end to end on a small simulated cohort, resumed, with other feature sets, and of DICOM."""

import hashlib
import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import fit_radscore
import liu_nomogram
import resample
import score_cohort
from browser import Browser
from npcradiomics.cohort import configuration
from npcradiomics.dicom.writer import write_mr_series, write_rtstruct
from npcradiomics.files import write_json, write_table
from npcradiomics.images.volumes import read_image
from npcradiomics.tables import read_table
from repository import ROOT
from response_study import MODEL, N_PATIENTS, Study, jobs, small_cohort, write_rows

SCHEMAS = ROOT / "workflow" / "schemas"
SETTINGS = configuration.complete_settings(
    {}, configuration.read_schema(SCHEMAS / "response_config.schema.yaml"), ""
)
# What rules hand to `radscore.fit_model`.
FITTING = SETTINGS["model"] | MODEL
FITTING = {
    key: value
    for key, value in FITTING.items()
    if key not in ("seed", "stable_features", "imputations")
}
IDENTITY = ["patient", "response", "effective", "set", "centre", "volume_cm3"]


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A finished run; tests read it and change copies only."""
    rows = small_cohort()
    # Of a model of few features, fitted on few patients, one feature is a large share.
    study = Study(
        tmp_path_factory.mktemp("response"), new_patients="new.tsv", max_outside_training=1.0
    )
    write_rows(study.folder / "patients.tsv", rows)
    # Two patients of the validation set once more, as new ones: their scores are known.
    again = [row for row in rows if row["split"] == "validation"][:2]
    study.again = [row["patient"] for row in again]
    new = [
        {"patient": f"NEW{k}", "image": r["image"], "mask": r["mask"]} for k, r in enumerate(again)
    ]
    write_rows(study.folder / "new.tsv", new)
    finished = study.run("response_study", "response_score")
    assert finished.returncode == 0, finished.stdout[-3000:]
    return study


def test_every_table_and_figure_is_there_and_says_simulated(study):
    tables = [
        f"tables/{name}.{kind}"
        for name in ("table1", "table2", "table3", "performance")
        for kind in ("tsv", "md", "tex", "docx")
    ]
    names = ("fig2", "fig3", "fig4", "fig5", "fig6", "nomogram", "validation")
    figures = [f"figures/{name}.{kind}" for name in names for kind in ("pdf", "png", "tsv")]
    assert not [path for path in tables + figures if (study.results / path).stat().st_size < 50]
    for name in ("table1", "table2", "table3", "performance"):
        words = (study.results / f"tables/{name}.md").read_text(encoding="utf-8")
        assert "Simulated patients: no clinical data" in words


def test_the_report_has_a_description_and_every_table_and_figure_with_its_caption(study):
    finished = study.run("response_study", "--report", "report.html")
    assert finished.returncode == 0, finished.stdout[-3000:]
    page = (study.folder / "report.html").read_text(encoding="utf-8")
    description, results, categories = (
        json.JSONDecoder().raw_decode(page.split(f"    var {name} = ")[-1])[0]
        for name in ("workflow_desc", "results", "categories")
    )
    assert "396 features" in description and "System Message" not in description
    assert {
        name: sorted(Path(path).stem for paths in inside.values() for path in paths)
        for name, inside in categories.items()
    } == {
        "Response figures": ["fig2", "fig3", "fig4", "fig5", "fig6", "nomogram", "validation"],
        "Response paper": [
            *(f"checklist_{name}" for name in ("clear", "ibsi", "metrics", "tripod")),
            *("methods", "report", "report"),  # a page and a Word document
        ],
        "Response tables": ["performance", "table1", "table2", "table3"],
    }
    words = {Path(path).stem: one["caption"] for path, one in results.items()}
    assert "ROC curve of the rad-score in the validation set" in words["fig4"]
    for caption in words.values():
        assert "Simulated patients: no clinical data. Not by the default settings: " in caption
        assert "bootstrap samples 10 (default 200)" in caption


def test_provenance_holds_every_checksum_and_verify_finds_a_replaced_image(study, tmp_path):
    record = json.loads((study.results / "provenance.json").read_text(encoding="utf-8"))
    assert len(record["inputs"]) == N_PATIENTS + len(study.again)
    for kind, checksums in (
        ("tables/table2.tsv", record["outputs"]),
        ("figures/fig2.pdf", record["outputs"]),
    ):
        assert checksums[kind] == hashlib.sha256((study.results / kind).read_bytes()).hexdigest()
    other = study.copy(tmp_path)
    fits = other.run("response_verify")
    assert fits.returncode == 0 and "are what" in fits.stdout, fits.stdout[-3000:]
    patient, row = next(iter(record["inputs"])), small_cohort()[0]
    assert patient == row["patient"]
    mask = other.folder / row["mask"]
    assert record["inputs"][patient]["mask"] == hashlib.sha256(mask.read_bytes()).hexdigest()
    mask.write_bytes(mask.read_bytes() + b"\0")
    unfit = other.run("response_verify")
    assert (
        unfit.returncode != 0
        and "1 thing no longer fits" in unfit.stdout
        and f"patient {patient}: mask {row['mask']}: has changed since" in unfit.stdout
    )


def test_scores_follow_from_model_and_features_by_hand(study):
    model = json.loads((study.results / "cohort/model.json").read_text(encoding="utf-8"))
    assert model["features"]
    features = study.table("cohort/features.tsv")
    score = np.full(len(features), model["intercept"])
    for name, row in model["features"].items():
        values = features[name].where(
            features[name].between(row["lower"], row["upper"]), row["median"]
        )
        score += row["coefficient"] * (values - row["mean"]) / row["sd"]
    np.testing.assert_allclose(
        study.table("cohort/radscore.tsv")["rad_score"], score, rtol=1e-9, atol=1e-12
    )
    assert features.shape == (N_PATIENTS, len(IDENTITY) + 396)


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


def test_table_3_and_figure_6_begin_with_whether_the_rad_score_beats_volume(study):
    compared = study.table("cohort/comparison.tsv").set_index("model")
    scored = study.table("cohort/model_scores.tsv")
    one = scored[scored["set"] == "validation"]
    y = one["effective"].to_numpy()
    for name in ("rad-score", "volume"):
        a, b = (one.loc[y == k, name].to_numpy() for k in (1, 0))
        area = ((a[:, None] > b) + 0.5 * (a[:, None] == b)).mean()
        assert compared.loc[name, "auc"] == pytest.approx(area, abs=1e-12)
    beats = compared.loc["volume", "delong_p"] < 0.05 and compared.loc["volume", "difference"] > 0
    words = "beats" if beats else "does not beat"
    for path in ("tables/table3.caption.rst", "figures/fig6.caption.rst"):
        caption = (study.results / path).read_text(encoding="utf-8").lstrip("*")
        assert caption.startswith(f"The rad-score {words} volume alone on the validation set")


def test_the_worked_example_of_the_nomogram_is_the_model_s_by_hand(study):
    """Points from coefficients and ranges, and their sum's probability from the regression itself."""
    model = json.loads((study.results / "cohort/models.json").read_text(encoding="utf-8"))
    columns, intercept = (model["clinical + rad-score"][key] for key in ("columns", "intercept"))
    example = study.table("figures/nomogram.tsv").set_index("column")
    reach = {n: abs(c["coefficient"]) * (c["max"] - c["min"]) for n, c in columns.items()}
    total, eta = 0.0, intercept
    for name, row in columns.items():
        least = row["min"] if row["coefficient"] > 0 else row["max"]
        value = example.loc[name, "value"]
        points = 100 * row["coefficient"] * (value - least) / max(reach.values())
        assert example.loc[name, "points"] == pytest.approx(points, abs=1e-9), name
        total, eta = total + points, eta + row["coefficient"] * value
    assert example.loc["total", "points"] == pytest.approx(total)
    probability = 1 / (1 + np.exp(-eta))
    assert example.loc["total", "probability"] == pytest.approx(probability, abs=1e-12)
    patient = example["patient"].iloc[0]
    scores = study.table("cohort/model_scores.tsv").set_index("patient")
    assert scores.loc[patient, "clinical + rad-score"] == pytest.approx(eta)


def test_the_calculator_gives_the_model_s_probabilities(study, tmp_path):
    if not (shutil.which("chromium") and shutil.which("chromedriver")):
        pytest.skip("needs chromium and chromedriver, which are not on this machine")
    scores = study.table("cohort/model_scores.tsv").set_index("patient")
    clinical = study.table("cohort/clinical.tsv").set_index("patient")
    eta = scores["clinical + rad-score"].dropna()[:5]
    type_in = "for (const [id, value] of Object.entries(%s)) {" + (
        "const field = document.getElementById(id); field.value = value;"
        'field.dispatchEvent(new Event("input", {bubbles: true}));'
        '} return document.getElementById("words").textContent;'
    )
    with Browser(tmp_path / "profile") as browser:
        browser.open(study.results / "calculator.html", 1000)
        for patient, expected in eta.items():
            typed = {n: repr(float(v)) for n, v in clinical.loc[patient].items() if ":" not in n}
            typed["sex"] = "male" if clinical.loc[patient, "sex: male"] else "-"
            typed["rad_score"] = repr(float(scores.loc[patient, "rad-score"]))
            words = browser.run(type_in % json.dumps(typed))
            assert words.endswith(f"linear predictor {expected:.4f}"), patient


def test_a_model_without_effect_is_said_in_place_of_nomogram_and_calculator(tmp_path):
    # LASSO kept nothing, and no clinical columns: 2 of 5 training patients responded.
    model = {"columns": {}, "intercept": np.log(2 / 3), "covariance": [[1.0]], "note": ""}
    model |= {"patients": 5, "effective": 2}
    write_json({"clinical + rad-score": model}, tmp_path / "models.json")
    tables = {
        "clinical": pd.DataFrame({"patient": ["A", "B"]}),
        "scores": pd.DataFrame({"patient": ["A", "B"], "set": "validation", "rad-score": -0.4}),
        "comparison": pd.DataFrame(columns=["model", "slope", "slope_low", "slope_high"]),
    }
    for name, table in tables.items():
        write_table(table, tmp_path / f"{name}.tsv")
    given = {name: tmp_path / f"{name}.tsv" for name in tables} | {
        "models": tmp_path / "models.json",
        "template": ROOT / "workflow/report/calculator.html",
    }
    kinds = ("pdf", "png", "svg")
    made = {kind: tmp_path / f"nomogram.{kind}" for kind in kinds} | {
        "data": tmp_path / "nomogram.tsv",
        "page": tmp_path / "calculator.html",
    }
    params = SimpleNamespace(labels={}, words={}, simulated=True)
    liu_nomogram.main(
        SimpleNamespace(
            input=SimpleNamespace(**given), output=SimpleNamespace(**made), params=params
        )
    )
    page = made["page"].read_text(encoding="utf-8")
    assert "every patient has the probability 0.400." in page and "<form" not in page
    assert all(made[kind].stat().st_size > 1000 for kind in kinds)
    assert read_table(made["data"]).empty


def test_new_patients_get_the_scores_they_had(study):
    known = study.table("cohort/radscore.tsv").set_index("patient").loc[study.again]
    new = study.table("cohort/new_radscore.tsv")
    assert list(new["patient"]) == ["NEW0", "NEW1"]
    np.testing.assert_allclose(new["rad_score"], known["rad_score"], rtol=1e-12)
    assert list(new["called"]) == list(known["called"])


def test_steps_beside_the_paper_s_are_keys_and_a_new_patient_of_a_strange_centre_is_refused(
    study, tmp_path
):
    other = study.copy(tmp_path)
    on = {"harmonization": "combat", "stable_features": True, "imputations": 2}
    other.config["model"] = MODEL | on
    other.config["repeatability"] = {"n_perturbations": 2}
    new = [row | {"patient": f"NEW{k}"} for k, row in enumerate(small_cohort()[:3])]
    new = [{key: row[key] for key in ("patient", "image", "mask", "centre")} for row in new]
    new[1]["centre"], new[2]["centre"] = "Z", ""
    write_rows(other.folder / "new.tsv", new)
    finished = other.run("response_score", "results/response/cohort/models.json")
    assert finished.returncode == 0, finished.stdout[-3000:]
    assert "NEW1: centre 'Z' is not one of training; the model has ComBat's parameters of" in (
        finished.stdout
    )
    assert "NEW2: no centre (column `centre`)" in finished.stdout
    scored = other.table("cohort/new_radscore.tsv").set_index("patient")
    assert list(scored["called"][1:]) == ["not scored"] * 2
    assert scored["rad_score"].isna().tolist() == [False, True, True]
    written = (other.results / "cohort/new_radscore.tsv").read_text(encoding="utf-8").splitlines()
    place = written[0].split("\t").index("n_features")
    counts = [line.split("\t")[place] for line in written[1:]]
    model = json.loads((other.results / "cohort/model.json").read_text(encoding="utf-8"))
    assert counts[0] == str(len(model["features"])) and counts[1] == counts[2]
    # NEW0 is a training patient under another name: ComBat with training's parameters, by hand.
    known = (
        other.table("cohort/features.tsv").set_index("patient").loc[small_cohort()[0]["patient"]]
    )
    total = model["intercept"]
    for name, one in model["features"].items():
        learnt = model["harmonization"]["features"][name]
        value = (known[name] - learnt["mean"]) / learnt["sd"]
        value = (value - learnt["shift"][known["centre"]]) / learnt["scale"][known["centre"]]
        value = value * learnt["sd"] + learnt["mean"]
        value = value if one["lower"] <= value <= one["upper"] else one["median"]
        total += one["coefficient"] * (value - one["mean"]) / one["sd"]
    assert model["features"] and scored.loc["NEW0", "rad_score"] == pytest.approx(total, rel=1e-9)
    # Who is unstable by the repeated measurements of training is dropped with the number.
    rows = pd.concat(
        pd.read_csv(path, sep="\t") for path in (other.results / "features").glob("perturbed*.tsv")
    )
    assert len(rows) == 2 * 22
    assert set(rows["patient"]) == {
        row["patient"] for row in small_cohort() if row["split"] == "train"
    }
    reasons = other.table("cohort/dropped_features.tsv").set_index("feature")["reason"]
    unstable = reasons[reasons.str.startswith("ICC(1,1)")]
    assert len(unstable) and not set(unstable.index) & set(model["features"])
    models = json.loads((other.results / "cohort/models.json").read_text(encoding="utf-8"))
    clinical = other.table("cohort/clinical.tsv").drop(columns="patient")
    if clinical.isna().any(axis=None):
        assert models["clinical"]["patients"] == 22
        assert "pooled by Rubin's rules" in models["clinical"]["note"]


def test_new_patients_with_responses_are_an_external_validation(study, tmp_path):
    other = study.copy(tmp_path)
    # The training patients of the cohort under new names, labelled in other words.
    rows = [row for row in small_cohort() if row["split"] == "train"]
    words = {True: "1", False: "no"}
    new = [
        {
            "patient": f"X{r['patient']}",
            "image": r["image"],
            "mask": r["mask"],
            "response": words[r["response"] in ("CR", "PR")],
        }
        for r in rows
    ]
    write_rows(other.folder / "new.tsv", new)
    other.config["response_labels"] = {"effective": [1], "ineffective": ["no"]}
    finished = other.run("response_score")
    assert finished.returncode == 0, finished.stdout[-3000:]
    table = other.table("tables/external.tsv").set_index("set")
    training = other.table("cohort/performance.tsv").set_index("set").loc["train"]
    for name in ("auc", "brier", "slope", "in_the_large", "sensitivity_k"):
        assert table.loc["external", name] == pytest.approx(training[name], abs=1e-9), name


def test_repetitions_are_complete_and_counted(study):
    assert len(study.table("cohort/permutation.tsv")) == 19
    report = json.loads((study.results / "cohort/validation.json").read_text(encoding="utf-8"))
    assert report["permutations"] == 19
    assert 1 / 20 <= report["nested_auc_p"] <= 1
    assert study.table("cohort/selection.tsv")["fits"].unique() == [2 * 5 + 10]


def test_validation_patients_are_seen_by_no_model(study, tmp_path):
    # All they have is changed; model, paths and resampling of the finished run come out byte for
    # byte.
    table = study.table("cohort/features.tsv")
    outside = table["set"] == "validation"
    features = table.columns.difference(IDENTITY)
    table.loc[outside, features] = -1000.0 * table.loc[outside, features] + 7
    table.loc[outside, "effective"] = 1 - table.loc[outside, "effective"]
    table.loc[outside, "patient"] = "X" + table.loc[outside, "patient"]
    table.to_csv(tmp_path / "features.tsv", sep="\t", index=False)
    given = SimpleNamespace(
        features=tmp_path / "features.tsv", clinical=tmp_path / "clinical.tsv", perturbed=[]
    )
    clinical = study.table("cohort/clinical.tsv").set_index("patient")
    # The clinical values of the validation patients, too, under their new names.
    strangers = table.loc[outside, "patient"]
    clinical = clinical.loc[[name.removeprefix("X") for name in table["patient"]]]
    clinical.index = pd.Index(table["patient"], name="patient")
    clinical.loc[strangers] = 7.0
    clinical.to_csv(tmp_path / "clinical.tsv", sep="\t", na_rep="NA")
    names = {
        "model": "model.json",
        "curve": "lasso_cross_validation.tsv",
        "paths": "lasso_paths.tsv",
    }
    names |= {"preparation": "preparation.tsv", "dropped": "dropped_features.tsv"}
    output = SimpleNamespace(**{key: tmp_path / name for key, name in names.items()})
    params = SimpleNamespace(model=FITTING, seed=MODEL["seed"])
    fit_radscore.main(SimpleNamespace(input=given, output=output, params=params))
    for name in names.values():
        assert (tmp_path / name).read_bytes() == (study.results / "cohort" / name).read_bytes()
    for kind, count in (("nested", 2), ("bootstrap", 10)):
        output = SimpleNamespace(
            table=tmp_path / "table.tsv", predictions=tmp_path / "predictions.tsv"
        )
        params = SimpleNamespace(
            model=FITTING,
            imputations=0,
            seed=SETTINGS["resampling"]["seed"],
            numbers=[0, count],
        )
        wildcards = SimpleNamespace(kind=kind)
        resample.main(
            SimpleNamespace(input=given, output=output, params=params, wildcards=wildcards)
        )
        expected = study.results / "resampling" / f"{kind}_0.tsv"
        assert output.table.read_bytes() == expected.read_bytes()


def test_a_run_stopped_in_the_resampling_goes_on_and_ends_the_same(study, tmp_path):
    stopped = study.copy(tmp_path)
    lost = ["resampling/permutation_10.tsv", "cohort/validation.json", "figures/validation.pdf"]
    lost += ["figures/validation.png", "tables/performance.md"]
    for path in lost:
        (stopped.results / path).unlink()
    finished = stopped.run("response_study")
    assert finished.returncode == 0, finished.stdout[-3000:]
    assert jobs(finished) == {
        "resample": 1,
        "collect_resampling": 1,
        "liu_validation": 1,
        "provenance": 1,
        "methods": 1,
        "checklists": 1,
        "report_word": 1,
        "liu_report": 1,
        "study": 1,
    }
    for path in lost:
        assert (stopped.results / path).read_bytes() == (study.results / path).read_bytes(), path
    assert "Nothing to be done" in stopped.run("response_study").stdout


@pytest.mark.parametrize(
    ("name", "count", "some"),
    [
        ("toolbox47", 47, ["Intensity_Variance", "GLCM_Energy", "NGTDM_Busyness"]),
        (
            "pyradiomics",
            18 + 24 + 16 + 16 + 14 + 5,
            ["firstorder_Entropy", "glcm_Idm", "ngtdm_Busyness"],
        ),
    ],
)
def test_other_feature_sets_run_through_the_same_model(study, tmp_path, name, count, some):
    other = study.copy(tmp_path)
    other.config["features"] = other.config["features"] | {"set": name, "n_levels": 32}
    finished = other.run("results/response/cohort/radscore.tsv")
    assert finished.returncode == 0, finished.stdout[-3000:]
    assert "simulate_tumours" not in jobs(finished)
    table = other.table("cohort/features.tsv")
    features = [column for column in table if column not in IDENTITY]
    assert list(table)[: len(IDENTITY)] == IDENTITY
    assert len(features) == count
    assert not set(some) - set(features)
    assert np.isfinite(table[features]).all(axis=None)
    model = json.loads((other.results / "cohort/model.json").read_text(encoding="utf-8"))
    known = set(other.table("cohort/preparation.tsv")["feature"]) | set(
        other.table("cohort/dropped_features.tsv")["feature"]
    )
    assert known == set(features)
    assert set(model["features"]) <= known
    assert np.isfinite(other.table("cohort/radscore.tsv")["rad_score"]).all()


def test_dicom_gives_the_features_of_the_same_patient_as_nifti(study, tmp_path):
    """Through the first study's import: a series and an RTSTRUCT, no name of a person anywhere."""
    other = study.copy(tmp_path)
    rows = small_cohort()
    one = rows[0]
    image, mask = (read_image(other.folder / one[name]) for name in ("image", "mask"))
    series = write_mr_series(image, tmp_path / "export/t2", "Jane^Doe", "T2 tra")
    write_rtstruct({"GTV primary": mask}, tmp_path / "export/RS.dcm", "Jane^Doe", series)
    one["image"], one["mask"] = "export/t2", "export/RS.dcm#GTV primary"
    write_rows(other.folder / "patients.tsv", rows)
    page = f"results/response/patients/{one['patient']}/patient.html"
    finished = other.run("results/response/features/part0.tsv", page)
    assert finished.returncode == 0, finished.stdout[-3000:]
    assert (other.folder / page).is_file() and jobs(finished)["report_tumour"] == 1
    assert jobs(finished)["import_image"] == jobs(finished)["import_contour"] == 1
    pd.testing.assert_frame_equal(
        other.table("features/part0.tsv"), study.table("features/part0.tsv"), check_exact=True
    )
    imported = other.results / "patients" / one["patient"] / "imported"
    assert (imported / "mask.nii.gz").is_file()
    written = [path for path in other.results.rglob("*") if path.is_file()]
    assert not [path for path in written if b"Jane" in path.read_bytes()]
    one["mask"] = "export/RS.dcm#GTV nodes"
    write_rows(other.folder / "patients.tsv", rows)
    refused = other.run("results/response/features/part0.tsv")
    assert refused.returncode != 0 and "GTV primary" in refused.stdout


def test_the_overview_is_of_every_patient_and_of_the_new_ones(study):
    finished = study.run("response_overview", "-n")
    assert finished.returncode == 0, finished.stdout[-3000:]
    wanted = {"report_tumour": N_PATIENTS + len(study.again), "collect_overview": 1, "overview": 1}
    assert jobs(finished) == wanted


def test_a_table_of_features_with_gaps_is_refused(study, tmp_path):
    table = study.table("cohort/features.tsv")
    train, validation = (table.index[table["set"] == name][0] for name in ("train", "validation"))
    model = json.loads((study.results / "cohort/model.json").read_text(encoding="utf-8"))
    feature = next(iter(model["features"]), "Inertia_angle0_offset1")
    for row, refusing in ((train, fit), (validation, score)):
        broken = table.copy()
        broken.loc[row, feature] = np.nan
        broken.to_csv(tmp_path / "features.tsv", sep="\t", index=False)
        if row == train or model["features"]:
            with pytest.raises(
                ValueError, match=f"1 of [0-9]+ feature values .* {feature} of patient"
            ):
                refusing(study, tmp_path)


def fit(study, folder):
    params = SimpleNamespace(model=FITTING, seed=MODEL["seed"])
    given = SimpleNamespace(features=folder / "features.tsv", perturbed=[])
    fit_radscore.main(SimpleNamespace(input=given, params=params, output=None))


def score(study, folder):
    given = SimpleNamespace(
        features=folder / "features.tsv", model=study.results / "cohort/model.json"
    )
    score_cohort.main(SimpleNamespace(input=given, params=SimpleNamespace(seed=0), output=None))
