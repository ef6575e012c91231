import numpy as np
import pytest
from numpy.testing import assert_allclose

import toolbox_reference
from npcradiomics.features.extraction import FEATURE_NAMES, extract
from npcradiomics.features.histogram import histogram_features
from npcradiomics.features.quantization import fit
from npcradiomics.features.toolbox import texture_features


def options_of(setting, volume):
    """Our options for a reference setting such as MRscan_iso_Lloyd256_matlab."""
    scan, resampling, quantizer, _ = setting.split("_")
    return {
        "outliers": "3sigma" if scan == "MRscan" else "none",
        "resampling": "toolbox" if resampling == "iso" else "none",
        "quantizer": "lloyd" if quantizer.startswith("Lloyd") else "uniform",
        "n_levels": int(quantizer.removeprefix("Lloyd").removeprefix("Uniform")),
        "spacing_mm": volume["spacing_xyz"][::-1],
    }


@pytest.mark.parametrize("case", toolbox_reference.CASES)
def test_image_to_features_equals_the_original_toolbox(case):
    volume, _ = toolbox_reference.load_case(case)
    for region, setting, entry, arrays in toolbox_reference.runs(case):
        result = extract(volume["volume"], volume[region], **options_of(setting, volume))
        assert (result.n_voxels, result.branch) == (entry["n_voxels"], entry["branch"])
        assert result.undefined == {}
        assert tuple(result.features) == FEATURE_NAMES
        for name, value in toolbox_reference.flat_features(entry).items():
            assert result.features[name] == pytest.approx(value, rel=1e-10), (region, setting, name)
        if "_none_" in setting:
            assert np.array_equal(result.levels, arrays["levels"])
            assert result.largest_zone == arrays["GLSZM"].shape[1]
        if "Lloyd" in setting:
            assert_allclose(result.quantizer.thresholds, arrays["thresholds"], atol=1e-13)


def image_and_region(seed=0, shape=(9, 12, 14)):
    rng = np.random.default_rng(seed)
    volume = rng.normal(300, 60, shape).astype(np.float32)
    z, y, x = np.indices(shape)
    mask = ((z - 4) / 4) ** 2 + ((y - 6) / 5) ** 2 + ((x - 6) / 6) ** 2 < 1
    return volume, mask


def test_chain_is_the_modules_one_after_the_other():
    volume, mask = image_and_region()
    result = extract(volume, mask, n_levels=32)
    values = volume[mask]
    levels = np.zeros(volume.shape, int)
    levels[mask] = fit(values, 32).apply(values)
    assert np.array_equal(result.levels, levels)
    assert result.features == histogram_features(values) | texture_features(levels, 32)
    assert result.n_voxels == mask.sum()


def test_repeated_runs_are_equal_to_the_last_bit():
    volume, mask = image_and_region()
    first, second = extract(volume, mask), extract(volume, mask)
    assert first.features == second.features


def test_one_quantizer_for_the_gtv_is_applied_to_the_region():
    volume, gtv = image_and_region()
    region = gtv & (np.indices(gtv.shape)[2] < 5)
    result = extract(volume, region, fit_mask=gtv, n_levels=16)
    assert np.array_equal(result.levels[region], fit(volume[gtv], 16).apply(volume[region]))
    assert result.features["Intensity_Mean"] == extract(volume, region).features["Intensity_Mean"]
    # A region brighter than the one fitted on is clipped to the last level.
    dark = extract(volume + 1000.0 * region, region, fit_mask=gtv & ~region, n_levels=16)
    assert set(dark.levels[region]) == {16}


def test_optimal_quantizer_is_an_option():
    volume, mask = image_and_region()
    optimal, lloyd = extract(volume, mask, quantizer="optimal"), extract(volume, mask)
    assert optimal.quantizer.distortion < lloyd.quantizer.distortion


def test_outliers_leave_the_region_but_not_its_box():
    volume, mask = image_and_region()
    volume[4, 6, 6] = 5000.0
    result = extract(volume, mask, outliers="3sigma")
    values = volume[mask].astype(float)
    kept = np.abs(values - values.mean()) <= 3 * values.std(ddof=1)
    assert result.n_voxels == kept.sum() < mask.sum()
    assert result.levels[4, 6, 6] == 0
    # The box keeps its two slices although one loses its only voxel: the toolbox stays in its 3-D
    # branch.
    flat = np.zeros_like(mask)
    flat[3, 2:7, 2:7] = True
    flat[4, 6, 6] = True
    alone = extract(volume, flat, outliers="3sigma")
    assert alone.n_voxels == 25 and alone.branch == "3D"
    assert extract(volume, flat & (np.indices(flat.shape)[0] == 3)).branch == "2D"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mask": np.ones((2, 2, 2))}, r"mask has shape \(2, 2, 2\), the volume \(9, 12, 14\)"),
        ({"mask": np.zeros((9, 12, 14))}, r"mask is empty \(0 voxels\)"),
        ({"volume": np.full((9, 12, 14), 7)}, "values are 7: a constant region"),
        ({"volume": np.full((9, 12, 14), np.nan)}, "voxels in mask are NaN or infinite"),
        ({"volume": np.ones((12, 14))}, "2 axes"),
        ({"n_levels": 1}, "n_levels is 1;"),
        ({"quantizer": "best"}, "quantizer is 'best'; expected one of lloyd, optimal, uniform"),
        ({"outliers": "2sigma"}, "outliers is '2sigma'"),
        ({"resampling": "cubic"}, "resampling is 'cubic'"),
        ({"resampling": "toolbox"}, "needs spacing_mm"),
        ({"resampling": "isotropic", "spacing_mm": (5, 0.7, 0.8)}, "0.7 x 0.8 mm"),
        ({"fit_mask": np.zeros((9, 12, 14))}, "fit_mask is empty"),
    ],
)
def test_bad_input_is_refused_with_its_numbers(change, message):
    volume, mask = image_and_region()
    with pytest.raises(ValueError, match=message):
        extract(**({"volume": volume, "mask": mask} | change))


def test_one_voxel_is_refused():
    volume, mask = image_and_region()
    single = np.zeros_like(mask)
    single[4, 6, 6] = True
    with pytest.raises(ValueError, match="1 voxel;"):
        extract(volume, single)
