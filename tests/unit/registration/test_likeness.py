"""Likeness at a place and beside it."""

import numpy as np
import pytest
import SimpleITK as sitk

from npcradiomics.images.masks import centroid
from npcradiomics.images.transforms import euler, rotation_angle_deg
from npcradiomics.registration.likeness import disturbances, likeness_beside
from small_head import examinations, grid, image_of, points_of

HOW = {
    "margin_mm": 15.0,
    "in_plane_mm": 2.0,
    "bins": 16,
    "clip_percentile": 100.0,
    "maximum_samples": 100_000,
    "noisy": 1.0,
    "noisy_smoothing_mm": 1.0,
}


def test_an_image_and_itself_have_two_and_less_beside():
    exams = examinations()
    still = sitk.Transform(3, sitk.sitkIdentity)
    beside = [euler(np.zeros(3), translation_mm=(shift, 0.0, 0.0)) for shift in (2.0, 4.0, 8.0)]
    here, there = likeness_beside(exams.fixed, exams.fixed, still, exams.gtv, beside, **HOW)
    assert here == pytest.approx(2.0)
    assert here > there[0] > there[1] > there[2] > 1.0


def test_the_disturbance_is_done_before_the_transform():
    # Beside the wrong transform that is 6 mm off along x lies the right one: disturbed by -6 mm.
    exams = examinations()
    off = sitk.CompositeTransform([exams.truth, euler(np.zeros(3), translation_mm=(6.0, 0.0, 0.0))])
    back, on = (euler(np.zeros(3), translation_mm=(shift, 0.0, 0.0)) for shift in (-6.0, 6.0))
    here, (right, worse) = likeness_beside(
        exams.fixed, exams.moving, off, exams.gtv, [back, on], **HOW
    )
    alone, _ = likeness_beside(exams.fixed, exams.moving, exams.truth, exams.gtv, [on], **HOW)
    assert right > here > worse
    assert right == pytest.approx(alone, rel=0.02)


def test_too_few_voxels_in_the_other_image_are_refused_with_their_number():
    exams = examinations()
    far = euler(np.zeros(3), translation_mm=(0.0, 0.0, 500.0))
    with pytest.raises(
        ValueError, match="0 voxels round the tumour lie in the other image, 256 needed"
    ):
        likeness_beside(exams.fixed, exams.moving, far, exams.gtv, [], **HOW)


def test_disturbances_are_as_large_as_asked_about_the_tumours_centre():
    like = grid((20, 20, 20), (2.0, 2.0, 2.0), np.array([50.0, 0.0, 0.0]))
    gtv = image_of(np.linalg.norm(points_of(like) - [55.0, 3.0, 0.0], axis=1) < 9.0, like, np.uint8)
    made = disturbances(gtv, 40, (3.0, 8.0), (2.0, 6.0), 1)
    centre = centroid(gtv)
    shifts = [np.linalg.norm(np.array(one.TransformPoint(centre)) - centre) for one in made]
    turns = [rotation_angle_deg(one) for one in made]
    assert 3.0 <= min(shifts) < 4.0 < 7.0 < max(shifts) <= 8.0
    assert 2.0 - 1e-9 <= min(turns) < 3.0 < 5.0 < max(turns) <= 6.0 + 1e-9
    again = disturbances(gtv, 40, (3.0, 8.0), (2.0, 6.0), 1)
    assert [one.GetParameters() for one in again] == [one.GetParameters() for one in made]
