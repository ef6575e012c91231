"""R's answers for the simulated response cohorts (../shared/reference/statistics/response)."""

import json
from functools import cached_property

import numpy as np
import pandas as pd

NOT_FEATURES = ["patient_id", "set", "effective", "foldid"]


class ResponseCase:
    """One case: features of train and validation, and what R made of them."""

    def __init__(self, shared, name):
        self.folder = shared / "reference" / "statistics" / "response" / name
        table = pd.read_csv(self.folder / "features.csv")
        self.features = table.drop(columns=NOT_FEATURES)
        self.is_train = (table["set"] == "train").to_numpy()
        self.y = table["effective"].to_numpy()
        self.folds = table["foldid"].to_numpy()
        self.results = json.loads((self.folder / "r_results.json").read_text(encoding="utf-8"))

    @cached_property
    def train(self):
        return self.features[self.is_train]

    @cached_property
    def y_train(self):
        return self.y[self.is_train]

    @cached_property
    def fold_train(self):
        return self.folds[self.is_train].astype(int)

    def table(self, name):
        return pd.read_csv(self.folder / f"{name}.csv")

    def path(self):
        """lambda indices (from 0), intercepts, coefficients (lambda, feature) of r_path_tight, zeros filled in."""
        table = self.table("r_path_tight").set_index("feature")
        indices = [int(name[1:]) - 1 for name in table]
        intercepts = table.loc["(Intercept)"].to_numpy()
        coefficients = table.drop("(Intercept)").T.reindex(
            columns=list(self.features), fill_value=0.0
        )
        return indices, intercepts, coefficients.to_numpy()

    def scores(self, column):
        return self.table("r_scores")[column].to_numpy()

    def half(self, name):
        """(R's results, boolean rows) of 'train' or 'validation'."""
        return self.results[name], self.is_train if name == "train" else ~self.is_train


def curve_of(points):
    """threshold, sensitivity, specificity as arrays, infinite thresholds filled in."""
    thresholds = [point["threshold"] for point in points]
    thresholds = [
        -np.inf if t is None and i == 0 else np.inf if t is None else t
        for i, t in enumerate(thresholds)
    ]
    return (
        np.array(thresholds),
        np.array([p["sensitivity"] for p in points]),
        np.array([p["specificity"] for p in points]),
    )
