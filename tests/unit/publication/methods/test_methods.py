"""The methods say what ran: every key of the config has its sentence, and every sentence reads as one."""

import re

import pytest

from methods_example import COHORTS, LIBRARY, VERSIONS, paragraphs, settings_of
from npcradiomics.cohort.configuration import read_schema
from npcradiomics.publication.methods.bibliography import entries
from npcradiomics.publication.methods.counts import (
    heterogeneity_counts,
    response_counts,
    table_counts,
)
from npcradiomics.publication.methods.software import pyradiomics_words
from npcradiomics.publication.methods.text import (
    cited,
    markdown,
)
from repository import ROOT

# Keys that are no part of the methods, and why.
SILENT = {
    "heterogeneity": {
        "results": "where files lie",
        "patients": "who they are; the text has their number",
        "clinical_columns": "they enter by `exclude` alone, which is quoted",
        "simulation: sequences": "of simulated patients, who are counted; `sequences` names them",
        "regions: outside_gtv_warning": "a warning; it changes no number",
        "repeatability: n_perturbations": "of a target of its own, no part of the main job",
        "repeatability: minimum_icc": "of a target of its own, no part of the main job",
        "repeatability: seed": "of a target of its own, no part of the main job",
        "risk_map: new_patients": "who they are",
        "risk_map: model": "of new patients, no part of the cohort",
        "risk_map: export": "an object for other programs; it changes no number",
        "risk_map: export_level": "an object for other programs; it changes no number",
        "risk_map: export_without_evidence": "an object for other programs; it changes no number",
        "risk_map: voxel_maps": "pictures of a target of its own",
        "risk_map: kernel_radius": "pictures of a target of its own",
    },
    "response": {
        "results": "where files lie",
        "patients": "who they are; the text has their number",
        "new_patients": "who they are; the text has their number",
        "clinical_labels": "labels in two tables",
        "resampling: per_job": "how the repetitions are cut into jobs; each has its own seed",
    },
}
# What else must be set for a key to matter.
STABLE = {"model": {"stable_features": True}}
MAPPED = ["size_cm3", "minimum_voxels", "coverage", "n_refits", "boost_percent", "seed"]
WHERE_IT_MATTERS = {
    ("response", "features: pyradiomics"): {"features": {"set": "pyradiomics"}},
    ("response", "repeatability: n_perturbations"): STABLE,
    ("response", "repeatability: minimum_icc"): STABLE,
    ("response", "repeatability: seed"): STABLE,
    ("heterogeneity", "main_sequence"): {"sequences": ["adc"]},
    ("heterogeneity", "sequence_settings"): {"sequences": ["adc"]},
    ("heterogeneity", "multiverse: crossed"): {"multiverse": {"design": "factorial"}},
} | {("heterogeneity", f"risk_map: {key}"): {"risk_map": {"enabled": True}} for key in MAPPED}
# Values of keys whose schema does not say enough to find another one.
OTHER = {
    "results": "results/elsewhere",
    "patients": "others.tsv",
    "new_patients": "new.tsv",
    "pyradiomics": "config/response/pyradiomics.yaml",
    "features: pyradiomics": "config/heterogeneity/pyradiomics.yaml",
    "exclude": "age > 70",
    "clinical_labels": {"alt": "ALT"},
    "statistics: n_tests": 10,
    "main_sequence": "t1",
    "sequence_settings": {"adc": {"n_levels": 64}},
    "simulation: planted": ["adc"],
    "risk_map: new_patients": "new.tsv",
    "risk_map: model": "model.npz",
}


def leaves(schema, before=()):
    """(key, schema of its value) of every key of a config that holds no others."""
    for name, inner in schema["properties"].items():
        if "properties" in inner:
            yield from leaves(inner, (*before, name))
        else:
            yield (*before, name), inner


KEYS = [
    (study, place, inner)
    for study in SILENT
    for place, inner in leaves(read_schema(ROOT / f"workflow/schemas/{study}_config.schema.yaml"))
]


def other_value(name, schema, now):
    """A value that the schema allows and that is not the one of now."""
    if name in OTHER:
        return OTHER[name]
    if "enum" in schema:
        return next(value for value in schema["enum"] if str(value) != str(now))
    kind = schema["type"]
    if kind == "boolean":
        return not now
    if kind == "array" and "enum" in schema["items"]:
        return now[1:]
    if kind == "array" and schema["items"]["type"] in ("number", "integer"):
        return [value + 1 for value in now]
    if kind == "array":
        return [*(now or []), "grade"]
    if now is None:
        return 3
    low = schema.get("minimum", schema.get("exclusiveMinimum", 0))
    return now + 1 if schema.get("maximum", now + 1) >= now + 1 else (now + low) / 2


def at(settings, place):
    for name in place[:-1]:
        settings = settings[name]
    return settings


@pytest.mark.parametrize(("study", "place", "schema"), KEYS, ids=lambda value: str(value)[:60])
def test_every_key_changes_the_text_or_stands_in_the_list_of_those_that_cannot(
    study, place, schema
):
    name = ": ".join(place)
    settings = settings_of(study, **WHERE_IT_MATTERS.get((study, name), {}))
    before = paragraphs(study, settings)
    section = at(settings, place)
    section[place[-1]] = other_value(name, schema, section.get(place[-1]))
    changed = paragraphs(study, settings) != before
    assert changed == (name not in SILENT[study]), f"{study}: {name}"


def test_the_list_of_silent_keys_names_keys_that_exist():
    known = {(study, ": ".join(place)) for study, place, _ in KEYS}
    assert {(study, name) for study in SILENT for name in SILENT[study]} <= known


def variants():
    """Text of either study for each value of each key with a list of values, or yes and no."""
    for study, place, schema in KEYS:
        values = schema.get("enum", [True, False] if schema.get("type") == "boolean" else [])
        for value in values:
            settings = settings_of(study)
            at(settings, place)[place[-1]] = value
            yield paragraphs(study, settings)
    for study, cohort in COHORTS.items():
        settings = settings_of(study)
        for name, value in cohort.items():
            if isinstance(value, int) and name != "patients":
                for number in (0, 1, cohort["patients"]):
                    yield paragraphs(study, settings, **{name: number})
    yield paragraphs("heterogeneity", settings_of("heterogeneity"), out={})
    yield paragraphs(
        "response", settings_of("response", clinical_columns=[], clinical_categories=[])
    )
    words = {"effective": [1, "responder"], "ineffective": [0]}
    yield paragraphs("response", settings_of("response", response_labels=words))
    yield paragraphs("heterogeneity", settings_of("heterogeneity", exclude="age > 70"))
    sequences = {"sequences": ["t2", "adc"], "main_sequence": "t1"}
    own = {"t2": {"n_levels": 64, "normalisation": "n4"}, "adc": {"same_frame": True}}
    for settings in ({}, {"sequence_settings": own}):
        yield paragraphs("heterogeneity", settings_of("heterogeneity", **sequences, **settings))
    for section in ("spatial_null", "multiverse"):
        config = {section: {"surrogates": 0, "n_draws": 1}}
        yield paragraphs("heterogeneity", settings_of("heterogeneity", **config))
    yield paragraphs("response", settings_of("response", model={"imputations": 20}))


def test_every_sentence_that_can_be_written_reads_as_one():
    texts = [one for text in variants() for one in text]
    sentences = {sentence for one in texts for sentence in one.sentences}
    assert len(sentences) > 100
    for sentence in sentences:
        assert re.fullmatch(r"[A-Z0-9].*[A-Za-z0-9)%\]]\.", sentence), sentence
        assert not re.search(
            r"  |None|\{|\}|\bnan\b| ,|\.\.|,,|\( | \)|\b1 \w+s\b|\b1 [a-z ]+ were\b", sentence
        ), sentence
        assert sentence.count("(") == sentence.count(")"), sentence
    assert {key for one in texts for key in cited([one])} == set(entries(LIBRARY))


def test_numbers_in_sentences_are_those_of_the_settings():
    settings = settings_of("heterogeneity", statistics={"alpha": 0.01, "n_tests": 20})
    text = markdown(paragraphs("heterogeneity", settings), "Methods")
    assert "significant below p = 0.01/20 = 0.0005 (Bonferroni)" in text
    assert "in 17 of 20 patients" in text
    assert "normalisation of the intensities (none, n4, n4_zscore)" in text
    assert "over the universes was judged, at 0.01," in text
    assert (
        "Not in the comparison: 2 (recurrence not in field) and 1 (registration rejected by a"
        in text
    )
    assert "4 patients without a known isodose stayed" in text
    assert "47 features were computed: 7 of the histogram of intensities and 40 of texture" in text
    assert "For 18 of the texture features" in text  # docs/definitions.md: 22 of 40 agree
    assert (
        "SimpleITK 1.2.3" in text and "npc-recurrence-radiomics 9.8.7, commit 0123456789ab," in text
    )


def test_a_registration_setting_that_is_no_default_is_named():
    text = markdown(paragraphs("heterogeneity", settings_of("heterogeneity")), "")
    assert "other than the defaults" not in text
    settings = settings_of("heterogeneity", registration={"parameters": {"noisy": 0.2}})
    assert (
        "Settings of the registration other than the defaults: registration parameters noisy 0.2"
        " (default 0.1)." in markdown(paragraphs("heterogeneity", settings), "")
    )


def test_paragraphs_come_and_go_with_what_was_done():
    off = {"enabled": False}
    settings = settings_of("heterogeneity", spatial_null=off, multiverse=off)
    names = [one.name for one in paragraphs("heterogeneity", settings, isodose=0, registered=0)]
    assert names == ["Patients", "Registration", "Regions", "Features", "Statistics", "Software"]
    registration = paragraphs("heterogeneity", settings, registered=0, carried=0)[1].sentences
    assert registration[:2] == [
        "The MRI at recurrence was brought to the planning MRI by transforms from elsewhere.",
        "GTVr had been drawn on the planning MRI.",
    ]
    names = [one.name for one in paragraphs("response", settings_of("response"), new=0)]
    assert names[-2:] == ["Comparison", "Software"]


def test_patients_are_counted_by_what_their_rows_have(tmp_path):
    import pandas as pd

    rows = [
        {
            "patient": "A",
            "gtv": "rt.dcm#GTV",
            "gtvr": "m.nii",
            "gtvr_frame": "recurrence",
            "dose": "d",
        },
        {
            "patient": "B",
            "gtv": "m.nii",
            "gtvr": "r.nii",
            "gtvr_frame": "planning",
            "transform": "t",
        },
        {"patient": "C", "gtv": "x/simulated/m.nii", "gtvr_frame": "recurrence", "isodose95": ""},
    ]
    counts = table_counts(rows)
    assert counts["patients"] == 3 and counts["gtvr"] == 2 and "isodose95" not in counts
    assert (counts["simulated"], counts["carried"], counts["rtstruct"]) == (1, 2, 1)
    out = pd.DataFrame(
        [("B", "in_field", "x"), ("C", "register_recurrence", "y")],
        columns=["patient", "rule", "reason"],
    )
    tested = pd.DataFrame({"sequence": ["ce_t1", "ce_t1", "adc", "adc"]})
    cohort = heterogeneity_counts(counts, out, tested)
    assert cohort["sequences"] == ["ce_t1", "adc"]
    assert (cohort["entered"], cohort["registered"], cohort["isodose"]) == (1, 2, 1)
    assert cohort["out"] == {"recurrence not in field": 1, "register_recurrence failed": 1}
    sets = pd.DataFrame({"set": ["train", "validation"], "patients": [2, 1], "effective": [1, 0]})
    assert response_counts(counts, sets)["sets"]["train"] == {"patients": 2, "effective": 1}


def test_settings_of_pyradiomics_in_words():
    used = {
        "setting": {"binWidth": 25, "distances": [1, 2]},
        "featureClass": {"glcm": ["Id", "Idm"], "ngtdm": None},
    }
    assert pyradiomics_words(used) == (
        "settings binWidth 25, distances 1, 2; classes glcm (2 features), ngtdm"
    )
    assert pyradiomics_words({}) == "all classes"


def test_what_the_versions_do_not_know_is_said():
    from npcradiomics.publication.methods.software import software_paragraph

    outside = software_paragraph(VERSIONS | {"git_commit": ""}).sentences[0]
    assert "9.8.7, outside a clone, on Python" in outside
    changed = software_paragraph(VERSIONS | {"git_changed_files": ["M Snakefile"]}).sentences[0]
    assert "commit 0123456789ab with 1 changed file, on Python" in changed
