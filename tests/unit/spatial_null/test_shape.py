import numpy as np
import pytest
from scipy import ndimage

from npcradiomics.spatial_null.shape import COVARIATES, Tumour

EVERY_NEIGHBOUR = np.ones((3, 3, 3))


def covariates(gtv, region, spacing):
    tumour = Tumour(gtv, spacing)
    shape = tumour.measure(tumour.members(region))
    return dict(zip(COVARIATES, shape.covariates.tolist(), strict=True)) | {
        "cut_off": shape.cut_off
    }


def test_a_box_in_a_box_by_hand():
    gtv = np.zeros((8, 12, 14), bool)
    gtv[1:7, 1:11, 2:12] = True  # 6 x 10 x 10 voxels of 3 x 1 x 1 mm
    region = np.zeros_like(gtv)
    region[1:3, 1:5, 2:6] = True  # a corner of 2 x 4 x 4
    found = covariates(gtv, region, (3.0, 1.0, 1.0))
    # Faces of the GTV: 2 * 10 * 10 * 1 mm2 above and below, 4 * 6 * 10 * 3 mm2 round it.
    assert found["surface_share"] == pytest.approx((4 * 4 * 1 + 2 * 2 * 4 * 3) / (200 + 720))
    faces = 2 * 16 * 1 + 4 * 8 * 3
    assert found["sphericity"] == pytest.approx(
        np.pi ** (1 / 3) * (6 * 96) ** (2 / 3) / (faces * 2 / 3)
    )
    assert (found["height_mm"], found["n_slices"], found["largest_piece_voxels"]) == (6.0, 2, 32)
    # Distance to the nearest voxel outside: rows and columns count 1, 2, 3, 4 from the surface, the
    # slices 3, 6 mm.
    depth = [min(3 * (z + 1), y + 1, x + 1) for z in range(2) for y in range(4) for x in range(4)]
    assert found["depth_mm"] == pytest.approx(np.mean(depth))
    assert found["cut_off"] == 0


@pytest.mark.parametrize("spacing", [(1.0, 1.0, 1.0), (5.0, 0.7, 0.7), (0.8, 0.8, 3.0)])
def test_a_ball_has_sphericity_one(spacing):
    reach = [int(26 / s) + 2 for s in spacing]
    z, y, x = (
        i * s
        for i, s in zip(np.ogrid[tuple(slice(-r, r + 1) for r in reach)], spacing, strict=True)
    )
    ball = (
        z**2 + y**2 + x**2 < 18.4**2
    )  # no radius is a whole number of voxels: the border would be one-sided
    assert covariates(np.ones_like(ball), ball, spacing)["sphericity"] == pytest.approx(1, abs=0.02)
    # Faces of a convex body: twice its three shadows.
    needle = (z / 25.4) ** 2 + (y / 10.4) ** 2 + (x / 10.4) ** 2 < 1
    faces = 2 * np.pi * (10.4 * 10.4 + 2 * 25.4 * 10.4)
    expected = 4 * np.pi * (25.4 * 10.4 * 10.4) ** (2 / 3) / (faces * 2 / 3)
    assert covariates(np.ones_like(ball), needle, spacing)["sphericity"] == pytest.approx(
        expected, abs=0.02
    )


@pytest.mark.parametrize("trial", range(12))
def test_random_regions_against_labels_and_differences(trial):
    rng = np.random.default_rng(trial)
    shape = rng.integers(1, 9, 3) if trial else (1, 1, 1)
    spacing = rng.uniform(0.5, 3, 3)
    gtv = rng.random(shape) < rng.uniform(0.2, 1)
    region = rng.random(shape) < rng.uniform(0.2, 0.8)
    gtv.flat[0] = region.flat[0] = True
    found = covariates(gtv, region, spacing)
    region &= gtv
    assert (
        found["largest_piece_voxels"]
        == np.bincount(ndimage.label(region, EVERY_NEIGHBOUR)[0].ravel())[1:].max()
    )
    cut_off = 0
    pieces, n_pieces = ndimage.label(gtv, EVERY_NEIGHBOUR)
    for piece in range(1, n_pieces + 1):
        rest = (pieces == piece) & ~region
        sizes = np.bincount(ndimage.label(rest, EVERY_NEIGHBOUR)[0].ravel())[1:]
        cut_off += sizes.sum() - max(sizes, default=0)
    assert found["cut_off"] == cut_off
    used = np.flatnonzero(region.any(axis=(1, 2)))
    assert found["n_slices"] == used.size
    assert found["height_mm"] == pytest.approx((used[-1] - used[0] + 1) * spacing[0])
    padded = np.pad(region.astype(int), 1)
    area = sum(
        np.abs(np.diff(padded, axis=a)).sum() * np.prod(spacing) / spacing[a] for a in range(3)
    )
    sphericity = (
        np.pi ** (1 / 3) * (6 * region.sum() * np.prod(spacing)) ** (2 / 3) / (area * 2 / 3)
    )
    assert found["sphericity"] == pytest.approx(sphericity)


def test_neighbours_across_a_corner_are_one_piece():
    region = np.zeros((3, 4, 5), bool)
    region[0, 0, 0] = region[1, 1, 1] = region[2, 2, 2] = True
    assert covariates(np.ones_like(region), region, (1, 1, 1))["largest_piece_voxels"] == 3
    region[1, 1, 1] = False
    assert covariates(np.ones_like(region), region, (1, 1, 1))["largest_piece_voxels"] == 1


def test_whole_tumour_has_the_whole_surface():
    gtv = np.random.default_rng(0).random((4, 6, 7)) < 0.7
    assert covariates(gtv, gtv, (4.0, 1.0, 2.0))["surface_share"] == pytest.approx(1)


def test_one_slice_is_measured_in_its_plane():
    gtv = np.zeros((3, 9, 9), bool)
    gtv[1, 2:7, 2:7] = True
    region = np.zeros_like(gtv)
    region[1, 4, 4] = region[1, 2, 2] = True
    found = covariates(gtv, region, (0.1, 1.0, 1.0))
    assert found["depth_mm"] == pytest.approx((3 + 1) / 2)
    assert found["surface_share"] == pytest.approx(2 / 20)


def test_pieces_are_numbered_by_size():
    gtv = np.zeros((1, 5, 20), bool)
    gtv[0, 0, :2] = gtv[0, 2, :9] = gtv[0, 4, :4] = True
    tumour = Tumour(gtv, (1, 1, 1))
    assert tumour.pieces.tolist() == [9, 4, 2]
    assert [int((tumour.piece == k).sum()) for k in range(3)] == [9, 4, 2]
    with pytest.raises(ValueError, match="gtv is empty"):
        Tumour(np.zeros((2, 2, 2)), (1, 1, 1))
