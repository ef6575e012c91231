"""Masks as bodies, values at their points, and distances: closed forms on straight and tilted grids, real shapes."""

import numpy as np
import pytest
import SimpleITK as sitk

from dicom_files import grid, points_of, tilted
from npcradiomics.dose.solids import Solid, signed_distance, surface, value_at
from npcradiomics.images.masks import volume_ml
from solid_masks import ball, image_of


def volume_of(solid, spacing):
    """In cm3, by its points, each of which is a part of a voxel."""
    return len(solid.points()) * np.prod(spacing / np.ceil(np.array(spacing) - 1e-6)) / 1000


def test_points_are_evenly_spread_and_end_half_a_slice_beyond_the_last():
    values = np.zeros((3, 12, 12))
    values[1, 1:11, 1:11] = 1  # 20 x 20 x 5 mm
    slab = Solid(image_of(values, grid((12, 12, 3), (2.0, 2.0, 5.0), (10.0, 20.0, 30.0))))
    points = slab.points()
    assert np.allclose(np.unique(points[:, 0]), np.arange(0.5, 20))
    assert np.allclose(np.unique(points[:, 2]), [28.0, 29.0, 30.0, 31.0, 32.0])
    assert len(points) == 20 * 20 * 5


def test_outline_between_slices_goes_over_from_one_to_the_other():
    # A cone of 45 degrees on slices 5 mm apart: as steps its surface would be 2.5 mm off.
    place = grid((91, 91, 9), (1.0, 1.0, 5.0))
    x, y, z = np.moveaxis(points_of(place), -1, 0)
    cone = Solid(image_of(np.hypot(x, y) < 25.0 + z, place, np.uint8))
    points = cone.points()
    edge = np.hypot(points[:, 0], points[:, 1]) - 25.0 - points[:, 2]
    within = np.abs(points[:, 2]) < 15
    assert edge[within].max() < 1.5
    rings = np.random.default_rng(0).uniform(-15, 15, (2000, 1))
    angle = np.random.default_rng(1).uniform(0, 2 * np.pi, (2000, 1))
    for off, held in ((-1.5, True), (1.5, False)):
        radius = 25.0 + rings + off
        at = np.hstack([radius * np.cos(angle), radius * np.sin(angle), rings])
        assert (cone.holds(at) == held).all()


@pytest.mark.parametrize("axes", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_slices_may_lie_along_any_axis(axes):
    spacing, size = np.array([1.0, 1.0, 5.0])[list(axes)], np.array([41, 41, 11])[list(axes)]
    solid = Solid(ball(grid(size, spacing), 15.0))
    # Chords between slices, and no caps beyond the last half slice: 5 mm slices of a 30 mm ball.
    assert volume_of(solid, spacing) == pytest.approx(4 / 3 * np.pi * 1.5**3, rel=0.05)
    assert solid.points().mean(axis=0) == pytest.approx([0, 0, 0], abs=0.05)


@pytest.mark.parametrize("direction", [tilted(0), tilted(17)])
def test_points_lie_in_their_body_and_a_linear_dose_is_read_exactly(direction):
    solid = Solid(
        ball(grid((14, 12, 6), (2.0, 2.5, 5.0), (3.0, 4.0, 5.0), direction), 9.0, (3, 4, 5))
    )
    points = solid.points()
    assert solid.holds(points).all()
    doses = grid((21, 21, 21), (2.5, 2.5, 3.0), direction=tilted(8, (0.2, 1.0, 0.1)))
    dose = image_of(50.0 + points_of(doses) @ [0.3, -0.2, 0.1], doses)
    assert np.allclose(value_at(points, dose), 50.0 + points @ [0.3, -0.2, 0.1], atol=1e-4)


def test_outside_the_grid_there_is_nothing():
    far = np.array([[4.0, 0.0, 0.0], [4.1, 0.0, 0.0], [100.0, 0.0, 0.0]])
    full = image_of(np.full((5, 5, 5), 7.0), grid((5, 5, 5), (2.0, 2.0, 2.0)))
    assert value_at(far, full).tolist() == [7.0, 0.0, 0.0]
    # A mask that fills its image ends half a voxel beyond the outermost centres.
    at = np.array([[4.9, 0.0, 0.0], [5.1, 0.0, 0.0]])
    assert Solid(full).holds(at).tolist() == [True, False]


def test_surface_of_a_radial_dose_is_its_sphere():
    place = grid((41, 41, 25), (2.5, 2.5, 4.0), direction=tilted(12))
    found = surface(image_of(100.0 - np.linalg.norm(points_of(place), axis=-1), place), 70.0)
    assert np.abs(np.linalg.norm(found, axis=1) - 30.0).max() < 0.12
    for point, inside, expected in (
        ((0.0, 0.0, 20.0), True, 10.0),
        ((-50.0, 0.0, 0.0), False, -20.0),
        ((10.0, 10.0, -10.0), True, 30.0 - np.sqrt(300.0)),
    ):
        assert signed_distance(np.array(point), inside, found) == pytest.approx(expected, abs=0.15)


def test_surface_of_a_box_lies_between_its_voxels():
    values = np.zeros((12, 20, 20))
    values[3:8, 5:15, 5:15] = 1  # 10 x 10 x 25 mm
    box = Solid(image_of(values, grid((20, 20, 12), (1.0, 1.0, 5.0)), np.uint8))
    middle = box.points().mean(axis=0)
    assert np.ptp(box.surface(), axis=0) == pytest.approx([10.0, 10.0, 25.0], abs=1e-5)
    assert signed_distance(middle, True, box.surface()) == pytest.approx(5.0, abs=0.1)
    above = middle + np.array([0, 0, 11.0])
    assert signed_distance(above, True, box.surface()) == pytest.approx(1.5, abs=0.3)


def test_a_level_that_nothing_reaches_has_no_surface():
    place = image_of(np.ones((4, 4, 4)), grid((4, 4, 4), (1, 1, 1)))
    assert len(surface(place, 2.0)) == 0
    assert np.isnan(signed_distance(np.zeros(3), False, surface(place, 2.0)))


def test_empty_mask_is_refused():
    with pytest.raises(ValueError, match="the mask is empty: 0 of 64 voxels"):
        Solid(image_of(np.zeros((4, 4, 4)), grid((4, 4, 4), (1, 1, 1)), np.uint8))


def test_real_tumours_keep_their_volume(shared):
    # Twelve real outlines on slices of 1.2 or 2 mm, in pieces some of them.
    for path in sorted((shared / "data/hn_masks").glob("*.nii.gz")):
        mask = sitk.ReadImage(str(path)) == 1
        assert volume_of(Solid(mask), mask.GetSpacing()) == pytest.approx(
            volume_ml(mask), rel=0.03
        ), path.name
