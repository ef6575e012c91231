"""Intensity histograms of both regions on one scale, counted by hand."""

import numpy as np
import pytest

from npcradiomics.features.intensities import intensity_shares


def by_region(rows):
    return {
        region: {
            row["intensity_low"]: row["share"]
            for row in rows
            if row["region"] == region and row["share"]
        }
        for region in ("recurrent", "non_recurrent")
    }


def test_shares_of_a_hand_counted_case():
    # Whole numbers 0..20: a bin per grey value; 0 becomes 0 and 20 becomes 255.
    rows = intensity_shares(
        {"recurrent": np.array([10, 10, 20, 20]), "non_recurrent": np.array([0, 20, 20, 5])}
    )
    found = by_region(rows)
    assert found["recurrent"] == pytest.approx({127.5: 0.5, 255.0: 0.5})
    assert found["non_recurrent"] == pytest.approx({0.0: 0.25, 63.75: 0.25, 255.0: 0.5})


def test_whole_grey_values_are_never_split_unevenly():
    # Every grey value 0..199 once: bins of four whole values each hold the same share, without a
    # comb.
    rows = intensity_shares({"recurrent": np.arange(200), "non_recurrent": np.arange(200)})
    shares = {round(row["share"], 12) for row in rows if row["region"] == "recurrent"}
    assert shares == {4 / 200}


@pytest.mark.parametrize("scale", [1.0, 0.37, 1e-3])
def test_shares_add_to_one_and_both_regions_have_the_same_bins(scale):
    rng = np.random.default_rng(3)
    rows = intensity_shares(
        {"recurrent": scale * rng.normal(size=500), "non_recurrent": scale * rng.normal(1, 2, 900)}
    )
    for region in ("recurrent", "non_recurrent"):
        part = [row for row in rows if row["region"] == region]
        assert sum(row["share"] for row in part) == pytest.approx(1.0)
        assert [row["intensity_low"] for row in part] == [
            row["intensity_low"] for row in rows[: len(part)]
        ]


def test_constant_regions_are_refused_with_the_value():
    with pytest.raises(ValueError, match="all 3 voxels of the regions have the value 4"):
        intensity_shares({"recurrent": np.array([4, 4]), "non_recurrent": np.array([4])})
