"""Draws of the recurrence's own shape: at rest the observed region, every place as probable as any other, no edge lost."""

import numpy as np
import pytest
from scipy import ndimage, stats

from hook_in_a_tumour import GTV, HOOK, POKING, SPACING, TUMOUR, X, Y, Z
from npcradiomics.spatial_null import own_shape
from npcradiomics.spatial_null.kernels_placements import find_place, flood, lay_shape, nearest
from npcradiomics.spatial_null.kernels_shape import measure_members
from npcradiomics.spatial_null.own_shape import OwnShapePlacements
from npcradiomics.spatial_null.placements import CompactPlacements, NotDrawable, bin_of
from npcradiomics.spatial_null.pools import pool
from npcradiomics.spatial_null.recombination import recombination_test
from npcradiomics.spatial_null.shape import COVARIATES, Tumour


def own(shape, tumour=TUMOUR, seed=0):
    return OwnShapePlacements(tumour, shape, tumour.members(shape), np.random.default_rng(seed))


def laid(drawn, mirror_z=1, mirror_x=1, turn=(1.0, 0.0), shift=(0, 0, 0)):
    """The region where the shape's middle voxel comes to lie shift voxels from where it is."""
    tumour, start = (
        drawn.tumour,
        drawn.sample[:, -1].astype(np.int64),
    )  # the last one is the most central
    at = start + drawn.to_tumour + shift
    voxel = int(np.flatnonzero((at == tumour.places.T).all(axis=1))[0])
    pick = np.array([mirror_z, mirror_x, 0, voxel])
    return drawn.lay(np.array(turn), pick, start), start + drawn.to_tumour - tumour.places[
        :, 0
    ] + first_voxel(tumour)


def first_voxel(tumour):
    return np.array(np.unravel_index(tumour.cells[0], GTV.shape))


def rest_of(drawn):
    return laid(drawn)[0]


@pytest.mark.parametrize(
    "shape", [HOOK, POKING, HOOK | ((abs(Z - 3) < 2) & (abs(Y - 40) < 4) & (abs(X - 44) < 4))]
)
@pytest.mark.parametrize("spacing", [SPACING, (1.0, 1.0, 1.0), (5.0, 0.7, 0.9)])
def test_at_rest_is_exactly_the_observed_region(shape, spacing):
    tumour = Tumour(GTV, spacing)
    assert np.array_equal(rest_of(own(shape, tumour)), tumour.members(shape))


def test_at_rest_stays_exact_for_ragged_shapes_cut_by_the_gtv():
    rng = np.random.default_rng(5)
    found = 0
    for _ in range(6):
        smooth = ndimage.gaussian_filter(rng.standard_normal(GTV.shape), (1, 3, 3))
        shape = ((Z - 6) ** 2 / 16 + (Y - 44) ** 2 / 150 + (X - 36) ** 2 / 150 < 1) & (
            smooth > -0.6 * smooth.std()
        )
        drawn = own(shape)
        assert np.array_equal(rest_of(drawn), TUMOUR.members(shape))
        found += np.count_nonzero(shape & ~GTV)
    assert found > 500


@pytest.mark.parametrize("quarters", range(4))
@pytest.mark.parametrize("mirrors", [(1, 1), (-1, 1), (1, -1), (-1, -1)])
def test_a_quarter_turn_and_a_mirror_carry_the_voxels_themselves(quarters, mirrors):
    drawn = own(HOOK)
    turn = [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)][quarters]
    members, middle = laid(drawn, *mirrors, turn)
    voxels = np.argwhere(HOOK) - middle
    voxels = voxels * [mirrors[0], 1, mirrors[1]]
    for _ in range(quarters):  # y' = cos y - sin x, x' = sin y + cos x
        voxels = np.stack([voxels[:, 0], -voxels[:, 2], voxels[:, 1]], axis=1)
    expected = np.zeros(GTV.shape, bool)
    expected[tuple((voxels + middle).T)] = True
    assert not (expected & ~GTV).any()  # inside as a whole: nothing to fill up
    assert np.array_equal(members, TUMOUR.members(expected))


def test_turned_by_any_angle_the_shape_lies_where_geometry_says():
    drawn = own(HOOK)
    angle = 0.6
    members, middle = laid(drawn, turn=(np.cos(angle), np.sin(angle)))
    back = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    y, x = back @ np.stack([Y - middle[1], X - middle[2]]).reshape(2, -1)
    source = np.rint([Z.ravel(), y + middle[1], x + middle[2]]).astype(int)
    expected = HOOK[tuple(np.clip(source, 0, np.array(GTV.shape)[:, None] - 1))].reshape(GTV.shape)
    assert np.count_nonzero(TUMOUR.members(expected) & members) > 0.93 * members.sum()
    assert members.sum() == HOOK.sum()


def test_every_place_is_as_probable_as_any_other():
    # A rod in which a cube can be moved along x alone (the rod is as wide as the cube): 91 places,
    # those near the ends with one slab of ten outside.
    gtv = np.zeros((6, 14, 104), bool)
    gtv[1:5, 2:12, 2:102] = True
    shape = np.zeros_like(gtv)
    shape[1:5, 2:12, 46:56] = True
    tumour = Tumour(gtv, (1.0, 1.0, 1.0))
    drawn = own(shape, tumour)
    rng = np.random.default_rng(1)
    centres = []
    while len(centres) < 4000:
        found, _ = drawn._find(rng)
        if found is not None:
            turn, pick, _ = found
            start = drawn.sample[:, pick[2]] - (drawn.distance.shape - np.ones(3)) / 2
            step = pick[1] * start[2] * turn[0] + turn[1] * start[1]
            centres.append(tumour.places[2, pick[3]] - step)
    low, high = np.min(centres), np.max(centres)
    assert low == pytest.approx(5.5, abs=1.0) and high == pytest.approx(95.5, abs=1.0)
    # Not near the ends, where the quartiles of the share inside cut.
    middle = np.array([c for c in centres if 10 < c < 91])
    assert stats.kstest(middle, stats.uniform(10, 81).cdf).pvalue > 0.01


def test_draws_fit_in_as_the_observed_region_does():
    drawn = own(POKING)
    inside = np.count_nonzero(POKING & GTV) / POKING.sum()
    beyond = np.count_nonzero(POKING.any(axis=(1, 2)) & ~GTV.any(axis=(1, 2)))
    assert 0.4 < inside < 0.9 and drawn.beyond == beyond
    assert drawn.low / 500 <= inside + 0.03 and inside - 0.03 <= drawn.high / 500
    assert inside - 0.13 < drawn.low / 500 and drawn.high / 500 < inside + 0.13
    for b in range(20):
        members, shape, _, _ = drawn.draw(np.random.default_rng(b))
        assert members.sum() == TUMOUR.members(POKING).sum() == drawn.n_voxels
        assert np.array_equal(shape.covariates, TUMOUR.measure(members).covariates)


def test_slices_beyond_the_gtv_are_as_many_as_observed():
    shape = (
        (abs(Y - 30) < 5) & (abs(X - 32) < 5) & (Z > 7)
    )  # slices 8 to 13, one of which lies above the GTV
    drawn = own(shape)
    assert drawn.beyond == 1
    heights = {int(drawn.draw(np.random.default_rng(b))[1].covariates[4]) for b in range(25)}
    assert heights == {5}


def test_pieces_move_together():
    two = (abs(Z - 6) < 2) & (abs(Y - 30) < 4) & (abs(abs(X - 32) - 8) < 3)
    drawn = own(two)
    parts = []
    for b in range(20):
        members, shape, _, _ = drawn.draw(np.random.default_rng(b))
        parts.append(shape.covariates[COVARIATES.index("largest_piece_voxels")] / members.sum())
    assert np.median(parts) == pytest.approx(0.5, abs=0.06)


def test_a_gtv_in_pieces_is_one_tumour():
    gtv = GTV & (X != 32)
    tumour = Tumour(gtv, SPACING)
    drawn = own(HOOK, tumour)
    assert np.array_equal(laid_in(drawn, tumour), tumour.members(HOOK))
    sides = [
        np.bincount(tumour.piece[drawn.draw(np.random.default_rng(b))[0]], minlength=2)
        for b in range(30)
    ]
    assert any(
        side.min() > 0.1 * side.sum() for side in sides
    )  # across the gap, as the observed one


def laid_in(drawn, tumour):
    voxel = int(np.flatnonzero(tumour.members(HOOK))[0])
    start = tumour.places[:, voxel] - drawn.to_tumour
    return drawn.lay(np.array([1.0, 0.0]), np.array([1, 1, 0, voxel]), start)


def test_draws_know_nothing_of_where_the_shape_lies():
    # Moved inside the GTV by whole voxels, the same shape has the same possible places.
    moved = np.roll(HOOK, (-1, 4, -3), (0, 1, 2))
    assert HOOK.sum() == (HOOK & GTV).sum() == (moved & GTV).sum()
    draws = [
        [own(shape).draw(np.random.default_rng(b))[0] for b in range(5)] for shape in (HOOK, moved)
    ]
    assert np.array_equal(*draws)


def test_what_cannot_be_moved_is_said_with_numbers():
    nearly_all = ndimage.binary_erosion(GTV, np.ones((1, 3, 3)))
    wedge = nearly_all & ~((Y < 20) & (X < 26))
    with pytest.raises(
        NotDrawable,
        match=r"moves of GTVr brought it to \d+ places where as much of it lies in the GTV",
    ):
        own_shape.MAX_MOVES, kept = 2000, own_shape.MAX_MOVES
        try:
            own(wedge & (abs(Z - 6.5) < 6))
        finally:
            own_shape.MAX_MOVES = kept
    with pytest.raises(
        ValueError, match=r"region \(10 voxels in the GTV\) is not GTVr|at least 64"
    ):
        OwnShapePlacements(
            TUMOUR, HOOK, TUMOUR.members(HOOK & (np.cumsum(HOOK).reshape(GTV.shape) <= 10)), None
        )
    half = HOOK & (Z > 6)
    with pytest.raises(
        ValueError,
        match=f"{half.sum()} voxels in the GTV. is not GTVr cut to the GTV .{HOOK.sum()} voxels",
    ):
        OwnShapePlacements(TUMOUR, HOOK, TUMOUR.members(half), np.random.default_rng(0))


def test_warming_the_cache_compiles_what_a_draw_uses():
    own_shape.warm_cache()
    kernels = (nearest, flood, find_place, lay_shape, measure_members)
    before = [len(kernel.signatures) for kernel in kernels]
    assert min(before) > 0
    own(HOOK).draw(np.random.default_rng(0))
    CompactPlacements(TUMOUR, 700).draw(np.random.default_rng(0))
    assert [len(kernel.signatures) for kernel in kernels] == before


def test_turned_shapes_have_the_surface_of_the_shape_itself():
    # A large tumour all round: nothing is cut, so that only the turn and the voxels change the
    # area.
    gtv = np.zeros((16, 70, 70), bool)
    gtv[1:15, 1:69, 1:69] = True
    z, y, x = np.indices(gtv.shape)
    wobble = 1 + 0.25 * np.sin(3 * np.arctan2(y - 35, x - 35)) + 0.02 * z
    smooth = ((z - 7.5) / 5) ** 2 + ((y - 35) / 14) ** 2 + ((x - 35) / 9) ** 2 < wobble
    tumour = Tumour(gtv, (3.0, 1.0, 1.0))
    drawn = own(smooth, tumour)
    found = [drawn.draw(np.random.default_rng(b))[1].covariates[2] for b in range(40)]
    assert np.mean(found) == pytest.approx(
        tumour.measure(tumour.members(smooth)).covariates[2], rel=0.02
    )


def bent_recurrence(rng):
    """A boomerang of two rods that meet at a right angle, in any direction, where it lies inside the GTV for the most part."""
    while True:
        a = rng.uniform(0, 2 * np.pi)
        z0, y0, x0 = rng.uniform([4, 18, 18], [9, 42, 46])
        along = np.cos(a) * (Y - y0) + np.sin(a) * (X - x0)
        across = np.cos(a) * (X - x0) - np.sin(a) * (Y - y0)
        thin = abs(Z - z0) < 2.2
        shape = thin & (
            ((abs(across) < 2.6) & (along > -2.6) & (along < 20))
            | ((abs(along) < 2.6) & (across > -2.6) & (across < 16))
        )
        if (shape & GTV).sum() > 0.8 * shape.sum():
            return shape


def test_controls_reject_compact_draws_of_bent_recurrences_and_not_those_of_their_own_shape():
    pools = {"own": [], "compact": []}
    for k in range(8):
        rng = np.random.default_rng([3, k])
        shape = bent_recurrence(rng)
        members = TUMOUR.members(shape)
        observed = TUMOUR.measure(members)
        for kind, drawn in (
            ("own", OwnShapePlacements(TUMOUR, shape, members, rng)),
            ("compact", CompactPlacements(TUMOUR, int(members.sum()))),
        ):
            edges = drawn.pilot_edges(rng, 100)
            wanted = bin_of(observed, edges)
            draws = [drawn.draw(rng, edges, wanted)[1].covariates for _ in range(49)]
            values = np.array([observed.covariates, *draws])
            values[:, np.ptp(values[1:], axis=0) == 0] = np.nan
            pools[kind].append(pool(f"P{k}", values))
    p = {
        kind: recombination_test(found, COVARIATES, n_recombinations=2000).p_maxt
        for kind, found in pools.items()
    }
    sphericity = COVARIATES.index("sphericity")
    assert p["compact"][sphericity] <= 0.001
    assert np.nanmin(p["own"]) > 0.05
