"""Planted deformations are found, errors are put together, and perturbations are as large as said."""

import numpy as np
import pytest
import SimpleITK as sitk
from scipy import ndimage

from npcradiomics.images.grids import voxel_points
from npcradiomics.images.masks import centroid
from npcradiomics.images.transforms import apply
from npcradiomics.registration.deformable import deform
from npcradiomics.registration.error import (
    RegistrationError,
    combined,
    draw_perturbations,
    residual_motion,
)
from small_head import examinations, grid, image_of, points_of


def bulge(height_mm):
    """A shift along x by a Gaussian hill of 25 mm about the origin."""
    axis = np.arange(-72.0, 73.0, 8.0)
    z, y, x = np.meshgrid(axis, axis, axis, indexing="ij")
    vectors = np.zeros((*x.shape, 3))
    vectors[..., 0] = height_mm * np.exp(-(x**2 + y**2 + z**2) / (2 * 25.0**2))
    field = sitk.GetImageFromArray(vectors, isVector=True)
    field.SetOrigin((-72.0,) * 3)
    field.SetSpacing((8.0,) * 3)
    return sitk.DisplacementFieldTransform(field)


@pytest.mark.parametrize("height_mm", [0.0, 3.0])
def test_a_planted_deformation_is_measured(height_mm):
    # Tissue with structure everywhere, and the same in another contrast with noise of its own.
    like = grid((64, 64, 64), (2.0, 2.0, 2.0), np.zeros(3))
    rng = np.random.default_rng(8)
    tissue = ndimage.gaussian_filter(rng.normal(size=(64, 64, 64)), 3.0)
    tissue = 100.0 * tissue / tissue.std()
    moving = image_of(-tissue + rng.normal(0.0, 10.0, tissue.shape), like, np.float32)
    # What lies at bulge(x) of the undisturbed one lies at x of the planning MRI.
    fixed = sitk.Resample(
        image_of(tissue, like, np.float32), like, bulge(height_mm), sitk.sitkLinear, 0.0
    )
    distance = np.linalg.norm(points_of(like), axis=1)
    gtv = image_of(distance < 14.0, like, np.uint8)
    still = sitk.Transform(3, sitk.sitkIdentity)
    found = residual_motion(deform(fixed, moving, still, gtv), gtv)
    # The hill's mean over the tumour and 10 mm round it.
    hill = height_mm * np.exp(-(distance[distance < 24.0] ** 2) / (2 * 25.0**2))
    assert found == pytest.approx(hill.mean(), rel=0.25, abs=0.3)


def test_parts_are_put_together_by_their_squares():
    error = combined(residual_mm=1.2, backward_mm=0.9 * np.sqrt(2.0), restart_mm=0.0)
    assert error.rigid_mm == pytest.approx(0.9)
    assert error.error_mm == pytest.approx(1.5)  # 0.9, 1.2, 1.5
    assert error.low_mm < error.error_mm < error.high_mm
    assert combined(0.0, 0.0, 0.3).error_mm == pytest.approx(0.3)
    assert combined(0.0, 0.0, 0.0).error_mm == 0.1


def test_perturbations_move_a_voxel_as_far_as_the_error():
    gtv = examinations().gtv
    # An interval of no width: all sizes are 1.5 mm.
    error = RegistrationError(1.5, 1.5, 1.5, 0.9, 1.2)
    points, centre = voxel_points(gtv), centroid(gtv)
    drawn = draw_perturbations(error, gtv, 2000, seed=4)
    squares = [((apply(one, points[::20]) - points[::20]) ** 2).sum(axis=1).mean() for one in drawn]
    assert np.sqrt(np.mean(squares)) == pytest.approx(1.5, rel=0.03)
    shifts = np.array([apply(one, centre[None])[0] - centre for one in drawn])
    # Half of the square is the shift of the centre, the same along each axis, and none on average.
    assert (shifts**2).sum(axis=1).mean() == pytest.approx(1.5**2 / 2.0, rel=0.06)
    assert shifts.std(axis=0) == pytest.approx([1.5 / np.sqrt(6.0)] * 3, rel=0.06)
    assert np.abs(shifts.mean(axis=0)).max() < 0.06
    again = draw_perturbations(error, gtv, 2000, seed=4)
    assert all(a.GetParameters() == b.GetParameters() for a, b in zip(drawn, again, strict=True))


def test_sizes_of_perturbations_fill_the_interval():
    gtv = examinations().gtv
    centre = centroid(gtv)
    drawn = draw_perturbations(RegistrationError(1.0, 0.5, 2.0, 0.0, 1.0), gtv, 4000, seed=1)
    squares = [((apply(one, centre[None])[0] - centre) ** 2).sum() for one in drawn]
    # Log-normal about 1 mm with SD ln(2) / 1.6449: the mean square is exp(2 SD^2), half of it
    # shift.
    spread = np.log(2.0) / 1.6449
    assert np.mean(squares) == pytest.approx(np.exp(2.0 * spread**2) / 2.0, rel=0.1)
