"""Contours on the grid of a further sequence: balls of known volume go where the transform says, and a grid too coarse is named."""

import numpy as np
import pytest
import SimpleITK as sitk

from npcradiomics.features.extraction import FEATURE_NAMES, extract
from npcradiomics.features.region_meter import RegionMeter
from npcradiomics.images.masks import centroid, volume_ml
from npcradiomics.images.transforms import apply, euler
from npcradiomics.regions.carried import carry_regions
from small_head import ball, grid, image_of

CENTRE, GTV_MM, GTVR_MM = np.array([4.0, -7.0, 3.0]), 18.0, 11.0
ASKED = {"recurrent": "whole", "min_voxels": 64}


@pytest.fixture(scope="module")
def planning():
    """GTV and GTVr as balls on a tilted grid of 3 mm slices."""
    like = grid((96, 96, 32), (0.9, 0.9, 3.0), np.zeros(3), tilt_deg=(4.0, -3.0, 8.0), flip=True)
    return ball(like, CENTRE, GTV_MM), ball(like, CENTRE, GTVR_MM)


def test_balls_keep_their_volume_on_an_oblique_grid_and_lie_where_the_transform_puts_them(planning):
    sequence = grid((100, 90, 20), (1.1, 1.1, 4.0), np.zeros(3), tilt_deg=(-14.0, 9.0, 25.0))
    transform = euler(CENTRE, np.radians([6.0, -4.0, 10.0]), (5.0, -3.0, 7.0))
    found = carry_regions(*planning, sequence, transform, **ASKED)
    there = apply(transform, CENTRE[None])[0]
    for name, radius in (("gtv", GTV_MM), ("gtvr", GTVR_MM)):
        mask = image_of(found.masks[name].ravel(), sequence, np.uint8)
        assert volume_ml(mask) == pytest.approx(4 / 3 * np.pi * radius**3 / 1000, rel=0.03)
        # The other direction of the transform would be 18 mm off.
        assert centroid(mask) == pytest.approx(there, abs=0.15)
        assert found.report[f"{name}_carried"]["after_ml"] == volume_ml(mask)
    split = found.masks["recurrent"].astype(int) + found.masks["non_recurrent"]
    assert np.array_equal(split, found.masks["gtv"])
    assert found.report["recurrent_voxels"] == np.count_nonzero(found.masks["gtvr"])


def test_features_are_those_of_the_sequences_own_voxels(planning):
    """The voxels are not resampled: extract() of the sequence as it is, by hand."""
    sequence = grid((60, 60, 14), (1.1, 1.1, 4.0), np.zeros(3), tilt_deg=(-14.0, 9.0, 25.0))
    volume = np.random.default_rng(4).normal(900, 90, sequence.GetSize()[::-1])
    masks = carry_regions(*planning, sequence, sitk.Euler3DTransform(), **ASKED).masks
    settings = {"n_levels": 32, "quantizer": "lloyd", "quantizer_fit": "region"}
    settings |= {"outliers": "none", "resampling": "none"}
    meter = RegionMeter(volume, masks["gtv"], (4.0, 1.1, 1.1), settings)
    inside = masks["recurrent"].ravel()[np.flatnonzero(masks["gtv"])]
    for region, values in zip(("recurrent", "non_recurrent"), meter.measure(inside), strict=True):
        mean = volume[masks[region]].mean()
        assert values[FEATURE_NAMES.index("Intensity_Mean")] == pytest.approx(mean, rel=1e-12)
        direct = extract(volume, masks[region], n_levels=32).features
        assert values == pytest.approx([direct[name] for name in FEATURE_NAMES], rel=1e-9)


def test_a_grid_too_coarse_is_named_with_its_voxels(planning):
    coarse = grid((20, 20, 8), (8.0, 8.0, 12.0), np.zeros(3))
    with pytest.raises(ValueError, match=r"own grid, voxels of 8 x 8 x 12 mm: recurrent region"):
        carry_regions(*planning, coarse, sitk.Euler3DTransform(), **ASKED)
    with pytest.raises(ValueError, match=r"8 x 8 x 12 mm: nothing of the carried contour \(24"):
        beside = euler(np.zeros(3), translation_mm=(400.0, 0.0, 0.0))
        carry_regions(*planning, coarse, beside, **ASKED)
