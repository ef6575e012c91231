"""Rule fit_radscore: the model, from the training patients alone."""

import numpy as np
import pandas as pd

from npcradiomics.cohort.inclusion import stack
from npcradiomics.files import write_json, write_table
from npcradiomics.jobs import script
from npcradiomics.response.cohort import split_table
from npcradiomics.response.fit_files import cross_validation_table, paths_table
from npcradiomics.response.radscore import fit_model, model_file
from npcradiomics.response.stability import repeats_of
from npcradiomics.tables import read_table


def main(snakemake):
    table = read_table(snakemake.input.features)
    table = table[table["set"] == "train"]
    features, y = split_table(table)
    known = {"centres": table["centre"]}
    if paths := snakemake.input.perturbed:
        known["repeats"] = repeats_of(stack(paths), table["patient"], list(features))
    rng = np.random.default_rng(snakemake.params.seed)
    fit = fit_model(features, y, rng, **snakemake.params.model, **known)
    write_json(model_file(fit, len(y), y.sum()), snakemake.output.model)
    write_table(cross_validation_table(fit), snakemake.output.curve)
    write_table(paths_table(fit), snakemake.output.paths)
    write_table(fit.preparation.table, snakemake.output.preparation)
    dropped = pd.DataFrame(list(fit.preparation.dropped.items()), columns=["feature", "reason"])
    write_table(dropped, snakemake.output.dropped)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
