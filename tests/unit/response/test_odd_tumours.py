"""Who is unlike the cohort: planted patients, with the numbers of their sentences counted by hand."""

import numpy as np
import pandas as pd
import pytest

from npcradiomics.response.odd_tumours import MEASURES, compare_tumours
from npcradiomics.statistics.outlyingness import ODD

PLAIN = {"n_slices": 5, "spacing_xyz_mm": [1.0, 1.0, 5.0], "median": 400.0}
PLAIN |= {"q1": 380.0, "q3": 420.0, "surroundings": 200.0}


def cohort(volumes, groups=None, centres=None, **changes):
    """Patients P0, P1, ... with these volumes; changes: {key: {place: value}} of what is described."""
    described = [PLAIN | {"volume_cm3": volume} for volume in volumes]
    for key, values in changes.items():
        for place, value in values.items():
            described[place][key] = value
    table = pd.DataFrame(
        {
            "patient": [f"P{k}" for k in range(len(volumes))],
            "group": groups or ["train"] * len(volumes),
            "centre": centres or [""] * len(volumes),
        }
    )
    return compare_tumours(table, described)


def test_a_large_tumour_is_named_with_its_rank_and_z():
    # Logarithms of 2^-5 to 2^5: median 0, median absolute deviation 3 log 2; 2^30 is 30 log 2 away.
    # With it there are twelve: median 0.5 log 2, deviations 0.5, 0.5, ... 5.5, 29.5: their median 3.
    volumes = [2.0**k for k in range(-5, 6)] + [2.0**30]
    found = cohort(volumes)
    z = (30 - 0.5) / 3 * 0.6745
    assert found["z_volume_cm3"].iloc[-1] == pytest.approx(z)
    assert found["odd"].tolist()[:-1] == [""] * 11
    assert found["odd"].iloc[-1] == (
        f"volume {2.0**30:.1f} cm³, larger than in 11 of 11 others (median 1.5, robust z {z:.1f})"
    )


def test_new_patients_are_measured_by_the_cohort_and_are_no_part_of_it():
    volumes = [2.0**k for k in range(-5, 6)]
    alone = cohort(volumes)
    groups = ["train"] * 11 + ["new"] * 9
    found = cohort(volumes + [2.0**-30] * 9, groups)
    np.testing.assert_allclose(found["z_volume_cm3"][:11], alone["z_volume_cm3"])
    assert found["z_volume_cm3"].iloc[-1] == pytest.approx(-30 / 3 * 0.6745)
    assert "smaller than in 11 of 11 others (median 1.0, " in found["odd"].iloc[-1]


def test_the_only_one_with_other_slices_is_odd_and_the_words_are_the_measures():
    found = cohort(
        [2.0**k for k in range(-10, 11)],
        spacing_xyz_mm={3: [1.0, 1.0, 1.0]},
        median={7: 4000.0},
        surroundings={9: None},
    )
    assert "distance of slices 1.00 mm, smaller than in 20 of 20 others" in found.at[3, "odd"]
    # Ten times as bright: the quartiles' range is a tenth of the median, then.
    assert "median grey value 4000, brighter than in 20 of 20 others" in found.at[7, "odd"]
    assert "narrower than in 20 of 20 others" in found.at[7, "odd"]
    assert np.isnan(found.at[9, "z_contrast"]) and found.at[9, "odd"] == ""
    others = found.drop(index=[3, 7])
    assert (others["odd"] == "").all()
    assert (others[[f"z_{name}" for name in MEASURES]].abs().max().fillna(0) <= ODD).all()


def test_grey_values_are_compared_within_a_centre_and_volumes_are_not():
    # 60 at A near 400, 12 at B near 4000, one of whom has 400; the last at C, which has nobody else.
    medians = np.r_[np.linspace(380, 420, 60), np.linspace(3800, 4200, 12), 4000.0]
    medians[60] = 400.0
    volumes = [2.0**k for k in range(-5, 6)] * 6 + [1.0] * 6 + [2.0**30]
    centres = ["A"] * 60 + ["B"] * 12 + ["C"]
    found = cohort(volumes, centres=centres, median=dict(enumerate(medians.tolist())))
    assert (found["odd"][:60] == "").all() and (found["odd"][61:72] == "").all()
    middle = np.median(medians[60:72])
    darker = (
        f"median grey value 400, darker than in 11 of 11 others at centre B (median {middle:.0f},"
    )
    assert darker in found.at[60, "odd"]
    # With the whole cohort, of whom 11 are at B and brighter or darker than 4000.
    brighter = int((medians[:72] < 4000).sum())
    assert f"brighter than in {brighter} of 72 others (median " in found.at[72, "odd"]
    assert "larger than in 72 of 72 others (median" in found.at[72, "odd"]


def test_few_patients_are_not_compared():
    found = cohort([1.0] * 8 + [1000.0])
    assert (found["odd"] == "").all() and found["z_volume_cm3"].isna().all()
