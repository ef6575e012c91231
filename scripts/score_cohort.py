"""Rule score_cohort: rad-scores of both sets by the model file, and what they are worth."""

import numpy as np
import pandas as pd

from npcradiomics.files import read_json, write_table
from npcradiomics.jobs import script
from npcradiomics.response.assessment import assess_set, calibration_table, roc_table
from npcradiomics.response.scoring import score_patients
from npcradiomics.tables import read_table


def main(snakemake):
    table = read_table(snakemake.input.features)
    model = read_json(snakemake.input.model)
    scored = pd.concat(
        [table[["patient", "set", "response", "effective"]], score_patients(model, table)],
        axis="columns",
    )
    threshold = np.inf if model["threshold"] is None else model["threshold"]
    rng = np.random.default_rng(snakemake.params.seed)
    rows, rocs, curves = [], [], []
    for name in ("train", "validation"):
        one = scored[scored["set"] == name]
        y, score, probability = (
            one[key].to_numpy() for key in ("effective", "rad_score", "probability")
        )
        rows.append(assess_set(name, y, score, probability, threshold))
        rocs.append(roc_table(name, y, score))
        curves.append(calibration_table(name, y, probability, rng))
    write_table(scored, snakemake.output.radscore)
    write_table(pd.DataFrame(rows), snakemake.output.performance)
    write_table(pd.concat(rocs), snakemake.output.roc)
    write_table(pd.concat(curves), snakemake.output.calibration)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
