"""The checks pass a right registration and fail a wrong one, and say so when they cannot know."""

import json

import numpy as np
import pytest
import SimpleITK as sitk

from npcradiomics.images import transforms
from npcradiomics.registration.checks import (
    CheckLimits,
    check_recurrence_inside,
    check_registration,
    check_rotation,
)
from small_head import examinations


@pytest.fixture(scope="module")
def exams():
    return examinations()


@pytest.fixture(scope="module")
def right(exams):
    return check_registration(exams.fixed, exams.moving, exams.truth, exams.gtv, exams.gtvr)


@pytest.fixture(scope="module")
def wrong_transform(exams):
    off = transforms.euler((6.0, 6.0, -14.0), np.radians([8.0, 0.0, 0.0]), (3.0, 0.0, 4.0))
    return sitk.CompositeTransform([exams.truth, off])


@pytest.fixture(scope="module")
def wrong(exams, wrong_transform):
    return check_registration(exams.fixed, exams.moving, wrong_transform, exams.gtv, exams.gtvr)


def by_name(checks):
    return {check.name: check for check in checks.checks}


def test_the_true_motion_passes(right):
    assert {name: check.verdict for name, check in by_name(right).items()} == dict.fromkeys(
        ["backward", "similarity", "recurrence_inside", "overlap", "restart", "rotation"], "pass"
    )
    assert right.verdict == "pass"
    assert by_name(right)["backward"].value < 0.5
    assert by_name(right)["recurrence_inside"].value == 1.0


def test_five_millimetres_and_eight_degrees_off_fail(exams, wrong):
    assert wrong.verdict == "failed"
    checks = by_name(wrong)
    assert checks["backward"].verdict == checks["restart"].verdict == "failed"
    # Shifted by (3, 0, 4) about the tumour's centre, every check that measures distance finds some
    # 5 mm.
    assert checks["backward"].value == pytest.approx(5.0, abs=0.7)
    assert checks["restart"].value == pytest.approx(5.0, abs=0.7)
    assert "disagree by" in checks["backward"].sentence


def test_similarity_falls_when_the_registration_is_wrong(right, wrong):
    assert by_name(wrong)["similarity"].value < by_name(right)["similarity"].value - 0.03


def test_discrepancy_map_holds_the_mean_and_nothing_outside(exams, wrong):
    values = sitk.GetArrayFromImage(wrong.discrepancy)
    tumour = sitk.GetArrayFromImage(exams.gtv) != 0
    assert wrong.discrepancy.GetSize() == exams.gtv.GetSize()
    assert values[tumour].mean() == pytest.approx(by_name(wrong)["backward"].value, rel=1e-5)
    assert (values[~tumour] == 0).all()


def test_json(right):
    table = json.loads(json.dumps(right.as_dict(), allow_nan=False))
    assert table["checks"]["overlap"]["limit"] == 0.9
    assert set(table["checks"]["overlap"]) == {
        "name",
        "value",
        "unit",
        "limit",
        "verdict",
        "sentence",
    }


def test_without_a_recurrence_contour_it_says_not_known(exams):
    checks = check_registration(exams.fixed, exams.moving, exams.truth, exams.gtv)
    inside = by_name(checks)["recurrence_inside"]
    assert (inside.verdict, inside.value) == ("not known", None)
    assert "no contour of the recurrence" in inside.sentence
    assert by_name(checks)["backward"].verdict == "pass"
    assert checks.verdict == "look"


def test_off_the_image_is_failed_and_not_known_where_nothing_can_be_computed(exams):
    far = sitk.Euler3DTransform()
    far.SetTranslation((0.0, 0.0, 500.0))
    checks = check_registration(exams.fixed, exams.moving, far, exams.gtv)
    assert {name: check.verdict for name, check in by_name(checks).items()} == {
        "backward": "not known",
        "similarity": "not known",
        "recurrence_inside": "not known",
        "overlap": "failed",
        "restart": "not known",
        "rotation": "pass",
    }
    assert by_name(checks)["overlap"].value == 0.0
    assert checks.discrepancy is None
    assert checks.verdict == "failed"


def test_share_of_the_recurrence_inside_in_closed_form():
    # A GTV of 20 mm a side and a recurrence of one row of 20 voxels along x, half of it beyond GTV
    # + 10 mm.
    values = np.zeros((10, 60, 60), dtype=np.uint8)
    values[3:7, 20:40, 20:40] = 1
    gtv = sitk.GetImageFromArray(values)
    gtv.SetSpacing((1.0, 1.0, 5.0))
    row = np.zeros_like(values)
    row[5, 30, 20:40] = 1
    gtvr = sitk.GetImageFromArray(row)
    gtvr.SetSpacing((1.0, 1.0, 5.0))
    # Voxels 20..39 carried by +20: 40..59; the GTV ends at 39, so 40..49 are within 10 mm, 50..59
    # are not.
    back = sitk.TranslationTransform(3, (-20.0, 0.0, 0.0))
    check = check_recurrence_inside(back, gtv, gtvr, CheckLimits())
    assert check.value == 0.5
    assert check.verdict == "failed"
    assert (
        check_recurrence_inside(
            sitk.Transform(3, sitk.sitkIdentity), gtv, gtvr, CheckLimits()
        ).value
        == 1.0
    )


@pytest.mark.parametrize(("degrees", "verdict"), [(14.9, "pass"), (15.1, "look")])
def test_rotation_wants_a_look_above_fifteen_degrees(degrees, verdict):
    check = check_rotation(
        transforms.euler(np.zeros(3), np.radians([0, degrees, 0])), CheckLimits()
    )
    assert check.value == pytest.approx(degrees)
    assert check.verdict == verdict


def test_a_transform_that_is_not_linear_is_refused(exams):
    field = sitk.Image([8, 8, 8], sitk.sitkVectorFloat64, 3)
    values = np.zeros((8, 8, 8, 3))
    values[..., 0] = np.arange(8) ** 2
    field = sitk.GetImageFromArray(values, isVector=True)
    field.SetSpacing((40.0, 40.0, 40.0))
    field.SetOrigin((-140.0, -140.0, -140.0))
    with pytest.raises(ValueError, match="not linear"):
        check_registration(
            exams.fixed, exams.moving, sitk.DisplacementFieldTransform(field), exams.gtv
        )
