"""Rule fit_risk_map: maps that never saw their patient, scored; the same for cohorts of draws; the frozen model."""

import json
import logging
from dataclasses import replace

import numpy as np

from npcradiomics.files import write_json, write_table
from npcradiomics.jobs import script
from npcradiomics.risk import model
from npcradiomics.risk.cohort import fit_cohort
from npcradiomics.risk.distance import compared_features, training_distance
from npcradiomics.risk.places import PlacesOfFiles
from npcradiomics.tables import read_table


def main(snakemake):
    params, made = snakemake.params, snakemake.output
    regions = read_table(snakemake.input.regions)
    in_cohort = set(regions.loc[regions["in_cohort"], "patient"])
    paths = zip(params.patients, snakemake.input.places, strict=True)
    places = PlacesOfFiles([path for patient, path in paths if patient in in_cohort])
    found = fit_cohort(places, **params.fitting, alpha=params.alpha)
    features, names = [], []
    for one in places:
        if one.patient in found.model.patients:
            features.append(compared_features(one))
            names += [one.patient] * len(one.features)
    usual = training_distance(np.concatenate(features), names)
    frozen = replace(found.model, made_with=json.dumps(params.made_with), training=usual)
    warn = logging.getLogger("npcradiomics").warning
    for row in found.patients[found.patients["reason"] != ""].itertuples():
        warn(f"{row.patient} is not in the risk map: {row.reason}")
    for name in ("patients", "scores", "summary", "null"):
        write_table(getattr(found, name), made[name])
    model.write(frozen, made.model)
    write_json({"better": found.model.better, "sentence": found.model.verdict}, made.verdict)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
