"""The table of variants: the models with and without steps that are not the paper's."""

import pandas as pd

from npcradiomics.publication.tables.comparison import LABELS
from npcradiomics.publication.tables.formats import Table
from npcradiomics.response.models import CLINICAL
from npcradiomics.response.variants import PLAIN
from npcradiomics.rounding import fixed_text, interval_text, p_text


def variants_table(found: pd.DataFrame, said: list[str], minimum_icc: float, notice: str) -> Table:
    """The table as text.

    Parameters
    ----------
    found, said
        Of ``response.variants.compare_variants``.
    minimum_icc : float
        Of the stable features.
    notice : str
        Words of ``notices.cohort_notice``.
    """
    header = ["model", "steps", "patients", "features kept", "training AUC"]
    header += ["nested CV (mean ± SD)", "validation AUC (95 % CI)", "Brier"]
    header += ["this minus without steps (95 % CI)", "p"]
    rows = []
    for row in found.itertuples():
        plain = row.steps == PLAIN
        difference = interval_text(row.difference_low, row.difference_high, 3)
        rows.append(
            [
                LABELS[row.model],
                row.steps,
                f"{row.training_patients} + {row.validation_patients}",
                "" if row.model == CLINICAL else f"{row.kept} of {row.candidates}",
                fixed_text(row.training_auc, 3),
                f"{fixed_text(row.nested_auc, 3)} ± {fixed_text(row.nested_auc_sd, 3)}",
                f"{fixed_text(row.auc, 3)} ({interval_text(row.auc_low, row.auc_high, 3)})",
                fixed_text(row.brier, 3),
                "" if plain else f"{fixed_text(row.difference, 3)} ({difference})",
                "" if plain else p_text(row.delong_p),
            ]
        )
    notes = [
        f"ComBat: gain and offset of each centre taken out. Stable features: those with an ICC(1,1)"
        f" of {minimum_icc:g} at least in perturbed examinations of the training patients. Multiple"
        " imputation: of clinical columns, pooled by Rubin's rules; without it complete cases.",
        "Every step is learnt on the patients a model is fitted on, in each fold of the nested"
        " cross-validation anew; all variants have the same folds. p: paired DeLong test on the"
        " validation patients whom both score, not corrected for the number of rows.",
        *(f"{line}." for line in said),
    ]
    caption = "The models with and without steps that are not the paper's."
    return Table(header, rows, caption, notes + [f"{notice}."] * bool(notice))
