import numpy as np
import pytest

import toolbox_reference
from npcradiomics.features.extraction import FEATURE_NAMES, extract
from npcradiomics.features.kernels import scan
from npcradiomics.features.quantization import fit
from npcradiomics.features.subregions import SubregionExtractor, warm_cache

RNG = np.random.default_rng(0)
SHAPE = (10, 16, 18)
Z, Y, X = np.indices(SHAPE)
GTV = ((Z - 5) / 4.5) ** 2 + ((Y - 8) / 7) ** 2 + ((X - 8) / 8) ** 2 < 1
GTV &= RNG.random(SHAPE) < 0.97
VOLUME = RNG.normal(300, 60, SHAPE)


def all_values(*arguments, **options):
    return np.array(list(extract(*arguments, **options).features.values()))


@pytest.mark.parametrize("dtype", [np.int16, np.uint8, np.float32, np.float64])
@pytest.mark.parametrize("n_levels", [8, 256])
def test_region_and_remainder_equal_extract_to_the_last_bit(dtype, n_levels):
    volume = VOLUME.clip(0, 255).astype(dtype) if dtype == np.uint8 else VOLUME.astype(dtype)
    extractor = SubregionExtractor(volume, GTV, n_levels)
    # In one go: what one draw leaves in the buffers must not reach the next.
    for region in (
        GTV & (X < 6),
        GTV & (Z == 5),
        GTV & (RNG.random(SHAPE) < 0.5),
        GTV & (Y > 3),
        GTV & (X < 6),
    ):
        measured = extractor.measure(extractor.members(region))
        expected = [all_values(volume, part, n_levels=n_levels) for part in (region, GTV & ~region)]
        assert np.array_equal(measured, expected, equal_nan=True)


def test_shared_quantizer_equals_fit_mask():
    region = GTV & (X < 7)
    extractor = SubregionExtractor(VOLUME, GTV, 32, shared=fit(VOLUME[GTV], 32))
    expected = [
        all_values(VOLUME, part, n_levels=32, fit_mask=GTV) for part in (region, GTV & ~region)
    ]
    assert np.array_equal(extractor.measure(extractor.members(region)), expected)


def test_reference_tumour_in_its_two_regions():
    volume, features = toolbox_reference.load_case("syn_tiny")
    extractor = SubregionExtractor(volume["volume"], volume["gtv"], 32)
    measured = extractor.measure(extractor.members(volume["recurrent"]))
    for row, region in zip(measured, ("recurrent", "non_recurrent"), strict=True):
        expected = toolbox_reference.flat_features(features[region]["Other_none_Lloyd32_matlab"])
        for name, value in expected.items():
            assert row[FEATURE_NAMES.index(name)] == pytest.approx(value, rel=1e-10)


def test_undefined_features_are_nan_in_their_column_only():
    region = np.zeros(SHAPE, bool)
    region[5, 8, 4] = region[5, 8, 8] = region[2, 8, 8] = True  # no two are neighbours
    extractor = SubregionExtractor(VOLUME, GTV | region, 16)
    measured = extractor.measure(extractor.members(region))
    undefined = {
        name for name, value in zip(FEATURE_NAMES, measured[0], strict=True) if np.isnan(value)
    }
    assert {name.split("_")[0] for name in undefined} == {"GLCM", "NGTDM"} and len(undefined) == 14
    assert not np.isnan(measured[1]).any()


def test_bad_input_is_refused_with_its_numbers():
    extractor = SubregionExtractor(np.where(X < 6, 7.0, VOLUME), GTV)
    with pytest.raises(ValueError, match="region: region is empty"):
        extractor.measure(np.zeros(extractor.n_voxels, bool))
    with pytest.raises(ValueError, match="remainder: region has 1 voxel"):
        extractor.measure(np.arange(extractor.n_voxels) > 0)
    with pytest.raises(ValueError, match=r"region: all .* values are 7:"):
        extractor.measure(extractor.members(GTV & (X < 6)))
    with pytest.raises(ValueError, match=r"members is bool \(3,\)"):
        extractor.measure(np.ones(3, bool))
    with pytest.raises(ValueError, match="mask has shape"):
        extractor.members(np.ones((2, 2, 2)))
    with pytest.raises(ValueError, match="gtv is empty"):
        SubregionExtractor(VOLUME, np.zeros(SHAPE))


def test_warming_the_cache_compiles_what_an_extraction_uses():
    warm_cache()
    before = len(scan.signatures)
    extract(VOLUME, GTV)
    assert len(scan.signatures) == before > 0
