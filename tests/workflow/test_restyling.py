"""The scripts of tables and figures on cohorts with nothing, one and thirty significant features: data, words, bytes."""

import hashlib
import importlib
import logging
import re
from types import SimpleNamespace

import pandas as pd
import pytest
from docx import Document

import cohort_on_disk
from methods_example import LIBRARY, paragraphs, settings_of
from npcradiomics.features.definitions import FEATURES
from npcradiomics.files import write_table, write_text
from npcradiomics.publication.methods.bibliography import entries, reference, select
from npcradiomics.publication.methods.text import cited, sentence_table
from npcradiomics.publication.notices import SIMULATED_NOTE
from npcradiomics.region_names import REGIONS
from npcradiomics.rounding import p_text, scientific_text
from npcradiomics.statistics.akram2020 import SEVEN_FEATURES
from repository import ROOT

COHORTS = {
    "nothing": (14, {}),
    "one": (14, {"GLCM_Contrast": 5.0}),
    "thirty": (14, dict.fromkeys(FEATURES[10:40], 3.0)),
    "five": (5, {"GLCM_Energy": 40.0, "NGTDM_Strength": 40.0}),
}
COHORT_TABLES = ("features", "excluded", "regions", "pyradiomics", "intensities")
STATISTICS_TABLES = (
    {name: name for name in ("statistics", "stability", "correlation")}
    | {"sizes": "size", "agreement": "sequence_agreement"}
    | {name: f"components_{name}" for name in ("explained", "loadings", "scores")}
)


class Files(SimpleNamespace):
    """Named files or parameters, as Snakemake hands them over."""

    def __getitem__(self, name):
        return getattr(self, name)


def call(script, input, output, **params):
    importlib.import_module(script).main(
        SimpleNamespace(input=Files(**input), output=Files(**output), params=Files(**params))
    )


def draw(folder, name, to):
    """Run the script of a figure or table on the cohort in `folder`; returns {kind: file}."""
    tables = {table: folder / f"{file}.tsv" for table, file in STATISTICS_TABLES.items()}
    tables |= {table: folder / f"{table}.tsv" for table in COHORT_TABLES}
    endings = {"pdf": "pdf", "png": "png", "svg": "svg", "data": "tsv", "caption": "caption.rst"}
    endings |= {"tsv": "tsv", "markdown": "md", "latex": "tex", "word": "docx"}
    made = {kind: to / f"{name}.{ending}" for kind, ending in endings.items()}
    call(
        name,
        tables | {"caption": ROOT / f"workflow/report/{name}.rst"},
        made,
        simulated=True,
        notice=SIMULATED_NOTE,
        departures="",
    )
    return {kind: path for kind, path in made.items() if path.exists()}


@pytest.fixture(scope="module", params=COHORTS)
def cohort(request, make_workspace):
    """Folder of the cohort's tables, with the files of all figures and tables, and what the statistics logged."""
    n, shifts = COHORTS[request.param]
    workspace = make_workspace(request.param)
    cohort_on_disk.write_cohort(workspace, n + 1, shifts)  # one is out of field
    patients = [f"P{k + 1:02d}" for k in range(n + 1)]
    of = {name: [workspace.results / f"patients/{p}/features/{name}" for p in patients] for name in (
        "recurrent.tsv", "non_recurrent.tsv", "pyradiomics.tsv", "intensities.tsv", "notes.json"
    )}  # fmt: skip
    inputs = {name.split(".")[0]: paths for name, paths in of.items()}
    inputs["regions"] = [workspace.results / f"patients/{p}/regions/regions.json" for p in patients]
    inputs["inputs"] = [workspace.results / f"patients/{p}/inputs.json" for p in patients]
    of_sequences = (*REGIONS, "intensities", "reports", "quality", "inputs")
    inputs |= {f"sequence_{name}": [] for name in of_sequences}
    inputs["patients"] = workspace.folder / "patients.tsv"
    folder = workspace.folder
    out = {name: folder / f"{name}.tsv" for name in COHORT_TABLES}
    settings = {
        "main_sequence": "ce_t1",
        "measured_in": {},
        "without_sequence": [],
        "exclude": "",
        "left_out": [],
        "clinical_columns": ["stage"],
        "regions": {"in_field_minimum": 0.95},
    }
    call("collect_features", inputs, out, patients=patients, **settings)
    logged = []
    listening = logging.Handler()
    listening.emit = lambda record: logged.append(record.getMessage())
    logging.getLogger("npcradiomics").addHandler(listening)
    statistics = {name: folder / f"{file}.tsv" for name, file in STATISTICS_TABLES.items()}
    call(
        "compare_regions",
        out,
        statistics,
        statistics={"alpha": 0.05, "n_tests": 47, "seed": 1, "n_boot": 100},
    )
    logging.getLogger("npcradiomics").removeHandler(listening)
    made = {name: draw(folder, name, folder) for name in cohort_on_disk.ARTEFACTS}
    return SimpleNamespace(name=request.param, n=n, folder=folder, made=made, logged=logged)


def read(path):
    return pd.read_csv(
        path, sep="\t", keep_default_na=False, na_values="NA", dtype={"patient": str}
    )


def read_main(path):
    return read(path).drop(columns="sequence", errors="ignore")


def shown_features(cohort):
    shifted = set(COHORTS[cohort.name][1])
    return [f for f in FEATURES if f in shifted or (len(shifted) < 2 and f in SEVEN_FEATURES)]


def test_data_beside_the_figures_are_the_cohort_tables(cohort):
    shown = shown_features(cohort)
    pd.testing.assert_frame_equal(
        read(cohort.made["fig2"]["data"]), read_main(cohort.folder / "intensities.tsv")
    )
    fig3 = read(cohort.made["fig3"]["data"])
    pd.testing.assert_frame_equal(fig3, read_main(cohort.folder / "correlation.tsv"))
    assert list(dict.fromkeys(fig3["feature_a"])) == shown
    fig4, features = read(cohort.made["fig4"]["data"]), read_main(cohort.folder / "features.tsv")
    wide = fig4.set_index(["patient", "region", "feature"])["value"].unstack()[shown]
    expected = features.set_index(["patient", "region"])[shown].sort_index()
    pd.testing.assert_frame_equal(wide, expected, check_names=False, check_exact=True)
    statistics = read_main(cohort.folder / "statistics.tsv").set_index("feature")
    assert (fig4["p"].to_numpy() == statistics.loc[fig4["feature"], "p"].to_numpy()).all()
    fig5, scores = (
        read(cohort.made["fig5"]["data"]),
        read_main(cohort.folder / "components_scores.tsv"),
    )
    pd.testing.assert_frame_equal(
        fig5[["patient", "region", "PC1", "PC2"]], scores[["patient", "region", "PC1", "PC2"]]
    )
    share = read_main(cohort.folder / "components_explained.tsv")["share"]
    assert (fig5["PC1_share"] == share[0]).all() and (fig5["PC2_share"] == share[1]).all()


def test_captions_have_the_numbers_of_the_cohort(cohort):
    words = {
        name: made["caption"].read_text(encoding="utf-8") for name, made in cohort.made.items()
    }
    assert f"in all patients (n = {cohort.n}, P01 to P{cohort.n + 1:02d})" in words["fig2"]
    significant = len(COHORTS[cohort.name][1])
    for name in ("fig3", "fig4", "fig5"):
        if significant >= 2:
            assert f"{significant} significant features" in words[name]
            assert "0.05/47 = 0.00106" in words[name]
        else:
            start = (
                "Only GLCM_Contrast is significant" if significant else "No feature is significant"
            )
            assert f"{start} (p < 0.00106); shown are" in words[name]
    correlation = read_main(cohort.folder / "correlation.tsv")
    once = correlation[correlation["feature_a"] < correlation["feature_b"]]
    negative = ((once["p"] < 0.05) & (once["r"] < 0)).sum()
    assert (
        f"{negative} negative and" in words["fig3"] and f"of the {len(once)} pairs" in words["fig3"]
    )
    assert all("Simulated patients: no clinical data." in words[n] for n in words if n != "table1")


def test_small_cohort_is_told_to_the_person(cohort):
    table = cohort.made["table2"]["markdown"].read_text(encoding="utf-8")
    few = "5 patients: the Wilcoxon test cannot go below p = 0.062, the threshold is 0.00106; it needs 11 patients"
    assert [few in line for line in cohort.logged] == ([True] if cohort.n == 5 else [])
    assert (few in table) == (cohort.n == 5)
    assert (few in cohort.made["table2"]["caption"].read_text(encoding="utf-8")) == (cohort.n == 5)


def test_the_word_report_has_the_numbers_of_the_tables_and_the_captions_of_the_figures(cohort):
    folder, made = cohort.folder, cohort.made
    text = paragraphs("heterogeneity", settings_of("heterogeneity"))
    write_table(sentence_table(text), folder / "methods.tsv")
    write_text(select(LIBRARY, cited(text)), folder / "references.bib")
    shown = [
        made["table1"]["word"],
        made["fig2"]["png"],
        made["table2"]["word"],
        made["fig3"]["png"],
    ]
    inputs = {
        "shown": shown,
        "captions": [made[name]["caption"] for name in ("fig2", "fig3")],
        "shared_captions": ROOT / "workflow/report/liu.rst",
        "methods": folder / "methods.tsv",
        "references": folder / "references.bib",
    }
    output = {"word": folder / "report.docx"}
    call("report_word", inputs, output, study="heterogeneity", rules={}, notice=SIMULATED_NOTE)
    document = Document(folder / "report.docx")
    rows = {row.cells[0].text.removesuffix(" *"): row.cells for row in document.tables[1].rows}
    table = read(made["table2"]["data"])
    assert len(table) >= 7
    for row in table.itertuples():
        cells = [cell.text for cell in rows[row.feature]]
        assert cells[1:3] == [
            scientific_text(row.mean_difference),
            scientific_text(row.sd_difference),
        ]
        assert cells[3].removesuffix("^") == p_text(row.p)
    words = [paragraph.text for paragraph in document.paragraphs]
    for name in ("fig2", "fig3"):
        first = made[name]["caption"].read_text(encoding="utf-8").split("\n")[0]
        assert re.sub(r"[*\\]", "", first) in words
    assert len(document.inline_shapes) == 2
    assert [w for w in words if w.startswith("1. ")] == [
        "1. " + reference(entries(LIBRARY)["akram2020"])
    ]


def test_same_tables_same_bytes(cohort, tmp_path):
    for name in cohort_on_disk.ARTEFACTS if cohort.name == "one" else ("fig3", "table2"):
        for kind, path in draw(cohort.folder, name, tmp_path).items():
            assert path.read_bytes() == cohort.made[name][kind].read_bytes(), path.name


def test_fewer_than_three_patients_are_refused(make_workspace):
    workspace = make_workspace("two")
    cohort_on_disk.write_cohort(workspace, 3)
    folders = [workspace.results / f"patients/P0{k}" for k in (1, 2, 3)]
    inputs = {
        name: []
        for name in ("recurrent", "non_recurrent", "pyradiomics", "intensities", "notes", "inputs")
    } | {"sequence_inputs": []}
    inputs |= {
        "patients": workspace.folder / "patients.tsv",
        "regions": [f / "regions/regions.json" for f in folders],
    }
    settings = {
        "main_sequence": "ce_t1",
        "measured_in": {},
        "without_sequence": [],
        "exclude": "",
        "left_out": [],
        "clinical_columns": ["stage"],
        "regions": {"in_field_minimum": 0.95},
    }
    with pytest.raises(
        ValueError,
        match=r"2 patients left for the statistics \(P01, P03\), at least 3 needed \(P02: recurr",
    ):
        call("collect_features", inputs, {}, patients=["P01", "P02", "P03"], **settings)


# Of the cohort `thirty`, made by the last commit before there were several sequences; printed numbers, so
# that no digit of another processor's arithmetic shows.
BEFORE_SEQUENCES = {
    ("table2", "markdown"): "419ebe20fc1af0c4",
    ("table2", "latex"): "c2807c4db2af94e7",
    ("table2", "caption"): "4f45b031db7dc47d",
    ("fig2", "caption"): "5210746d43040b38",
    ("fig3", "caption"): "953a0644fe83a31a",
}


@pytest.mark.parametrize("cohort", ["thirty"], indirect=True)
@pytest.mark.parametrize(("name", "kind"), BEFORE_SEQUENCES)
def test_one_sequence_is_printed_as_before_there_were_several(cohort, name, kind):
    found = hashlib.sha256(cohort.made[name][kind].read_bytes()).hexdigest()
    assert found[:16] == BEFORE_SEQUENCES[name, kind]
