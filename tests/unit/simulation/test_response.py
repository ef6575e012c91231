"""The simulated cohort: the paper's counts, a planted difference, and none in the null cohort."""

import csv
from collections import Counter

import numpy as np
import pytest
import SimpleITK as sitk

from npcradiomics.response.cohort import responses
from npcradiomics.response.discrimination import area
from npcradiomics.response.liu2025 import TABLES
from npcradiomics.simulation.response import (
    CENTRES,
    SMALLER,
    draw_tumour,
    simulate_tumour,
)
from repository import ROOT
from response_cohort import simulate_rows

SEED = 2025


@pytest.fixture(scope="module")
def rows():
    return simulate_rows(SEED)


def test_counts_are_the_paper_s(rows):
    counts = Counter(zip([row["split"] for row in rows], responses(rows).tolist(), strict=True))
    assert counts == {
        ("train", 1): 32,
        ("train", 0): 64,
        ("validation", 1): 23,
        ("validation", 0): 23,
    }
    assert Counter(row["sex"] for row in rows) == {"male": 81, "female": 61}
    assert len({row["patient"] for row in rows}) == 142


def test_the_table_of_the_config_is_this_cohort(rows):
    with open(ROOT / "config/response/patients.tsv", newline="") as file:
        assert list(csv.DictReader(file, delimiter="\t")) == rows


@pytest.mark.parametrize("column", ["albumin", "prothrombin_time", "alp"])
def test_clinical_values_have_the_printed_mean(rows, column):
    y = responses(rows)
    for split, table in TABLES.items():
        for value, response in ((1, "effective"), (0, "ineffective")):
            mean, sd = table.numbers[column][response]
            drawn = [
                float(r[column])
                for r, e in zip(rows, y, strict=True)
                if r["split"] == split and e == value and r[column]
            ]
            assert np.mean(drawn) == pytest.approx(mean, abs=4 * sd / np.sqrt(len(drawn)))
            assert min(drawn) > 0


def inside(simulated):
    return sitk.GetArrayFromImage(simulated.image)[
        sitk.GetArrayFromImage(simulated.mask) > 0
    ].astype(float)


def spreads(planted):
    return {
        effective: [
            np.log(inside(simulate_tumour(f"T{k}{effective}", effective, SEED, planted)).std())
            for k in range(60)
        ]
        for effective in (0, 1)
    }


def test_spread_of_the_tumour_is_planted_and_absent_in_the_null_cohort():
    for planted, expected in ((True, 0.8 * 0.22), (False, 0.0)):
        found = spreads(planted)
        difference = np.mean(found[1]) - np.mean(found[0])
        # Noise of the scanner adds a constant variance and weakens the planted difference a little.
        assert difference == pytest.approx(expected, abs=3 * 0.24 * np.sqrt(2 / 60))
    planted = spreads(True)
    assert np.mean(planted[1]) - np.mean(planted[0]) > 0.05


def test_null_patients_do_not_know_their_response():
    first, second = (
        simulate_tumour("NPC001", effective, SEED, planted=False) for effective in (0, 1)
    )
    assert np.array_equal(sitk.GetArrayFromImage(first.image), sitk.GetArrayFromImage(second.image))


def test_a_patient_is_the_same_again_and_another_with_another_name():
    one, again, other = (simulate_tumour(name, 1, SEED) for name in ("NPC001", "NPC001", "NPC002"))
    assert np.array_equal(sitk.GetArrayFromImage(one.image), sitk.GetArrayFromImage(again.image))
    assert not np.array_equal(
        sitk.GetArrayFromImage(one.image), sitk.GetArrayFromImage(other.image)
    )
    assert one.truth["n_voxels"] == sitk.GetArrayFromImage(one.mask).sum()


def test_volume_alone_has_the_planted_area():
    # 600 tumours of each response: the standard error of the area is 0.016.
    sizes = [
        [
            draw_tumour(np.random.default_rng([k, e]), SMALLER if e else 1.0).sum()
            for k in range(600)
        ]
        for e in (0, 1)
    ]
    found = area(np.repeat([0, 1], 600), -np.concatenate(sizes))
    assert found == pytest.approx(0.65, abs=3 * 0.016)


def test_volume_knows_nothing_in_the_null_cohort():
    one, other = (simulate_tumour("NPC003", e, SEED, planted=False) for e in (0, 1))
    assert one.truth["n_voxels"] == other.truth["n_voxels"]
    one, other = (simulate_tumour("NPC003", e, SEED) for e in (0, 1))
    assert one.truth["n_voxels"] > other.truth["n_voxels"]


def test_the_second_centre_has_its_gain_and_noise():
    first, second = (
        sitk.GetArrayFromImage(simulate_tumour("NPC001", 0, SEED, True, name).image).astype(float)
        for name in ("A", "B")
    )
    gain, noise = CENTRES["B"]
    assert second.mean() / first.mean() == pytest.approx(gain, rel=0.005)
    # Same anatomy, same random numbers: what is left is the difference of the noise, of 6 grey
    # values (18 - 12) along the signal.
    assert (second / gain - first).std() == pytest.approx(noise - CENTRES["A"][1], rel=0.1)
    with pytest.raises(ValueError, match="centre 'C'"):
        simulate_tumour("NPC001", 0, SEED, True, "C")


def test_two_centres_and_missing_values(rows):
    centres = Counter(row["centre"] for row in rows)
    # 142 draws with probability 1/3: SD 5.6.
    assert centres["B"] == pytest.approx(142 / 3, abs=3 * 5.6)
    missing = {name: sum(row[name] == "" for row in rows) for name in rows[0]}
    assert {name for name, count in missing.items() if count} == {"prothrombin_time", "afp"}
    # Both responses of both sets are in both centres.
    groups = {(r["split"], r["response"] in ("CR", "PR"), r["centre"]) for r in rows}
    assert len(groups) == 8
