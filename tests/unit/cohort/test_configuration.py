"""A wrong config or table is refused in one line per fault, with row, column and value."""

import pytest

from npcradiomics.cohort.clinical_values import require_numbers
from npcradiomics.cohort.configuration import (
    Patients,
    complete_settings,
    read_patients,
    read_schema,
    refuse_unknown_top,
    results_folders,
    with_results,
)
from npcradiomics.cohort.settings_files import require_named_files, with_repository_files
from repository import ROOT

SCHEMAS = ROOT / "workflow" / "schemas"
CONFIG = read_schema(SCHEMAS / "heterogeneity_config.schema.yaml")
STUDIES = {
    "heterogeneity": CONFIG,
    "response": read_schema(SCHEMAS / "response_config.schema.yaml"),
}
PATIENTS = read_schema(SCHEMAS / "heterogeneity_patients.schema.yaml")


def test_defaults_are_those_of_the_config_file():
    # config/config.yaml shows the defaults; what it shows and what the schema fills in must not
    # drift apart.
    shown = read_schema(SCHEMAS.parents[1] / "config" / "config.yaml")["heterogeneity"]
    assert complete_settings({}, CONFIG, "config") == complete_settings(shown, CONFIG, "config")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"regions": {"in_field_minimum": 95}},
            "regions: in_field_minimum: 95 is greater than the maximum of 1",
        ),
        ({"extraction": {"n_levels": 1}}, "extraction: n_levels: 1 is less than the minimum of 2"),
        (
            {"extraction": {"quantiser": "lloyd"}},
            "extraction: unknown key 'quantiser'; did you mean quantizer?",
        ),
        ({"n_levels": 64}, "unknown key 'n_levels'; it belongs at extraction: n_levels"),
        ({"regions": {"recurrent": "most"}}, "'most' is not one of"),
        ({"unknown_key": 1}, "unknown key 'unknown_key'; known here: results, "),
        ({"registration": {"parameters": {"optima": 0}}}, "optima: 0 is less than the minimum"),
    ],
)
def test_wrong_setting_is_named(change, words):
    with pytest.raises(ValueError, match="config: ") as refused:
        complete_settings(change, CONFIG, "config")
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (
            {"heterogenity": {}},
            "unknown key 'heterogenity' at the top; did you mean heterogeneity?",
        ),
        (
            {"patients": "mine.tsv"},
            "'patients' at the top; it belongs below a study "
            "(heterogeneity: patients or response: patients)",
        ),
        ({"n_cores": 4}, "'n_cores' at the top; known: heterogeneity, response, dicom_root"),
        ({"heterogeneity": None}, "heterogeneity: None is not of type 'object'"),
    ],
)
def test_a_wrong_key_at_the_top_never_runs_the_demo_in_its_place(config, words):
    top = read_schema(SCHEMAS / "config.schema.yaml")
    with pytest.raises(ValueError, match="config: ") as refused:
        refuse_unknown_top(config, top, STUDIES)
    assert words in str(refused.value)
    refuse_unknown_top({"heterogeneity": {}, "dicom_root": "/scans"}, top, STUDIES)


def test_results_of_each_study_lie_where_its_key_says():
    assert results_folders({}, STUDIES) == {
        "heterogeneity": "results/heterogeneity",
        "response": "results/response",
    }
    own = {"heterogeneity": {"results": "/data/My Study/"}, "response": {"results": "./b/../c"}}
    assert results_folders(own, STUDIES) == {"heterogeneity": "/data/My Study", "response": "c"}


@pytest.mark.parametrize(
    ("folder", "words"),
    [
        ("results", "response: results: results/response is within heterogeneity's results"),
        (".", "response: results: results/response is within heterogeneity's results, ."),
        ("results/response", "heterogeneity: results: results/response is within response's"),
        ("results/response/a", "heterogeneity: results: results/response/a is within response's"),
        ("results/{patient}", "results: 'results/{patient}' does not match"),
        ("", "results: '' does not match"),
    ],
)
def test_results_in_each_others_way_are_refused(folder, words):
    with pytest.raises(ValueError, match="config: ") as refused:
        results_folders({"heterogeneity": {"results": folder}}, STUDIES)
    assert words in str(refused.value)


def test_a_cell_that_begins_with_results_means_the_folder_of_the_study():
    rows = {"P1": {"gtv": "<results>/simulated/P1/gtv.nii.gz", "gtvr": "data/<results>/x.nii"}}
    assert with_results(rows, "out/a b") == {
        "P1": {"gtv": "out/a b/simulated/P1/gtv.nii.gz", "gtvr": "data/<results>/x.nii"}
    }


def test_every_fault_is_told_at_once():
    with pytest.raises(ValueError, match="config") as refused:
        complete_settings({"a": 1, "regions": {"min_voxels": "many"}}, CONFIG, "config")
    assert len(str(refused.value).splitlines()) == 2


def test_files_of_the_repository_are_found_from_any_folder_and_ones_own_stay(tmp_path, monkeypatch):
    settings = complete_settings({}, CONFIG, "config")
    monkeypatch.chdir(tmp_path)
    assert with_repository_files(settings, ROOT) == settings | {
        "patients": str(ROOT / "config/heterogeneity/patients.tsv"),
        "pyradiomics": str(ROOT / "config/heterogeneity/pyradiomics.yaml"),
    }
    (tmp_path / "config/heterogeneity").mkdir(parents=True)
    (tmp_path / "config/heterogeneity/patients.tsv").write_text("patient\n", encoding="utf-8")
    found = with_repository_files(settings, ROOT)
    assert found["patients"] == "config/heterogeneity/patients.tsv"


def test_a_key_that_names_a_file_that_is_not_there_is_refused_by_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    wrong = {"pyradiomics": "no.yaml", "risk_map": {"model": "no.npz"}}
    settings = complete_settings(wrong, CONFIG, "config")
    with pytest.raises(ValueError, match="config") as refused:
        require_named_files(settings, CONFIG, "config")
    said = [line.split("; ")[0] for line in str(refused.value).splitlines()]
    assert said == [
        "config: pyradiomics: no.yaml does not exist",
        "config: risk_map: model: no.npz does not exist",
    ]
    (tmp_path / "no.yaml").touch()
    made_by_the_run = settings | {
        "risk_map": {"model": f"{settings['results']}/cohort/risk_model.npz"}
    }
    require_named_files(made_by_the_run, CONFIG, "config")


COLUMNS = ["patient", "planning_mri", "recurrence_mri", "gtv", "gtvr", "gtvr_frame"]


def table(tmp_path, *rows, columns=COLUMNS):
    path = tmp_path / "patients.tsv"
    path.write_text(
        "\n".join("\t".join(cells) for cells in (columns, *rows)) + "\n", encoding="utf-8"
    )
    return path


def cells(patient, frame="recurrence", gtv="g"):
    return [patient, "p", "r", gtv, "gr", frame]


def test_rows_come_back_in_order_without_empty_cells(tmp_path):
    path = table(
        tmp_path,
        [*cells("B"), "", "T4"],
        [*cells("A"), "i", "T3"],
        columns=[*COLUMNS, "isodose95", "stage"],
    )
    rows, said = read_patients(path, PATIENTS, clinical_columns=["stage"])
    assert said == []
    assert [row["patient"] for row in rows] == ["B", "A"]
    assert "isodose95" not in rows[0]
    assert rows[1]["stage"] == "T3"


@pytest.mark.parametrize(
    ("rows", "columns", "words"),
    [
        ([cells("A"), cells("B"), cells("A")], COLUMNS, "row 4: patient A stands in row 2 already"),
        (
            [cells("A")],
            ["patient", "planing_mri", *COLUMNS[2:]],
            "'planing_mri'; did you mean planning_mri?",
        ),
        (
            [[*cells("A"), "red"]],
            [*COLUMNS, "colour"],
            "unknown column 'colour'; clinical columns are named",
        ),
        (
            [[*cells("A"), "T3"]],
            [*COLUMNS, "stage"],
            "unknown column 'stage'; clinical columns are named in the config (clinical_columns)",
        ),
        ([cells("A"), cells("B", "ct")], COLUMNS, "row 3 (B): gtvr_frame: 'ct' is not one of"),
        ([cells("A"), cells("B", gtv="")], COLUMNS, "row 3 (B): 'gtv' is a required property"),
        ([cells("A b")], COLUMNS, "patient 'A b' cannot be a folder name"),
        ([cells("../A")], COLUMNS, "cannot be a folder name"),
        ([cells("A")[:-1]], COLUMNS, "row 2: 5 cells, the header has 6"),
        ([], COLUMNS, "no patients in the table"),
    ],
)
def test_wrong_table_is_refused_with_row_and_column(tmp_path, rows, columns, words):
    with pytest.raises(ValueError, match=r"patients\.tsv") as refused:
        read_patients(table(tmp_path, *rows, columns=columns), PATIENTS)
    assert words in str(refused.value)


def test_absent_clinical_column_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"clinical column stage \(config\) is not in the table"):
        read_patients(table(tmp_path, cells("A")), PATIENTS, clinical_columns=["stage"])


def test_words_in_a_column_of_numbers_are_named():
    rows = [{"patient": "P1", "age": "60"}, {"patient": "P2"}, {"patient": "P3", "age": "old"}]
    with pytest.raises(
        ValueError, match=r"P3: age is 'old' \(words belong into clinical_categories"
    ):
        require_numbers(rows, ["age"])
    require_numbers(rows[:2], ["age"])


LABELLED = {
    "required": ["patient", "response"],
    "properties": {
        "patient": {"type": "string"},
        "response": {"enum": ["CR", "PR", "SD", "PD", "effective", "ineffective"]},
    },
}


def labelled(folder, labels, *responses):
    lines = [f"P{k}\t{word}" for k, word in enumerate(responses)]
    (folder / "table.tsv").write_text("\n".join(["patient\tresponse", *lines]), encoding="utf-8")
    settings = {"patients": folder / "table.tsv", "clinical_columns": [], "response_labels": labels}
    table = Patients(settings, LABELLED)
    return [row["response"] for row in table.values()]


def test_labels_of_the_config_are_mapped_and_all_others_refused(tmp_path):
    labels = {"effective": [1, "responder"], "ineffective": [0, "no"]}
    found = labelled(tmp_path, labels, "1", "0", "responder", "no", "PR")
    assert found == ["effective", "ineffective", "effective", "ineffective", "PR"]
    with pytest.raises(
        ValueError, match=r"row 3 \(P1\): response: 'yes' is not one of .*responder"
    ):
        labelled(tmp_path, labels, "1", "yes")
    with pytest.raises(ValueError, match="'1' is not one of"):
        labelled(tmp_path, {}, "1")


def test_a_label_has_one_meaning(tmp_path):
    for labels in ({"effective": [1], "ineffective": [1]}, {"effective": ["PD"]}):
        with pytest.raises(ValueError, match="means something already"):
            labelled(tmp_path, labels, "CR")
