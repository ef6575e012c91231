"""Rule score_patients: rad-scores of new patients by the model file alone.

By hand: python scripts/score_patients.py model.json features.tsv > radscore.tsv
"""

import logging
import sys

from npcradiomics.files import read_json, write_table
from npcradiomics.input_tables import read_features
from npcradiomics.jobs import script
from npcradiomics.response.scoring import (
    MAX_OUTSIDE,
    REFUSED,
    of_known_centres,
    score_patients,
    without_strangers,
)


def main(snakemake):
    table, said = scored(
        snakemake.input.model, snakemake.input.features, snakemake.params.max_outside_training
    )
    for line in said:
        logging.getLogger("npcradiomics").warning(line)
    write_table(table, snakemake.output.radscore)


def scored(model, features, max_outside=MAX_OUTSIDE):
    """The table of patients with their scores, and a line for each who got none."""
    model, everyone = read_json(model), read_features(features, words=["centre"])
    known, said = of_known_centres(model, everyone)
    table, more = without_strangers(score_patients(model, known), max_outside)
    counts = dict.fromkeys(table.select_dtypes("integer"), "Int64")  # empty where nobody was scored
    table = table.astype(counts).reindex(everyone.index)
    table["called"] = table["called"].fillna(REFUSED)
    return table.reset_index(), said + more


def by_hand(arguments):
    """Print the scores of a feature table; exit code 1 where somebody got none."""
    if len(arguments) != 2:
        sys.exit("usage: score_patients.py model.json features.tsv")
    try:
        table, said = scored(*arguments)
    except (ValueError, OSError) as error:
        sys.exit(f"score_patients: {error}")
    print(table.to_csv(sep="\t", index=False, na_rep="NA"), end="")
    if said:
        sys.exit("\n".join(f"score_patients: {line}" for line in said))


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
elif __name__ == "__main__":
    by_hand(sys.argv[1:])
