"""The highest part of a risk map: as many voxels as the level says, whatever the map's scale."""

import numpy as np
import pytest

from npcradiomics.risk.isovolume import iso_risk, structure_name

GTV = np.zeros((3, 8, 10), bool)
GTV[1:, 2:7, :] = True  # 100 voxels


def ranked():
    """A map whose values in the GTV are 0 to 99 in no order, and higher outside."""
    risk = np.full(GTV.shape, 500.0)
    risk[GTV] = np.random.default_rng(3).permutation(100)
    return risk


@pytest.mark.parametrize(("level", "lowest"), [(70, 70), (90, 90), (99, 99), (50, 50)])
def test_the_structure_is_the_share_of_the_tumour_above_its_own_percentile(level, lowest):
    found = iso_risk(ranked(), GTV, level)
    assert np.array_equal(found, GTV & (ranked() >= lowest))
    assert found.sum() == 100 - level


def test_the_scale_of_the_map_does_not_matter():
    assert np.array_equal(iso_risk(np.exp(ranked() / 50), GTV, 70), iso_risk(ranked(), GTV, 70))


def test_voxels_as_high_as_the_last_are_all_in():
    risk = ranked()
    risk[GTV & (risk >= 60) & (risk < 80)] = 65.0  # the 21st to the 40th are alike
    assert iso_risk(risk, GTV, 70).sum() == 40


def test_the_name_fits_into_16_characters():
    assert structure_name(70) == "RISK_70_RESEARCH"
    assert len(structure_name(70)) == 16


@pytest.mark.parametrize(
    ("risk", "gtv", "words"),
    [
        (np.zeros((3, 8, 9)), GTV, r"\(3, 8, 9\) voxels \(z, y, x\), the GTV's grid \(3, 8, 10\)"),
        (ranked(), np.zeros_like(GTV), "the GTV is empty: 0 voxels"),
        (np.where(ranked() < 7, np.nan, 1.0), GTV, "no value in 7 of the GTV's 100 voxels"),
        (np.full(GTV.shape, 0.2), GTV, "no highest 30 %: 100 of 100 voxels share"),
    ],
    ids=["grid", "empty", "nan", "flat"],
)
def test_refused(risk, gtv, words):
    with pytest.raises(ValueError, match=words):
        iso_risk(risk, gtv, 70)
