"""The checks pass a right registration and fail a wrong one, and say so when they cannot know."""

import json

import numpy as np
import pytest
import SimpleITK as sitk

from npcradiomics.images import transforms
from npcradiomics.registration.checks import check_registration, check_rotation
from npcradiomics.registration.criteria import CheckLimits
from npcradiomics.registration.field_of_view import (
    check_covered,
    check_overlap,
    check_recurrence_inside,
)
from npcradiomics.registration.laterality import check_laterality
from npcradiomics.registration.parameters import RegistrationParameters
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
        [
            "backward",
            "similarity",
            "recurrence_inside",
            "covered",
            "overlap",
            "restart",
            "laterality",
            "rotation",
        ],
        "pass",
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


def test_the_right_place_is_better_than_all_beside_it_and_a_wrong_one_is_not(right, wrong):
    found = by_name(right)["similarity"]
    assert found.value == 1.0
    assert (
        "less alike at 24 of 24 places 3-8 mm and 2-6 degrees away: what was found is the best"
        in found.sentence
    )
    # 5 mm and 8 degrees off, some of the places beside are nearer to the truth.
    assert by_name(wrong)["similarity"].value < 0.9
    assert by_name(wrong)["similarity"].verdict == "failed"


def test_tumour_cut_by_the_field_of_view_in_closed_form():
    # A GTV of 10 slices of one size; the recurrence MRI shows all of them, then without the 4
    # lowest.
    values = np.zeros((20, 30, 30), dtype=np.uint8)
    values[5:15, 10:20, 10:20] = 1
    gtv = sitk.GetImageFromArray(values)
    gtv.SetSpacing((1.0, 1.0, 3.0))
    still = sitk.Transform(3, sitk.sitkIdentity)
    whole = check_covered(gtv[:, :, 5:15], still, gtv, CheckLimits())
    assert (whole.value, whole.verdict) == (1.0, "pass")
    cut = check_covered(gtv[:, :, 9:], still, gtv, CheckLimits())
    assert (cut.value, cut.verdict) == (0.6, "failed")
    assert "covers 60% of the tumour: what lies in the rest is not known" in cut.sentence


def test_few_surroundings_want_a_look_and_no_refusal(exams):
    # The slices that hold the GTV and no more: the tumour whole, a third of what lies 25 mm round
    # it.
    filled = np.flatnonzero(sitk.GetArrayViewFromImage(exams.gtv).any(axis=(1, 2)))
    slab = exams.fixed[:, :, int(filled[0]) : int(filled[-1]) + 1]
    still = sitk.Transform(3, sitk.sitkIdentity)
    assert check_covered(slab, still, exams.gtv, CheckLimits()).value == 1.0
    overlap = check_overlap(slab, still, exams.gtv, CheckLimits())
    assert overlap.value < 0.6
    assert overlap.verdict == "look"


def test_discrepancy_map_holds_the_mean_and_nothing_outside(exams, wrong):
    values = sitk.GetArrayFromImage(wrong.discrepancy)
    tumour = sitk.GetArrayFromImage(exams.gtv) != 0
    assert wrong.discrepancy.GetSize() == exams.gtv.GetSize()
    assert values[tumour].mean() == pytest.approx(by_name(wrong)["backward"].value, rel=1e-5)
    assert (values[~tumour] == 0).all()


def test_json(right):
    table = json.loads(json.dumps(right.as_dict(), allow_nan=False))
    assert table["checks"]["overlap"]["limit"] == 0.75
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
        "covered": "failed",
        "overlap": "look",
        "restart": "not known",
        "laterality": "not known",
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


def test_exchanged_sides_are_noticed(exams):
    how = RegistrationParameters(), CheckLimits()
    right = check_laterality(exams.fixed, exams.moving, exams.truth, exams.gtv, *how)
    assert right.value > 1.0
    assert right.verdict == "pass"
    # The same head mirrored at its own middle plane, x = 0 of the anatomy.
    mirror = sitk.AffineTransform(3)
    mirror.SetMatrix(np.diag([-1.0, 1.0, 1.0]).ravel().tolist())
    back = sitk.CompositeTransform([exams.truth, mirror, exams.truth.GetInverse()])
    exchanged = sitk.Resample(exams.moving, exams.moving, back, sitk.sitkLinear, 0.0)
    wrong = check_laterality(exams.fixed, exchanged, exams.truth, exams.gtv, *how)
    assert wrong.verdict == "failed"
    assert wrong.value == pytest.approx(1.0 / right.value, rel=0.1)
    assert "With left and right exchanged the recurrence MRI fits better" in wrong.sentence
