"""Rigid transforms against rotations written down by hand."""

import numpy as np
import pytest
import SimpleITK as sitk
from scipy.spatial.transform import Rotation

from npcradiomics.images import transforms


def test_linear_parts_of_a_chain_with_centres():
    turn = transforms.euler((10.0, -20.0, 30.0), (0.3, -0.2, 0.5), (4.0, 5.0, -6.0))
    affine = sitk.AffineTransform(3)
    affine.SetMatrix((1.1, 0.2, 0, 0, 0.9, 0.1, 0, 0, 1.05))
    affine.SetTranslation((1.0, 2.0, 3.0))
    matrix, offset = transforms.linear_parts(sitk.CompositeTransform([turn, affine]))
    # ITK applies the last of a chain first.
    turned = Rotation.from_euler("yxz", [-0.2, 0.3, 0.5]).as_matrix()
    linear = np.array([[1.1, 0.2, 0], [0, 0.9, 0.1], [0, 0, 1.05]])
    centre = np.array([10.0, -20.0, 30.0])
    assert matrix == pytest.approx(turned @ linear, abs=1e-12)
    assert offset == pytest.approx(turned @ ([1, 2, 3] - centre) + centre + [4, 5, -6], abs=1e-10)


@pytest.mark.parametrize("degrees", [0.0, 1e-6, 0.5, 15.0, 90.0, 179.0])
def test_rotation_angle(degrees):
    versor = sitk.VersorTransform((0.36, 0.48, 0.8), np.radians(degrees))
    assert transforms.rotation_angle_deg(versor) == pytest.approx(degrees, abs=1e-9)


def test_nearest_rigid_is_exact_for_a_rigid_transform_and_moves_the_centre_alike():
    turn = transforms.euler((10.0, -20.0, 30.0), (0.3, -0.2, 0.5), (4.0, 5.0, -6.0))
    points = np.random.default_rng(1).uniform(-100, 100, (20, 3))
    elsewhere = transforms.nearest_rigid(turn, np.array([-40.0, 7.0, 2.0]))
    assert transforms.distances_mm(turn, elsewhere, points).max() < 1e-9
    assert elsewhere.GetCenter() == (-40.0, 7.0, 2.0)
    scaled = sitk.AffineTransform(3)
    scaled.SetMatrix((1.02, 0, 0, 0, 1.02, 0, 0, 0, 1.02))
    found = transforms.nearest_rigid(scaled, np.array([50.0, 0.0, 0.0]))
    assert transforms.rotation_angle_deg(found) == pytest.approx(0.0, abs=1e-9)
    assert found.TransformPoint((50.0, 0.0, 0.0)) == pytest.approx((51.0, 0.0, 0.0))


def test_mirror_is_refused():
    mirror = sitk.AffineTransform(3)
    mirror.SetMatrix((-1, 0, 0, 0, 1, 0, 0, 0, 1))
    with pytest.raises(ValueError, match="determinant -1"):
        transforms.nearest_rigid(mirror, np.zeros(3))
