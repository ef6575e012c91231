"""Settings, counts and versions from which the methods of either study are written in full."""

import copy

import yaml

from npcradiomics.cohort.configuration import complete_settings, read_schema
from npcradiomics.publication.methods import heterogeneity, response
from npcradiomics.publication.notices import settings_sentence
from repository import ROOT

STUDIES = {"heterogeneity": heterogeneity, "response": response}
LIBRARY = (ROOT / "workflow/report/references.bib").read_text(encoding="utf-8")
VERSIONS = {
    "version": "9.8.7",
    "git_commit": "0123456789abcdef",
    "git_changed_files": [],
    "python": "3.12.1",
    "packages": dict.fromkeys(
        [
            "simpleitk",
            "snakemake",
            "numpy",
            "scipy",
            "statsmodels",
            "pingouin",
            "pyradiomics-bhklab",
        ],
        "1.2.3",
    ),
}
# Everything that a sentence may be about is there, so that each setting has its sentence.
COHORTS = {
    "heterogeneity": dict.fromkeys(["transform", "targets", "fractions", "dose", "rtstruct"], 2)
    | {"patients": 20, "entered": 17, "simulated": 3, "carried": 19, "registered": 18}
    | {
        "isodose": 16,
        "out": {"recurrence not in field": 2, "registration rejected by a person": 1},
        "sequences": ["ce_t1", "t2", "adc"],
    },
    "response": {"patients": 60, "simulated": 3, "rtstruct": 2, "split_given": False}
    | {"new": 5, "new_labelled": 4}
    | {"sets": {name: {"patients": 30, "effective": 12} for name in ("train", "validation")}},
}


def settings_of(study, **config):
    """Complete settings of a study; n_tests as a number, as the workflow has it."""
    schema = read_schema(ROOT / f"workflow/schemas/{study}_config.schema.yaml")
    settings = copy.deepcopy(complete_settings(config, schema, "config"))
    if settings.get("statistics", {}).get("n_tests") == "features":
        settings["statistics"]["n_tests"] = 47
    return settings


def paragraphs(study, settings, **counts):
    """The methods of a cohort in which everything is, but for `counts`."""
    departures = ""
    if study == "heterogeneity":
        used = ({"registration": s["registration"]} for s in (settings, settings_of(study)))
        departures = settings_sentence(*used, ["registration"])
    cohort = COHORTS[study] | {"departures": departures} | counts
    place = (
        settings["pyradiomics"] if study == "heterogeneity" else settings["features"]["pyradiomics"]
    )
    pyradiomics = yaml.safe_load((ROOT / place).read_text(encoding="utf-8"))
    return STUDIES[study].paragraphs(settings, cohort, VERSIONS, pyradiomics)
