"""Directions of image axes: rounding is repaired, shear is refused with numbers, the rest left alone."""

import os
import struct

import numpy as np
import pytest
import SimpleITK as sitk
from scipy.spatial.transform import Rotation

from npcradiomics.images.grids import (
    box_corners,
    inside,
    nearest_orthonormal,
    orthonormality_error,
    repair_direction,
    require_same_grid,
    voxel_points,
)
from npcradiomics.images.nifti import read_nifti
from small_head import grid, points_of

OBLIQUE = Rotation.from_euler("xyz", [12.0, -7.0, 23.0], degrees=True).as_matrix()


def image_with(direction) -> sitk.Image:
    image = sitk.Image([5, 6, 7], sitk.sitkInt16)
    image.SetSpacing((0.5, 0.6, 4.0))
    image.SetOrigin((11.0, -12.0, 13.0))
    image.SetDirection(np.asarray(direction).ravel())
    return image


def shear(angle_deg: float) -> np.ndarray:
    """Axes of which the second leans towards the first: its cosine with it is sin(angle)."""
    tilted = np.eye(3)
    tilted[:2, 1] = np.sin(np.radians(angle_deg)), np.cos(np.radians(angle_deg))
    return tilted


def write_nifti(path, axes, *, qform: bool = False) -> None:
    """A NIfTI-1 file written byte by byte: sform = ``axes`` times spacing (1, 1, 5) mm, identity qform."""
    affine = np.asarray(axes) * [1.0, 1.0, 5.0]
    header = bytearray(348)
    struct.pack_into("<i", header, 0, 348)
    struct.pack_into("<8h", header, 40, 3, 4, 5, 6, 1, 1, 1, 1)
    struct.pack_into("<2h", header, 70, 16, 32)
    struct.pack_into("<8f", header, 76, 1.0, 1.0, 1.0, 5.0, 0, 0, 0, 0)
    struct.pack_into("<2f", header, 108, 352.0, 1.0)
    struct.pack_into("<2h", header, 252, int(qform), 1)
    for row in range(3):
        struct.pack_into("<4f", header, 280 + 16 * row, *affine[row], 10.0 * row)
    header[344:348] = b"n+1\0"
    path.write_bytes(bytes(header) + bytes(4) + np.arange(120, dtype="<f4").tobytes())


@pytest.mark.parametrize("decimals", [3, 4, 6])
@pytest.mark.parametrize("flip", [1.0, -1.0])
def test_rounded_directions_are_repaired(decimals, flip):
    true = OBLIQUE @ np.diag([1.0, flip, 1.0])
    rounded = image_with(np.round(true, decimals))
    assert orthonormality_error(np.round(true, decimals)) > 0
    repaired = repair_direction(rounded)
    direction = np.array(repaired.GetDirection()).reshape(3, 3)
    assert direction.T @ direction == pytest.approx(np.eye(3), abs=1e-14)
    assert np.linalg.det(direction) == pytest.approx(flip)
    assert direction == pytest.approx(true, abs=10.0**-decimals)
    assert repaired.GetOrigin() == rounded.GetOrigin()
    assert repaired.GetSpacing() == rounded.GetSpacing()
    assert np.array(rounded.GetDirection()).reshape(3, 3) == pytest.approx(
        np.round(true, decimals), abs=0
    )


@pytest.mark.parametrize("axes", [np.eye(3), np.diag([1.0, -1.0, 1.0]), np.eye(3)[[2, 0, 1]]])
def test_exact_directions_are_left_alone(axes):
    image = image_with(axes)
    assert repair_direction(image).GetDirection() == image.GetDirection()


def test_nearest_orthonormal_splits_a_small_shear_evenly():
    # Two axes 2 a apart from the right angle: the nearest frame takes a from each.
    lean = 0.05
    axes = np.array([[np.cos(lean), np.sin(lean), 0], [np.sin(lean), np.cos(lean), 0], [0, 0, 1.0]])
    assert nearest_orthonormal(axes) == pytest.approx(np.eye(3), abs=1e-12)


def test_shear_is_refused_with_the_numbers():
    with pytest.raises(
        ValueError, match=r"angles 89\.000, 90\.000, 90\.000 degrees.*off by 0\.017, at most 0\.002"
    ):
        repair_direction(image_with(shear(1.0)))
    assert repair_direction(image_with(shear(1.0)), tolerance=0.02).GetSize() == (5, 6, 7)
    with pytest.raises(ValueError, match=r"lengths 1\.01000, 1\.00000, 1\.00000"):
        repair_direction(image_with(np.diag([1.01, 1.0, 1.0])))
    with pytest.raises(ValueError, match="2 dimensions"):
        repair_direction(sitk.Image([4, 4], sitk.sitkInt16))


@pytest.mark.parametrize("angle_deg", [0.001, 0.05, 0.11])
def test_nifti_with_a_rounded_sform_is_read_and_repaired(tmp_path, angle_deg):
    write_nifti(tmp_path / "image.nii", shear(angle_deg))
    image = read_nifti(tmp_path / "image.nii")
    direction = np.array(image.GetDirection()).reshape(3, 3)
    assert direction.T @ direction == pytest.approx(np.eye(3), abs=1e-12)
    # NIfTI's x and y point the other way than ITK's.
    assert direction == pytest.approx(np.diag([-1.0, -1.0, 1.0]), abs=np.radians(angle_deg))
    assert image.GetSpacing() == pytest.approx((1.0, 1.0, 5.0), abs=1e-5)
    assert sitk.GetArrayFromImage(image).ravel().tolist() == list(range(120))


@pytest.mark.parametrize("qform", [False, True])
def test_nifti_with_a_sheared_sform_is_refused_also_where_itk_would_take_the_qform(tmp_path, qform):
    write_nifti(tmp_path / "image.nii", shear(3.0), qform=qform)
    with pytest.raises(ValueError, match=r"image\.nii: .*angles 87\.000, 90\.000, 90\.000"):
        read_nifti(tmp_path / "image.nii")


@pytest.mark.parametrize("value", [None, "0"])
def test_environment_is_put_back(tmp_path, monkeypatch, value):
    monkeypatch.delenv("ITK_NIFTI_SFORM_PERMISSIVE", raising=False)
    if value is not None:
        monkeypatch.setenv("ITK_NIFTI_SFORM_PERMISSIVE", value)
    write_nifti(tmp_path / "image.nii", np.eye(3))
    read_nifti(tmp_path / "image.nii")
    assert os.environ.get("ITK_NIFTI_SFORM_PERMISSIVE") == value


def test_points_corners_and_inside():
    image = grid((6, 5, 4), (1.0, 2.0, 3.0), np.array([7.0, 8.0, 9.0]), (20.0, 10.0, 5.0), True)
    mask = image + 1
    mask[0, 0, 0] = 0
    assert voxel_points(mask) == pytest.approx(points_of(image)[1:], abs=1e-9)
    lone = image * 0
    lone[2, 1, 3] = lone[4, 3, 3] = 1
    corners = [lone.TransformIndexToPhysicalPoint((x, y, 3)) for x in (2, 4) for y in (1, 3)]
    assert np.unique(box_corners(lone).round(9), axis=0) == pytest.approx(
        np.unique(np.round(corners, 9), axis=0)
    )
    at = [
        image.TransformContinuousIndexToPhysicalPoint(index)
        for index in ([-0.4, 0, 0], [-0.6, 0, 0], [5.4, 4.4, 3.4])
    ]
    assert inside(np.array(at), image).tolist() == [True, False, True]
    with pytest.raises(ValueError, match="0 of 120"):
        box_corners(image * 0)


def test_grids_are_compared_with_numbers():
    image, other = image_with(OBLIQUE), image_with(OBLIQUE)
    other.SetOrigin((11.004, -12.0, 13.0))
    require_same_grid(image, other, "a", "b")
    other.SetOrigin((11.3, -12.0, 13.0))
    with pytest.raises(ValueError, match=r"a \(.*\) and b \(.*\) are 0\.\d+ voxels apart"):
        require_same_grid(image, other, "a", "b")
    with pytest.raises(ValueError, match=r"a has 5 x 6 x 7 voxels of .* mm, b 5 x 6 x 6 voxels"):
        require_same_grid(image, image[:, :, :6], "a", "b")
