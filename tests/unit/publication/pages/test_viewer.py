"""Volumes of the viewer: what is where, how bright, how much of it, and that a large scan stays small."""

import base64
import gzip

import nibabel
import numpy as np
import pytest
import SimpleITK as sitk

from npcradiomics.publication.pages.registration_pictures import MARGIN_MM, ExaminationPair
from npcradiomics.publication.pages.viewer import MOST_VOXELS, viewer_content
from registration_example import example


def volume(packed):
    """The volume as another reader of NIfTI sees it."""
    return nibabel.Nifti1Image.from_bytes(gzip.decompress(base64.b64decode(packed)))


def ball_in_noise(size, spacing):
    """Noise, which no compression makes small, with a ball of 20 mm radius as GTV and one of 8 mm as GTVr."""
    rng = np.random.default_rng(1)
    planning = sitk.GetImageFromArray(rng.integers(0, 1000, size[::-1]).astype(np.float32))
    planning.SetSpacing(spacing)
    planning.SetOrigin((-40.0, 13.0, 250.0))
    away = [(np.arange(n) - (n - 1) / 2) * mm for n, mm in zip(size, spacing, strict=True)]
    square = sum(a**2 for a in np.meshgrid(*away[::-1], indexing="ij"))
    masks = []
    for radius in (20.0, 8.0):
        masks.append(sitk.GetImageFromArray((square <= radius**2).astype(np.uint8)))
        masks[-1].CopyInformation(planning)
    return ExaminationPair(planning, planning, planning, masks[0], masks[1], masks[1], None)


def test_grey_values_places_and_labels_are_those_of_the_box():
    box = example().pair.round_tumour(MARGIN_MM)
    content = viewer_content(box, None)
    values = sitk.GetArrayFromImage(box.planning).T  # (x, y, z), as nibabel has them
    low, high = np.percentile(values.T.ravel()[::4], [0.5, 99.5])
    expected = np.rint(255 * (np.clip(values, low, high) - low) / (high - low))
    seen = volume(content["planning"])
    assert np.abs(seen.get_fdata() - expected).max() <= 1
    index = (7, 11, 3)
    left, back, head = box.planning.TransformIndexToPhysicalPoint(index)
    assert np.allclose(seen.affine @ [*index, 1], [-left, -back, head, 1], atol=1e-3)
    gtv, gtvr = (sitk.GetArrayFromImage(mask).T > 0 for mask in (box.gtv, box.gtvr))
    assert np.array_equal(volume(content["contours"]).get_fdata(), np.where(gtvr, 2, gtv))
    assert content["dose"] is None and not content["shrunk"]


def test_dose_is_read_in_gray():
    """70 Gy less 0.25 Gy a mm from a plane; the eight bits are 256 steps of the highest."""
    box = example().pair.round_tumour(MARGIN_MM)
    x = np.indices(box.planning.GetSize())[0]
    gray = 70.0 - 0.25 * x * box.planning.GetSpacing()[0]
    dose = sitk.GetImageFromArray(gray.T.astype(np.float64))
    dose.CopyInformation(box.planning)
    seen = volume(viewer_content(box, dose)["dose"]).get_fdata()
    assert np.abs(seen - gray).max() <= 70.0 / 255 / 2 + 1e-4


@pytest.mark.parametrize("spacing", [(0.45, 0.45, 1.0), (0.9, 0.9, 3.0)])
def test_a_large_volume_gets_larger_voxels_and_the_tumour_stays_where_it_is(spacing):
    pair = ball_in_noise((230, 210, 90), spacing)
    content = viewer_content(pair, pair.planning)
    assert content["shrunk"]
    for name in ("planning", "recurrence", "contours", "dose"):
        assert np.prod(volume(content[name]).shape) <= MOST_VOXELS
        assert len(content[name]) <= (MOST_VOXELS + 1000) * 4 / 3  # also of noise
    labels = volume(content["contours"])
    voxel_ml = np.prod(labels.header.get_zooms()) / 1000
    assert voxel_ml * np.count_nonzero(labels.get_fdata()) == pytest.approx(33.51, rel=0.02)
    found = labels.affine @ [*np.argwhere(labels.get_fdata() == 2).mean(axis=0), 1]
    centre = pair.planning.TransformContinuousIndexToPhysicalPoint(
        [(n - 1) / 2 for n in pair.planning.GetSize()]
    )
    assert np.allclose(found[:3] * [-1, -1, 1], centre, atol=0.1)


def test_equal_images_are_equal_bytes():
    box = example().pair.round_tumour(MARGIN_MM)
    assert viewer_content(box, None) == viewer_content(box, None)
