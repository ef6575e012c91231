import importlib.util

import numpy as np
import pytest

from npcradiomics.features.ibsi import (
    cooccurrence,
    neighbourhood,
    run_lengths,
    size_zones,
    standard_features,
)
from repository import ROOT

SPEC = importlib.util.spec_from_file_location("ibsi_page", ROOT / "benchmarks/ibsi.py")
IBSI_PAGE = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(IBSI_PAGE)
LEVELS, REFERENCES = IBSI_PAGE.read_phantom()
FEATURES = standard_features(LEVELS, 6)


@pytest.mark.parametrize("tag", REFERENCES)
def test_digital_phantom_meets_the_ibsi_consensus(tag):
    assert IBSI_PAGE.agrees(FEATURES[tag], *REFERENCES[tag]), (
        f"{FEATURES[tag]} against {REFERENCES[tag]}"
    )


def test_every_feature_has_a_consensus_value():
    assert len(REFERENCES) == 103 and set(FEATURES) == set(REFERENCES)


def test_agreement_can_fail():
    agrees = IBSI_PAGE.agrees
    assert agrees(0.3034, 0.303, 0) and not agrees(0.3036, 0.303, 0)
    assert agrees(0.3036, 0.303, 0.001) and not agrees(-0.303, 0.303, 0)


def test_published_page_is_what_the_code_computes():
    assert (ROOT / "docs/ibsi.md").read_text(encoding="utf-8") == IBSI_PAGE.page()


def test_two_levels_in_a_row_by_hand():
    features = standard_features(np.array([[[1, 1, 2]]]), 2)
    assert (
        features["cm_energy_3D_comb"] == 0.25 + 2 * 0.0625
    )  # pairs (1,1) twice, (1,2) and (2,1) once
    assert features["rlm_r_perc_3D_comb"] == pytest.approx((2 + 12 * 3) / (13 * 3))
    assert features["szm_z_perc_3D"] == pytest.approx(2 / 3)
    # neighbourhood differences: 0, |1 - 1.5|, |2 - 1|
    assert features["ngt_coarseness_3D"] == pytest.approx(1 / (2 / 3 * 0.5 + 1 / 3 * 1))


def test_families_take_plain_counts():
    assert cooccurrence(np.eye(2))["corr"] == pytest.approx(1)
    assert run_lengths(np.array([[3.0, 0], [0, 1]]))["lre"] == pytest.approx(7 / 4)
    assert size_zones(np.array([[0.0, 2]]))["z_perc"] == 0.5
    assert neighbourhood(np.array([1.0, 1]), np.array([1.0, 1]))["strength"] == pytest.approx(2 / 2)


def test_region_without_neighbours_is_refused():
    levels = np.zeros((3, 3, 3), int)
    levels[0, 0, 0] = levels[2, 2, 2] = 1
    with pytest.raises(ValueError, match="no two voxels"):
        standard_features(levels, 2)
