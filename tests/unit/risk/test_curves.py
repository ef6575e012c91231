"""Coverage against boost size: means of the summary, the middle of the refits, and the ends."""

import numpy as np
import pandas as pd
import pytest

from npcradiomics.risk.curves import coverage_curves


def test_curves_hold_means_and_the_middle_of_the_refits():
    measures = ["auc", "coverage_gtvr", "coverage_2.5", "coverage_10"]
    rows = [
        {"map": name, "measure": f"{measure}{suffix}", "mean": mean - less, "n": n}
        for name, mean in (("model", 0.4), ("depth", 0.3))
        for suffix, less, n in (("", 0, 14), ("_blurred", 0.1, 12))
        for measure in measures
    ]
    refits = [
        {"refit": b, "map": name, "measure": measure, "mean": b / 200 if b else 0.9}
        for b in range(201)
        for name in ("model", "depth")
        for measure in measures
    ]
    both = coverage_curves(pd.DataFrame(rows), pd.DataFrame(refits))
    curves, within = (both[both["target"] == name] for name in ("drawn", "within_error"))
    assert set(curves["n"]) == {14} and set(within["n"]) == {12}
    assert within["mean"].to_numpy() == pytest.approx([0, 0.3, 0.3, 1, 0, 0.2, 0.2, 1])
    assert within["null_low"].isna().all()  # draws have no registration
    model, depth = (curves[curves["map"] == name] for name in ("model", "depth"))
    assert model["percent"].tolist() == depth["percent"].tolist() == [0, 2.5, 10, 100]
    assert model["mean"].tolist() == [0, 0.4, 0.4, 1]
    # Of 0.005, 0.010, ..., 1: the observed 0.9 is not among them.
    assert model["null_low"].to_numpy()[1:3] == pytest.approx([0.005 + 0.025 * 0.995] * 2)
    assert model["null_high"].to_numpy()[1:3] == pytest.approx([0.005 + 0.975 * 0.995] * 2)
    assert np.isnan(depth["null_low"]).all()
