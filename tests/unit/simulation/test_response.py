"""The simulated cohort: the paper's counts, a planted difference, and none in the null cohort."""

import csv
from collections import Counter

import numpy as np
import pytest
import SimpleITK as sitk

from npcradiomics.response.cohort import responses
from npcradiomics.response.liu2025 import TABLES
from npcradiomics.simulation.response import simulate_tumour
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
                if r["split"] == split and e == value
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
