"""Where a region lies in a tumour and what shape it has: the negative controls of the size-matched null."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from npcradiomics.features.kernels_region import find_box, list_voxels
from npcradiomics.spatial_null.kernels_shape import measure_members, sum_over

COVARIATES = (
    "depth_mm",
    "surface_share",
    "sphericity",
    "height_mm",
    "n_slices",
    "largest_piece_voxels",
)
EVERY_NEIGHBOUR = np.ones((3, 3, 3), bool)


@dataclass(frozen=True, eq=False)
class Shape:
    """What `Tumour.measure` returns.

    covariates float64 (6), in the order of COVARIATES:
    depth_mm              mean over the region's voxels of the distance to the nearest voxel centre outside the GTV
    surface_share         share of the area of the GTV's surface (voxel faces) that belongs to the region
    sphericity            area of the ball of equal volume / area of the region; area = 2/3 of that of its voxel faces
    height_mm             from the lowest to the highest slice of the region, both included
    n_slices              slices that hold some of the region
    largest_piece_voxels  voxels of its largest 26-connected piece

    cut_off: voxels of the remainder outside its largest 26-connected piece (in each piece of the
    GTV). Two thirds: faces of voxels overestimate the area of a surface by |nx| + |ny| + |nz|, on
    average 3/2 over all directions, whatever the spacing. A ball has 1; bodies whose sides lie
    along the grid can have more.
    """

    covariates: np.ndarray
    cut_off: int


class Tumour:
    """A GTV as a list of voxels in (z, y, x) order, with what growing and measuring regions in it needs.

    gtv: mask (z, y, x); spacing_zyx_mm (3). In a GTV of one slice, depth and surface are those in
    the plane. Attributes: n_voxels, cells int64 (n_voxels; flat indices in the mask), pieces
    (26-connected, voxels of each, largest first), and what the kernels take. ValueError: empty GTV.
    """

    def __init__(self, gtv, spacing_zyx_mm):
        gtv = np.ascontiguousarray(gtv) > 0
        box, self.n_voxels = find_box(gtv)
        if self.n_voxels == 0:
            raise ValueError("gtv is empty (0 voxels)")
        self.spacing_mm = np.array(spacing_zyx_mm, float)
        self.positions, self.cells = list_voxels(gtv, box, self.n_voxels)
        z0, z1, y0, y1, x0, x1 = box
        inside = np.pad(gtv[z0:z1, y0:y1, x0:x1], 1)
        self.grid = np.full(inside.size, -1, np.int32)
        self.grid[self.positions] = np.arange(self.n_voxels)
        self.places = np.array(np.unravel_index(self.positions, inside.shape), np.int32)
        self.width = inside.shape[1]
        self.n_rows = inside.shape[0] * inside.shape[1]
        steps = np.indices((3, 3, 3)).reshape(3, 27) - 1
        self.steps = (steps.T @ [self.width * inside.shape[2], inside.shape[2], 1])[
            np.arange(27) != 13
        ]
        starts = np.flatnonzero(np.diff(self.positions, prepend=-1) != 1)
        self.run_first = np.append(starts, self.n_voxels)
        self.run_row = self.places[0, starts].astype(np.int64) * self.width + self.places[1, starts]
        labels, n_pieces = ndimage.label(inside, EVERY_NEIGHBOUR)
        voxel_labels = labels.ravel()[self.positions]
        sizes = np.bincount(voxel_labels, minlength=n_pieces + 1)[1:]
        rank = np.argsort(np.argsort(-sizes, kind="stable"), kind="stable")
        self.piece = rank[voxel_labels - 1].astype(np.int32)
        self.pieces = np.sort(sizes)[::-1]
        self.run_piece = self.piece[starts]
        self.n_slices = int(z1 - z0)
        self.depth_mm = self._depth(inside)
        self.surface_mm2 = self._surface(inside)
        self.whole_surface_mm2 = float(self.surface_mm2.sum())
        self.face_mm2 = [
            float(np.prod(self.spacing_mm)) / step for step in self.spacing_mm.tolist()
        ]

    def _depth(self, inside):
        if self.n_slices == 1:
            return ndimage.distance_transform_edt(inside[1], self.spacing_mm[1:])[inside[1]]
        return ndimage.distance_transform_edt(inside, self.spacing_mm)[inside]

    def _surface(self, inside):
        """Area of the faces that each voxel of the GTV turns to the outside."""
        area = np.zeros(self.n_voxels)
        for axis in range(1 if self.n_slices == 1 else 0, 3):
            face = np.prod(self.spacing_mm) / self.spacing_mm[axis]
            for step in (-1, 1):
                area += face * ~np.roll(inside, step, axis)[inside]
        return area

    def members(self, mask):
        """Which voxels of the GTV lie in a mask (z, y, x) of the image: bool (n_voxels)."""
        return np.ascontiguousarray(mask).ravel()[self.cells] > 0

    def mean_depth(self, members):
        """Of the voxels of a region, as `measure` has it (depth_mm); members: bool (n_voxels)."""
        return sum_over(members, self.depth_mm) / np.count_nonzero(members)

    def measure(self, members):
        """The Shape of a region; members: bool (n_voxels), at least one."""
        n = int(np.count_nonzero(members))
        depth, surface, pairs_x, pairs_y, pairs_z, n_height, n_used, largest, cut_off = (
            measure_members(
                members,
                self.places,
                self.run_first,
                self.run_row,
                self.run_piece,
                self.n_rows,
                self.width,
                self.depth_mm,
                self.surface_mm2,
            )
        )
        across_z, across_y, across_x = self.face_mm2
        faces = 2.0 * (
            (n - pairs_x) * across_x + (n - pairs_y) * across_y + (n - pairs_z) * across_z
        )
        height = float(self.spacing_mm[0])
        ball = (36.0 * np.pi) ** (1 / 3) * (n * across_z * height) ** (2 / 3)
        share = surface / self.whole_surface_mm2
        covariates = [depth / n, share, ball / (faces * 2 / 3), n_height * height, n_used, largest]
        return Shape(np.array(covariates, float), int(cut_off))
