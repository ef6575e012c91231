"""Maps voxel by voxel: against pyradiomics' own, against the features of each neighbourhood, closed forms."""

import logging

import numpy as np
import pytest
import SimpleITK as sitk
from scipy import ndimage, stats

from npcradiomics.features.definitions import DEFINITIONS
from npcradiomics.features.extraction import FEATURE_NAMES
from npcradiomics.features.histogram import histogram_features
from npcradiomics.features.quantization import fit
from npcradiomics.features.toolbox import texture_features
from npcradiomics.features.voxel_maps import voxel_maps
from repository import ROOT

SHARED = [one for one in DEFINITIONS if one.agrees and one.feature.startswith(("GLRLM_", "GLSZM_"))]
PLAIN = {"n_levels": 8, "quantizer": "lloyd"}


def tumour(thick=7):
    """Smooth noise in an ellipsoid with a hole and a voxel alone, thin at its ends."""
    shape = (thick + 2, 16, 18)
    volume = np.rint(1000 * ndimage.gaussian_filter(np.random.default_rng(0).normal(size=shape), 1))
    z, y, x = (
        (k - (n - 1) / 2) / (n / 2 - 1) for k, n in zip(np.indices(shape), shape, strict=True)
    )
    mask = z**2 + y**2 + x**2 < 0.95
    mask[thick // 2 + 1, 7:9, 3:6] = False
    return volume, mask


def pyradiomics_maps(levels, radius):
    """{class_Feature: map (z, y, x)} by pyradiomics' extractor and this study's settings file."""
    from radiomics.featureextractor import RadiomicsFeatureExtractor

    logging.getLogger("radiomics").setLevel(logging.ERROR)
    extractor = RadiomicsFeatureExtractor(str(ROOT / "config/heterogeneity/pyradiomics.yaml"))
    extractor.settings |= {"kernelRadius": radius, "maskedKernel": True, "voxelBatch": 100}
    extractor.disableAllFeatures()
    extractor.enableFeaturesByName(glrlm=[], glszm=[])
    mask = sitk.GetImageFromArray((levels > 0).astype(np.uint8))
    image = sitk.GetImageFromArray(levels.astype(np.float64))
    maps = {}
    for name, result in extractor.execute(image, mask, voxelBased=True).items():
        if isinstance(result, sitk.Image):
            volume = np.full(levels.shape, np.nan)
            x, y, z = (int(part) for part in result.GetOrigin())  # cropped
            values = sitk.GetArrayFromImage(result)
            nz, ny, nx = values.shape
            volume[z : z + nz, y : y + ny, x : x + nx] = values
            maps[name.removeprefix("original_")] = volume
    return maps


def every_direction_has_a_pair(mask, radius):
    """Whether a neighbourhood has two voxels in line in each of the 13 directions, (z, y, x)."""
    complete = np.ones(mask.shape, bool)
    for step in (np.array(one) - 1 for one in np.ndindex(3, 3, 3)):
        if not step.any():
            continue
        starts = np.zeros(mask.shape, bool)
        where = np.argwhere(mask)
        ends = where + step
        kept = ((ends >= 0) & (ends < mask.shape)).all(axis=1)
        kept[kept] = mask[tuple(ends[kept].T)]
        starts[tuple(where[kept].T)] = True
        # Both ends within the cube round a voxel.
        cube = np.ones((2 * radius + 1,) * 3, bool)
        for axis, move in enumerate(step):
            if move:
                part = [slice(None)] * 3
                part[axis] = slice(-1, None) if move > 0 else slice(0, 1)
                cube[tuple(part)] = False
        # binary_dilation by the mirrored cube: there is a start within reach.
        complete &= ndimage.binary_dilation(starts, cube[::-1, ::-1, ::-1])
    return complete


@pytest.mark.parametrize(("radius", "n_levels"), [(1, 8), (2, 32)])
def test_maps_are_pyradiomics_where_definitions_are_shared(radius, n_levels):
    """But for runs where pyradiomics leaves out a direction because no two voxels lie in it."""
    assert len(SHARED) == 22
    volume, mask = tumour()
    levels = np.zeros(mask.shape, int)
    levels[mask] = fit(volume[mask], n_levels).apply(volume[mask])
    names = [one.feature for one in SHARED]
    ours = voxel_maps(volume, mask, names, radius=radius, n_levels=n_levels, quantizer="lloyd")
    theirs = pyradiomics_maps(levels, radius)
    complete = every_direction_has_a_pair(mask, radius)[mask]
    assert complete.mean() > 0.98
    for column, one in zip(ours.T, SHARED, strict=True):
        compared = complete if one.feature.startswith("GLRLM_") else np.ones(complete.size, bool)
        expected = theirs[one.pyradiomics][mask]
        np.testing.assert_allclose(
            column[compared], expected[compared], rtol=1e-8, atol=0, err_msg=one.feature
        )


@pytest.mark.parametrize("thick", [7, 1])
def test_every_voxel_has_the_features_of_its_neighbourhood(thick):
    volume, mask = tumour(thick)
    fitted = fit(volume[mask], 8)
    maps = voxel_maps(volume, mask, FEATURE_NAMES, radius=1, **PLAIN)
    voxels = np.argwhere(mask)
    slices = []
    for k in range(0, len(voxels), 11):
        around = tuple(slice(part - 1, part + 2) for part in voxels[k])
        inside = mask[around]
        levels = np.where(inside, fitted.apply(volume[around]), 0)
        expected = histogram_features(volume[around][inside]) | texture_features(levels, 8)
        np.testing.assert_allclose(
            maps[k], [expected[name] for name in FEATURE_NAMES], rtol=1e-10, atol=1e-12
        )
        slices.append(np.count_nonzero(inside.any(axis=(1, 2))))
    assert min(slices) == (1 if thick == 1 else 2)


def test_moments_of_a_slope_are_the_closed_form():
    """Mean of a cube on a slope: its centre; variance: 27/26 of 2/3 of the squared step."""
    volume = 10 * np.indices((7, 9, 9))[2] + 3
    mask = np.ones(volume.shape, bool)
    names = ["Intensity_Mean", "Intensity_Variance", "Intensity_Skewness"]
    maps = voxel_maps(volume, mask, names, radius=1, **PLAIN).reshape(*volume.shape, 3)
    inner = maps[1:-1, 1:-1, 1:-1]
    np.testing.assert_allclose(inner[..., 0], volume[1:-1, 1:-1, 1:-1], rtol=1e-12)
    np.testing.assert_allclose(inner[..., 1], 100 * 2 / 3 * 27 / 26, rtol=1e-12)
    np.testing.assert_allclose(inner[..., 2], 0, atol=1e-12)


def test_a_planted_texture_is_seen_where_it_is():
    """Two halves of the same values, one white noise, one smooth: no histogram tells them apart."""
    rng = np.random.default_rng(1)
    white = rng.normal(size=(8, 24, 24))
    smooth = ndimage.gaussian_filter(rng.normal(size=white.shape), 1.5)
    ordered = np.sort(white, axis=None)
    smooth = ordered[stats.rankdata(smooth, method="ordinal").reshape(white.shape) - 1]
    volume = np.concatenate([white, smooth], axis=2)
    mask = np.ones(volume.shape, bool)
    names = ["NGTDM_Complexity", "GLCM_Homogeneity", "GLCM_Contrast", "Intensity_Mean"]
    maps = voxel_maps(volume, mask, names, radius=2, n_levels=32, quantizer="lloyd")
    planted = np.indices(volume.shape)[2].ravel() >= 24
    areas = [
        stats.mannwhitneyu(column[planted], column[~planted]).statistic
        / (planted.sum() * (~planted).sum())
        for column in maps.T
    ]
    assert areas[0] < 0.05
    assert areas[1] > 0.95
    assert areas[2] < 0.05
    assert abs(areas[3] - 0.5) < 0.1


def test_what_does_not_exist_is_nan():
    volume, mask = np.arange(600.0).reshape(6, 10, 10), np.zeros((6, 10, 10), bool)
    mask[:3, :5, :5] = True
    mask[5, 9, 9] = True  # a voxel alone
    volume[:3, :5, :4] = 7.0  # of one level
    names = ["GLRLM_SRE", "GLSZM_ZP", "GLCM_Energy", "NGTDM_Contrast", "Intensity_Mean"]
    names.append("Intensity_Kurtosis")
    maps = voxel_maps(volume, mask, names, radius=1, **PLAIN)
    assert np.isnan(maps[-1, :4]).all()
    assert maps[-1, 4] == 599.0
    assert np.isnan(maps[-1, 5])
    assert maps[0, 1] == 1 / 8  # a corner: one zone of 8 voxels
    assert np.isnan(maps[0, 3])
    assert np.isnan(maps[0, 5])


def test_bad_input_is_one_clear_line():
    volume, mask = tumour()
    with pytest.raises(ValueError, match=r"'NGTDM_Busynes'; did you mean NGTDM_Busyness\?"):
        voxel_maps(volume, mask, ["NGTDM_Busynes"], radius=1, **PLAIN)
    with pytest.raises(ValueError, match="radius is 0"):
        voxel_maps(volume, mask, ["GLCM_Energy"], radius=0, **PLAIN)
    with pytest.raises(ValueError, match=r"empty \(0 voxels\)"):
        voxel_maps(volume, np.zeros_like(mask), ["GLCM_Energy"], radius=1, **PLAIN)
