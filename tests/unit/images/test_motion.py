"""Motion of a point in degrees and millimetres, against closed forms."""

import numpy as np
import pytest
import SimpleITK as sitk

from npcradiomics.images.transforms import euler, motion


def test_rotation_about_the_point_and_a_shift():
    centre = np.array([10.0, -20.0, 30.0])
    found = motion(euler(centre, (0.0, 0.0, np.radians(12.0)), (3.0, 4.0, 12.0)), centre)
    assert found["rotation_deg"] == pytest.approx([0.0, 0.0, 12.0], abs=1e-9)
    assert found["rotation_angle_deg"] == pytest.approx(12.0)
    assert found["translation_mm"] == pytest.approx([3.0, 4.0, 12.0])
    assert found["shift_mm"] == pytest.approx(13.0)
    assert found["volume_change_percent"] == pytest.approx(0.0, abs=1e-9)


def test_rotation_about_another_point_moves_this_one():
    # A quarter turn about the z axis through the origin takes (10, 0, 0) to (0, 10, 0).
    found = motion(euler(np.zeros(3), (0.0, 0.0, np.pi / 2)), np.array([10.0, 0.0, 0.0]))
    assert found["translation_mm"] == pytest.approx([-10.0, 10.0, 0.0], abs=1e-9)


def test_affine_transform_changes_the_volume():
    affine = sitk.AffineTransform(3)
    affine.Scale(1.1)
    found = motion(affine, np.zeros(3))
    assert found["volume_change_percent"] == pytest.approx(33.1)
    assert found["rotation_angle_deg"] == pytest.approx(0.0, abs=1e-9)


def test_mirroring_is_refused():
    mirror = sitk.AffineTransform(3)
    mirror.SetMatrix((1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, -1.0))
    with pytest.raises(ValueError, match="determinant -1"):
        motion(mirror, np.zeros(3))
