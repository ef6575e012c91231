"""What must stand on a cohort's tables and figures."""

import pandas as pd
import pytest

from npcradiomics.cohort.configuration import complete_settings, read_schema
from npcradiomics.publication import notices
from npcradiomics.publication.figures.style import in_one_line
from npcradiomics.publication.notices import (
    cohort_notice,
    out_words,
    patient_notice,
    settings_sentence,
)
from repository import ROOT


def sentence(study="heterogeneity", **config):
    schema = read_schema(ROOT / f"workflow/schemas/{study}_config.schema.yaml")
    return settings_sentence(*(complete_settings(one, schema, "config") for one in (config, {})))


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({}, ""),
        ({"statistics": {"seed": 7, "alpha": 0.05}, "spatial_null": {"enabled": False}}, ""),
        ({"registration": {"deformable": True}}, ""),  # shown beside; no table is made by it
        (
            {"extraction": {"n_levels": 64}, "regions": {"recurrent": "inside_gtv"}},
            "Not by the default settings: recurrent region GTVr inside the GTV only (default all of"
            " GTVr); grey levels 64 (default 256)",
        ),
        (
            {"contour_end_caps": False, "spatial_null": {"match": "none", "n_draws": 99}},
            "Not by the default settings: contours closed half a slice beyond their ends no (default"
            " yes); regions drawn in each tumour 99 (default 199); drawn regions matched on size alone"
            " (default size and depth)",
        ),
        (
            {"dose": {"in_field": 0.9, "alpha_beta_gy": 10}},
            "Not by the default settings: failures in field from a share of 0.9 (default 0.95)",
        ),
        (
            {"registration": {"parameters": {"region_step_mm": [2.0, 1.0]}}},
            "Not by the default settings: registration parameters region step mm 2.0 x 1.0 (default"
            " 1.0 x 0.5)",
        ),
    ],
)
def test_settings_that_are_not_the_defaults_are_said_in_words(config, words):
    assert sentence(**config) == words


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({}, ""),
        ({"features": {"set": "396"}, "resampling": {"per_job": 5, "seed": 1}}, ""),
        ({"features": {"pyradiomics": "my.yaml"}, "clinical_columns": ["age"]}, ""),
        (
            {
                "features": {"set": "toolbox47", "n_levels": 64},
                "model": {"score": "lasso", "lambda_rule": "1se"},
            },
            "Not by the default settings: features the toolbox's 47 (default the 396); grey levels"
            " 64 (default 256); lambda within one standard error of the least (default of the least"
            " error); score by the LASSO itself (default by logistic regression)",
        ),
    ],
)
def test_settings_of_the_response_study_are_said_in_words(config, words):
    assert sentence("response", **config) == words


@pytest.mark.parametrize("study", ["heterogeneity", "response"])
def test_every_setting_of_the_method_has_words(study):
    """But the registration's, which config/README.md explains by their keys."""
    schema = read_schema(ROOT / f"workflow/schemas/{study}_config.schema.yaml")
    defaults = complete_settings({}, schema, "config")
    keys = {
        f"{section}: {key}"
        for section in set(notices.SECTIONS) - {"registration"}
        for key in defaults.get(section, {})
        if key not in notices._NO_METHOD
    }
    assert keys and keys <= set(notices._WORDS)


def test_who_is_out_is_named_with_the_reason_and_many_are_counted_by_rule():
    rejected = {"patient": "P1", "rule": "registration", "reason": "rejected by a person: moved"}
    failed = {"patient": "P2", "rule": "extract_features", "reason": "7 voxels"}
    assert out_words(pd.DataFrame([rejected, failed])) == (
        "Not in the cohort: P1 (rejected by a person: moved); P2 (7 voxels)."
    )
    many = out_words(pd.DataFrame([rejected] * 8 + [failed]))
    assert "9 patients (8 registration rejected by a person, 1 extract_features failed)" in many
    assert out_words(pd.DataFrame([])) == ""


def test_what_does_not_depend_on_a_setting_does_not_name_it():
    schema = read_schema(ROOT / "workflow/schemas/heterogeneity_config.schema.yaml")
    other = {"statistics": {"alpha": 0.01}, "contour_end_caps": False}
    settings = (complete_settings(one, schema, "config") for one in (other, {}))
    assert settings_sentence(*settings, ["registration"]) == (
        "Not by the default settings: contours closed half a slice beyond their ends no (default yes)"
    )


def test_the_words_of_one_patient_have_the_settings_too():
    departures = sentence(regions={"recurrent": "inside_gtv"})
    assert patient_notice(True, departures).startswith("Simulated patients: no clinical data. Not")
    assert patient_notice(False, departures) == departures and patient_notice(False, "") == ""


def test_the_caption_has_the_settings_and_the_picture_only_who_the_patients_are():
    notice = cohort_notice(True, 14, {}, sentence(extraction={"n_levels": 64}))
    assert notice.endswith("grey levels 64 (default 256)")
    assert in_one_line(notice, 7.0) == "Simulated patients: no clinical data"
    assert in_one_line(sentence(extraction={"n_levels": 64}), 7.0) == ""


def test_a_whole_cohort_of_patients_needs_no_words():
    assert cohort_notice(False, 14, {}) == ""


def test_simulated_and_missing_patients_are_both_named():
    assert cohort_notice(True, 60, {"P07": "register_recurrence"}) == (
        "Simulated patients: no clinical data. Without 1 of 60 patients: P07 (register_recurrence)"
    )


def test_many_missing_patients_are_counted():
    missing = {f"P{k}": "register_recurrence" for k in range(8)}
    assert cohort_notice(False, 5000, missing).endswith("P4 (register_recurrence) and 3 more")
    assert cohort_notice(False, 5000, missing).startswith(
        "Without 8 of 5000 patients: P0 (register_recurrence), P1"
    )
