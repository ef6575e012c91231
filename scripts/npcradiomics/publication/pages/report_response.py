"""The report of the response study: does the rad-score say more than the tumour's volume, and what it stands on."""

import numpy as np
import pandas as pd

from npcradiomics.publication.pages.report_answer import LIGHTS, Answer, judged
from npcradiomics.publication.pages.report_blocks import (
    StudyFiles,
    figure,
    glossary,
    points,
    printed_table,
    section,
    table,
    text,
)
from npcradiomics.publication.pages.report_closing import closing_sections
from npcradiomics.publication.tables.formats import Table
from npcradiomics.publication.tables.response import sentence_of
from npcradiomics.response.comparison import ALPHA, too_extreme
from npcradiomics.response.liu2025 import DISCRIMINATION
from npcradiomics.response.models import RADSCORE, VOLUME
from npcradiomics.rounding import fixed_text, interval_text, p_text, p_words, percent_text

QUESTION = (
    "Does the MRI before radiotherapy say who will respond, and more than the tumour's volume does?"
)
OPTIMISM = 0.1  # an AUC on training that falls by more when every step is repeated
WORDS = {
    "AUC": "Chance that of two patients the one who responds has the higher score; 0.5 is a coin.",
    "rad-score": "Weighted sum of the features that the LASSO kept; higher means more likely to respond.",
    "LASSO": "A regression that pays for every feature it uses, so that few remain.",
    "Brier": "Mean squared distance of probability and outcome; 0 is perfect.",
    "slope": "Calibration slope: 1 is right, below 1 the probabilities are too extreme.",
    "nested": "Every step of the model repeated on four fifths of the patients and judged on the fifth.",
    "optimism": "How much better a model looks on the patients it was made from than on others.",
}
FIGURES = {
    "fig2": "Fig 2. Selection of features by the LASSO\n\nA, cross-validation; B, paths of the coefficients; C and D, the"
    " rad-scores of the training and of the validation set.",
    "fig3": "Fig 3. ROC curve of the rad-score in the training set\n\nThe score was made from these patients.",
    "fig4": "Fig 4. ROC curve of the rad-score in the validation set\n\nAt the threshold of the training set.",
    "fig5": "Fig 5. Calibration of the rad-score\n\nA, training set; B, validation set, with a bootstrap band.",
    "validation": "What the score is worth in patients it was not made from\n\nNot in the paper: optimism correction,"
    " nested cross-validation and permutations.",
    "nomogram": "Nomogram of clinical columns and rad-score\n\nWith a worked example.",
}
PLAIN_LIMITS = (
    "Research software, not for clinical use: no score of this page is for deciding on a treatment.",
    "A score fits the patients it was made from better than any others; read the figures of the validation set, and the"
    " nested ones, not those of training.",
    "Whether a score holds at another scanner or hospital only patients from there can tell (target response_score).",
)


def response_answer(comparison: pd.DataFrame, worth: dict, said: str) -> Answer:
    """The answer, what speaks against it, and the light, by the rules of docs/report.md.

    Parameters
    ----------
    comparison : DataFrame
        Of ``comparison.compare_models``.
    worth : dict
        cohort/validation.json, the permutations.
    said : str
        Of ``tables.response.sentence_of``: what every figure of the model must say, "" if nothing.
    """
    rows = comparison.set_index("model")
    own, volume = rows.loc[RADSCORE], rows.loc[VOLUME]
    guess = own["auc_low"] <= 0.5
    chance = worth["nested_auc_p"] > ALPHA
    n, trained = int(own["validation_patients"]), int(own["training_patients"])
    area = (
        f"AUC {fixed_text(own['auc'], 2)}, 95 % CI {interval_text(own['auc_low'], own['auc_high'])}"
    )
    can = (
        "cannot be told from guessing"
        if guess
        else "tells responders from others better than guessing"
    )
    first = f"In one set of {n} patients it was not made from, the rad-score {can} ({area})."
    second = _against_volume(own, volume)
    slope = too_extreme(comparison).get(RADSCORE)
    drop = own["training_auc"] - own["nested_auc"]
    red = [
        (guess, f"The interval of its AUC on the {n} patients reaches down to a coin's 0.5."),
        (
            chance,
            "Models of shuffled responses do as well in training (nested, permutation p"
            f" {p_words(worth['nested_auc_p'])}).",
        ),
    ]
    amber = [
        (
            not (volume["delong_p"] < ALPHA and volume["difference"] > 0),
            "Volume is simpler and not shown to be worse.",
        ),
        (
            slope,
            f"Its probabilities are too extreme for new patients: calibration slope {slope}, 1 is right.",
        ),
        (
            drop > OPTIMISM,
            f"On its {trained} training patients it looks better than it is (AUC"
            f" {fixed_text(own['training_auc'], 2)}, nested {fixed_text(own['nested_auc'], 2)}).",
        ),
        (said, f"{said[:1].upper()}{said[1:]}."),
    ]
    return judged([first, second], red, amber)


def _against_volume(own, volume):
    nested = f"nested cross-validation {fixed_text(own['nested_auc'], 2)} against {fixed_text(volume['nested_auc'], 2)}"
    if np.isnan(volume["delong_p"]):
        return f"It cannot be compared with the tumour's volume alone there; {nested}."
    told = volume["delong_p"] < ALPHA
    says = (
        "is not shown to say more"
        if not told
        else "says more"
        if volume["difference"] > 0
        else "says less"
    )
    interval = interval_text(volume["difference_low"], volume["difference_high"])
    return (
        f"It {says} than the tumour's volume alone (AUC {fixed_text(volume['auc'], 2)}; difference"
        f" {fixed_text(volume['difference'], 2)}, 95 % CI {interval}, p {p_words(volume['delong_p'])}; {nested})."
    )


def report_content(files: StudyFiles, *, simulated: bool, notice: str) -> dict:
    """Content of the template study_report.html.

    Parameters
    ----------
    files : StudyFiles
        What the run made.
    simulated : bool
        Whether the page must say so.
    notice : str
        Words of ``notices.cohort_notice``.
    """
    comparison = files.frame("cohort/comparison.tsv")
    performance = files.frame("cohort/performance.tsv")
    model, worth = files.json("cohort/model.json"), files.json("cohort/validation.json")
    answer = response_answer(comparison, worth, sentence_of(model))

    def drawn(name):
        rule = f"liu_{name}"
        return figure(files, name, rule, FIGURES.get(name, ""))

    calculator = text(
        "The combined model as a page in which one types a patient's values: calculator.html.",
        rule="liu_nomogram", files=["calculator.html"],
    )  # fmt: skip
    tumours = text(
        "Each tumour on its slices, and who is unlike the cohort, are pages of their own"
        " (target response_overview): cohort/overview.html."
    )
    notes = [f"{note[0].upper()}{note[1:]}." for note in model["notes"]]
    sections = [
        section("patients", "Who is in", _patients(performance), tumours,
                printed_table(files, "table1", "liu_tables"), printed_table(files, "table2", "liu_tables")),
        section("volume", "Is the rad-score worth more than volume?", printed_table(files, "table3", "liu_table3"), drawn("fig6")),
        section("validation", "What it is worth in other patients", printed_table(files, "performance", "liu_validation"), drawn("validation")),
        section("paper", "The paper's figures", _beside(performance), *(drawn(f"fig{k}") for k in range(2, 6))),
        section("nomogram", "Nomogram and calculator", drawn("nomogram"), calculator),
        section("limits", "Limits in plain words", points([f"{notice}." * bool(notice), *notes, *PLAIN_LIMITS])),
        *closing_sections(files, "response", notice),
    ]  # fmt: skip
    return {
        "study": "Response study, after Liu et al. 2025",
        "question": QUESTION,
        "answer": answer,
        "light": LIGHTS[answer.light],
        "numbers": _numbers(comparison),
        "sections": [one for one in sections if one["blocks"]],
        "glossary": glossary(WORDS),
        "simulated": simulated,
        "notice": notice,
    }


def _numbers(comparison):
    rows = comparison.set_index("model")
    own, volume = rows.loc[RADSCORE], rows.loc[VOLUME]
    return [
        {
            "value": fixed_text(row["auc"], 2),
            "of": f"({interval_text(row['auc_low'], row['auc_high'])})",
            "words": f"AUC of {words} in {int(row['validation_patients'])} patients (95 % CI)",
        }
        for row, words in ((own, "the rad-score"), (volume, "volume alone"))
    ] + [
        {
            "value": p_text(volume["delong_p"]),
            "of": "",
            "words": "p of the difference (DeLong)",
        },
        {
            "value": fixed_text(own["slope"], 2),
            "of": "",
            "words": "calibration slope, 1 is right",
        },
    ]


def _patients(performance):
    sets = {"train": "Training", "validation": "Validation"}
    rows = [
        [sets[row.set], f"{row.patients}", f"{row.effective}", f"{row.patients - row.effective}"]
        for row in performance.itertuples()
    ]
    content = Table(["Set", "Patients", "Effective", "Ineffective"], rows, "Patients")
    return table(content, "score_cohort", ["cohort/performance.tsv"])


def _beside(performance):
    here = performance.set_index("set")
    rows = []
    for name, words in (("train", "training"), ("validation", "validation")):
        paper, own = DISCRIMINATION[name], here.loc[name]
        rows += [
            [f"AUC, {words}", f"{fixed_text(paper.auc, 3)} ({interval_text(paper.low, paper.high, 3)})",
             f"{fixed_text(own['auc'], 3)} ({interval_text(own['auc_low'], own['auc_high'], 3)})"],
            [f"sensitivity, {words}", percent_text(paper.sensitivity, 1), percent_text(own["sensitivity"], 1)],
            [f"specificity, {words}", percent_text(paper.specificity, 1), percent_text(own["specificity"], 1)],
        ]  # fmt: skip
    notes = ["The paper's are of other patients and are not expected to be equal."]
    content = Table(["", "Liu 2025", "here"], rows, "Beside the paper's own numbers", notes)
    return table(content, "score_cohort", ["cohort/performance.tsv"])
