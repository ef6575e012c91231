"""Registration of heads whose motion is known, and of two time points of a real one."""

import json
from dataclasses import replace

import numpy as np
import pytest
import SimpleITK as sitk

from npcradiomics.images import transforms
from npcradiomics.registration.parameters import RegistrationParameters
from npcradiomics.registration.rigid import refine, register
from repository import SHARED
from small_head import examinations

REAL = SHARED / "data" / "ms_two_timepoints"


@pytest.fixture(scope="module")
def exams():
    return examinations()


@pytest.fixture(scope="module")
def result(exams):
    return register(exams.fixed, exams.moving, exams.gtv, moving_voi=exams.gtvr)


def test_known_motion_between_contrasts(exams, result):
    assert exams.errors_mm(result.transform).mean() < 0.5
    assert exams.errors_mm(result.transform).max() < 1.0


def test_transform_maps_fixed_points_to_moving_points(exams, result):
    # A point of the planning MRI lies where the motion took it, and not the other way round.
    point = (6.0, 6.0, -14.0)
    there = np.array(exams.truth.TransformPoint(point))
    assert np.linalg.norm(np.array(result.transform.TransformPoint(point)) - there) < 0.7
    assert (
        np.linalg.norm(np.array(result.transform.GetInverse().TransformPoint(point)) - there) > 10.0
    )


def test_motion_is_reported_about_the_centre_of_the_tumour(exams, result):
    centre = np.argwhere(sitk.GetArrayFromImage(exams.gtv)).mean(axis=0)[::-1]
    centre = np.array(exams.gtv.TransformContinuousIndexToPhysicalPoint(centre.tolist()))
    assert result.centre_mm == pytest.approx(centre, abs=1e-9)
    # What the tumour's centre really did, and the angles of the true rotation.
    assert result.translation_mm == pytest.approx(
        exams.truth.TransformPoint(centre) - centre, abs=0.7
    )
    assert result.rotation_deg == pytest.approx((5.0, -4.0, 6.0), abs=0.5)
    # The transform is what the numbers say: R (x - c) + c + t, turned about y, then x, then z.
    x, y, z = np.radians(result.rotation_deg)
    turn_x = np.array([[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]])
    turn_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    turn_z = np.array([[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]])
    point = np.array([31.0, -17.0, 12.0])
    by_hand = turn_z @ turn_x @ turn_y @ (point - centre) + centre + result.translation_mm
    assert result.transform.TransformPoint(point) == pytest.approx(by_hand, abs=1e-9)


def test_bit_identical_on_rerun_whatever_the_threads(exams, result):
    before = sitk.ProcessObject.GetGlobalDefaultNumberOfThreads()
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(2)
    try:
        again = register(exams.fixed, exams.moving, exams.gtv, moving_voi=exams.gtvr)
        assert sitk.ProcessObject.GetGlobalDefaultNumberOfThreads() == 2
    finally:
        sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(before)
    assert again.transform.GetParameters() == result.transform.GetParameters()
    assert again == replace(result, transform=again.transform)


def test_table_of_starts(result):
    assert sorted(start.name for start in result.starts) == [
        "contours",
        "header",
        "search 1",
        "search 2",
    ]
    (chosen,) = [start for start in result.starts if start.chosen]
    assert chosen.stage == "region"
    assert chosen.agreement_mm == 0.0
    assert chosen.final == pytest.approx((*result.rotation_deg, *result.translation_mm))
    header = next(start for start in result.starts if start.name == "header")
    assert header.start == (0.0,) * 6
    assert result.starts_table()[0]["name"] == result.starts[0].name


@pytest.mark.parametrize(
    "how",
    [
        pytest.param(
            {"pose": transforms.euler(np.zeros(3), np.radians([5, -3, 4]), [30.0, -28.0, 29.0])},
            id="header-off",
        ),
        pytest.param({"flip": True}, id="determinant-minus-1"),
        pytest.param({"tilt_deg": (12.0, -8.0, 5.0)}, id="oblique"),
        pytest.param(
            {"flip": True, "tilt_deg": (-6.0, 10.0, 4.0), "moving_contrast": 0}, id="all-at-once"
        ),
    ],
)
def test_other_headers(how):
    exams = examinations(**how)
    found = register(exams.fixed, exams.moving, exams.gtv, moving_voi=exams.gtvr)
    assert exams.errors_mm(found.transform).mean() < 0.6


def test_a_start_off_the_other_image_is_dropped_and_says_so():
    exams = examinations(pose=transforms.euler(np.zeros(3), translation_mm=(0.0, 0.0, 250.0)))
    found = register(exams.fixed, exams.moving, exams.gtv, moving_voi=exams.gtvr)
    assert exams.errors_mm(found.transform).mean() < 0.5
    (header,) = [row for row in found.starts_table() if row["name"] == "header"]
    assert header["note"] == "0% of the region in the moving image, 25% needed"
    assert header["metric"] is None
    json.dumps(found.starts_table(), allow_nan=False)


def test_inverted_contrast_without_contour_on_moving():
    exams = examinations(moving_contrast=0)
    inverted = 300 - exams.moving
    found = register(exams.fixed, inverted, exams.gtv)
    assert exams.errors_mm(found.transform).mean() < 0.5


def test_without_a_contour_the_whole_image_is_the_region(exams):
    coarse = RegistrationParameters(region_in_plane_mm=(4.0,), region_step_mm=(1.0,))
    found = register(exams.fixed, exams.moving, parameters=coarse)
    assert exams.errors_mm(found.transform).mean() < 0.5
    middle = exams.fixed.TransformContinuousIndexToPhysicalPoint([47.5, 47.5, 12.5])
    assert found.centre_mm == pytest.approx(middle)


def test_initial_transform_replaces_the_other_starts(exams):
    near = sitk.CompositeTransform(
        [exams.truth, transforms.euler(np.zeros(3), (0.05, 0, 0), (4.0, 0, 0))]
    )
    found = register(exams.fixed, exams.moving, exams.gtv, initial=near)
    assert {start.name for start in found.starts} == {"initial", "initial, as it is"}
    assert exams.errors_mm(found.transform).mean() < 0.5


def test_refine_comes_back_from_nearby(exams):
    off = sitk.CompositeTransform(
        [exams.truth, transforms.euler(np.zeros(3), (0.03, 0.03, 0), (3.0, 0, -2.0))]
    )
    assert exams.errors_mm(off).mean() > 3.0
    assert exams.errors_mm(refine(exams.fixed, exams.moving, exams.gtv, off)).mean() < 0.5


def test_no_overlap_is_refused_with_numbers(exams):
    far = sitk.TranslationTransform(3, (400.0, 0.0, 0.0))
    with pytest.raises(
        ValueError, match=r"initial: 0% of the region in the moving image, 25% needed"
    ):
        register(exams.fixed, exams.moving, exams.gtv, initial=far)


def test_what_cannot_be_used_is_refused_with_numbers(exams):
    empty = exams.gtv * 0
    with pytest.raises(ValueError, match="mask is empty: 0 of 239616 voxels"):
        register(exams.fixed, exams.moving, empty)
    with pytest.raises(ValueError, match=r"contour on the fixed image has 100 x 92 x 26 voxels"):
        register(exams.fixed, exams.moving, exams.gtvr)
    with pytest.raises(ValueError, match=r"2 dimensions and 1 values"):
        register(exams.fixed[:, :, 3], exams.moving, exams.gtv)
    with pytest.raises(ValueError, match="moving image: all 239200 voxels have the value 0"):
        register(exams.fixed, exams.moving * 0, exams.gtv)
    values = sitk.GetArrayFromImage(exams.fixed)
    values[3, 4, 5:7] = np.nan
    holed = sitk.GetImageFromArray(values)
    holed.CopyInformation(exams.fixed)
    with pytest.raises(ValueError, match="fixed image: 2 of 239616 voxels are not finite"):
        register(holed, exams.moving, exams.gtv)
    with pytest.raises(ValueError, match="2 levels, region_step_mm 1"):
        RegistrationParameters(region_step_mm=(1.0,))


def test_two_time_points_of_a_real_head():
    if not REAL.exists():
        pytest.skip(f"the real pair is not there: {REAL}")
    fixed, moving = (sitk.ReadImage(str(REAL / f"study{n}_FLAIR.nii.gz")) for n in (1, 2))
    first, second = (
        sitk.ReadTransform(str(REAL / f"study{n}_FLAIR_to_common_space.txt")) for n in (1, 2)
    )
    truth = sitk.CompositeTransform([second, first.GetInverse()])
    values = np.zeros(fixed.GetSize()[::-1], dtype=np.uint8)
    values[12:20, 140:180, 140:180] = 1
    gtv = sitk.GetImageFromArray(values)
    gtv.CopyInformation(fixed)
    found = register(fixed, moving, gtv).transform
    inside = np.argwhere(values)[::20, ::-1]
    points = np.array([fixed.TransformIndexToPhysicalPoint(index.tolist()) for index in inside])
    apart = transforms.distances_mm(found, truth, points)
    assert transforms.distances_mm(sitk.Transform(3, sitk.sitkIdentity), truth, points).mean() > 5.0
    assert apart.mean() < 0.6
