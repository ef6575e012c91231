"""The recurrence blurred by the registration's error: shares that can be counted."""

import numpy as np
import pytest
import SimpleITK as sitk

from npcradiomics.risk.scores import score
from npcradiomics.risk.target import blur_words, blurred_target
from small_head import grid, image_of


def slab():
    """A GTV of 20 voxels of 1 mm along x and a recurrence that is its half at x < 0 and reaches far out."""
    like = grid((40, 12, 10), (1.0, 1.0, 2.0), np.zeros(3))
    x = np.broadcast_to(np.arange(40) - 19.5, (10, 12, 40))
    gtv = np.zeros(x.shape, bool)
    gtv[3:7, 3:9] = np.abs(x[3:7, 3:9]) < 10
    return image_of(x < 0, like, np.uint8), image_of(gtv, like, np.uint8), x, gtv


def test_each_voxel_has_the_share_of_the_motions_that_leave_it_inside():
    gtvr, gtv, x, inside = slab()
    shifts = np.array([-4.0, -2.0, 0.0, 2.0, 4.0])
    motions = [sitk.TranslationTransform(3, (s, 0.0, 0.0)) for s in shifts]
    found = sitk.GetArrayFromImage(blurred_target(gtvr, gtv, motions))
    expected = ((x[..., None] + shifts) < 0).mean(axis=-1) * inside
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert found[inside & (x == -0.5)].mean() == np.float32(0.6)


def test_without_motions_the_target_is_sharp():
    gtvr, gtv, x, inside = slab()
    assert np.array_equal(sitk.GetArrayFromImage(blurred_target(gtvr, gtv, [])), inside & (x < 0))


def test_motions_beyond_the_tumour_leave_nothing_of_it():
    gtvr, gtv, *_ = slab()
    away = [sitk.TranslationTransform(3, (300.0, 0.0, 0.0))]
    assert sitk.GetArrayFromImage(blurred_target(gtvr, gtv, away)).max() == 0.0


def test_a_voxel_with_a_chance_counts_as_that_share_of_it():
    """The same as ten copies of each voxel, of which so many are recurrent as its chance says."""
    rng = np.random.default_rng(6)
    risk, tenths = rng.random(50).round(1), rng.integers(0, 11, 50)  # with ties
    boosts = {"coverage_10": 10, "coverage_30": 30}
    copies = np.concatenate([np.arange(10) < k for k in tenths])
    found = score(risk, tenths / 10, boosts)
    assert found == pytest.approx(score(np.repeat(risk, 10), copies, boosts))
    with pytest.raises(ValueError, match="50 of 50 voxels of the GTV are recurrent"):
        score(risk, np.ones(50), boosts)


def test_the_words_have_the_estimate_or_why_there_is_none():
    error = {"error_mm": 1.04, "low_mm": 0.16, "high_mm": 2.08}
    assert "moved 100 times by the estimated 1.0 mm (0.2 to 2.1)" in blur_words(error, 100, "")
    assert (
        blur_words(None, 0, "no interval: so")
        == "Scored on the recurrence as drawn: no interval: so."
    )
