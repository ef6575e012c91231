"""A planted smooth displacement is undone, and two carried contours are compared in closed form."""

import numpy as np
import pytest
import SimpleITK as sitk
from scipy import ndimage

from npcradiomics.images.masks import carry_mask, centroid
from npcradiomics.images.transforms import euler
from npcradiomics.registration.deformable import compare_carried, deform
from small_head import grid, image_of, points_of

HEIGHT_MM, WIDTH_MM = 4.0, 25.0


def hill(points):
    """Displacement (n, 3) at points (n, 3): along x, a Gaussian hill about the origin."""
    along = HEIGHT_MM * np.exp(-(points**2).sum(axis=1) / (2.0 * WIDTH_MM**2))
    return along[:, None] * np.array([1.0, 0.0, 0.0])


def box(x, y, z):
    """Mask of 20 x 20 x 20 voxels of 1 x 1 x 2 mm: a box of [from, to) voxels along x, y and z."""
    values = np.zeros((20, 20, 20), dtype=np.uint8)
    values[slice(*z), slice(*y), slice(*x)] = 1
    image = sitk.GetImageFromArray(values)
    image.SetSpacing((1.0, 1.0, 2.0))
    return image


@pytest.mark.parametrize("contrast", [1.0, -1.0])
def test_the_contour_is_carried_back_through_a_planted_displacement(contrast):
    like = grid((64, 64, 64), (2.0, 2.0, 2.0), np.zeros(3))
    rng = np.random.default_rng(8)
    tissue = ndimage.gaussian_filter(rng.normal(size=(64, 64, 64)), 3.0)
    tissue = 100.0 * tissue / tissue.std()
    # What lies at x + hill(x) in the recurrence MRI lies at x in the planning MRI ...
    places = points_of(like)
    index = (places + hill(places).reshape(places.shape) - np.array(like.GetOrigin())) / 2.0
    planning = ndimage.map_coordinates(tissue, index.reshape(-1, 3).T[::-1], order=1)
    fixed = image_of(planning.reshape(tissue.shape), like, np.float32)
    # ... whose header is moved besides, which is what the rigid registration is for.
    rigid = euler(np.zeros(3), np.radians([4.0, -6.0, 8.0]), (9.0, -5.0, 3.0))
    seen = image_of(contrast * tissue + rng.normal(0.0, 10.0, tissue.shape), like, np.float32)
    moving = sitk.Resample(seen, like, rigid.GetInverse(), sitk.sitkLinear, 0.0)
    middle = np.array([4.0, 6.0, -4.0])
    drawn = image_of(np.linalg.norm(places - middle, axis=-1) < 11.0, like, np.uint8)
    gtvr = sitk.Resample(drawn, like, rigid.GetInverse(), sitk.sitkNearestNeighbor, 0)
    gtv = image_of(np.linalg.norm(places, axis=-1) < 16.0, like, np.uint8)

    deformation = deform(fixed, moving, rigid, gtv)
    both = sitk.CompositeTransform([rigid, deformation])
    carried = [carry_mask(gtvr, fixed, one) for one in (rigid, both)]
    # Where the drawn ball's tissue truly lies on the planning MRI.
    flat = places.reshape(-1, 3)
    truth = flat[np.linalg.norm(flat + hill(flat) - middle, axis=1) < 11.0].mean(axis=0)
    off_rigid, off_deformed = (np.linalg.norm(centroid(mask) - truth) for mask in carried)
    assert off_rigid == pytest.approx(HEIGHT_MM, rel=0.15)  # the hill there: 3.8 mm
    assert off_deformed < 0.25 * off_rigid
    found = compare_carried(*carried, gtv)
    planted = truth - centroid(carried[0])
    assert np.linalg.norm(found["centroid_shift_mm"] - planted) < 0.25 * off_rigid


def test_two_contours_side_by_side():
    rigid, deformed = box((4, 8), (4, 8), (4, 8)), box((5, 9), (4, 8), (5, 9))
    gtv, isodose95 = box((0, 8), (0, 20), (0, 20)), box((0, 20), (0, 20), (0, 7))
    found = compare_carried(rigid, deformed, gtv, isodose95)
    # 64 voxels of 2 mm3 each; 3 x 4 x 3 of them shared.
    assert found["rigid"] == {
        "gtvr_ml": pytest.approx(0.128),
        "in_gtv_fraction": 1.0,
        "in_field_fraction": 0.75,
    }
    assert found["deformed"] == {
        "gtvr_ml": pytest.approx(0.128),
        "in_gtv_fraction": 0.75,
        "in_field_fraction": 0.5,
    }
    assert found["dice"] == pytest.approx(36 / 64)
    assert found["centroid_shift_mm"] == pytest.approx([1.0, 0.0, 2.0])
    assert found["centroid_distance_mm"] == pytest.approx(np.sqrt(5.0))
    assert found["recurrent_changed_fraction"] == pytest.approx((28 + 28) / (36 + 28 + 28))
    # Inside the GTV the other region ends at x = 8: 3 x 4 x 4 voxels, 36 of them shared.
    inside = compare_carried(rigid, deformed, gtv, recurrent="inside_gtv")
    assert inside["recurrent_changed_fraction"] == pytest.approx((28 + 12) / (36 + 28 + 12))
    assert inside["rigid"]["in_field_fraction"] is None


def test_the_same_contour_differs_in_nothing():
    one = box((4, 8), (4, 8), (4, 8))
    found = compare_carried(one, one, one)
    assert (found["dice"], found["centroid_distance_mm"]) == (1.0, 0.0)
    assert found["recurrent_changed_fraction"] == 0.0
    assert (
        compare_carried(one, one, box((0, 2), (0, 2), (0, 2)), recurrent="inside_gtv")[
            "recurrent_changed_fraction"
        ]
        is None
    )
