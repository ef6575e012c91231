"""Rule collect_resampling: what the repetitions say together."""

import pandas as pd

from npcradiomics.files import read_json, write_json, write_table
from npcradiomics.jobs import script
from npcradiomics.response.validation_summary import (
    decision_table,
    permutation_report,
    selection_frequency,
    summarise,
)


def main(snakemake):
    def stacked(paths):
        return pd.concat([pd.read_csv(path, sep="\t") for path in paths], ignore_index=True)

    nested, bootstrap, permuted, predictions = (
        stacked(snakemake.input[name])
        for name in ("nested", "bootstrap", "permutation", "predictions")
    )
    performance = pd.read_csv(snakemake.input.performance, sep="\t").set_index("set")
    scored = pd.read_csv(snakemake.input.radscore, sep="\t", dtype={"patient": str})
    names = list(pd.read_csv(snakemake.input.features, sep="\t", nrows=0))[4:]
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
