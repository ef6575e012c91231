"""Table 3 of the response study: what the rad-score is worth beside what is simpler."""

import pandas as pd

from npcradiomics.publication.tables.formats import Table
from npcradiomics.response.comparison import too_extreme
from npcradiomics.response.models import CLINICAL, COMBINED, FIRST_ORDER, RADSCORE, VOLUME
from npcradiomics.rounding import fixed_text, interval_text, p_text

LABELS = {
    RADSCORE: "Rad-score",
    VOLUME: "Volume alone",
    CLINICAL: "Clinical columns",
    COMBINED: "Clinical columns and rad-score",
    FIRST_ORDER: "First-order features alone",
}


def comparison_table(
    comparison: pd.DataFrame, sentence: str, notes: list[str], notice: str
) -> Table:
    """The table as text.

    Parameters
    ----------
    comparison : DataFrame
        cohort/comparison.tsv.
    sentence : str
        Whether the rad-score beats volume; the caption begins with it.
    notes : list of str
        What must be said of the models (of the LASSO, of separation).
    notice : str
        Words of ``notices.cohort_notice``.
    """
    header = ["", "patients", "training AUC", "corrected", "nested CV (mean ± SD)"]
    header += [
        "validation AUC (95 % CI)",
        "Brier",
        "slope (95 % CI)",
        "rad-score's minus this (95 % CI)",
        "p",
    ]
    rows = []
    for row in comparison.itertuples():
        difference = interval_text(row.difference_low, row.difference_high, 3)
        own = row.model == RADSCORE
        rows.append(
            [
                LABELS[row.model],
                f"{row.training_patients} + {row.validation_patients}",
                fixed_text(row.training_auc, 3),
                fixed_text(row.corrected_auc, 3),
                f"{fixed_text(row.nested_auc, 3)} ± {fixed_text(row.nested_auc_sd, 3)}",
                f"{fixed_text(row.auc, 3)} ({interval_text(row.auc_low, row.auc_high, 3)})",
                fixed_text(row.brier, 3),
                f"{fixed_text(row.slope, 2)} ({interval_text(row.slope_low, row.slope_high)})",
                "" if own else f"{fixed_text(row.difference, 3)} ({difference})",
                "" if own else p_text(row.delong_p),
            ]
        )
    slopes = [f"{LABELS[name]} {slope}" for name, slope in too_extreme(comparison).items()]
    extreme = [
        f"Calibration slope wholly below 1: {'; '.join(slopes)}. These models' probabilities are too"
        " extreme for new patients; recalibrate before one is read as a probability."
    ] * bool(slopes)
    footnotes = [
        "Patients: training + validation with every value the model needs (complete cases). Corrected:"
        " optimism of the bootstrap taken off. Nested: every step of every model repeated on four"
        " fifths, judged on the fifth, in the same folds for all. Brier score and calibration slope"
        " on the validation set.",
        "p: paired DeLong test on the validation patients whom both models score, not corrected for"
        " four comparisons.",
        *extreme,
        *notes,
    ]
    caption = f"{sentence}. Table 3. The rad-score and what is simpler"
    return Table(header, rows, caption, footnotes + [f"{notice}."] * bool(notice))


def notes_of_models(models: dict, missing: dict[str, int]) -> list[str]:
    """What must be said of the models below Table 3.

    models: cohort/models.json. missing: {clinical column: patients without its value}.
    """
    notes = [
        f"{LABELS[name]}: {model['note']}." for name, model in models.items() if model.get("note")
    ]
    counts = [f"{name} {count}" for name, count in missing.items() if count]
    return notes + [f"Patients without a value: {', '.join(counts)}."] * bool(counts)
