"""A logistic model as a nomogram: points of each value, and the probability of their sum.

The value of a column that speaks least for a response has 0 points, and over its range in training
the column of the largest effect has 100.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import special

POINTS = 100.0


class Nomogram(NamedTuple):
    """columns: DataFrame (index: column) coefficient, min, max, zero (value of 0 points), per_unit (points).

    at_zero: linear predictor of 0 points in all; per_point: what a point adds to it.
    """

    columns: pd.DataFrame
    at_zero: float
    per_point: float

    def points(self, values: pd.Series) -> pd.Series:
        """Points of one patient's values (column), a Series likewise."""
        table = self.columns
        return (values[table.index] - table["zero"]) * table["per_unit"]

    def probability(self, total: np.ndarray) -> np.ndarray:
        """Probability at these total points."""
        return special.expit(self.at_zero + self.per_point * np.asarray(total))

    def total(self, probability: np.ndarray) -> np.ndarray:
        """Total points at which this probability is reached."""
        return (special.logit(np.asarray(probability)) - self.at_zero) / self.per_point


def nomogram(model: dict) -> Nomogram | None:
    """The nomogram of a model as `models.models_file` writes it; None where no column has an effect."""
    table = pd.DataFrame(model["columns"], index=["coefficient", "min", "max"]).T.astype(float)
    reach = (table["coefficient"] * (table["max"] - table["min"])).abs()
    if not reach.any():
        return None
    per_point = float(reach.max() / POINTS)
    rises = table["coefficient"] > 0
    table["zero"] = table["min"].where(rises, table["max"])
    table["per_unit"] = table["coefficient"] / per_point
    at_zero = model["intercept"] + float((table["coefficient"] * table["zero"]).sum())
    return Nomogram(table, at_zero, per_point)


def example_patient(found: Nomogram, known: pd.DataFrame) -> str:
    """Whom to show: of the patients within training's range the one whose probability is nearest 0.5.

    known: (patient, column), complete. Where nobody is within the range, of all.
    """
    table = found.columns
    values = known[table.index]
    within = ((values >= table["min"]) & (values <= table["max"])).all(axis=1)
    values = values[within] if within.any() else values
    total = ((values - table["zero"]) * table["per_unit"]).sum(axis=1)
    return (total - found.total(0.5)).abs().idxmin()


def worked_example(found: Nomogram, values: pd.Series) -> pd.DataFrame:
    """One patient's way through the nomogram: column, value, points; last row the total and its probability.

    Parameters
    ----------
    found : Nomogram
    values : Series
        The patient's value of each column.
    """
    points = found.points(values)
    rows = pd.DataFrame({"column": points.index, "value": values[points.index], "points": points})
    total = pd.DataFrame([{"column": "total", "value": np.nan, "points": points.sum()}])
    table = pd.concat([rows, total], ignore_index=True)
    table["probability"] = np.nan
    table.loc[table.index[-1], "probability"] = float(found.probability(points.sum()))
    return table
