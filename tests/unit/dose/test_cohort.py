"""The cohort's pairs of doses, and median histograms."""

import pandas as pd
import pytest

from npcradiomics.dose.cohort import median_curves, paired_doses
from npcradiomics.statistics.comparison import compare_regions


def figures(doses):
    """Rows of dose.tsv: {patient: (mean of GTVr, of its part inside the GTV, of the rest)}; D95 is 1 Gy less."""
    rows = []
    for patient, own in doses.items():
        for structure, gray in zip(("gtvr", "gtvr_inside_gtv", "non_recurrent"), own, strict=True):
            for quantity, value in (("mean", gray), ("d95", gray - 1), ("d50", 0.0)):
                rows.append([patient, structure, quantity, "Gy", value])
                rows.append([patient, structure, quantity, "% of prescription", 999.0])
    return pd.DataFrame(rows, columns=["patient", "structure", "quantity", "unit", "value"])


def test_pairs_are_those_of_the_regions_of_the_statistics():
    doses = {"P1": (70.0, 71.0, 72.0), "P2": (60.0, 61.0, 64.0)}
    whole = paired_doses(figures(doses), "whole").set_index(["patient", "region"])
    assert whole.loc[("P1", "recurrent")].to_dict() == {"Dose_Mean": 70.0, "Dose_D95": 69.0}
    assert whole.loc[("P2", "non_recurrent")].to_dict() == {"Dose_Mean": 64.0, "Dose_D95": 63.0}
    inside = paired_doses(figures(doses), "inside_gtv").set_index(["patient", "region"])
    assert inside.loc[("P2", "recurrent"), "Dose_Mean"] == 61.0


def test_comparison_is_that_of_the_features():
    # Differences -2, -4, -6 Gy: t = -4 / (2 / sqrt(3)), df 2.
    doses = {f"P{k}": (70.0 - 2 * k, 70.0, 70.0) for k in (1, 2, 3)}
    row = compare_regions(paired_doses(figures(doses), "whole"), n_tests=2).iloc[0]
    assert (row["feature"], row["n"], row["mean_difference"]) == ("Dose_Mean", 3, -4.0)
    assert row["t"] == pytest.approx(-3.4641016)
    assert row["p"] == pytest.approx(0.0741799, abs=1e-6)


def test_median_counts_a_curve_that_has_ended_as_nothing():
    columns = ["patient", "structure", "dose_percent", "volume_percent"]
    rows = [("P1", "gtvr", d, v) for d, v in ((0, 100), (0.5, 50), (1.0, 20), (1.5, 0))]
    rows += [("P2", "gtvr", d, v) for d, v in ((0, 100), (0.5, 0))]
    rows += [("P3", "gtvr", d, v) for d, v in ((0, 100), (0.5, 80), (1.0, 0))]
    found = median_curves(pd.DataFrame(rows, columns=columns))
    assert found["dose_percent"].tolist() == [0.0, 0.5, 1.0, 1.5]
    assert found["volume_percent"].tolist() == [100.0, 50.0, 0.0, 0.0]
    assert set(found["n"]) == {3}
