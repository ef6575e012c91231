"""Rule resample: some repetitions of the whole pipeline."""

import logging

import pandas as pd

from npcradiomics.cohort.inclusion import stack
from npcradiomics.files import write_rows, write_table
from npcradiomics.jobs import script
from npcradiomics.response.models import known_patients
from npcradiomics.response.validation import repetition
from npcradiomics.tables import read_table


def main(snakemake):
    table, clinical = read_table(snakemake.input.features), read_table(snakemake.input.clinical)
    perturbed = stack(paths) if (paths := snakemake.input.perturbed) else None
    patients, y = known_patients(table, clinical, "train", perturbed)
    names = table.loc[table["set"] == "train", "patient"].to_numpy()
    params, kind, (first, end) = (
        snakemake.params,
        snakemake.wildcards.kind,
        snakemake.params.numbers,
    )
    rows, predictions = [], []
    for number in range(first, end):
        row, scores = repetition(
            kind, number, patients, y, params.seed, params.model, params.imputations
        )
        rows.append({"kind": kind, "repetition": number} | row)
        if scores is not None:
            scores = scores.assign(patient=names, repetition=number, effective=y)
            predictions.append(scores)
        logging.info("%s %d: AUC %s", kind, number, row.get("auc", row.get("auc_original")))
    write_rows(rows, snakemake.output.table)
    write_table(
        pd.concat(predictions) if predictions else pd.DataFrame(columns=["patient"]),
        snakemake.output.predictions,
    )


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
