import logging

import numpy as np
import pytest
import SimpleITK as sitk

from npcradiomics.features.definitions import DEFINITIONS
from npcradiomics.features.extraction import FEATURE_NAMES, extract

TEXTURE = [row for row in DEFINITIONS if not row.feature.startswith("Intensity")]


def test_every_feature_has_one_complete_row_in_order():
    assert tuple(row.feature for row in DEFINITIONS) == FEATURE_NAMES
    for row in DEFINITIONS:
        assert all((row.family, row.printed, row.formula, row.unit, row.source)), row
        assert row.agrees == (row.difference == "")


def test_22_of_the_40_agree_with_pyradiomics():
    assert sum(row.agrees for row in TEXTURE) == 22


@pytest.fixture(scope="module")
def both():
    """Ours and pyradiomics' features of one quantized region, unit spacing and binWidth 1."""
    radiomics = pytest.importorskip("radiomics", reason="pyradiomics is not installed")
    logging.getLogger("radiomics").setLevel(logging.ERROR)
    rng = np.random.default_rng(5)
    volume = np.cumsum(rng.normal(size=(8, 12, 12)), axis=2)
    mask = rng.random(volume.shape) < 0.7
    ours = extract(volume, mask, n_levels=24)
    label = sitk.GetImageFromArray(mask.astype(np.uint8))
    theirs = {}
    for family in ("firstorder", "glcm", "glrlm", "glszm", "ngtdm"):
        module = __import__(f"radiomics.{family}", fromlist=["*"])
        name = "FirstOrder" if family == "firstorder" else family.upper()
        image = volume if family == "firstorder" else ours.levels.astype(float)
        weighting = {"weightingNorm": "euclidean"} if family == "glrlm" else {}
        features = getattr(module, f"Radiomics{name}")(
            sitk.GetImageFromArray(image), label, binWidth=1, **weighting
        )
        features.enableAllFeatures()
        theirs |= {f"{family}_{key}": float(value) for key, value in features.execute().items()}
    assert radiomics.__version__
    return ours.features, theirs


@pytest.mark.parametrize(
    "row", [row for row in DEFINITIONS if row.pyradiomics], ids=lambda row: row.feature
)
def test_the_claim_about_pyradiomics_is_true(row, both):
    ours, theirs = both
    difference = abs(theirs[row.pyradiomics] / ours[row.feature] - 1)
    if row.agrees:
        assert difference < 1e-12
    else:
        assert difference > 1e-6
