"""The dose of one recurrence: planted distances, doses, classes, and intervals of known shifts."""

import numpy as np
import pytest
import SimpleITK as sitk

from dicom_files import grid, points_of
from npcradiomics.dose.recurrence import EQD2, PERCENT, VOLUME, Plan, measure_recurrence
from npcradiomics.registration.error import RegistrationError, draw_perturbations
from solid_masks import ball, image_of

PLACE = grid((81, 81, 17), (1.0, 1.0, 5.0))
GTV = ball(PLACE, 25.0)
GTVR = ball(PLACE, 9.0, (10.0, 0.0, 0.0))


def falling_dose(edge_mm=30.0, per_mm=2.0):
    """70 Gy to 30 mm from the origin; beyond it 2 Gy less per mm. 95 % (66.5 Gy) at 31.75 mm."""
    doses = grid((45, 45, 35), (2.5, 2.5, 3.0))
    away = np.linalg.norm(points_of(doses), axis=-1)
    return image_of(70.0 - per_mm * np.maximum(away - edge_mm, 0.0), doses)


def table(measured):
    return {(r["structure"], r["quantity"], r["unit"]): r for r in measured.figures}


def value(measured, *key):
    return table(measured)[key]["value"]


def moved(x_mm=0.0):
    return sitk.TranslationTransform(3, (x_mm, 0.0, 0.0))


def test_recurrence_within_a_plateau():
    plan = Plan(dose=falling_dose(), prescription_gy=70.0, fractions=35, alpha_beta_gy=10.0)
    measured = measure_recurrence(GTV, GTVR, plan)
    for structure in ("gtvr", "gtvr_inside_gtv", "non_recurrent", "gtv"):
        for quantity in ("d98", "d95", "d50", "d2", "mean", "minimum", "maximum"):
            assert value(measured, structure, quantity, "Gy") == pytest.approx(70.0, abs=0.02)
            assert value(measured, structure, quantity, PERCENT) == pytest.approx(100.0, abs=0.03)
            assert value(measured, structure, quantity, EQD2) == pytest.approx(70.0, abs=0.03)
        assert value(measured, structure, "v95", VOLUME) == 100.0
    assert value(measured, "centroid", "dose", "Gy") == pytest.approx(70.0)
    assert value(measured, "centroid", "distance_to_isodose95", "mm") == pytest.approx(
        21.75, abs=0.3
    )
    assert value(measured, "centroid", "distance_to_gtv_surface", "mm") == pytest.approx(
        15, abs=0.5
    )
    assert value(measured, "centroid", "distance_to_gtv_centroid", "mm") == pytest.approx(
        10, abs=0.1
    )
    failure = measured.failure
    assert (failure["class"], failure["share_in_isodose95"]) == ("in field", 1.0)
    assert failure["borderline"] is None and failure["type"] is None and failure["n_shifts"] == 0
    assert all(np.isnan(row["low"]) for row in measured.figures)


def test_linear_dose_splits_the_tumour_as_its_volumes_say():
    # The mean of a linear dose is that at the centroid: GTV 60, GTVr 60 + 10 / 2 Gy, and the rest
    # what the volumes 25^3 and 9^3 leave.
    doses = grid((45, 45, 35), (2.5, 2.5, 3.0))
    dose = image_of(60.0 + points_of(doses)[..., 0] / 2, doses)
    measured = measure_recurrence(GTV, GTVR, Plan(dose=dose, prescription_gy=60.0))
    assert value(measured, "gtv", "mean", "Gy") == pytest.approx(60.0, abs=0.02)
    assert value(measured, "gtvr", "mean", "Gy") == pytest.approx(65.0, abs=0.02)
    share = (9 / 25) ** 3
    rest = (60.0 - 65.0 * share) / (1 - share)
    assert value(measured, "non_recurrent", "mean", "Gy") == pytest.approx(rest, abs=0.05)


def test_half_of_a_recurrence_beyond_the_isodose_is_marginal():
    # A plane isodose half a millimetre beyond the centroid: 95 % of 70 Gy at x = 10.5.
    doses = grid((45, 45, 35), (2.5, 2.5, 3.0))
    dose = image_of(66.5 - 3.0 * (points_of(doses)[..., 0] - 10.5), doses)
    measured = measure_recurrence(
        GTV, GTVR, Plan(dose=dose, prescription_gy=70.0), [moved(x) for x in np.linspace(-2, 2, 51)]
    )
    failure = measured.failure
    assert failure["class"] == "marginal" and failure["borderline"] is False

    def within(mm):
        """Share of the ball up to a plane so far beyond its centre; beyond u R lies (2 - 3u + u^3) / 4."""
        u = mm / 9
        return 1 - (2 - 3 * u + u**3) / 4

    # The middle 90 % of the shifts are 1.8 mm either way.
    assert failure["share_in_isodose95"] == pytest.approx(within(0.5), abs=0.015)
    assert failure["share_low"] == pytest.approx(within(0.5 - 1.8), abs=0.02)
    assert failure["share_high"] == pytest.approx(within(0.5 + 1.8), abs=0.02)
    at = table(measured)["centroid", "distance_to_isodose95", "mm"]
    assert (at["value"], at["low"], at["high"]) == pytest.approx((0.5, -1.3, 2.3), abs=0.3)
    mean = table(measured)["gtvr", "mean", "Gy"]
    expected = (68.0, 68.0 - 5.4, 68.0 + 5.4)
    assert (mean["value"], mean["low"], mean["high"]) == pytest.approx(expected, abs=0.1)


def test_class_that_a_shift_changes_is_borderline():
    # GTVr reaches 19 mm; in field until the isodose at 31.75 mm cuts off 5 %.
    plan = Plan(dose=falling_dose(edge_mm=16.0), prescription_gy=70.0)
    near = [moved(x) for x in np.linspace(-6, 6, 50)]
    failure = measure_recurrence(GTV, GTVR, plan, near).failure
    assert failure["class"] == "in field" and failure["borderline"] is True
    assert failure["classes_within_interval"] == "in field, marginal"
    still = [moved(x) for x in np.linspace(-0.2, 0.2, 50)]
    assert measure_recurrence(GTV, GTVR, plan, still).failure["borderline"] is False


def test_shifts_move_the_recurrence_and_not_the_tumour():
    plan = Plan(dose=falling_dose(), prescription_gy=70.0)
    measured = measure_recurrence(GTV, GTVR, plan, [moved(40.0)] * 3)
    found = table(measured)
    assert found["gtvr", "mean", "Gy"]["low"] < 40.0  # at 50 mm: 30 Gy
    assert found["gtvr", "mean", "Gy"]["high"] == found["gtvr", "mean", "Gy"]["value"]
    assert np.isnan(found["gtv", "mean", "Gy"]["low"])
    # None of GTVr is left inside the tumour: no dose of nothing.
    assert np.isnan(found["gtvr_inside_gtv", "mean", "Gy"]["low"])
    assert found["centroid", "distance_to_gtv_surface", "mm"]["low"] == pytest.approx(-25, abs=0.6)


def test_interval_follows_from_the_registrations_error_and_the_seed():
    plan = Plan(dose=falling_dose(edge_mm=16.0), prescription_gy=70.0)
    widths = []
    for error_mm in (0.5, 2.0):
        error = RegistrationError(error_mm, 0.9 * error_mm, 1.1 * error_mm, error_mm, 0.0)
        shifts = draw_perturbations(error, GTVR, 60, seed=3)
        row = table(measure_recurrence(GTV, GTVR, plan, shifts))["gtvr", "mean", "Gy"]
        again = draw_perturbations(error, GTVR, 60, seed=3)
        assert row == table(measure_recurrence(GTV, GTVR, plan, again))["gtvr", "mean", "Gy"]
        assert row["low"] <= row["value"] <= row["high"]
        widths.append(row["high"] - row["low"])
    assert widths[1] == pytest.approx(4 * widths[0], rel=0.3)


def test_isodose_alone_says_class_share_and_distances():
    doses = grid((81, 81, 41), (1.0, 1.0, 2.0))
    isodose = image_of(points_of(doses)[..., 0] < 10.0, doses, np.uint8)
    plan = Plan(isodose95=isodose, targets=[("CTV70", 70.0, GTV)])
    measured = measure_recurrence(GTV, GTVR, plan, [moved(-1.0), moved(1.0)])
    assert measured.failure["class"] == "marginal" and measured.failure["type"] is None
    assert measured.failure["share_in_isodose95"] == pytest.approx(0.5, abs=0.06)
    assert {row["quantity"] for row in measured.figures} == {
        *("v95", "distance_to_isodose95", "distance_to_gtv_surface", "distance_to_gtv_centroid")
    }
    assert measured.curves == []


def test_type_and_how_often_the_shifts_agree():
    targets = [("CTV60", 60.0, ball(PLACE, 30.0)), ("CTV70", 70.0, ball(PLACE, 12.0))]
    plan = Plan(dose=falling_dose(), prescription_gy=70.0, targets=targets)
    # The centroid at x = 10 lies in CTV70 until it is moved by 2 mm.
    shifts = [moved(x) for x in (0, 0.4, 0.8, 1.2, 3, 4, 5, 6)]
    failure = measure_recurrence(GTV, GTVR, plan, shifts).failure
    assert (failure["type"], failure["origin"]) == ("A", "CTV70")
    assert failure["type_agreement"] == 0.5 and failure["type_borderline"] is True


def test_what_lies_beyond_the_dose_grid_counts_as_nothing_and_is_said():
    # A grid that ends at x = 0, half of the tumour's ball; its outermost voxels reach 1.25 mm on.
    doses = grid((17, 25, 21), (2.5, 2.5, 3.0), (-20.0, 0.0, 0.0))
    dose = image_of(np.full((21, 25, 17), 70.0), doses)
    measured = measure_recurrence(GTV, ball(PLACE, 9.0, (-12, 0, 0)), Plan(dose, None, 70.0))
    gtv, gtvr = 25**3, 9**3
    beyond = gtv * (2 - 3 * 0.05 + 0.05**3) / 4 / (gtv + gtvr)
    assert measured.failure["share_outside_dose_grid"] == pytest.approx(beyond, abs=0.02)
    assert value(measured, "gtv", "v95", VOLUME) == pytest.approx(50, abs=2)
    assert (
        measure_recurrence(GTV, GTVR, Plan(isodose95=GTV)).failure["share_outside_dose_grid"]
        is None
    )


def test_without_a_dose_there_is_nothing_to_measure():
    with pytest.raises(ValueError, match="neither dose nor isodose95"):
        measure_recurrence(GTV, GTVR, Plan())
    with pytest.raises(ValueError, match="prescription of None Gy"):
        measure_recurrence(GTV, GTVR, Plan(dose=falling_dose()))
