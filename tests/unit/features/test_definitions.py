import logging
import re

import numpy as np
import pytest
import SimpleITK as sitk
from scipy import ndimage

from npcradiomics.features import definitions, extraction, histogram
from npcradiomics.features.definitions import DEFINITIONS
from npcradiomics.features.extraction import FEATURE_NAMES, extract
from npcradiomics.features.toolbox import FAMILIES, texture_features
from npcradiomics.publication.tables import heterogeneity

TEXTURE = [row for row in DEFINITIONS if not row.feature.startswith("Intensity")]


def test_every_feature_has_one_complete_row_in_order():
    assert tuple(row.feature for row in DEFINITIONS) == FEATURE_NAMES
    for row in DEFINITIONS:
        assert all((row.family, row.printed, row.formula, row.unit, row.higher, row.source)), row
        assert row.agrees == (row.difference == "")


MEDIAN = definitions.DEFINITIONS[0]._replace(feature="Intensity_Median", printed="median")


def measure_median_too(monkeypatch):
    """Code of a 48th feature, as somebody would add it to histogram.py."""
    moments, names = histogram.moments, (*histogram.HISTOGRAM_NAMES, "Intensity_Median")
    monkeypatch.setattr(histogram, "HISTOGRAM_NAMES", names)
    monkeypatch.setattr(histogram, "moments", lambda v: np.append(moments(v), np.median(v)))
    monkeypatch.setattr(extraction, "FEATURE_NAMES", names + extraction.TEXTURE_NAMES)


def list_median_too(monkeypatch):
    rows = (*definitions.DEFINITIONS, MEDIAN)
    monkeypatch.setattr(definitions, "DEFINITIONS", rows)
    monkeypatch.setattr(definitions, "FEATURES", tuple(row.feature for row in rows))
    monkeypatch.setattr(heterogeneity, "DEFINITIONS", rows)


REGION = np.random.default_rng(8).normal(100, 20, (4, 8, 8)), np.ones((4, 8, 8), bool)


def test_a_48th_feature_with_code_and_row_is_measured_and_stands_in_table_1(monkeypatch):
    measure_median_too(monkeypatch)
    list_median_too(monkeypatch)
    features = extract(*REGION).features
    assert len(features) == 48
    assert features["Intensity_Median"] == np.median(REGION[0])
    assert features["GLCM_Energy"] > 0
    assert heterogeneity.table1("").caption.startswith("Table 1. 48 features")
    assert "hyperflatness, median" in heterogeneity.table1("").rows[0][1]
    assert list(heterogeneity.table1_data()["feature"]) == [*FEATURE_NAMES, "Intensity_Median"]


@pytest.mark.parametrize(
    ("half", "words"),
    [
        (
            measure_median_too,
            "48 .* lists 47; measured and not listed: Intensity_Median; a feature",
        ),
        (list_median_too, "47 .* lists 48; listed and not measured: Intensity_Median; a feature"),
    ],
)
def test_half_a_feature_is_refused(monkeypatch, half, words):
    half(monkeypatch)
    with pytest.raises(ValueError, match=words):
        extract(*REGION)


def test_a_value_without_a_name_is_refused(monkeypatch):
    moments = histogram.moments
    monkeypatch.setattr(histogram, "moments", lambda v: np.append(moments(v), np.median(v)))
    with pytest.raises(
        ValueError, match="8 histogram features are measured, HISTOGRAM_NAMES has 7"
    ):
        extract(*REGION)


@pytest.mark.parametrize("family", FAMILIES)
def test_kernels_measure_every_texture_feature_that_is_named(family):
    """A name that no kernel fills would be NaN."""
    features = extract(*REGION).features
    for name in FAMILIES[family]:
        assert np.isfinite(features[f"{family}_{name}"])


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


def in_16_levels(field, power=1.0):
    """Levels 1 to 16 in the order of a field; power 1 makes them alike in number, 3 most of them low."""
    ranks = field.ravel().argsort().argsort().reshape(field.shape) / field.size
    return (1 + np.floor(16 * ranks**power)).astype(np.int32)


def test_what_a_higher_value_means_holds_on_planted_textures():
    noise = np.random.default_rng(0).normal(size=(12, 24, 24))
    fine, coarse, low = (
        texture_features(in_16_levels(*field), 16)
        for field in ((noise,), (ndimage.gaussian_filter(noise, 1.5),), (noise, 3.0))
    )
    high = texture_features(17 - in_16_levels(noise, 3.0), 16)
    rough = ("differ more", "change faster", "more short", "more small", "more and smaller")
    smooth = ("neighbours are more alike", "neighbours go together", "change more slowly")
    smooth += ("more long", "more large")
    counted = dict.fromkeys(("rough", "smooth", "high", "low"), 0)
    for name, words in ((row.feature, row.higher) for row in TEXTURE):
        if any(part in words for part in rough):
            assert coarse[name] < fine[name], name
            counted["rough"] += 1
        if any(part in words for part in smooth):
            assert coarse[name] > fine[name], name
            counted["smooth"] += 1
        if re.search("runs of high levels|^higher levels", words):
            assert high[name] > 1.5 * low[name], name
            counted["high"] += 1
        if "runs of low levels" in words:
            assert high[name] < low[name] / 1.5, name
            counted["low"] += 1
    assert counted == {"rough": 13, "smooth": 10, "high": 5, "low": 3}
