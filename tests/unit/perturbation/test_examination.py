"""Examinations perturbed: overlaps and turns in closed form, noise that was put in, seeds."""

import numpy as np
import pytest

from ball_arrays import CENTRE, SPACING, ball, dice
from npcradiomics.perturbation.examination import MARGIN_MM, move, noise_level, perturbations


@pytest.mark.parametrize("shift_mm", [(0, 2.0, 0), (0, 4.0, 0), (0, 3.0, -4.0), (6.0, 0, 0)])
def test_a_ball_shifted_overlaps_itself_as_two_balls_do(shift_mm):
    """Two balls of radius r, d apart, share (1 - d/2r)^2 (1 + d/4r) of their volume."""
    radius, mask = 15.0, ball(15.0)
    moved = move(mask, SPACING, 0.0, shift_mm, CENTRE, order=1) >= 0.5
    d = np.linalg.norm(shift_mm)
    expected = (1 - d / (2 * radius)) ** 2 * (1 + d / (4 * radius))
    assert np.count_nonzero(moved) == pytest.approx(np.count_nonzero(mask), rel=0.01)
    assert dice(moved, mask) == pytest.approx(expected, abs=0.01)


def test_a_quarter_turn_is_that_of_the_array_and_y_turns_towards_x():
    values = np.random.default_rng(0).normal(size=(3, 21, 21))
    turned = move(values, (5.0, 0.7, 0.7), 90.0, (0, 0, 0), (5.0, 7.0, 7.0), order=3)
    assert turned == pytest.approx(np.rot90(values, 1, axes=(1, 2)), abs=1e-8)
    point = np.zeros((1, 21, 21))
    point[0, 18, 10] = 1.0
    turned = move(point, (1, 1, 1), 90.0, (0, 0, 0), (0, 10, 10), order=1)
    assert np.unravel_index(turned.argmax(), turned.shape) == (0, 10, 18)


def test_a_turn_moves_a_point_by_the_angle_and_not_by_the_voxels_shape():
    """10 mm along y from the centre, turned by 30 degrees: 8.66 mm along y, 5 along x."""
    spacing = np.array([2.0, 0.5, 1.0])
    y, x = np.meshgrid(np.arange(81) * 0.5 - 20, np.arange(41) - 20.0, indexing="ij")
    blob = np.exp(-((y - 10) ** 2 + x**2) / (2 * 2.0**2))[None]
    turned = move(blob, spacing, 30.0, (0, 0, 0), (0, 20, 20), order=3)[0]
    weights = turned / turned.sum()
    assert (weights * y).sum() == pytest.approx(10 * np.cos(np.pi / 6), abs=0.01)
    assert (weights * x).sum() == pytest.approx(10 * np.sin(np.pi / 6), abs=0.01)


@pytest.mark.parametrize("sd", [3.0, 25.0])
def test_noise_that_was_put_in_is_found_under_anatomy(sd):
    """White noise of a known SD on a ramp, a curved field and an edge through the mask."""
    mask = ball(20.0)
    z, y, x = np.indices(mask.shape)
    anatomy = 3.0 * y - 2.0 * x + 10.0 * z + 0.02 * (y - 35.0) ** 2 + 300.0 * (x > 40)
    noisy = anatomy + np.random.default_rng(0).normal(0, sd, mask.shape)
    assert noise_level(noisy, mask) == pytest.approx(sd, rel=0.05)
    assert noise_level(3.0 * y - 2.0 * x + 10.0 * z, mask) == pytest.approx(0.0, abs=1e-9)


def example(sd=5.0):
    """A textured head of whole numbers with a tumour and a part of it, off the middle."""
    tumour = np.zeros((25, 100, 100), bool)
    tumour[:, 15:85, 20:90] = ball(18.0)
    part = tumour & (np.indices(tumour.shape)[2] > 60)
    rng = np.random.default_rng(7)
    image = 400.0 + 100.0 * tumour + 60.0 * part + rng.normal(0, sd, tumour.shape)
    return image.astype(np.int16), {"gtv": tumour, "gtvr": part}


def test_the_same_seed_gives_the_same_and_the_first_are_the_first_of_more():
    image, contours = example()
    long = list(perturbations(image, contours, SPACING, n=3, seed=1))
    short = list(perturbations(image, contours, SPACING, n=2, seed=1))
    other = list(perturbations(image, contours, SPACING, n=1, seed=2))
    for (a, masks_a), (b, masks_b) in zip(short, long, strict=False):
        assert (a == b).all()
        assert all((masks_a[name] == masks_b[name]).all() for name in contours)
    assert (other[0][0] != long[0][0]).any()
    assert all(a.dtype == np.int16 for a, _ in long)
    assert len({masks["gtv"].sum() for _, masks in long}) > 1


def test_contours_go_with_the_image_and_volumes_stay_within_what_is_said():
    """The bright part lies in its contour wherever the head was moved; volumes by 10 % at most."""
    image, contours = example()
    for moved, masks in perturbations(image, contours, SPACING, n=4, seed=3):
        core = masks["gtvr"] & masks["gtv"]
        assert np.median(moved[core]) == pytest.approx(560, abs=8)
        assert np.median(moved[masks["gtv"] & ~masks["gtvr"]]) == pytest.approx(500, abs=8)
        for name, mask in masks.items():
            n = np.count_nonzero(contours[name])
            # 10 % by growth; up to 5 % by supervoxels at this edge.
            assert 0.85 * n < np.count_nonzero(mask) < 1.15 * n


def test_the_noise_added_is_the_images_own():
    """A cubic spline smooths what was there, new noise comes on top: between 1 and 1.41 of it."""
    mask = ball(20.0)
    image = np.random.default_rng(0).normal(500.0, 20.0, mask.shape)
    found = [
        noise_level(moved, masks["gtv"])
        for moved, masks in perturbations(image, {"gtv": mask}, SPACING, n=4, seed=0)
    ]
    assert min(found) > 20.0
    assert max(found) < 20.0 * np.sqrt(2.0)


def test_what_cannot_be_perturbed_is_refused_with_its_name():
    image, contours = example()
    with pytest.raises(ValueError, match=r"gtvr is empty \(0 voxels\)"):
        next(perturbations(image, contours | {"gtvr": contours["gtvr"] & False}, SPACING, seed=0))
    with pytest.raises(ValueError, match="gtv has shape"):
        next(perturbations(image, {"gtv": contours["gtv"][1:]}, SPACING, seed=0))
    broken = image.astype(float)
    broken[contours["gtvr"]] = np.nan
    with pytest.raises(ValueError, match=r"of [0-9]+ voxels in gtv are NaN or infinite"):
        next(perturbations(broken, contours, SPACING, seed=0))
    box = next(perturbations(image, contours, SPACING, n=1, seed=0))[0].shape
    tumour = np.argwhere(contours["gtv"])
    room = np.ceil(MARGIN_MM / SPACING)
    ends = np.minimum(tumour.max(0) + 1 + room, image.shape) - np.maximum(tumour.min(0) - room, 0)
    assert box == tuple(ends.astype(int))
