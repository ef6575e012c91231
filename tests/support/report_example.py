"""The files a report is made of, for a cohort that has no images: constructed draws, the project's own statistics and tables."""

import io
import json

import numpy as np
import pandas as pd
from PIL import Image

import null_example
from npcradiomics.cohort.standing import Standing
from npcradiomics.files import write_json, write_rows, write_table
from npcradiomics.publication.notices import SIMULATED_NOTE
from npcradiomics.publication.pages.embedded import data_uri
from npcradiomics.publication.pages.report_blocks import StudyFiles
from npcradiomics.publication.pages.report_heterogeneity import report_content
from npcradiomics.publication.pages.template import render
from npcradiomics.publication.tables.formats import write_formats
from npcradiomics.publication.tables.heterogeneity import table1, table2, table2_data
from npcradiomics.publication.tables.spatial_null import table3
from npcradiomics.registration.verdict import table_row
from npcradiomics.spatial_null.comparison import compare_with_null
from npcradiomics.spatial_null.verdict import VERDICTS
from npcradiomics.statistics.sequences import stack_sequences
from npcradiomics.statistics.volume_effect import size_effects
from npcradiomics.tables import in_one_table
from registration_example import quality
from repository import ROOT

LONG, MARKED = "A" * 40, '<i>&"P2'  # names that are long, and that are markup if they are not text
OUT = [
    {"patient": MARKED, "rule": "in_field", "reason": '<script>alert("x")</script> & "8 %"'},
    {"patient": "P92", "rule": "extract_features", "reason": "a feature could not be computed"},
]
FIGURES = ("fig2", "fig3")


def universes():
    """Two features in three universes: the study's own path, one of fewer levels, one in which nothing was measured."""
    axes = {"intensity": "none", "region": "whole", "quantizer": "lloyd", "fit": "region",
            "levels": 256, "resampling": "none", "outliers": "none", "grown_mm": 0, "moved": 0, "test": "paper"}  # fmt: skip
    names = {"path": {}, "levels 64": {"levels": 64}, "levels 32": {"levels": 32}}
    dz = {"GLCM_Energy": [1.5, 0.5, np.nan], "GLSZM_ZSV": [-0.25, 0.75, np.nan]}
    return pd.DataFrame(
        {"universe": name} | axes | chosen | {"feature": feature, "dz": values[k],
         "dz_low": values[k] - 0.5, "dz_high": values[k] + 0.5, "p": 0.00001 if k == 0 else 0.25,
         "significant": k == 0 and feature == "GLSZM_ZSV", "verdict": VERDICTS[2 * (k > 0)]}
        for k, (name, chosen) in enumerate(names.items()) for feature, values in dz.items()
    )  # fmt: skip


def write_study(results):
    """Write what the cohort's rules leave, 14 patients in the statistics and two out; two features are texture."""
    records, statistics = null_example.cohort(14, texture=("GLSZM_ZSV", "GLCM_Entropy"))
    names = [LONG, *(record.patient for record in records[1:])]
    for record, name in zip(records, names, strict=True):
        record.patient = name
    compared = compare_with_null(records, statistics, n_recombinations=1000, seed=1)
    excluded = pd.DataFrame(OUT)
    (results / "cohort").mkdir(parents=True)
    (results / "figures").mkdir()
    everybody = [*names, *excluded["patient"]]
    tables = {"statistics": stack_sequences({"ce_t1": statistics}), "excluded": excluded,
              "spatial_null": in_one_table({"ce_t1": compared.features}),
              "null_controls": compared.controls, "null_patients": compared.patients,
              "regions": pd.DataFrame({"patient": everybody, "in_cohort": [p in names for p in everybody]})}  # fmt: skip
    for name, frame in tables.items():
        write_table(frame, results / f"cohort/{name}.tsv")
    write_json(compared.warnings, results / "cohort/null_warnings.json")
    qualities = [quality(name) for name in everybody]
    qualities[3] = quality(names[3], "look", backward=(1.4, "look"))
    for k, one in enumerate(qualities):
        error = 0.2 + 0.05 * k
        one["estimated_error"] = {"error_mm": error, "low_mm": error / 2, "high_mm": 2 * error}
    write_rows([table_row(one, "", "") for one in qualities], results / "cohort/registration.tsv")
    differences = null_example.np.array([r.features[0, 0] - r.features[0, 1] for r in records])
    features = null_example.reference.stacked(
        **dict(zip(null_example.FEATURES, differences.T, strict=True))
    )
    sizes = pd.DataFrame({"patient": sorted(set(features["patient"])), "recurrent_cm3": np.linspace(2, 9, 14), "non_recurrent_cm3": 10.0})  # fmt: skip
    size = size_effects(features, sizes)
    data = table2_data(statistics, size, True)
    printed = {"table1": table1(""), "table2": table2(data, statistics, size, excluded, SIMULATED_NOTE),
               "table3": table3(compared.features, compared.controls, compared.patients, compared.warnings,
                                alpha=0.05, match="none", n_tests=47, notice=SIMULATED_NOTE)}  # fmt: skip
    for name, content in printed.items():
        paths = (results / f"tables/{name}.{ending}" for ending in ("md", "tex", "docx"))
        write_formats(content, *paths)
    universes().to_csv(results / "cohort/multiverse.tsv", sep="\t", index=False, na_rep="NA")
    words = pd.DataFrame({"feature": ["GLCM_Energy", "GLSZM_ZSV"], "word": ["holds", "depends on"], "word_axis": ["", "levels"]})  # fmt: skip
    words.to_csv(results / "cohort/multiverse_features.tsv", sep="\t", index=False)
    for name in FIGURES:
        Image.new("RGB", (2000, 1000), "white").save(results / f"figures/{name}.png")
        (results / f"figures/{name}.caption.rst").write_text(
            f"**{name}, of GLCM\\_Energy.**\n\nWords.\n"
        )
    record = {"software": {"version": "1", "git_commit": "", "git_changed_files": [], "python": "3", "packages": {}},
              "command": ["snakemake"], "patients_table": "0" * 64, "inputs": {}, "outputs": {},
              "settings": {"statistics": {"alpha": 0.05}}}  # fmt: skip
    (results / "provenance.json").write_text(json.dumps(record), encoding="utf-8")
    return qualities


def write_report(results):
    """Write report.html of `write_study`'s files; returns its path."""
    qualities = write_study(results)
    thumbnail = data_uri(_dot(), "png")
    patients = [
        {"quality": one, "standing": Standing("in", ""), "thumbnail": thumbnail,
         "page": f"patients/{one['patient']}/registration/report.html"}
        for one in qualities
    ]  # fmt: skip
    files = StudyFiles(results, [path for path in results.rglob("*") if path.is_file()])
    content = report_content(files, patients, {}, n_table=16, match="none", simulated=True, notice=SIMULATED_NOTE)  # fmt: skip
    page = results / "report.html"
    page.write_text(render(ROOT / "workflow/report/study_report.html", **content), encoding="utf-8")
    return page


def _dot():
    stream = io.BytesIO()
    Image.new("RGB", (8, 8), "grey").save(stream, "png")
    return stream.getvalue()
