"""Rule resample: some repetitions of the whole pipeline."""

import logging

import pandas as pd

from npcradiomics.files import write_rows, write_table
from npcradiomics.jobs import script
from npcradiomics.response.cohort import split_table
from npcradiomics.response.validation import repetition
from npcradiomics.tables import read_table


def main(snakemake):
    table = read_table(snakemake.input.features)
    training = table[table["set"] == "train"].reset_index(drop=True)
    features, y = split_table(training)
    kind, (first, end) = snakemake.wildcards.kind, snakemake.params.numbers
    rows, predictions = [], []
    for number in range(first, end):
        row, probability = repetition(
            kind, number, features, y, snakemake.params.seed, snakemake.params.model
        )
        rows.append({"kind": kind, "repetition": number} | row)
        if probability is not None:
            one = {
                "patient": training["patient"],
                "repetition": number,
                "effective": y,
                "probability": probability,
            }
            predictions.append(pd.DataFrame(one))
        logging.info(
            "%s %d: %s",
            kind,
            number,
            {key: value for key, value in row.items() if key != "selected"},
        )
    write_rows(rows, snakemake.output.table)
    write_table(
        pd.concat(predictions) if predictions else pd.DataFrame(columns=["patient"]),
        snakemake.output.predictions,
    )


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
