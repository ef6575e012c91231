"""Rule score_patients: rad-scores of new patients by the model file alone.

By hand: python scripts/score_patients.py model.json features.tsv > radscore.tsv
"""

import sys

import pandas as pd

from npcradiomics.files import read_json, write_table
from npcradiomics.jobs import script
from npcradiomics.response.scoring import score_patients


def main(snakemake):
    write_table(scored(snakemake.input.model, snakemake.input.features), snakemake.output.radscore)


def scored(model, features):
    """The table of patients with their scores."""
    table = pd.read_csv(features, sep="\t", dtype={"patient": str}).set_index("patient")
    if table.empty:
        raise ValueError(f"{features}: no patients to score (key `new_patients` of the config)")
    return score_patients(read_json(model), table).reset_index()


def by_hand(arguments):
    """Print the scores of a feature table."""
    if len(arguments) != 2:
        sys.exit("usage: score_patients.py model.json features.tsv")
    try:
        print(scored(*arguments).to_csv(sep="\t", index=False), end="")
    except (ValueError, OSError) as error:
        sys.exit(f"score_patients: {error}")


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
elif __name__ == "__main__":
    by_hand(sys.argv[1:])
