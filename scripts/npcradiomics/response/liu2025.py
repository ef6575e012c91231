"""Tables 1 and 2 of Liu 2025 as printed: counts, means and SDs of the clinical columns."""

from typing import NamedTuple

LABELS = {
    "age": "Age (years)",
    "sex": "Gender",
    "alt": "Alanine transaminase (U/L)",
    "ast": "Aspartate aminotransferase (U/L)",
    "ggt": "Glutamyl transpeptidase (U/L)",
    "alp": "Alkaline phosphatase (U/L)",
    "bilirubin": "Total bilirubin (μmol/L)",
    "albumin": "Albumin (g/L)",
    "prothrombin_time": "Plasma prothrombin time (s)",
    "afp": "Alpha-fetoprotein (μg/L)",
}


class ClinicalTable(NamedTuple):
    """One table, as printed.

    groups: patients per response; men: of these; numbers: column to response to (mean, SD);
    t, chi2: the statistics.
    """

    groups: dict
    men: dict
    numbers: dict
    t: dict
    chi2: float


def _table(groups, men, rows, chi2):
    numbers = {
        name: {"effective": values[:2], "ineffective": values[2:4]} for name, values in rows.items()
    }
    return ClinicalTable(
        groups, men, numbers, {name: values[4] for name, values in rows.items()}, chi2
    )


TABLES = {
    "train": _table(
        {"effective": 32, "ineffective": 64},
        {"effective": 18, "ineffective": 35},
        {
            "age": (58.29, 17.76, 59.48, 17.33, 0.315),
            "alt": (45.26, 14.17, 45.03, 43.51, 0.029),
            "ast": (57.36, 18.07, 57.63, 17.98, 0.069),
            "ggt": (119.54, 115.03, 119.61, 113.56, 0.003),
            "alp": (147.65, 82.41, 148.97, 81.03, 0.075),
            "bilirubin": (25.43, 66.17, 25.51, 64.82, 0.006),
            "albumin": (35.06, 4.17, 35.81, 4.08, 0.843),
            "prothrombin_time": (13.17, 1.56, 13.28, 1.34, 0.359),
            "afp": (432.84, 108.56, 397.21, 87.51, 1.733),
        },
        0.021,
    ),
    "validation": _table(
        {"effective": 23, "ineffective": 23},
        {"effective": 15, "ineffective": 13},
        {
            "age": (55.63, 13.45, 56.27, 13.08, 0.164),
            "alt": (58.12, 6.12, 58.83, 7.01, 0.366),
            "ast": (63.54, 50.02, 63.41, 51.32, 0.009),
            "ggt": (196.87, 154.21, 197.69, 155.06, 0.018),
            "alp": (152.54, 53.06, 155.61, 54.73, 0.193),
            "bilirubin": (25.38, 66.17, 25.61, 64.08, 0.012),
            "albumin": (35.19, 4.51, 35.44, 4.03, 0.198),
            "prothrombin_time": (13.06, 1.51, 13.25, 1.28, 0.460),
            "afp": (432.19, 243.03, 428.48, 235.61, 0.053),
        },
        0.365,
    ),
}


class Discrimination(NamedTuple):
    """The area under an ROC curve with its 95 % interval, sensitivity and specificity, as printed."""

    auc: float
    low: float
    high: float
    sensitivity: float
    specificity: float


DISCRIMINATION = {
    "train": Discrimination(0.826, 0.708, 0.944, 0.8367, 0.6914),
    "validation": Discrimination(0.810, 0.682, 0.938, 0.8946, 0.6329),
}
