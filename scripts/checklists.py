"""Rule checklists: METRICS, CLEAR, IBSI and, for a model, TRIPOD+AI, filled from what the run says of itself."""

from pathlib import Path

import pandas as pd

from npcradiomics.files import read_json, replacing, write_table
from npcradiomics.jobs import script
from npcradiomics.publication.checklists.evidence import Run
from npcradiomics.publication.checklists.filled import fill, readable, summary
from npcradiomics.publication.tables.formats import write_docx
from npcradiomics.tables import read_table


def main(snakemake):
    given, params, made = snakemake.input, snakemake.params, snakemake.output
    run = Run(
        read_json(given.record),
        read_table(given.methods),
        params.counts,
        Path(given.record).parent,
    )
    items = read_table(given.asked, as_text=True).rename(columns={params.study: "rule"})
    items["weight"] = pd.to_numeric(items["weight"])
    columns = ["item", "section", "asks", "weight", "rule"]
    filled = {}
    for name in params.names:
        filled[name] = fill(items.loc[items["checklist"] == name, columns], run)
        write_table(filled[name], made[f"{name}_tsv"])
        table = readable(name, filled[name], params.study, params.notice)
        with replacing(made[f"{name}_docx"]) as temporary:
            write_docx(temporary, table)
    write_table(summary(filled), made.summary)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
