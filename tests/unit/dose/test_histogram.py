"""Dose-volume figures: closed forms, Eclipse's own histograms, and dicompyler-core's."""

import importlib
import json

import numpy as np
import pydicom
import pytest
from scipy.optimize import brentq

from dicom_files import grid, points_of, tilted
from npcradiomics.dicom import reading
from npcradiomics.dose.histogram import (
    DOSES,
    cumulative,
    dose_figures,
    eqd2,
    share_reaching,
)
from npcradiomics.dose.solids import Solid, value_at
from solid_masks import ball, image_of

PLAN_GY = 14.0  # of the Eclipse export


def figures(doses):
    return dict(zip(DOSES, dose_figures(np.asarray(doses, float)), strict=True))


def test_figures_of_hundred_and_one_equal_parts():
    # 0, 1, ... 100 Gy: x % of the volume get 100 - x or more.
    found = figures(np.arange(101))
    expected = {"d98": 2, "d95": 5, "d50": 50, "d2": 98, "mean": 50, "minimum": 0, "maximum": 100}
    assert found == pytest.approx(expected)
    assert share_reaching(np.arange(100.0), 100.0, 95.0) == 0.05  # 95 itself counts
    assert np.isnan(dose_figures(np.array([]))).all() and np.isnan(share_reaching([], 1.0, 95.0))


@pytest.mark.parametrize("direction", [(1, 0, 0), (0, 0, 1), (1, 1, 1)])
@pytest.mark.parametrize(
    ("spacing", "size", "within_mm"),
    [((0.7, 0.7, 5.0), (61, 61, 11), 0.6), ((1, 1, 1), (41, 41, 41), 0.5)],
)
def test_linear_dose_in_a_ball(direction, spacing, size, within_mm):
    """The share beyond u R of a ball is (2 - 3 u + u^3) / 4; 1 Gy a mm, on a dose grid of its own, coarser and tilted."""
    radius, axis = 15.0, np.array(direction) / np.linalg.norm(direction)
    doses = grid((17, 17, 17), (3.0, 3.0, 4.0), direction=tilted(11))
    dose = image_of(60.0 + points_of(doses) @ axis, doses)
    found = figures(value_at(Solid(ball(grid(size, spacing), radius)).points(), dose))
    for name, share in (("d98", 0.98), ("d95", 0.95), ("d50", 0.50), ("d2", 0.02)):
        beyond = radius * brentq(lambda u: (2 - 3 * u + u**3) / 4 - share, -1, 1)  # noqa: B023
        assert found[name] == pytest.approx(60.0 + beyond, abs=within_mm), name
    assert found["mean"] == pytest.approx(60.0, abs=0.05)


def test_eqd2_by_hand():
    # 70 Gy in 35 fractions is itself; 60 Gy in 20 with alpha/beta 10: 60 (3 + 10) / 12 = 65 Gy.
    assert eqd2(70.0, 35, 10.0) == pytest.approx(70.0)
    assert eqd2(np.array([60.0, 0.0]), 20, 10.0) == pytest.approx([65.0, 0.0])


def test_cumulative_histogram_by_counting():
    doses, volumes = cumulative(np.array([70.0, 70.0, 35.0, 66.5]), 70.0)
    at = dict(zip(doses.tolist(), volumes.tolist(), strict=True))
    assert (at[0.0], at[50.0], at[50.5], at[95.0], at[95.5], at[100.0]) == (
        100,
        100,
        75,
        75,
        50,
        50,
    )
    assert doses[-1] == 100.5 and volumes[-1] == 0


@pytest.fixture(scope="module")
def dicompyler():
    """dicompyler-core 0.5.6 asks for a name that pydicom 3 no longer has."""
    dicomio = importlib.import_module("pydicom.dicomio")
    dicomio.read_file = pydicom.dcmread
    from dicompylercore import dicomparser, dvh, dvhcalc

    yield dicomparser, dvh, dvhcalc
    del dicomio.read_file


def varian_grids(dose):
    return {
        "dose grid": dose,
        "CT grid": grid((512, 512, 98), (1.074219, 1.074219, 3.0), (-0.54, -249.5, 23.06)),
        "1 mm": grid((480, 320, 290), (1.0, 1.0, 1.0), (9.5, -260.5, 22.5)),
    }


@pytest.mark.parametrize("name", ["Tumor Bed", "Tumor Bed Block"])
def test_figures_are_eclipses(shared, dicompyler, name):
    parser, dvh, _ = dicompyler
    folder = shared / "data/varian_rt"
    structures = parser.DicomParser(str(folder / "rtss.dcm")).GetStructures()
    (number,) = [key for key, value in structures.items() if value["name"] == name]
    eclipse = dvh.DVH.from_dicom_dvh(parser.DicomParser(str(folder / "rtdose.dcm")).ds, number)
    _, volume, above_95, mean_percent = json.loads((folder / "eclipse_dvh.json").read_text())[name]
    dose = reading.read_dose(folder / "rtdose.dcm")
    for where, reference in varian_grids(dose).items():
        solid = Solid(reading.read_structure(folder / "rtss.dcm", name, reference))
        doses = value_at(solid.points(), dose)
        found = figures(doses)
        for key, value in (("d95", eclipse.D95), ("d50", eclipse.D50), ("d2", eclipse.D2)):
            assert found[key] == pytest.approx(value.value, rel=0.01), (where, key)
        assert found["mean"] == pytest.approx(mean_percent * PLAN_GY / 100, rel=0.01), where
        v95 = 100 * share_reaching(doses, PLAN_GY, 95.0)
        assert v95 == pytest.approx(100 * above_95 / volume, abs=1.5), where


@pytest.mark.parametrize("name", ["Tumor Bed", "Tumor Bed Block", "Heart"])
def test_figures_are_dicompylers(shared, dicompyler, name):
    """An independent program, by dose planes and polygons. The heart lies in a steep dose, 0.02 to 3 Gy."""
    parser, _, calculation = dicompyler
    folder = shared / "data/varian_rt"
    structures = parser.DicomParser(str(folder / "rtss.dcm")).GetStructures()
    (number,) = [key for key, value in structures.items() if value["name"] == name]
    theirs = calculation.get_dvh(str(folder / "rtss.dcm"), str(folder / "rtdose.dcm"), number)
    dose = reading.read_dose(folder / "rtdose.dcm")
    solid = Solid(reading.read_structure(folder / "rtss.dcm", name, varian_grids(dose)["1 mm"]))
    found = figures(value_at(solid.points(), dose))
    bin_gy = 0.01  # of their histogram
    for key, value in (("d95", theirs.D95), ("d50", theirs.D50), ("d2", theirs.D2)):
        assert found[key] == pytest.approx(value.value, rel=0.01, abs=bin_gy), key
    assert found["mean"] == pytest.approx(theirs.mean, rel=0.01)
