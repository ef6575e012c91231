"""Rule collect_resampling: what the repetitions say together."""

import pandas as pd

from npcradiomics.files import read_json, write_json, write_table
from npcradiomics.jobs import script
from npcradiomics.response.cohort import IDENTITY
from npcradiomics.response.validation_summary import (
    decision_table,
    permutation_report,
    selection_frequency,
    summarise,
)
from npcradiomics.tables import read_table


def main(snakemake):
    def stacked(paths):
        return pd.concat([read_table(path) for path in paths], ignore_index=True)

    nested, bootstrap, permuted, predictions = (
        stacked(snakemake.input[name])
        for name in ("nested", "bootstrap", "permutation", "predictions")
    )
    performance = read_table(snakemake.input.performance).set_index("set")
    scored = read_table(snakemake.input.radscore)
    names = list(read_table(snakemake.input.features))[len(IDENTITY) :]
    apparent = performance.loc["train"]
    summary = summarise(apparent, nested, bootstrap)
    selection = selection_frequency(pd.concat([nested["selected"], bootstrap["selected"]]), names)
    selection["in_model"] = selection["feature"].isin(read_json(snakemake.input.model)["features"])
    write_table(summary, snakemake.output.summary)
    write_table(permuted, snakemake.output.permutation)
    write_table(selection, snakemake.output.selection)
    write_table(decision_table(scored, predictions), snakemake.output.decision)
    write_json(permutation_report(nested, permuted, apparent["auc"]), snakemake.output.report)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
