"""Rule validate_externally: the model on new patients whose response is known."""

import numpy as np
import pandas as pd

from npcradiomics.files import read_json, write_table
from npcradiomics.jobs import script
from npcradiomics.publication.tables.external import external_table
from npcradiomics.publication.tables.formats import write_formats
from npcradiomics.response.cohort import responses
from npcradiomics.response.external import validate_externally
from npcradiomics.tables import read_table


def main(snakemake):
    rows, model = snakemake.params.rows, read_json(snakemake.input.model)
    labels = pd.Series(responses(rows), [row["patient"] for row in rows])
    scores = read_table(snakemake.input.radscore).set_index("patient")["rad_score"]
    known = scores.loc[labels.index].dropna()
    threshold = np.inf if model["threshold"] is None else model["threshold"]
    found = validate_externally(labels[known.index].to_numpy(), known.to_numpy(), threshold)
    write_table(found, snakemake.output.tsv)
    unscored = len(labels) - len(known)
    table = external_table(found, unscored, snakemake.params.simulated)
    write_formats(table, *(snakemake.output[name] for name in ("markdown", "latex", "word")))


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
