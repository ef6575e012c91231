"""Reads R's answers: the small file in tests/data, and the cohorts of ../shared/reference/statistics."""

import json

import pandas as pd

from repository import ROOT

COHORTS = ("n05_mixed", "n14_edge", "n14_mixed", "n14_nan", "n14_table2", "n60_mixed")
# Where R has correlations and components: n05_mixed has one significant feature, nothing to
# correlate.
SELECTIONS = [
    (cohort, selection)
    for cohort in COHORTS
    for selection in ("paper7", "significant")
    if (cohort, selection) != ("n05_mixed", "significant")
]
R = json.loads((ROOT / "tests" / "data" / "r_statistics.json").read_text(encoding="utf-8"))


def cohort_folder(shared, cohort):
    return shared / "reference" / "statistics" / "paired" / cohort


def read_features(folder):
    features = pd.read_csv(folder / "features.csv").rename(columns={"patient_id": "patient"})
    features["region"] = features["region"].map({"GTVr": "recurrent", "GTVnr": "non_recurrent"})
    return features


def stacked(**differences):
    """A feature table whose paired differences are the given vectors: non_recurrent is 0."""
    n = len(next(iter(differences.values())))
    patients = [f"P{i + 1:02d}" for i in range(n)]
    recurrent = pd.DataFrame({"patient": patients, "region": "recurrent", **differences})
    rest = recurrent.assign(
        region="non_recurrent", **{name: d * 0 for name, d in recurrent[list(differences)].items()}
    )
    return pd.concat([recurrent, rest], ignore_index=True)
