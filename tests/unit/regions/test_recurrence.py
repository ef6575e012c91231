"""Recurrent region and rest of the tumour, counted on boxes."""

import numpy as np
import pytest

from npcradiomics.regions import recurrence
from npcradiomics.regions.recurrence import derive_regions

VOXEL_CM3 = 0.00245  # 0.7 x 0.7 x 5 mm


def box(z, y, x):
    mask = np.zeros((10, 20, 20), bool)
    mask[z, y, x] = True
    return mask


GTV = box(slice(2, 8), slice(4, 14), slice(4, 14))  # 600 voxels
GTVR = box(slice(4, 8), slice(4, 14), slice(9, 17))  # 320 voxels, 200 of them in the GTV


def test_whole_and_inside_definition():
    whole = derive_regions(GTV, GTVR, VOXEL_CM3, recurrent="whole")
    inside = derive_regions(GTV, GTVR, VOXEL_CM3, recurrent="inside_gtv")
    assert (whole.masks["recurrent"].sum(), inside.masks["recurrent"].sum()) == (320, 200)
    assert whole.masks["non_recurrent"].sum() == inside.masks["non_recurrent"].sum() == 400
    assert not (whole.masks["recurrent"] & whole.masks["non_recurrent"]).any()


def test_report_counts():
    report = derive_regions(GTV, GTVR, VOXEL_CM3).report
    assert report["gtv_cm3"] == pytest.approx(600 * VOXEL_CM3)
    assert report["recurrent_cm3"] == pytest.approx(320 * VOXEL_CM3)
    assert report["recurrent_fraction_of_gtv"] == pytest.approx(200 / 600)
    assert report["gtvr_outside_gtv_fraction"] == pytest.approx(120 / 320)
    assert report["warnings"] == ["37.5% of GTVr lies outside the GTV (more than 10%)"]


@pytest.mark.parametrize(("covered", "words"), [(320, "yes"), (304, "yes"), (303, "no"), (0, "no")])
def test_in_field_from_95_percent(covered, words):
    isodose = np.zeros(GTV.shape, bool)
    isodose.flat[np.flatnonzero(GTVR)[:covered]] = True
    report = derive_regions(GTV, GTVR, VOXEL_CM3, isodose).report
    assert report["in_field_fraction"] == pytest.approx(covered / 320)
    assert report["in_field"] == words


def test_unknown_dose_is_reported_as_not_known():
    report = derive_regions(GTV, GTVR, VOXEL_CM3).report
    assert report["in_field_fraction"] is None
    assert report["in_field"] == "not known"


def test_recurrence_outside_the_tumour_is_refused_with_the_distance():
    with pytest.raises(
        ValueError, match=r"lies wholly outside the GTV .* 2 slices, 0 rows and 8 columns"
    ):
        derive_regions(GTV, box(slice(5, 9), slice(4, 14), slice(14, 24)), VOXEL_CM3)


def test_too_few_voxels_are_refused_with_the_number():
    with pytest.raises(ValueError, match=r"recurrent region has 8 voxels .* at least 64"):
        derive_regions(GTV, box(slice(4, 6), slice(5, 7), slice(5, 7)), VOXEL_CM3)
    with pytest.raises(ValueError, match=r"non_recurrent region has 0 voxels"):
        derive_regions(GTV, GTV, VOXEL_CM3)


def test_empty_contour_is_refused():
    with pytest.raises(ValueError, match="GTV has 0 voxels"):
        derive_regions(np.zeros_like(GTV), GTVR, VOXEL_CM3)


def test_a_region_that_is_named_needs_its_mask(monkeypatch):
    monkeypatch.setattr(recurrence, "REGIONS", ("recurrent", "non_recurrent", "rim"))
    with pytest.raises(ValueError, match=r"regions/recurrence\.py has no mask of rim"):
        derive_regions(GTV, GTVR, VOXEL_CM3)
