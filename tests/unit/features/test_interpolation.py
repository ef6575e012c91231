import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import ndimage

import toolbox_reference
from npcradiomics.features.extraction import inliers
from npcradiomics.features.interpolation import resample_isotropic, resample_toolbox


@pytest.mark.parametrize("case", toolbox_reference.CASES)
def test_toolbox_resampling_equals_its_reference(case):
    volume, _ = toolbox_reference.load_case(case)
    n_checked = 0
    for region, setting, entry, arrays in toolbox_reference.runs(case):
        if "_iso_" not in setting or "resampled_raw" not in arrays:
            continue
        mask = volume[region] > 0
        box = ndimage.find_objects(mask.astype(int))[0]
        image, kept = volume["volume"][box], mask[box]
        kept[kept] = inliers(image[kept])
        image, kept = resample_toolbox(image, kept, volume["spacing_xyz"][::-1])
        expected, levels = arrays["resampled_raw"], arrays["levels"]
        if levels.shape == mask.shape:  # spacing 1 or one slice: written in the shape of the volume
            expected, levels = expected[box], levels[box]
        assert np.array_equal(kept, levels > 0)
        assert_allclose(np.where(kept, image, 0), expected, rtol=1e-12, atol=1e-9)
        assert entry["n_voxels"] == kept.sum()
        n_checked += 1
    assert n_checked == 6


def ramp(n=8, spacing=(5.0, 1.0, 1.0)):
    """A volume that rises by 10 per mm in z, its mask (the four middle slices), and its spacing."""
    volume = np.broadcast_to(10.0 * spacing[0] * np.arange(n)[:, None, None], (n, 4, 5)).copy()
    mask = np.zeros(volume.shape, bool)
    mask[n // 2 - 2 : n // 2 + 2, 1:3, 1:4] = True
    return volume, mask, spacing


def test_isotropic_keeps_a_linear_image_in_place():
    volume, mask, spacing = ramp(40)  # far from the ends, where mirroring bends the ramp
    image, region = resample_isotropic(volume, mask, spacing)
    assert image.shape == (200, 2, 3)
    # 5 new slices cover an old one: new slice k lies at (k - 2) mm, old slice i at 5 i mm.
    assert_allclose(image[80:120, 0, 0], 10.0 * (np.arange(80, 120) - 2), rtol=1e-6)
    assert region.sum() == 20 * 6 and region[90:110].all()


def test_isotropic_uses_the_slices_beyond_the_region():
    volume, mask, spacing = ramp()
    inner = resample_isotropic(volume, mask, spacing)
    volume[:2], volume[6:] = 1e4, -1e4
    outer = resample_isotropic(volume, mask, spacing)
    assert np.array_equal(inner[1], outer[1])
    assert not np.allclose(inner[0][inner[1]], outer[0][outer[1]])


def test_isotropic_image_equals_scipy():
    rng = np.random.default_rng(1)
    volume = rng.normal(size=(7, 5, 6))
    mask = np.ones(volume.shape, bool)
    image, region = resample_isotropic(volume, mask, (3.3, 0.8, 0.8))
    assert region.all() and len(image) == 29
    at = 3.0 + (np.arange(29) - 14.0) * 0.8 / 3.3
    coordinates = np.broadcast_arrays(
        at[:, None, None], np.arange(5.0)[None, :, None], np.arange(6.0)[None, None, :]
    )
    expected = ndimage.map_coordinates(volume, coordinates, order=3, mode="mirror")
    assert_allclose(image, expected, atol=1e-10)


def test_isotropic_volume_is_kept_and_regions_of_one_image_share_a_grid():
    rng = np.random.default_rng(2)
    volume, gtv, spacing = ramp(12, (4.0, 0.5, 0.5))
    gtv[3:9] = True
    part = gtv & (np.indices(gtv.shape)[0] < 6)
    volume += rng.normal(size=volume.shape)
    whole = resample_isotropic(volume, gtv, spacing)
    pieces = [resample_isotropic(volume, piece, spacing) for piece in (part, gtv & ~part)]
    assert whole[1].sum() == 8 * gtv.sum() == sum(mask.sum() for _, mask in pieces)
    assert all(np.array_equal(image, whole[0]) for image, _ in pieces)


def test_toolbox_way_shifts_and_darkens_what_the_correct_one_keeps():
    volume, mask, spacing = ramp()
    volume[:] = 100.0
    box = (slice(2, 6), slice(1, 3), slice(1, 4))
    toolbox, inside = resample_toolbox(volume[box], mask[box], spacing)
    correct, region = resample_isotropic(volume, mask, spacing)
    assert_allclose(correct[region], 100.0)
    assert toolbox[inside].min() < 90 and not inside[0].any()


@pytest.mark.parametrize("resample", [resample_toolbox, resample_isotropic])
def test_nothing_happens_to_isotropic_voxels_or_one_slice(resample):
    volume, mask, _ = ramp()
    box = (slice(None), slice(1, 3), slice(1, 4))
    image, region = resample(volume[box], mask[box], (1.0, 1.0, 1.0))
    assert np.array_equal(image, volume[box]) and np.array_equal(region, mask[box])
    image, region = resample(volume[2:3][box], mask[2:3][box], (5.0, 1.0, 1.0))
    assert np.array_equal(image, volume[2:3][box]) and np.array_equal(region, mask[2:3][box])


@pytest.mark.parametrize("resample", [resample_toolbox, resample_isotropic])
def test_unequal_in_plane_spacing_is_refused(resample):
    volume, mask, _ = ramp()
    with pytest.raises(ValueError, match=r"0\.7 x 0\.8 mm"):
        resample(volume, mask, (5.0, 0.7, 0.8))


def test_inliers_keep_the_limit_itself():
    # n values at 0 and one at d: d lies (n / sqrt(n + 1)) standard deviations (n - 1) from the
    # mean.
    values = np.array([0] * 9 + [1])
    assert inliers(values).all()  # 2.85 standard deviations
    values = np.array([0] * 11 + [1])
    assert inliers(values).tolist() == [True] * 11 + [False]  # 3.18 standard deviations
