"""What the response study refuses, before the first job or by the patient's name."""

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import SimpleITK as sitk

import measure_tumours
from npcradiomics.cohort import clinical_values, configuration, same_files
from npcradiomics.response.cohort import assign_sets
from repository import ROOT
from response_study import MODEL, N_PATIENTS, Study, small_cohort, write_rows

SCHEMAS = ROOT / "workflow" / "schemas"
SETTINGS = configuration.complete_settings(
    {}, configuration.read_schema(SCHEMAS / "response_config.schema.yaml"), ""
)


def test_files_that_are_not_there_are_refused_by_a_dry_run(tmp_path):
    rows = small_cohort()
    rows[7] |= {"image": "P8/t2_series", "mask": "P8/tumour.nii.gz"}
    write_rows(tmp_path / "patients.tsv", rows)
    finished = Study(tmp_path).run("response_study", "-n")
    assert finished.returncode != 0
    assert f"{rows[7]['patient']}: image P8/t2_series does not exist" in finished.stdout


@pytest.mark.parametrize(
    ("where", "n", "words"),
    [
        ("train", 2, "ComBat needs 5 training patients of each centre: 'C' has 2"),
        ("validation", 3, "centres that training does not have: 'C' (3 patients)"),
    ],
)
def test_combat_refuses_a_centre_it_cannot_learn_in_a_dry_run(tmp_path, where, n, words):
    rows = small_cohort()
    for row in [row for row in rows if row["split"] == where][:n]:
        row["centre"] = "C"
    write_rows(tmp_path / "patients.tsv", rows)
    finished = Study(tmp_path, model=MODEL | {"harmonization": "combat"}).run(
        "response_study", "-n"
    )
    assert finished.returncode != 0
    assert words in finished.stdout


def test_a_clinical_column_without_a_value_in_training_is_refused_by_a_dry_run(tmp_path):
    rows = small_cohort()
    for row in rows:
        row["afp"] = "" if row["split"] == "train" else row["afp"]
    write_rows(tmp_path / "patients.tsv", rows)
    finished = Study(tmp_path).run("response_study", "-n")
    assert finished.returncode != 0
    assert "no value for any of 22 training patients in afp" in finished.stdout


def test_a_patient_without_centre_is_counted_by_a_dry_run_of_the_centres(tmp_path):
    rows = small_cohort()
    rows[0]["centre"] = ""
    write_rows(tmp_path / "patients.tsv", rows)
    finished = Study(tmp_path).run("response_centres", "-n")
    assert finished.returncode != 0
    assert f"1 of {N_PATIENTS} patients have no centre (column `centre`)" in finished.stdout


def test_a_wrong_table_is_refused_before_the_first_job(tmp_path):
    rows = small_cohort()
    rows[7]["response"] = "better"
    write_rows(tmp_path / "patients.tsv", rows)
    finished = Study(tmp_path).run("response_study", "-n")
    assert finished.returncode != 0
    assert f"row 9 ({rows[7]['patient']}): response: 'better' is not one of" in finished.stdout


def read(folder, rows):
    """What workflow/response.smk does with a patients table before it plans a job."""
    write_rows(folder / "patients.tsv", rows)
    schema = configuration.read_schema(SCHEMAS / "response_patients.schema.yaml")
    read, _ = configuration.read_patients(
        folder / "patients.tsv", schema, SETTINGS["clinical_columns"]
    )
    by_name = {row["patient"]: row for row in read}
    same_files.refuse_same_files(by_name, ["image", "mask"], ["image"])
    numbers = [
        name for name in SETTINGS["clinical_columns"] if name not in SETTINGS["clinical_categories"]
    ]
    clinical_values.require_numbers(read, numbers)
    return read, assign_sets(read, **SETTINGS["split"])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"response": "better"}, "'better' is not one of"),
        ({"age": "old"}, "age is 'old'"),
        ({"age": "nan"}, "age is 'nan'"),
        ({"split": "test"}, "'test' is not one of"),
        ({"split": ""}, f"split is empty for 1 of {N_PATIENTS} patients"),
        ({"patient": None}, "names must differ"),
        ({"image": None}, "are one file"),
    ],
)
def test_wrong_rows_are_named(tmp_path, change, words):
    rows = small_cohort()
    # None: the value of the first patient, so that one of both sets is in the table twice.
    rows[7] |= {key: rows[0][key] if value is None else value for key, value in change.items()}
    with pytest.raises(ValueError, match=words) as error:
        read(tmp_path, rows)
    assert rows[7]["patient"] in str(error.value)


def test_a_missing_clinical_value_is_allowed_and_few_patients_are_not(tmp_path):
    rows = small_cohort()
    rows[7]["age"] = ""
    complete, sets = read(tmp_path, rows)
    assert "age" not in complete[7]
    assert sets == [row["split"] for row in rows]
    with pytest.raises(ValueError, match="19 patients, at least 20 needed"):
        read(tmp_path, rows[:19])


@pytest.fixture
def files(tmp_path):
    """Images and masks of patients by name: two slices, one slice, another grid, an empty mask."""
    values = np.random.default_rng(0).integers(0, 400, (2, 20, 20)).astype(np.int16)
    ones = np.ones(values.shape, np.uint8)
    flat = ones * np.array([1, 0], np.uint8)[:, None, None]
    made = {"good": (ones, 5.0), "flat": (flat, 5.0), "grid": (ones, 4.0), "empty": (0 * ones, 5.0)}
    rows = {}
    for name, (mask, thickness) in made.items():
        rows[name] = {"patient": name}
        for key, array, spacing in (("image", values, 5.0), ("mask", mask, thickness)):
            rows[name][key] = str(tmp_path / f"{name}_{key}.nii.gz")
            image = sitk.GetImageFromArray(array)
            image.SetSpacing((1.0, 1.0, spacing))
            sitk.WriteImage(image, rows[name][key])
    return rows


def measured(folder, rows):
    output = SimpleNamespace(
        features=folder / "out.tsv", notes=folder / "notes.json", inputs=folder / "inputs.json"
    )
    params = SimpleNamespace(features={"set": 396, "n_levels": 32}, rows=rows)
    measure_tumours.main(
        SimpleNamespace(params=params, input=SimpleNamespace(pyradiomics=""), output=output)
    )
    return pd.read_csv(output.features, sep="\t"), json.loads(
        output.notes.read_text(encoding="utf-8")
    )


def test_every_faulty_patient_of_a_job_is_named(tmp_path, files):
    with pytest.raises(ValueError, match=r"grid: .*not one grid.*; empty: .*mask is empty"):
        measured(tmp_path, [files[name] for name in ("good", "grid", "empty")])
    assert not (tmp_path / "out.tsv").exists()


def test_a_tumour_in_one_slice_is_measured_and_said(tmp_path, files):
    table, notes = measured(tmp_path, [files["good"], files["flat"]])
    assert table.shape == (2, 2 + 396)
    # 2 x 20 x 20 voxels of 5 mm3, and half of them.
    assert list(table["volume_cm3"]) == pytest.approx([4.0, 2.0])
    assert notes["good"] == []
    assert notes["flat"][0].startswith("tumour in one slice: the 9 form factor features")
