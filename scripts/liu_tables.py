"""Rule liu_tables: clinical characteristics by response, Table 1 of the training and Table 2 of the validation set."""

import pandas as pd

from npcradiomics.files import write_table
from npcradiomics.jobs import script
from npcradiomics.publication.tables.formats import write_formats
from npcradiomics.publication.tables.response import clinical_footnotes, printed_table
from npcradiomics.response.clinical import compare_groups
from npcradiomics.response.cohort import responses
from npcradiomics.response.liu2025 import LABELS


def main(snakemake):
    wanted = snakemake.params
    table = pd.DataFrame(wanted.rows).reindex(
        columns=["patient", "set", *wanted.numbers, *wanted.categories]
    )
    table[wanted.numbers] = table[wanted.numbers].astype(float)
    table["effective"] = responses(wanted.rows)
    for number, name in ((1, "train"), (2, "validation")):
        one = table[table["set"] == name]
        compared = compare_groups(one, wanted.numbers, wanted.categories)
        write_table(compared, snakemake.output[f"table{number}_tsv"])
        caption = (
            f"Table {number}. Clinical data of the {'training' if name == 'train' else name} set."
        )
        effective = int(one["effective"].sum())
        printed = printed_table(
            compared,
            effective,
            len(one) - effective,
            LABELS | wanted.labels,
            caption,
            clinical_footnotes(wanted.notice),
        )
        write_formats(
            printed, *(snakemake.output[f"table{number}_{kind}"] for kind in ("md", "tex", "docx"))
        )


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
