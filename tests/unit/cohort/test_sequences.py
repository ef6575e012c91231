"""Further sequences: columns of the patients table, settings, and what is refused before the first job."""

import pytest

from npcradiomics.cohort.configuration import Patients, complete_settings, read_schema
from npcradiomics.cohort.sequence_table import SIZES, sequences_table
from npcradiomics.cohort.sequences import (
    add_simulated,
    extraction_of,
    is_diffusion,
    one_frame,
    quantity_note,
    simulation_of,
)
from repository import ROOT

CONFIG = read_schema(ROOT / "workflow/schemas/heterogeneity_config.schema.yaml")
PATIENTS = read_schema(ROOT / "workflow/schemas/heterogeneity_patients.schema.yaml")
ROW = {
    "patient": "P1",
    "planning_mri": "p.nii.gz",
    "recurrence_mri": "r.nii.gz",
    "gtv": "g.nii.gz",
    "gtvr": "h.nii.gz",
    "gtvr_frame": "recurrence",
}


def patients(tmp_path, settings, **cells):
    """The table of one patient with further cells, read by these settings of the study."""
    path, row = tmp_path / "patients.tsv", ROW | cells
    path.write_text("\t".join(row) + "\n" + "\t".join(row.values()) + "\n", encoding="utf-8")
    settings = complete_settings(settings | {"patients": str(path)}, CONFIG, "config")
    return Patients(settings, PATIENTS)


def test_every_sequence_has_its_columns(tmp_path):
    cells = {
        "planning_t2": "t2.nii.gz",
        "planning_adc": "dicom",
        "planning_adc_series": "#4",
        "planning_adc_transform": "adc.tfm",
        "planning_adc_review": "accept",
        "planning_adc_note": "looked",
    }
    table = patients(tmp_path, {"sequences": ["t2", "adc"]}, **cells)
    assert table["P1"] == ROW | cells


@pytest.mark.parametrize(
    ("settings", "cells", "words"),
    [
        ({}, {"planning_t2": "t2.nii.gz"}, r"unknown column 'planning_t2'.*config \(sequences\)"),
        ({"sequences": ["t2"]}, {"planning_SEQUENCE": "x"}, "unknown column 'planning_SEQUENCE'"),
        ({"sequences": ["t2"]}, {"planning_adc": "x"}, "unknown column 'planning_adc'"),
        ({"sequences": ["t2"]}, {"planning_t2_transform": "x"}, "'planning_t2' is a dependency"),
        (
            {"sequences": ["t2"]},
            {"planning_t2": "x", "planning_t2_review": "accept"},
            "'planning_t2_note' is a dependency",
        ),
        ({"sequences": ["ce_t1"]}, {}, "sequences: ce_t1 is the main sequence already"),
        ({"sequences": ["t2", "t2"]}, {}, "non-unique"),
        ({"sequences": ["mri"]}, {}, "mri gives a column planning_mri that means something else"),
        ({"sequences": ["t2", "t2_series"]}, {}, "t2_series gives a column planning_t2_series"),
        ({"sequences": ["T2"]}, {}, "'T2' is not a name of lower-case letters"),
        (
            {"sequences": ["t2"], "sequence_settings": {"adc": {"n_levels": 64}}},
            {},
            r"sequence_settings: adc is not among the sequences \(t2\)",
        ),
        (
            {"sequences": ["adc"], "sequence_settings": {"adc": {"levels": 64}}},
            {},
            "sequence_settings: adc: unknown key 'levels'",
        ),
        (
            {"sequence_settings": {"ce_t1": {"n_levels": 64}}},
            {},
            r"settings of the main one: extraction",
        ),
        (
            {"sequences": ["t2"], "simulation": {"sequences": ["adc"]}},
            {},
            r"simulation: sequences: adc is not among the sequences \(t2\)",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path, settings, cells, words):
    with pytest.raises(ValueError, match=words):
        patients(tmp_path, settings, **cells)


def test_extraction_of_a_sequence_is_the_studys_with_its_own_keys():
    settings = complete_settings(
        {
            "sequences": ["t2", "adc"],
            "extraction": {"outliers": "3sigma"},
            "sequence_settings": {"adc": {"n_levels": 64, "same_frame": True}},
        },
        CONFIG,
        "config",
    )
    study = {
        "n_levels": 256,
        "quantizer": "lloyd",
        "quantizer_fit": "region",
        "outliers": "3sigma",
        "resampling": "none",
    }
    assert settings["extraction"] == study
    assert extraction_of(settings, "t2") == study
    assert extraction_of(settings, "adc") == study | {"n_levels": 64}


def test_simulated_patients_have_sequences_beside_the_planning_mri_unless_the_table_says_where():
    row = {"planning_mri": "out/simulated/P1/planning_mri.nii.gz", "planning_t2": "own.nii.gz"}
    add_simulated(row, ["t2", "adc"])
    assert row["planning_t2"] == "own.nii.gz"
    assert row["planning_adc"] == "out/simulated/P1/planning_adc.nii.gz"


@pytest.mark.parametrize(
    ("planted", "in_main", "in_adc"),
    [(True, True, True), (False, False, False), (["adc"], False, True)],
)
def test_planted_is_for_all_sequences_for_none_or_for_those_named(planted, in_main, in_adc):
    settings = complete_settings({"simulation": {"planted": planted}}, CONFIG, "config")
    assert simulation_of(settings, "ce_t1")["planted"] is in_main
    assert simulation_of(settings, "adc")["planted"] is in_adc


def test_headers_are_trusted_where_both_images_are_of_one_frame():
    def frames(*codes):
        return one_frame([{"frame_of_reference": code} for code in codes])

    assert frames("a1", "a1") == (True, "")
    assert frames("a1", "b2") == (False, "the images are of two frames of reference (a1 and b2)")
    assert frames("a1", "")[0] is False and "say their frame" in frames("a1")[1]


def test_nobody_is_missing_from_the_table_in_silence():
    def report(patient, sequence, reason=""):
        sizes = {} if reason else dict.fromkeys(SIZES, 100)
        return {"patient": patient, "sequence": sequence, "reason": reason} | sizes

    def quality(patient, sequence):
        found = {"note": "", "verdict": "pass", "source": "Registered", "shift_mm": 1.5}
        found |= {"rotation_angle_deg": 0.5, "estimated_error": {"error_mm": 0.4}}
        return {"patient": patient, "sequence": sequence} | found

    known = [("P1", "t2"), ("P2", "t2"), ("P1", "adc")]
    reports = [report(*known[0]), report(*known[1], "too coarse"), report(*known[2])]
    gone = [{"patient": "P2", "sequence": "adc", "reason": "no planning_adc"}]
    table = sequences_table(known, reports, [quality(*one) for one in known], gone)
    assert table[["patient", "sequence", "state", "reason"]].to_numpy().tolist() == [
        ["P1", "t2", "measured", ""],
        ["P2", "t2", "out", "too coarse"],
        ["P1", "adc", "measured", ""],
        ["P2", "adc", "missing", "no planning_adc"],
    ]
    assert table["gtv_cm3"].notna().tolist() == [True, False, True, False]
    with pytest.raises(ValueError, match="t2 of P1 met adc of P1"):
        sequences_table(known, reports[::-1], [quality(*one) for one in known], gone)


@pytest.mark.parametrize(
    ("sequence", "said", "note"),
    [
        ("t2", None, ""),
        ("adc", None, "slope and unit are not known"),
        ("adc_b1000", {"unit": ""}, "the unit is not known"),
        ("adc", {"unit": "um2/s"}, ""),
        ("ct", {"unit": "HU", "slope": 1.0, "philips_slope": None}, ""),
        ("ct", {"unit": "HU", "slope": None, "philips_slope": None}, "without RescaleSlope"),
        # Chenevert 2014: displayed = physical x RescaleSlope x scale slope = 2.5 x 0.01.
        ("adc", {"unit": "um2/s", "slope": 2.5, "philips_slope": 0.01}, "are 0.025 times the"),
        ("adc", {"unit": "um2/s", "slope": 2.5, "philips_slope": 0.4}, ""),
    ],
)
def test_what_is_not_known_of_a_quantity_is_noted(sequence, said, note):
    found = quantity_note(sequence, said)
    assert note in found and bool(note) == bool(found)


def test_diffusion_is_known_by_its_name():
    assert all(map(is_diffusion, ("adc", "adc_b1000", "dwi", "dwi2", "b0", "b1000", "ivim_f")))
    assert not any(map(is_diffusion, ("t2", "t1map", "ct", "flair", "bold", "adcb", "cbf")))
