"""Intensities normalised: a planted bias field is found, z-scores are what they say, and who is refused."""

import numpy as np
import pytest
import SimpleITK as sitk

from npcradiomics.features.extraction import extract
from npcradiomics.images.normalisation import bias_field, head_mask, normalise
from npcradiomics.refusal import Refusal

SPACING_XYZ = (2.0, 2.0, 5.0)
SHAPE = (24, 80, 80)


def as_image(values):
    image = sitk.GetImageFromArray(values)
    image.SetSpacing(SPACING_XYZ)
    return image


def example():
    """An ellipsoid head of three tissues in dark noise, its own bias field, and the tissues."""
    rng = np.random.default_rng(0)
    z, y, x = np.meshgrid(*(np.linspace(-1, 1, n) for n in SHAPE), indexing="ij")
    head = (z / 0.85) ** 2 + (y / 0.85) ** 2 + (x / 0.7) ** 2 < 1
    tissue = np.where(np.sin(9 * x) * np.cos(8 * y) * np.cos(5 * z) > 0.15, 2, 1)
    tissue[(z**2 + y**2 + x**2) < 0.1] = 3
    tissue[~head] = 0
    values = np.choose(tissue, [5.0, 300.0, 420.0, 600.0])
    field = np.exp(0.5 * x - 0.25 * y**2 + 0.2 * z * x)
    noisy = np.abs(values * field + rng.normal(0, 6.0, SHAPE))
    return as_image(noisy.astype(np.float32)), head, tissue, field


@pytest.fixture(scope="module")
def corrected():
    """The example without its bias field."""
    return normalise(example()[0], "n4")


def spread(values, tissue, k):
    inside = values[tissue == k]
    return inside.std() / inside.mean()


def test_the_head_is_found_with_what_lies_in_it():
    image, head, _, _ = example()
    found = sitk.GetArrayFromImage(head_mask(image)) > 0
    assert 2 * (found & head).sum() / (found.sum() + head.sum()) > 0.98


def test_a_planted_bias_field_is_found_and_tissues_are_alike_again(corrected):
    """Log fields correlate; what a tissue varied by the field is gone; the head keeps its level."""
    image, head, tissue, field = example()
    found = np.log(sitk.GetArrayFromImage(corrected.field))
    planted = np.log(field)
    assert np.corrcoef(found[head], planted[head])[0, 1] > 0.98
    values, flat = (sitk.GetArrayFromImage(each) for each in (image, corrected.image))
    for k in (1, 2):
        assert spread(values, tissue, k) > 0.15
        assert spread(flat, tissue, k) < 0.04  # 0.02 is noise
    assert found[sitk.GetArrayFromImage(head_mask(image)) > 0].mean() == pytest.approx(0, abs=1e-4)
    assert flat == pytest.approx(values / np.exp(found), rel=1e-4)
    assert (corrected.mean, corrected.sd) == (None, None)


def test_the_field_is_the_same_whatever_the_number_of_threads(corrected):
    image, *_ = example()
    before = sitk.ProcessObject.GetGlobalDefaultNumberOfThreads()
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(3)
    try:
        again = normalise(image, "n4").field
        assert sitk.ProcessObject.GetGlobalDefaultNumberOfThreads() == 3
    finally:
        sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(before)
    assert np.array_equal(*(sitk.GetArrayFromImage(field) for field in (again, corrected.field)))


def test_without_a_bias_field_little_is_changed():
    _, head, tissue, _ = example()
    rng = np.random.default_rng(1)
    flat = np.choose(tissue, [5.0, 300.0, 420.0, 600.0]) + rng.normal(0, 6.0, SHAPE)
    image = as_image(np.abs(flat).astype(np.float32))
    field = sitk.GetArrayFromImage(bias_field(image, head_mask(image)))[head]
    assert field.std() < 0.02


def test_z_scores_are_of_the_reference_and_the_same_on_every_scale(corrected):
    """(v / field - mean) / sd; twice the gain of the scanner gives the same numbers."""
    image, _, tissue, _ = example()
    reference = as_image((tissue == 3).astype(np.uint8))
    made = normalise(image, "n4_zscore", reference)
    scores = sitk.GetArrayFromImage(made.image)
    plain = sitk.GetArrayFromImage(corrected.image)
    inside = tissue == 3
    assert scores[inside].mean() == pytest.approx(0, abs=1e-4)
    assert scores[inside].std(ddof=1) == pytest.approx(1, abs=1e-4)
    assert made.mean == pytest.approx(plain[inside].mean(), rel=1e-5)
    assert made.sd == pytest.approx(plain[inside].std(ddof=1), rel=1e-4)
    assert scores == pytest.approx((plain - made.mean) / made.sd, abs=1e-3)
    louder = normalise(image * 2.0, "n4_zscore", reference)
    assert sitk.GetArrayFromImage(louder.image)[tissue > 0] == pytest.approx(
        scores[tissue > 0], abs=0.02
    )
    of_head = sitk.GetArrayFromImage(normalise(image, "n4_zscore").image)
    inside = sitk.GetArrayFromImage(head_mask(image)) > 0
    assert of_head[inside].mean() == pytest.approx(0, abs=1e-4)
    assert of_head[inside].std(ddof=1) == pytest.approx(1, abs=1e-4)


def test_z_scores_change_three_of_the_47_features_by_gain_and_offset(corrected):
    """One quantizer per region: mean, variance and MAD follow (v - m) / s, the other 44 do not move."""
    image, head, *_ = example()
    scored = normalise(image, "n4_zscore", before=corrected)
    region = np.zeros(SHAPE, bool)
    region[6:18, 25:55, 25:55] = True
    region &= head
    plain, scores = (
        extract(sitk.GetArrayFromImage(each.image), region) for each in (corrected, scored)
    )
    assert np.array_equal(plain.levels, scores.levels)
    expected = dict(plain.features)
    expected["Intensity_Mean"] = (expected["Intensity_Mean"] - scored.mean) / scored.sd
    expected["Intensity_Variance"] /= scored.sd**2
    expected["Intensity_MAD"] /= scored.sd
    assert len(expected) == 47
    assert scores.features == pytest.approx(expected, rel=1e-6)


def test_none_gives_the_image_as_it_is():
    image, *_ = example()
    assert normalise(image, "none").image is image


def test_what_cannot_be_normalised_is_refused_with_numbers():
    image, _, tissue, _ = example()
    empty = as_image(np.zeros(SHAPE, np.uint8))
    with pytest.raises(Refusal, match="reference tissue has 0 voxels, at least 2 needed; name"):
        normalise(image, "n4_zscore", empty)
    values = sitk.GetArrayFromImage(image)
    values[tissue == 3] = 600.0
    n = np.count_nonzero(tissue == 3)
    with pytest.raises(Refusal, match=f"all {n} voxels of the reference tissue have the value 600"):
        normalise(as_image(values), "n4_zscore", as_image((tissue == 3).astype(np.uint8)))
    with pytest.raises(Refusal, match="voxels, the MRI"):
        normalise(image, "n4_zscore", empty[:, :, 1:])
    with pytest.raises(Refusal, match="the image has no head"):
        normalise(empty, "n4")
    negative = as_image(sitk.GetArrayFromImage(image) - 5000.0)
    with pytest.raises(Refusal, match="no voxel above 0"):
        normalise(negative, "n4")
    with pytest.raises(
        ValueError, match="intensity is 'nyul'; expected one of none, n4, n4_zscore"
    ):
        normalise(image, "nyul")
