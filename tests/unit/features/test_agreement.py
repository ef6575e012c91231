"""The page of definitions: measured on a random region, both libraries on the same levels."""

import numpy as np
import pandas as pd
import pytest

from npcradiomics.features.agreement import compare_definitions
from npcradiomics.features.extraction import extract
from npcradiomics.features.pyradiomics import pyradiomics_features
from npcradiomics.publication.tables.definitions import agreement_page
from repository import ROOT

SETTINGS = ROOT / "config" / "heterogeneity" / "pyradiomics.yaml"


@pytest.fixture(scope="module")
def tables():
    rng = np.random.default_rng(5)
    volume = rng.normal(100, 20, (6, 14, 15))
    ours, theirs = [], []
    for region, mask in (
        ("recurrent", rng.random(volume.shape) < 0.6),
        ("non_recurrent", rng.random(volume.shape) < 0.8),
    ):
        result, key = extract(volume, mask, n_levels=16), {"patient": "A", "region": region}
        ours.append(key | result.features)
        theirs.append(key | pyradiomics_features(result.levels, SETTINGS))
    return pd.DataFrame(ours), pd.DataFrame(theirs)


def test_22_of_40_agree_and_the_others_differ(tables):
    table = compare_definitions(*tables).set_index("feature")
    assert len(table) == 40
    assert table["agrees"].sum() == 22
    assert (table.loc[table["agrees"], "largest_difference"] < 1e-9).all()
    assert (table.loc[~table["agrees"], "largest_difference"] > 1e-6).all()
    page = agreement_page(table.reset_index(), "here")
    assert "22 of 40" in page.caption
    words = {row[0]: row[page.header.index("Higher means")] for row in page.rows}
    assert words["GLRLM_LRE"] == "more long runs"


def test_a_claim_that_does_not_hold_is_an_error(tables):
    ours, theirs = tables
    wrong = theirs.assign(glszm_SmallAreaEmphasis=theirs["glszm_SmallAreaEmphasis"] * 1.01)
    with pytest.raises(ValueError, match=r"GLSZM_SZE .* should agree and differ by 0\.01"):
        compare_definitions(ours, wrong)


def test_rows_are_joined_by_name(tables):
    ours, theirs = tables
    pd.testing.assert_frame_equal(
        compare_definitions(ours, theirs), compare_definitions(ours, theirs[::-1])
    )
    with pytest.raises(ValueError, match="not the same patients"):
        compare_definitions(ours, theirs.assign(patient="B"))
