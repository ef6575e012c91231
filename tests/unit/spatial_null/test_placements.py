import heapq

import numpy as np
import pytest
from scipy import ndimage

from npcradiomics.spatial_null import placements
from npcradiomics.spatial_null.kernels_placements import flood, nearest
from npcradiomics.spatial_null.placements import CompactPlacements, NotDrawable, bin_of, overlap
from npcradiomics.spatial_null.shape import COVARIATES, Tumour

EVERY_NEIGHBOUR = np.ones((3, 3, 3))
SPACING = (5.0, 0.7, 0.7)
Z, Y, X = np.indices((12, 44, 48))
ELLIPSOID = ((Z - 5.5) / 5.2) ** 2 + ((Y - 22) / 19) ** 2 + ((X - 24) / 22) ** 2 < 1
# A U: what is near across the gap is far along the tumour.
HORSESHOE = ELLIPSOID & ((abs(X - 24) > 4) | (Y > 34))


def volume_of(tumour, gtv, members):
    mask = np.zeros(gtv.size, bool)
    mask[tumour.cells[members]] = True
    return mask.reshape(gtv.shape)


def cost_of(points_mm, metric, waves, depth):
    """The cost as its docstring says, written once more: points (n, 3) relative to the seed."""
    turns = points_mm @ waves[:, :3].T + waves[:, 3]
    part = turns % 1.0
    wave = np.where(part < 0.5, -16 * part * (0.5 - part), 16 * (part - 0.5) * (1 - part))
    return ((points_mm @ metric.T) ** 2).sum(axis=1) * (1 + depth * wave.mean(axis=1)) ** 2


def slow_flood(gtv, seed, n, cost):
    """Priority flood on the volume with Python's heap."""
    done, queue, queued = [], [(cost[seed], seed)], {seed}
    while len(done) < n:
        _, place = heapq.heappop(queue)
        done.append(place)
        for step in np.ndindex(3, 3, 3):
            other = tuple(p + s - 1 for p, s in zip(place, step, strict=True))
            if (
                all(0 <= o < m for o, m in zip(other, gtv.shape, strict=True))
                and gtv[other]
                and other not in queued
            ):
                queued.add(other)
                heapq.heappush(queue, (cost[other], other))
    mask = np.zeros(gtv.shape, bool)
    mask[tuple(np.array(done).T)] = True
    return mask


@pytest.mark.parametrize("gtv", [ELLIPSOID, HORSESHOE])
@pytest.mark.parametrize("trial", range(4))
def test_growing_equals_a_slow_flood_and_the_nearest_voxels(gtv, trial):
    rng = np.random.default_rng(trial)
    tumour, n = Tumour(gtv, SPACING), 700
    metric = placements._rotation(rng.normal(size=4)) / rng.uniform(0.8, 1.25, (3, 1))
    waves = np.hstack([rng.normal(0, 0.05, (3, 3)), rng.random((3, 1))])
    seed = int(rng.integers(tumour.n_voxels))
    place = np.unravel_index(tumour.cells[seed], gtv.shape)
    points = np.stack(
        [(i - p) * s for i, p, s in zip((Z, Y, X), place, SPACING, strict=True)], axis=-1
    )
    cost = cost_of(points.reshape(-1, 3), metric, waves, 0.1).reshape(gtv.shape)
    members = np.empty(tumour.n_voxels, bool)
    field = (tumour.spacing_mm, seed, n, metric, waves, 0.1)
    for reach in (0.01, 6.0, 500.0):
        nearest(tumour.places, tumour.run_first, tumour.run_piece, *field, reach, members)
        expected = gtv & (cost <= np.partition(cost[gtv], n - 1)[n - 1])
        assert np.array_equal(volume_of(tumour, gtv, members), expected)
    flood(tumour.places, tumour.grid, tumour.positions, tumour.steps, *field, members)
    assert np.array_equal(
        volume_of(tumour, gtv, members), slow_flood(gtv, tuple(int(p) for p in place), n, cost)
    )


@pytest.mark.parametrize("gtv", [ELLIPSOID, HORSESHOE])
@pytest.mark.parametrize("share", [0.05, 0.3, 0.7])
def test_draws_have_the_size_and_leave_a_remainder_in_one_piece(gtv, share):
    tumour = Tumour(gtv, SPACING)
    n = int(share * tumour.n_voxels)
    drawn = CompactPlacements(tumour, n)
    for b in range(30):
        members, shape, _, elsewhere = drawn.draw(np.random.default_rng(b))
        mask = volume_of(tumour, gtv, members)
        assert mask.sum() == n and not (mask & ~gtv).any() and elsewhere == 0
        assert ndimage.label(mask, EVERY_NEIGHBOUR)[1] == 1
        rest = ndimage.label(gtv & ~mask, EVERY_NEIGHBOUR)[0]
        assert np.bincount(rest[rest > 0]).max() >= 0.95 * (tumour.n_voxels - n)
        assert np.array_equal(shape.covariates, tumour.measure(members).covariates)


def test_regions_are_balls_in_millimetres_on_average():
    # Far from any surface: a ball of volume v has the variance r^2 / 5 along every axis.
    gtv = np.ones((21, 90, 90), bool)
    tumour = Tumour(gtv, (5.0, 1.0, 1.0))
    drawn = CompactPlacements(tumour, 3000)
    centre = int(np.ravel_multi_index((10, 45, 45), gtv.shape))
    drawn.allowed = np.array([centre])
    variances = []
    for b in range(150):
        members, _ = drawn.grow(np.random.default_rng(b))
        # Voxels are boxes: their own variance belongs to the body.
        variances.append(
            (tumour.places[:, members].T * tumour.spacing_mm).var(axis=0)
            + tumour.spacing_mm**2 / 12
        )
    expected = (3 * 15000 / (4 * np.pi)) ** (2 / 3) / 5
    # Half axes between 0.8 and 1.25: mean of a_i^2 / (a_1 a_2 a_3)^(2/3) is 1.032.
    assert np.mean(variances, axis=0) == pytest.approx([1.032 * expected] * 3, rel=0.04)
    ratio = np.max(variances, axis=1) / np.min(variances, axis=1)
    assert 1.15 < np.median(ratio) < 1.6  # oriented and stretched, no ball each


def test_seeds_are_spread_evenly_over_the_tumour():
    tumour = Tumour(np.ones((4, 20, 20), bool), (2.0, 1.0, 1.0))
    drawn = CompactPlacements(tumour, 64)
    counts = sum(drawn.grow(np.random.default_rng(b))[0] for b in range(600)).reshape(4, 20, 20)
    # The tumour looks alike from both ends of every axis, so the draws must.
    for axis in range(3):
        half = np.take(counts, range(counts.shape[axis] // 2), axis).sum() / counts.sum()
        assert half == pytest.approx(0.5, abs=0.05)


def test_orientation_is_a_rotation_and_every_direction_comes_up():
    rng = np.random.default_rng(3)
    rotations = np.array([placements._rotation(rng.normal(size=4)) for _ in range(3000)])
    assert np.allclose(rotations @ rotations.transpose(0, 2, 1), np.eye(3), atol=1e-12)
    assert np.allclose(np.linalg.det(rotations), 1)
    # Uniform rotations: every entry has mean 0 and mean square 1/3.
    assert np.allclose(rotations.mean(axis=0), 0, atol=0.05)
    assert np.allclose((rotations**2).mean(axis=0), 1 / 3, atol=0.03)


def test_draws_of_a_depth_bin_lie_in_it_and_bins_are_quarters():
    tumour = Tumour(ELLIPSOID, SPACING)
    drawn = CompactPlacements(tumour, 900)
    edges = drawn.pilot_edges(np.random.default_rng(0), 400)
    depth = COVARIATES.index("depth_mm")
    free = [drawn.draw(np.random.default_rng([1, b]))[1] for b in range(400)]
    counts = np.bincount([bin_of(shape, edges) for shape in free], minlength=4)
    assert counts.sum() == 400 and (abs(counts - 100) < 35).all()
    for wanted, (low, high) in enumerate(zip([-np.inf, *edges], [*edges, np.inf], strict=True)):
        found = [drawn.draw(np.random.default_rng([2, b]), edges, wanted) for b in range(10)]
        assert all(low <= shape.covariates[depth] < high for _, shape, _, _ in found)
        assert sum(elsewhere for *_, elsewhere in found) > 5


def test_pieces_of_the_tumour():
    gtv = ELLIPSOID.copy()
    gtv[:2, :3, :20] = True  # a second piece of 120 voxels
    tumour = Tumour(gtv, SPACING)
    assert tumour.pieces.tolist() == [ELLIPSOID.sum(), 120]
    large = [
        volume_of(tumour, gtv, CompactPlacements(tumour, 500).draw(np.random.default_rng(b))[0])
        for b in range(40)
    ]
    assert not any(mask[:2, :3, :20].any() for mask in large)
    # 100 voxels fit into both pieces; the draw never is in both, and leaves 5 % of the whole
    # remainder cut off at most.
    drawn = CompactPlacements(tumour, 100)
    assert drawn.allowed.size == gtv.sum()
    small = np.array(
        [drawn.grow(np.random.default_rng(b))[0][tumour.piece == 1].sum() for b in range(400)]
    )
    assert set(small) == {0, 100}


def test_flat_tumour_is_drawn_in_its_plane():
    gtv = np.zeros((5, 30, 30), bool)
    gtv[2, 3:27, 5:25] = True
    tumour = Tumour(gtv, SPACING)
    members, shape, _, _ = CompactPlacements(tumour, 100).draw(np.random.default_rng(0))
    assert members.sum() == 100 and shape.covariates[COVARIATES.index("n_slices")] == 1


def test_what_cannot_be_drawn_is_said_with_numbers():
    tumour = Tumour(np.ones((1, 10, 20), bool), (1, 1, 1))
    with pytest.raises(
        NotDrawable, match="the region has 63 voxels inside the GTV, at least 64 are needed"
    ):
        CompactPlacements(tumour, 63)
    with pytest.raises(NotDrawable, match="137 of the GTV's 200 voxels and leaves 63, at least 64"):
        CompactPlacements(tumour, 137)
    two = np.ones((1, 10, 21), bool)
    two[:, :, 10] = False
    with pytest.raises(
        NotDrawable,
        match="in 2 pieces, the largest of 100 voxels: no connected region of 110 voxels",
    ):
        CompactPlacements(Tumour(two, (1, 1, 1)), 110)


def test_a_draw_that_tears_the_remainder_is_thrown_away():
    # A rod: a piece from its middle leaves two ends.
    tumour = Tumour(np.ones((1, 3, 300), bool), (1, 1, 1))
    found = [CompactPlacements(tumour, 240).draw(np.random.default_rng(b)) for b in range(20)]
    shorter = [min(members[:300].argmax(), members[:300][::-1].argmax()) for members, *_ in found]
    assert max(shorter) * 3 <= 0.05 * 660 + 6
    assert sum(torn for *_, torn, _ in found) > 20


def test_a_tumour_that_every_draw_tears_is_given_up():
    # Eight arms of 40 voxels: 100 voxels that hang together cover the middle.
    star = np.zeros((1, 81, 81), bool)
    star[0, 40, :] = star[0, :, 40] = True
    star[0, range(81), range(81)] = star[0, range(81), range(80, -1, -1)] = True
    with pytest.raises(
        NotDrawable, match=r"2000 tries gave no region of 100 of the GTV's 321 voxels: 2000 left"
    ):
        CompactPlacements(Tumour(star, (1, 1, 1)), 100).draw(np.random.default_rng(0))


def test_overlap_closed_forms():
    bits = np.zeros((6, 600), bool)
    for k in range(6):
        bits[k, 100 * k : 100 * (k + 1)] = True
    disjoint = np.packbits(bits, axis=1)
    assert overlap(disjoint, 100) == (0.0, pytest.approx(5.0))
    assert overlap(np.repeat(disjoint[:1], 7, axis=0), 100) == (1.0, 1.0)
    # Two places, however often: one line of change.
    assert overlap(np.repeat(disjoint[:2], 5, axis=0), 100) == (
        pytest.approx(4 / 9),
        pytest.approx(1.0),
    )
    assert np.isnan(overlap(disjoint[:1], 100)).all()


def test_overlap_equals_that_of_all_pairs():
    rng = np.random.default_rng(0)
    bits = np.array([rng.permutation(np.arange(333) < 80) for _ in range(20)])
    pairs = [(bits[i] & bits[j]).sum() / 80 for i in range(20) for j in range(20) if i != j]
    eigenvalues = np.linalg.svd(bits - bits.mean(axis=0), compute_uv=False) ** 2
    found = overlap(np.packbits(bits, axis=1), 80)
    assert found == (
        pytest.approx(np.mean(pairs)),
        pytest.approx(eigenvalues.sum() ** 2 / (eigenvalues**2).sum()),
    )
