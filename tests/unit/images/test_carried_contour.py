"""A contour on the other grid, also where nothing of it arrives."""

import numpy as np
import pytest
import SimpleITK as sitk

from npcradiomics.images.masks import carry_or_empty


def cube():
    mask = sitk.Image(20, 20, 20, sitk.sitkUInt8)
    mask[5:10, 5:10, 5:10] = 1
    return mask


def test_shift_by_whole_voxels_is_exact():
    carried = carry_or_empty(cube(), cube(), sitk.TranslationTransform(3, (2.0, 0.0, -3.0)))
    expected = np.roll(sitk.GetArrayFromImage(cube()), (3, 0, -2), axis=(0, 1, 2))
    np.testing.assert_array_equal(sitk.GetArrayFromImage(carried), expected)


def test_contour_carried_off_the_image_is_empty_and_on_the_grid():
    reference = cube()
    reference.SetSpacing((1.0, 2.0, 3.0))
    carried = carry_or_empty(cube(), reference, sitk.TranslationTransform(3, (500.0, 0.0, 0.0)))
    assert not sitk.GetArrayFromImage(carried).any()
    assert carried.GetSpacing() == reference.GetSpacing()


def test_empty_contour_is_refused():
    with pytest.raises(ValueError, match="empty: 0 voxels"):
        carry_or_empty(
            sitk.Image(4, 4, 4, sitk.sitkUInt8), cube(), sitk.Transform(3, sitk.sitkIdentity)
        )
