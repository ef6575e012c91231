"""Levels of the pyramid: per axis, in place, bounded."""

import numpy as np
import pytest
import SimpleITK as sitk

from npcradiomics.images.grids import voxel_points
from npcradiomics.registration.pyramid import (
    clip,
    crop,
    noise_share,
    quietened,
    region_level,
    shrink,
)
from small_head import grid, image_of, points_of


def test_shrink_leaves_thick_slices_alone_and_voxels_in_place():
    like = grid((40, 36, 10), (0.5, 0.5, 5.0), np.zeros(3), (10.0, 5.0, -8.0), True)
    points = points_of(like)
    ramp = image_of(points @ [1.0, 2.0, 3.0], like, np.float32)
    small = shrink(ramp, 2.0)
    assert small.GetSize() == (10, 9, 10)
    assert small.GetSpacing() == pytest.approx((2.0, 2.0, 5.0))
    # The mean of a linear ramp over a block is its value at the block's centre.
    assert sitk.GetArrayFromImage(small).ravel() == pytest.approx(
        points_of(small) @ [1.0, 2.0, 3.0], abs=1e-3
    )


def test_crop_holds_the_points_and_the_margin_and_no_more():
    image = grid((100, 100, 30), (1.0, 1.0, 4.0), np.zeros(3))
    part = crop(image, np.array([[0.0, 0.0, 0.0]]), 10.0)
    points = points_of(part)
    assert points.min(axis=0) == pytest.approx((-10.5, -10.5, -10.0))
    assert points.max(axis=0) == pytest.approx((10.5, 10.5, 10.0))
    with pytest.raises(ValueError, match=r"nothing of the region.*\(100, 100, 30\) voxels"):
        crop(image, np.array([[300.0, 0.0, 0.0]]), 10.0)


def test_region_is_the_mask_and_its_margin_in_at_most_so_many_voxels():
    image = grid((60, 60, 60), (1.0, 1.0, 1.0), np.zeros(3))
    distance = np.linalg.norm(points_of(image), axis=1)
    noise = np.random.default_rng(0).normal(size=distance.size)
    mask = image_of(distance < 5.0, image, np.uint8)
    level, used = region_level(image_of(noise, image, np.float32), mask, 12.0, 1.0, 99.5, 10**6)
    radii = np.linalg.norm(voxel_points(used), axis=1)
    assert level.GetSize() == used.GetSize()
    assert 16.0 < radii.max() <= 17.0
    assert len(radii) == pytest.approx(4 / 3 * np.pi * 16.7**3, rel=0.05)
    small, _ = region_level(image_of(noise, image, np.float32), mask, 12.0, 1.0, 99.5, 10_000)
    assert np.prod(small.GetSize()) <= 10_000


def test_clip_cuts_the_tail_only():
    values = np.arange(1000, dtype=np.float32).reshape(10, 10, 10)
    clipped = sitk.GetArrayFromImage(clip(sitk.GetImageFromArray(values), 99.0)).ravel()
    assert clipped.max() == pytest.approx(np.percentile(values, 99.0))
    assert (clipped[:990] == np.arange(990)).all()
    spike = np.zeros((10, 10, 10), dtype=np.float32)
    spike[5, 5, 5] = 7.0
    assert sitk.GetArrayFromImage(clip(sitk.GetImageFromArray(spike), 99.0)).max() == 7.0
    with pytest.raises(ValueError, match="all 1000 voxels of the region have the value 0"):
        clip(sitk.GetImageFromArray(spike * 0), 99.0)


def test_noise_is_its_sd_over_the_range_of_grey_values():
    like = grid((60, 60, 20), (1.0, 1.0, 4.0), np.zeros(3))
    points = points_of(like)
    noise = np.random.default_rng(3).normal(size=len(points))
    # One step of 400 along x: few voxels lie at its edge, and the edge hardly moves a median.
    step = 400.0 * (points[:, 0] > 0.0)
    for sd in (8.0, 40.0):
        noisy = image_of(step + sd * noise, like, np.float32)
        low, high = np.percentile(step + sd * noise, [1, 99])
        assert noise_share(noisy) == pytest.approx(sd / (high - low), rel=0.05)
    assert noise_share(image_of(np.ones(len(points)), like, np.float32)) == 0.0


def test_only_noisy_images_are_smoothed():
    like = grid((40, 40, 40), (1.0, 1.0, 1.0), np.zeros(3))
    noise = image_of(np.random.default_rng(4).normal(size=40**3), like, np.float32)
    assert quietened(noise, 0.9, 1.0) is noise
    smooth = sitk.GetArrayFromImage(quietened(noise, 0.1, 2.0))[10:30, 10:30, 10:30]
    # White noise through a Gaussian of SD s in three dimensions keeps (4 pi s^2)^(-3/4) of its SD.
    assert smooth.std() == pytest.approx((4 * np.pi * 4.0) ** -0.75, rel=0.1)
