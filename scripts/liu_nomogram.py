"""Rule liu_nomogram: the combined model as a nomogram with a worked example, and as a page that calculates."""

import pandas as pd
from scipy import special

from npcradiomics.files import read_json, write_table, write_text
from npcradiomics.jobs import script
from npcradiomics.publication.figures.nomogram import plot_nomogram
from npcradiomics.publication.figures.saving import save
from npcradiomics.publication.figures.style import plot_nothing
from npcradiomics.publication.notices import simulated_note
from npcradiomics.publication.pages.calculator import calculator_content
from npcradiomics.publication.pages.template import render
from npcradiomics.response.comparison import too_extreme
from npcradiomics.response.liu2025 import LABELS
from npcradiomics.response.models import COMBINED, RADSCORE, with_score
from npcradiomics.response.nomogram import example_patient, nomogram, worked_example
from npcradiomics.rounding import fixed_text
from npcradiomics.tables import read_table


def main(snakemake):
    given, made, params = snakemake.input, snakemake.output, snakemake.params
    model, labels = (
        read_json(given.models)[COMBINED],
        LABELS | {"rad_score": "Rad-score"} | params.labels,
    )
    clinical, scores = (
        read_table(path).set_index("patient") for path in (given.clinical, given.scores)
    )
    known = with_score(clinical, scores[RADSCORE].reindex(clinical.index)).dropna()
    outside = known[known.index.isin(scores.index[scores["set"] == "validation"])]
    said = [model["note"]] * bool(model["note"])
    if slope := too_extreme(read_table(given.comparison)).get(COMBINED):
        said.append(
            f"Calibration slope on the validation set {slope}: probabilities are too extreme"
        )
    found = nomogram(model)
    if found is None:
        said.append(
            "No clinical column and no rad-score has an effect, there is nothing to draw: every"
            f" patient has the probability {fixed_text(special.expit(model['intercept']), 3)}"
        )
    sentence = ". ".join(said)
    if found is None:
        example = pd.DataFrame(columns=["column", "value", "points", "probability", "patient"])
        figure = plot_nothing(sentence, simulated_note(params.simulated))
    else:
        patient = example_patient(found, outside if len(outside) else known)
        example = worked_example(found, known.loc[patient]).assign(patient=patient)
        figure = plot_nomogram(found, example, patient, labels, sentence, params.simulated)
    write_table(example, made.data)
    save(figure, made.pdf, made.png, made.svg)
    content = calculator_content(model, labels, params.words, sentence, params.simulated)
    write_text(render(given.template, **content), made.page)


if "snakemake" in globals():
    script.run(main, snakemake)  # noqa: F821
