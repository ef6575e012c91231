"""Both regions under perturbation: where nothing can change, nothing does; what is lost says why."""

import numpy as np
import pytest

from ball_arrays import SPACING, ball
from npcradiomics.features.extraction import FEATURE_NAMES
from npcradiomics.perturbation.measurements import measure_perturbed

REGIONS = {"recurrent": "whole", "min_voxels": 64}
EXTRACTION = {
    "n_levels": 32,
    "quantizer": "lloyd",
    "quantizer_fit": "region",
    "outliers": "none",
    "resampling": "none",
}


def example(contrast):
    """A tumour whose right half is brighter by `contrast`, in fine noise of whole numbers."""
    gtv = ball(15.0)
    gtvr = gtv & (np.indices(gtv.shape)[2] > 35)
    image = 1000.0 + contrast * (np.indices(gtv.shape)[2] > 35)
    noise = np.random.default_rng(1).normal(0, 10, gtv.shape)
    return np.rint(image + noise).astype(np.int16), gtv, gtvr


def test_a_bright_half_stays_bright_in_every_perturbation():
    """200 planted between the halves; contours that overlap mix some of it, never half."""
    image, gtv, gtvr = example(200.0)
    rows, reasons = measure_perturbed(
        "P1", image, gtv, gtvr, SPACING, regions=REGIONS, extraction=EXTRACTION, n=3, seed=0
    )
    assert reasons == []
    assert [(row["region"], row["perturbation"]) for row in rows] == [
        (region, k) for k in (1, 2, 3) for region in ("recurrent", "non_recurrent")
    ]
    assert list(rows[0])[3:] == list(FEATURE_NAMES)
    means = np.array([row["Intensity_Mean"] for row in rows])
    assert means[::2] == pytest.approx(1200, abs=40)
    assert means[1::2] == pytest.approx(1000, abs=40)
    again, _ = measure_perturbed(
        "P1", image, gtv, gtvr, SPACING, regions=REGIONS, extraction=EXTRACTION, n=1, seed=0
    )
    other, _ = measure_perturbed(
        "P2", image, gtv, gtvr, SPACING, regions=REGIONS, extraction=EXTRACTION, n=1, seed=0
    )
    assert again == rows[:2]
    assert other[0]["Intensity_Mean"] != again[0]["Intensity_Mean"]


def test_a_perturbation_that_leaves_no_region_has_no_numbers_and_says_why():
    """GTVr is all of the GTV but a rim: of what is left over half of min_voxels is asked for."""
    image, gtv, _ = example(0.0)
    rows, reasons = measure_perturbed(
        "P1",
        image,
        gtv,
        gtv,
        SPACING,
        regions=REGIONS | {"min_voxels": 2 * int(gtv.sum())},
        extraction=EXTRACTION,
        n=2,
    )
    assert len(reasons) == 2
    assert reasons[0].startswith("perturbation 1 of 2: ")
    assert "voxels" in reasons[0]
    assert all(np.isnan(row[name]) for row in rows for name in FEATURE_NAMES)
