"""Places that cover a tumour: how often, how large, how compact, where, and their features."""

import numpy as np
import pytest
from scipy import ndimage, sparse

import placements_example
from npcradiomics.features.extraction import FEATURE_NAMES, extract
from npcradiomics.risk.covering import (
    NO_RECURRENCE,
    cover,
    measure_places,
    positions_of,
    size_of_places,
)
from npcradiomics.spatial_null.placements import NotDrawable
from npcradiomics.spatial_null.shape import EVERY_NEIGHBOUR, Tumour

SPACING = (3.0, 1.0, 1.0)
SETTINGS = {
    "size_cm3": 0.6,
    "minimum_voxels": 64,
    "coverage": 20,
    "seed": 3,
    "extraction": placements_example.PLAIN,
    "tell": lambda line: None,
}


def bent_tumour():
    """A horseshoe of about 5,000 voxels: its arms are close and do not touch."""
    z, y, x = np.indices((12, 40, 44))
    radius = np.hypot(y - 10, x - 21.5)
    return (radius > 8) & (radius < 20) & (y > 6) & (abs(z - 5.5) < 5)


def places_of(gtv, patient="P01", **changed):
    volume = np.random.default_rng(0).normal(300, 60, gtv.shape)
    return volume, measure_places(patient, volume, gtv, SPACING, **(SETTINGS | changed))


def test_every_voxel_is_covered_by_compact_places_of_one_size():
    gtv = bent_tumour()
    places = places_of(gtv)[1]
    assert places.n_voxels == 200  # 0.6 cm3 of 3 mm3
    assert places.places.sum(axis=1).tolist() == [200] * places.places.shape[0]
    coverage = places.places.astype(int).sum(axis=0)
    assert coverage.min() >= 20
    assert coverage.mean() < 45  # no place without need: it holds a voxel that lay in the fewest
    np.testing.assert_array_equal(places.cells, np.flatnonzero(gtv))
    points = np.argwhere(gtv) * SPACING
    radius = (3 * 600 / (4 * np.pi)) ** (1 / 3)
    spreads = []
    for row in places.places.toarray():
        assert ndimage.label(places.on_grid(row), EVERY_NEIGHBOUR)[1] == 1
        spreads.append(points[row].var(axis=0).sum() / (0.6 * radius**2))
    # Mean square from the centroid; a ball has 3/5 of its radius squared, half a ball of this
    # volume 1.22 times that.
    assert np.median(spreads) < 1.22
    assert np.max(spreads) < 2


def test_places_follow_from_seed_and_patient_not_from_image_or_recurrence():
    gtv = bent_tumour()
    first = places_of(gtv)[1]
    other_image = measure_places("P01", np.indices(gtv.shape)[2], gtv, SPACING, **SETTINGS)
    assert (first.places != other_image.places).nnz == 0
    for changed in (places_of(gtv, seed=4)[1], places_of(gtv, patient="P02")[1]):
        assert (
            changed.places.shape != first.places.shape or (changed.places != first.places).nnz > 0
        )


def test_features_of_a_place_are_those_of_its_mask():
    volume, places = places_of(bent_tumour(), coverage=1)
    for k in range(0, places.places.shape[0], 7):
        mask = places.on_grid(places.places[[k]].toarray()[0])
        expected = extract(volume, mask, n_levels=8).features
        np.testing.assert_allclose(
            places.features[k], [expected[name] for name in FEATURE_NAMES], rtol=1e-10
        )
        assert places.intensity[k] == pytest.approx(expected["Intensity_Mean"], rel=1e-12)


def ball_at(centre, radius, n=61):
    points = np.indices((n, n, n)).reshape(3, -1).T - (n - 1) / 2
    return (((points - centre) ** 2).sum(axis=1) <= radius**2).reshape(n, n, n)


def test_where_places_lie_in_a_ball_is_the_closed_form():
    """Of balls of radius a whose centre is d away from that of the tumour, a ball of radius R.

    A voxel at r has depth R - r; the mean of r over such a ball is d + a^2 / (5 d), or 3 a / 4 for
    d = 0.
    """
    tumour = Tumour(ball_at((0, 0, 0), 28.0), (1.0, 1.0, 1.0))
    a, along = 8.0, np.array([-2.0, 6.0, 9.0])  # z, y, x; length 11
    masks = [ball_at((0, 0, 0), a), ball_at(along, a)]
    members = sparse.csr_array(np.array([tumour.members(mask) for mask in masks]))
    depth, distance, *direction = positions_of(tumour, members).T
    expected = [1 - 0.75 * a / 28, 1 - (11 + a**2 / 55) / 28]
    # Depth is to the nearest voxel centre outside, half a voxel or so beyond the surface.
    assert depth == pytest.approx(expected, abs=0.02)
    assert distance == pytest.approx([0, 11 / 28], abs=1e-3)
    assert np.array(direction)[:, 0].tolist() == [0, 0, 0]
    assert np.array(direction)[:, 1] == pytest.approx(along[::-1] / 11, abs=1e-9)
    rotated = np.array([[0, -1, 0], [1, 0, 0], [0, 0, -1]])  # rows run to the right, slices down
    turned = positions_of(tumour, members, rotated.ravel())[1, 2:]
    assert turned == pytest.approx(np.array([-6, 9, 2]) / 11, abs=1e-9)


def test_a_small_tumour_has_smaller_places_and_a_tiny_one_none():
    small = Tumour(np.ones((4, 10, 10), bool), SPACING)  # 400 voxels, 1.2 cm3
    assert size_of_places(small, 0.6, 64) == (200, "")
    n_voxels, note = size_of_places(small, 3.0, 64)
    assert n_voxels == 200
    assert "200 voxels (0.6 cm3) instead of 1000" in note
    assert size_of_places(small, 0.003, 64) == (64, "")
    with pytest.raises(NotDrawable, match=r"400 voxels \(1.2 cm3\).*250 voxels.*need 500"):
        size_of_places(small, 3.0, 250)
    tiny = np.zeros((4, 12, 12), bool)
    tiny[1:3, 1:9, 1:8] = True
    places = places_of(tiny)[1]
    assert "GTV has 112 voxels" in places.reason
    assert places.places.shape == (0, 112)
    assert places.features.shape == (0, 47)
    with pytest.raises(ValueError, match=r"empty \(0 voxels\)"):
        places_of(np.zeros((4, 12, 12), bool))


def test_specks_beside_the_tumour_are_covered_and_places_keep_their_size():
    gtv = np.zeros((6, 30, 40), bool)
    gtv[1:5, 5:25, 2:22] = True
    gtv[2, 10:12, 30:33] = True  # six voxels, 8 mm away
    members = cover(Tumour(gtv, SPACING), 200, 20, np.random.default_rng(1))
    assert members.sum(axis=1).tolist() == [200] * members.shape[0]
    coverage = members.astype(int).sum(axis=0)
    assert coverage.min() >= 20


def test_the_nulls_draws_and_the_observed_recurrence_stand_beside_the_places():
    shape = (20, 24, 24)
    gtv, gtvr = placements_example.regions(shape)
    drawn = placements_example.draws(shape)
    volume = np.random.default_rng(0).normal(300, 60, shape)
    asked = SETTINGS | {"coverage": 1}
    places = measure_places("P01", volume, gtv, (5.0, 0.8, 0.8), draws=drawn, **asked)
    np.testing.assert_array_equal(places.on_grid(places.observed), gtvr)
    np.testing.assert_array_equal(places.draws.toarray(), drawn.masks(1, drawn.n_draws + 1)[:, gtv])
    assert places.draws_reason == ""
    assert "draws of compact shape, matched for none" in places.notes
    new = measure_places("P01", volume, gtv, (5.0, 0.8, 0.8), **asked)
    assert (new.observed.size, new.draws.shape[0], new.draws_reason) == (0, 0, NO_RECURRENCE)
    np.testing.assert_array_equal(new.features, places.features)
    assert "draws" not in new.notes
    with pytest.raises(ValueError, match="of another GTV"):
        measure_places("P01", volume, gtvr, (5.0, 0.8, 0.8), draws=drawn, **asked)


def test_places_without_features_are_told():
    gtv = bent_tumour()
    volume = np.full(gtv.shape, 100)
    volume[:, :, 22:] += np.indices(gtv.shape)[1][:, :, 22:]
    places = measure_places("P01", volume, gtv, SPACING, **(SETTINGS | {"coverage": 1}))
    missing = int(np.isnan(places.features[:, 0]).sum())
    assert 0 < missing < places.places.shape[0]
    assert f"{missing} of {places.places.shape[0]} places could not be measured" in places.notes
