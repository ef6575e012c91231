"""Rule fit_models: what the rad-score is compared with, fitted on the training patients, and every patient's scores."""

import numpy as np
import pandas as pd

from npcradiomics.cohort.inclusion import stack
from npcradiomics.files import read_json, write_json, write_table
from npcradiomics.jobs import script
from npcradiomics.response.lasso import stratified_folds
from npcradiomics.response.models import fit_others, known_patients, models_file, scores_of
from npcradiomics.response.radscore import rarer_count
from npcradiomics.response.scoring import score_patients
from npcradiomics.tables import read_table


def main(snakemake):
    table, clinical = (read_table(snakemake.input[name]) for name in ("features", "clinical"))
    params, model = snakemake.params, read_json(snakemake.input.model)
    rng = np.random.default_rng(params.seed)

    def scored(patients):
        known = patients.features.assign(centre=patients.centre)
        return score_patients(model, known)["rad_score"].to_numpy()

    perturbed = stack(paths) if (paths := snakemake.input.perturbed) else None
    patients, y = known_patients(table, clinical, "train", perturbed)
    own = scored(patients)
    labels = stratified_folds(y, min(params.model["folds"], rarer_count(y)), rng)
    regressions, first = fit_others(
        patients, y, own, labels, params.model, params.imputations, rng.spawn(1)[0]
    )
    tables = []
    for name in ("train", "validation"):
        whom, _ = known_patients(table, clinical, name)
        scores = scores_of(regressions, first.rad_score, whom, scored(whom))
        identity = table.loc[table["set"] == name, ["patient", "set", "effective"]]
        tables.append(identity.reset_index(drop=True).assign(**scores))
    write_table(pd.concat(tables), snakemake.output.scores)
    write_json(models_file(regressions, first, patients, own), snakemake.output.models)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
