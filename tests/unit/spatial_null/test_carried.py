"""Draws in a further sequence: the same places, on whatever grid; features of its own voxels; and who is out."""

import numpy as np
import pytest
import SimpleITK as sitk

from hook_draws import PLAIN, VOLUME, hook_draws
from hook_in_a_tumour import GTV, HOOK, SPACING, image
from npcradiomics.features.extraction import FEATURE_NAMES, extract
from npcradiomics.images.masks import carry_mask, carry_parts
from npcradiomics.images.transforms import euler
from npcradiomics.spatial_null.carried import left_out, measure_carried
from npcradiomics.spatial_null.draws import read, write


@pytest.fixture(scope="module")
def drawn():
    return hook_draws()


def carried(drawn, sequence, volume, gtv, transform, settings=PLAIN):
    """The draws on the grid of a mask image `gtv`; transform: its points to those of the planning grid."""
    masks = (drawn.masks(k, k + 1)[0] for k in range(drawn.n_draws + 1))
    places = carry_parts(masks, image(GTV), gtv, transform)
    spacing, inside = gtv.GetSpacing()[::-1], sitk.GetArrayFromImage(gtv) > 0
    told = {"extraction": settings, "tell": lambda line: None}
    return measure_carried(drawn, sequence, places, volume, inside, spacing, **told)


def overlaps(draws):
    """Voxels that each pair of regions shares."""
    bits = np.unpackbits(draws.members, axis=1, count=draws.cells.size).astype(int)
    return bits @ bits.T


def test_on_its_own_grid_with_its_own_voxels_a_sequence_has_the_main_ones_draws(drawn):
    same = carried(drawn, "t2", VOLUME, image(GTV), sitk.Euler3DTransform())
    assert np.array_equal(same.features, drawn.features)
    assert np.array_equal(same.covariates, drawn.covariates)
    assert np.array_equal(same.members, drawn.members)
    assert same.reason == "" and same.n_draws == 12
    # Surrogates are drawn anew.
    means = FEATURE_NAMES.index("Intensity_Mean")
    assert same.surrogate_features.shape == drawn.surrogate_features.shape == (3, 2, 47)
    assert (same.surrogate_features != drawn.surrogate_features)[:, :, means].all()


def test_on_a_grid_turned_over_every_place_is_the_same_place(drawn):
    """Rows run backwards and slices downwards: voxels are the same, their order is another."""
    turned = sitk.Flip(image(GTV), [False, True, True])
    volume = VOLUME[::-1, ::-1]
    found = carried(drawn, "t2", volume, turned, sitk.Euler3DTransform())
    assert np.array_equal(overlaps(found), overlaps(drawn))
    for k in range(13):
        assert np.array_equal(found.masks(k, k + 1)[0][::-1, ::-1], drawn.masks(k, k + 1)[0])
    assert found.features == pytest.approx(drawn.features, rel=1e-9)
    assert found.covariates == pytest.approx(drawn.covariates, rel=1e-12)


def test_on_a_finer_grid_places_share_what_they_share_and_are_measured_by_extract(drawn):
    """Half the voxel size, moved and turned: overlaps in mm3 stay, to what a grid loses at the edges."""
    transform = euler(np.zeros(3), np.radians([0.0, 0.0, 20.0]), (3.0, -2.0, 1.0))
    frame = sitk.Image([2 * n + 40 for n in GTV.shape[::-1]], sitk.sitkUInt8)
    frame.SetSpacing([float(step) / 2 for step in SPACING[::-1]])
    frame.SetOrigin([-10.0 * float(step) for step in SPACING[::-1]])
    gtv = carry_mask(image(GTV), frame, transform)
    volume = np.random.default_rng(1).gamma(4.0, 30.0, gtv.GetSize()[::-1])
    found = carried(drawn, "adc", volume, gtv, transform, PLAIN | {"n_levels": 8})
    shared, before = overlaps(found) / 8, overlaps(drawn)
    assert shared == pytest.approx(before, abs=0.08 * before[0, 0])
    assert np.corrcoef(shared.ravel(), before.ravel())[0, 1] > 0.99
    region, whole = found.masks(0, 1)[0], sitk.GetArrayFromImage(gtv) > 0
    for part, values in ((region, found.features[0, 0]), (whole & ~region, found.features[0, 1])):
        direct = extract(volume, part, n_levels=8).features
        assert values == pytest.approx([direct[name] for name in FEATURE_NAMES], rel=1e-9)


def test_a_place_too_small_on_the_grid_has_no_values_and_is_told(drawn, tmp_path):
    nothing = np.zeros_like(GTV)
    places = [HOOK & GTV, nothing, *(drawn.masks(k, k + 1)[0] for k in range(2, 13))]
    told = {"extraction": PLAIN, "tell": lambda line: None}
    found = measure_carried(drawn, "t2", places, VOLUME, GTV, SPACING, **told)
    assert np.isnan(found.features[1]).all() and np.isfinite(found.features[2:]).all()
    assert "1 of the draws could not be measured" in found.notes
    none = measure_carried(drawn, "t2", [nothing], VOLUME, GTV, SPACING, **told)
    assert none.n_draws == 0 and "the observed region cannot be measured" in none.reason
    out = left_out(drawn, "registration failed")
    write(out, tmp_path / "draws.npz")
    again = read(tmp_path / "draws.npz")
    assert (again.reason, again.n_draws, len(again.surrogate_features)) == (
        "registration failed",
        0,
        0,
    )
    assert np.isnan(again.features).all() and again.features.shape == (1, 2, 47)


def test_a_part_is_carried_as_the_whole_contour_is():
    rng, transform = np.random.default_rng(3), euler(np.zeros(3), (0.1, 0.2, 0.3), (2.0, 1.0, 3.0))
    whole = image(GTV)
    carried_whole = carry_mask(whole, whole, transform)
    parts = [GTV & (rng.random(GTV.shape) < 0.8), np.zeros_like(GTV), HOOK & GTV]
    found = list(carry_parts(parts, whole, carried_whole, transform))
    for part, mask in zip(parts, found, strict=True):
        if part.any():
            full = sitk.GetArrayFromImage(carry_mask(image(part), whole, transform)) > 0
            assert np.array_equal(mask, full)
    assert not found[1].any()
