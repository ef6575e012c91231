"""Rule compare_models: every model's worth, on the same patients."""

from npcradiomics.cohort.inclusion import stack
from npcradiomics.files import write_table
from npcradiomics.jobs import script
from npcradiomics.response.comparison import calibration_curves, compare_models, decision_curves
from npcradiomics.tables import read_table


def main(snakemake):
    nested, bootstrap, predictions = (
        stack(snakemake.input[name]) for name in ("nested", "bootstrap", "predictions")
    )
    scores = read_table(snakemake.input.scores)
    training, validation = (scores[scores["set"] == name] for name in ("train", "validation"))
    compared = compare_models(training, validation, nested, bootstrap)
    write_table(compared, snakemake.output.comparison)
    curves = decision_curves(validation, dict(iter(predictions.groupby("repetition"))))
    write_table(curves, snakemake.output.decision)
    write_table(calibration_curves(validation), snakemake.output.calibration)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
