"""One patient in every universe: what is observed, what is drawn, what is kept."""

import dataclasses

import numpy as np
import pytest

from hook_in_a_tumour import GTV, POKING, SPACING, grown
from npcradiomics.features.extraction import extract
from npcradiomics.multiverse import records
from npcradiomics.multiverse.design import make_design, measured_universes, study_path
from npcradiomics.multiverse.measurement import measure_universes
from npcradiomics.spatial_null.sampling import sample_patient

VOLUME = np.random.default_rng(3).normal(300, 60, GTV.shape)
EXTRACTION = {
    "n_levels": 16,
    "quantizer": "lloyd",
    "quantizer_fit": "region",
    "outliers": "none",
    "resampling": "none",
}
# Another image in place of one without its bias field, and a line through its values.
FLAT = VOLUME + 4.0 * np.indices(GTV.shape)[2]
PLAIN = study_path(
    {
        "intensity": {"normalisation": "none"},
        "regions": {"recurrent": "whole"},
        "extraction": EXTRACTION,
    }
)
DRAWN = {"n_draws": 5, "surrogates": 3, "match": "depth", "seed": 4}
AXES = {
    "region": ["inside_gtv"],
    "fit": ["gtv"],
    "quantizer": ["uniform"],
    "levels": [8],
    "outliers": ["3sigma"],
    "resampling": ["isotropic"],
    "grown_mm": [-1, 1],
}
UNIVERSES = measured_universes(make_design(PLAIN, AXES, "around"))
CONTOURS = {(mm, 0): grown(POKING, mm) for mm in (0, -1, 1)}


def measure(universes=UNIVERSES, contours=CONTOURS, asked=None, **changes):
    """The record; intensities that were asked for are put into `asked`."""
    options = DRAWN | {"min_voxels": 64} | changes
    images = {"none": VOLUME, "n4": FLAT, "n4_zscore": (FLAT - 300) / 60}

    def volumes(methods):
        if asked is not None:
            asked.extend(methods)
        return {name: images[name] for name in methods}

    patient = ("P1", volumes, [VOLUME], GTV, contours, SPACING)
    return measure_universes(*patient, universes, **options)


@pytest.fixture(scope="module")
def record():
    return measure()


def place(record, **departures):
    measured = {axis: value for axis, value in (PLAIN | departures).items() if axis != "test"}
    return record.rows([records.label(measured)])[0]


def settings_of(departures):
    one = PLAIN | departures
    return {
        "n_levels": one["levels"],
        "quantizer": one["quantizer"],
        "outliers": one["outliers"],
        "resampling": one["resampling"],
        "fit_mask": GTV if one["fit"] == "gtv" else None,
        "spacing_mm": SPACING,
    }


@pytest.mark.parametrize("departures", [{}, *({axis: values[-1]} for axis, values in AXES.items())])
def test_what_is_observed_is_what_the_extraction_measures(record, departures):
    contour = CONTOURS[departures.get("grown_mm", 0), 0]
    region = contour & GTV if departures.get("region") == "inside_gtv" else contour
    assert (contour & ~GTV).any()  # the tumour's outside has a part in it
    found = record.features[place(record, **departures), 0]
    for row, mask in zip(found, (region, GTV & ~contour), strict=True):
        expected = list(extract(VOLUME, mask, **settings_of(departures)).features.values())
        assert np.array_equal(row, expected, equal_nan=True)


def test_intensities_are_measured_on_their_own_image_and_a_line_through_them_leaves_the_texture():
    """Under Lloyd-Max per region levels depend on (value - low) / (high - low) alone."""
    names = ("none", "n4", "n4_zscore")
    record = measure([UNIVERSES[0] | {"intensity": name} for name in names])
    for row, volume in zip(record.features, (VOLUME, FLAT), strict=False):
        expected = list(extract(volume, POKING, **settings_of({})).features.values())
        assert np.array_equal(row[0, 0], expected, equal_nan=True)
    n4, z = record.features[1:, 0]
    assert np.allclose(z[:, 7:], n4[:, 7:], rtol=1e-9)
    assert np.allclose(z[:, 0], (n4[:, 0] - 300) / 60)
    assert np.allclose(z[:, 1], n4[:, 1] / 3600)
    assert not np.isclose(record.features[0, 0, :, 7:], n4[:, 7:]).all()


def test_draws_and_surrogates_are_those_of_the_spatial_null(record):
    """Inside the GTV, where that null is; its first ones, to the last bit."""
    place_of = ("P1", VOLUME, GTV, POKING, SPACING)
    more = DRAWN | {"n_draws": 9, "shape": "own", "extraction": EXTRACTION}
    draws = sample_patient(*place_of, gtvr=POKING, tell=lambda line: None, **more)
    row = place(record, region="inside_gtv")
    assert record.reason == draws.reason == ""
    assert np.array_equal(record.features[row], draws.features[:6], equal_nan=True)
    assert np.array_equal(record.surrogate_features[row], draws.surrogate_features, equal_nan=True)


def test_remainders_of_whole_and_inside_are_the_same_and_regions_are_not(record):
    whole, inside = (record.features[place(record, region=r)] for r in ("whole", "inside_gtv"))
    assert np.array_equal(whole[:, 1], inside[:, 1])
    assert not np.isclose(whole[:, 0, 0], inside[:, 0, 0]).any()


def test_a_universe_more_measures_itself_alone(record):
    """What is kept is not looked at again: a mark in it stays."""
    marked = dataclasses.replace(record, features=record.features + 1000.0)
    more = [*UNIVERSES, UNIVERSES[0] | {"levels": 4}]
    asked = []
    again = measure(more, kept=marked, asked=asked)
    assert asked == ["none"]
    assert np.array_equal(again.features[:-1], marked.features, equal_nan=True)
    assert np.array_equal(again.features[-1], measure(more[-1:]).features[0], equal_nan=True)
    fewer = measure(more[2:4], kept=again, asked=asked)
    assert asked == ["none"]  # nothing was measured, so no image was normalised
    assert np.array_equal(fewer.features, again.features[2:4], equal_nan=True)


@pytest.mark.parametrize("changed", [{"seed": 5}, {"n_draws": 4}, {"code": ["toolbox.py 1"]}])
def test_what_follows_from_other_things_is_measured_anew(record, changed):
    again = measure(UNIVERSES[:1], kept=record, **changed)
    assert again.keys[0] not in record.keys
    assert np.array_equal(again.features[0, 0], record.features[0, 0])


def test_another_contour_of_one_universe_measures_that_one_anew(record):
    changed = CONTOURS | {(1, 0): grown(POKING, 1.5)}
    again = measure(contours=changed)
    other = [k for k in range(len(UNIVERSES)) if again.keys[k] != record.keys[k]]
    assert other == [place(record, grown_mm=1)]


def test_a_universe_that_cannot_be_measured_has_a_note_and_no_values():
    contours = CONTOURS | {(-1, 0): "nothing is left of the contour"}
    asked = [UNIVERSES[0], UNIVERSES[0] | {"grown_mm": -1}, UNIVERSES[0] | {"levels": 4000}]
    record = measure(asked, contours)
    assert record.notes[0] == "" and np.isfinite(record.features[0, :, :, 0]).all()
    assert record.notes[1] == "nothing is left of the contour"
    assert "4000" in record.notes[2]
    assert np.isnan(record.features[1:]).all() and np.isnan(record.surrogate_features[1:]).all()


def test_too_small_a_contour_is_left_out_of_its_universe():
    record = measure(UNIVERSES, min_voxels=int((CONTOURS[-1, 0]).sum()) + 1)
    assert "at least" in record.notes[place(record, grown_mm=-1)]
    assert record.notes[place(record)] == ""


def test_without_draws_what_is_observed_is_there_and_why():
    """Forty voxels of the tumour are left: too few for a draw's remainder."""
    nearly_all = GTV.copy()
    nearly_all.ravel()[np.flatnonzero(GTV)[:40]] = False
    record = measure(UNIVERSES[:1], {(0, 0): nearly_all}, min_voxels=2)
    assert "leaves 40" in record.reason and record.features.shape[1] == 1
    assert np.isfinite(record.features[0, 0, :, 0]).all()


def test_a_record_comes_back_as_it_was_written(record, tmp_path):
    records.write(record, tmp_path / "universes.npz")
    again = records.read(tmp_path / "universes.npz")
    assert again.patient == "P1" and again.reason == ""
    for name in ("universes", "keys", "notes", "features", "surrogate_features"):
        before, after = getattr(record, name), getattr(again, name)
        assert np.array_equal(before, after, equal_nan=before.dtype.kind == "f")
    (tmp_path / "universes.npz").write_bytes(b"PK")
    with pytest.raises(ValueError, match=r"universes\.npz: cannot be read as universes"):
        records.read(tmp_path / "universes.npz")
