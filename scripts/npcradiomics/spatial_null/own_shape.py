"""Places for a region of its own shape: the recurrence as a whole, moved to where else in the
tumour it could lie.

The shape is the uncut GTVr as a signed distance. A move mirrors it (along z, along x), turns it
about the slice normal by any angle and carries it by whole slices and anywhere in the plane; the
region is the n voxels of the GTV that lie deepest in the moved shape or closest to it. At rest that
is the observed region. Slices stay slices: a shape of 5 mm steps that is turned out of its plane is
another shape. Pieces of GTVr move together; those of the GTV are one tumour.
"""

import numpy as np
from scipy import ndimage

from npcradiomics.images.masks import box_of
from npcradiomics.spatial_null.kernels_placements import find_place, lay_shape
from npcradiomics.spatial_null.placements import N_BINS, CompactPlacements, NotDrawable, Placements
from npcradiomics.spatial_null.shape import Tumour

WINDOW = 0.10  # share of the shape inside the GTV: so far from the observed one at most
N_SHARES = 400  # places whose shares inside make the quartiles
N_SAMPLE = 500  # voxels of the shape by which the share inside is judged
MAX_MOVES = 200_000  # tried for one draw
MOVES_AT_ONCE = 128
REACH = 0.25  # of the radius of a ball as large as the shape: farther from it no voxel is taken
SMOOTHING = np.array([0.125, 0.75, 0.125])  # once along rows and columns
MOST_SMOOTHINGS = 4
TURNS = ((0.8, 0.6), (0.6, -0.8), (-0.28, 0.96), (-0.96, -0.28))  # cosine and sine
GROWN = (0.96, 1.04)  # voxels of the trial shapes / of the shape
NEVER_ZERO = 1e-3


class MovedShape:
    """A contour that can be laid anywhere in a tumour: a signed distance in a frame of its own.

    Attributes: distance (see kernels_placements.lay_shape); to_tumour, from the frame of the shape
    to that of the tumour's grid at rest; n_inside, voxels of the shape in the tumour.

    Parameters
    ----------
    tumour : Tumour
    shape : bool (z, y, x)
        Not empty, on the grid of the GTV.
    """

    def __init__(self, tumour: Tumour, shape: np.ndarray):
        shape = np.ascontiguousarray(shape) > 0
        spacing = tumour.spacing_mm
        radius = (3.0 * np.count_nonzero(shape) * float(np.prod(spacing)) / (4.0 * np.pi)) ** (
            1 / 3
        )
        # Rounded: powers differ in the last bit between machines.
        self.reach_mm = max(round(REACH * radius, 6), 2.0 * spacing.min())
        box = box_of(shape)
        self.margin = np.ceil(self.reach_mm / spacing).astype(int) + 1
        self.inside = np.pad(shape[box], [(most, most) for most in self.margin])
        self.distance = _signed_distance(self.inside, spacing)
        self.ratio = float(spacing[2] / spacing[1])
        corner = np.array(np.unravel_index(tumour.cells[0], shape.shape)) - tumour.places[:, 0]
        self.to_tumour = np.array([part.start for part in box]) - self.margin - corner
        self.n_inside = int(np.count_nonzero(tumour.members(shape)))
        self.tumour = tumour

    def lay(self, turn: np.ndarray, pick: np.ndarray, start: np.ndarray) -> np.ndarray | None:
        """Members bool (n) of the region of a move; None where fewer than n_inside voxels are
        within reach.

        turn, pick: see kernels_placements.find_place; start int64 (3): the voxel in the frame of
        `distance` that comes to lie on voxel pick[3] of the tumour.
        """
        tumour = self.tumour
        return self.lay_on(tumour.places, tumour.run_first, turn, pick, start, self.n_inside)

    def lay_on(
        self,
        places: np.ndarray,
        run_first: np.ndarray,
        turn: np.ndarray,
        pick: np.ndarray,
        start: np.ndarray,
        n: int,
    ) -> np.ndarray | None:
        """As `lay`, the n voxels closest to the moved shape among others than the tumour's.

        Parameters
        ----------
        places : int32 (3, m)
            In the tumour's grid, in rows as `Tumour` has them, pick[3] one of them.
        run_first : int64
            Where the rows begin; voxels from the last one on take no part.
        turn, pick, start
            See `lay`.
        n : int
        """
        members = np.empty(run_first[-1], bool)
        field = (places, run_first, self.ratio, self.reach_mm, n, members)
        return members if lay_shape(self.distance, start, turn, pick, *field) else None


class OwnShapePlacements(MovedShape, Placements):
    """Draws of one recurrence's own shape in a tumour.

    A place is kept if the shape fits in as the observed one does: as many of its slices beyond the
    GTV's first and last; as much of it inside the GTV, within WINDOW and in the same quarter of the
    places within it (a shape that is cut more is less compact and has more of the surface). Every
    move that is kept is as probable as every other.

    Parameters
    ----------
    tumour : Tumour
    shape : bool (z, y, x)
        The uncut GTVr, on the grid of the GTV.
    observed : bool (n)
        The region: the voxels of the GTV that lie in the shape.
    rng : numpy.random.Generator
        For the sample of the shape's voxels and the quartiles.

    Raises
    ------
    NotDrawable
        Region or remainder too small; no other place for the shape.
    ValueError
        The observed region is not the shape cut to the GTV.
    """

    most_tries = MAX_MOVES

    def __init__(
        self, tumour: Tumour, shape: np.ndarray, observed: np.ndarray, rng: np.random.Generator
    ):
        Placements.__init__(self, tumour, int(np.count_nonzero(observed)))
        shape = np.ascontiguousarray(shape) > 0
        if not np.array_equal(tumour.members(shape), observed):
            raise ValueError(
                f"the recurrent region ({self.n_voxels} voxels in the GTV) is not GTVr cut to the GTV"
                f" ({np.count_nonzero(tumour.members(shape))} voxels): its shape is not known"
            )
        MovedShape.__init__(self, tumour, shape)
        self.sample = _sample(np.array(np.nonzero(self.inside)), tumour.spacing_mm, rng)
        self.choices = (2, 2, self.sample.shape[1], tumour.n_voxels)  # of one move
        margin = self.margin[0]
        self.span = np.array([margin, self.inside.shape[0] - margin - 1])
        self.columns = tumour.grid.size // tumour.n_rows
        self.move = None  # turn and pick of the last place
        self._keep_places_like_the_observed(rng)

    def _keep_places_like_the_observed(self, rng):
        """Set what `find_place` asks for: slices beyond the GTV, voxels of the sample inside."""
        tumour, m = self.tumour, self.sample.shape[1]
        shape = np.array([tumour.n_rows // tumour.width, tumour.width, self.columns])
        places = self.sample + self.to_tumour[:, None]
        z, y, x = places[:, ((places >= 0) & (places < shape[:, None])).all(axis=0)]
        observed = int(np.count_nonzero(tumour.grid[(z * shape[1] + y) * shape[2] + x] >= 0))
        lowest, highest = self.span + self.to_tumour[0]
        self.beyond = int(max(1 - lowest, 0) + max(highest - (shape[0] - 2), 0))
        self.low = max(int(np.ceil(observed - WINDOW * m)), 1)
        self.high = min(int(np.floor(observed + WINDOW * m)), m)
        shares, tries = [], 0
        while len(shares) < N_SHARES and tries < N_SHARES * MAX_MOVES // 10:
            found, tried = self._find(rng)
            tries += tried
            if found is not None:
                shares.append(found[-1])
        if len(shares) < N_SHARES:
            raise NotDrawable(
                f"{tries} moves of GTVr brought it to {len(shares)} places where as much of it lies in the GTV as of the"
                f" observed one ({observed / m:.0%}, within {100 * WINDOW:g} points), {N_SHARES} are needed"
            )
        edges = np.quantile(shares, np.arange(1, N_BINS) / N_BINS)
        wanted = int(np.searchsorted(edges, observed, side="right"))
        if wanted > 0:
            self.low = int(np.ceil(edges[wanted - 1]))
        if wanted < N_BINS - 1:
            self.high = int(np.ceil(edges[wanted])) - 1
        self.refused_words = (
            f"did not have {100 * self.low / m:.0f} to {100 * self.high / m:.0f} % of GTVr inside the GTV and"
            f" {self.beyond} of its slices beyond it, as observed"
        )

    def _find(self, rng):
        """A move that is kept (turn, pick, voxels of the sample inside), None without one; and how many were tried."""
        tumour = self.tumour
        turns = rng.standard_normal((MOVES_AT_ONCE, 2))
        turns /= np.sqrt((turns * turns).sum(axis=1, keepdims=True))
        chances, *shares = rng.random((5, MOVES_AT_ONCE))
        picks = np.empty((MOVES_AT_ONCE, 4), np.int64)
        for column, (n, part) in enumerate(zip(self.choices, shares, strict=True)):
            picks[:, column] = n * part
        picks[:, :2] = 2 * picks[:, :2] - 1
        place = (tumour.places, tumour.grid, tumour.width, self.columns, self.ratio)
        wanted = (self.low, self.high, self.beyond)
        move, inside = find_place(self.sample, self.span, *place, turns, picks, chances, *wanted)
        if move < 0:
            return None, MOVES_AT_ONCE
        return (turns[move], picks[move], inside), move + 1

    def place(self, rng: np.random.Generator):
        """The first of MOVES_AT_ONCE random moves that is kept, see `Placements.place`."""
        found, tried = self._find(rng)
        if found is None:
            return None, None, tried
        turn, pick, _ = found
        self.move = turn, pick
        return self.lay(turn, pick, self.start(pick)), None, tried

    def start(self, pick: np.ndarray) -> np.ndarray:
        """The voxel of the shape, in its frame, that a pick lays on the tumour's, int64 (3)."""
        return self.sample[:, pick[2]].astype(np.int64)


def _signed_distance(inside, spacing):
    """Millimetres from the surface of a shape (z, y, x), negative inside.

    Between whole voxels the level sets of a distance are more ragged than the shape, and regions of
    draws would have more surface than the observed one. So the distance is smoothed until shapes
    that are turned, and a little larger and smaller, have on average no more surface than the shape
    itself. Signs are kept: level zero is the shape.
    """
    outside, within = (ndimage.distance_transform_edt(part, spacing) for part in (~inside, inside))
    exact = smooth = outside - within
    for _ in range(MOST_SMOOTHINGS):
        for axis in (1, 2):
            smooth = ndimage.correlate1d(smooth, SMOOTHING, axis, mode="nearest")
        if _area_when_turned(smooth, np.count_nonzero(inside), spacing) <= _area(inside, spacing):
            break
    nearly = NEVER_ZERO * exact
    return np.where(inside, np.minimum(smooth, nearly), np.maximum(smooth, nearly))


def _area_when_turned(distance, n, spacing):
    """Mean area of the n lowest voxels of a turned distance, more and less of them: for equal volume."""
    middle = (np.array(distance.shape) - 1) / 2
    areas = []
    for cosine, sine in TURNS:
        ratio = spacing[2] / spacing[1]
        back = np.array([[1, 0, 0], [0, cosine, sine * ratio], [0, -sine / ratio, cosine]])
        turned = ndimage.affine_transform(
            distance, back, middle - back @ middle, order=1, mode="nearest"
        )
        levels = np.partition(turned, [round(part * n) for part in GROWN], axis=None)
        for part in GROWN:
            laid = turned < levels[round(part * n)]
            areas.append(_area(laid, spacing) / part ** (2 / 3))
    return np.mean(areas)


def _area(inside, spacing):
    """Of the voxel faces of a shape that does not touch the edges of its box."""
    faces = (np.prod(spacing) / step for step in spacing)
    turns = (np.count_nonzero(np.diff(inside, axis=axis)) for axis in range(3))
    return sum(n * face for n, face in zip(turns, faces, strict=True))


def _sample(voxels, spacing, rng):
    """At most N_SAMPLE of the voxels; those far from the middle first, which stick out first: a misfit is seen soon."""
    if voxels.shape[1] > N_SAMPLE:
        voxels = voxels[:, np.sort(rng.permutation(voxels.shape[1])[:N_SAMPLE])]
    away = (voxels - voxels.mean(axis=1, keepdims=True)) * spacing[:, None]
    order = np.argsort(-(away * away).sum(axis=0).round(6), kind="stable")
    return np.ascontiguousarray(voxels[:, order], np.int32)


def warm_cache():
    """Compile the kernels of placing and measuring, so that later jobs find them in numba's cache (NUMBA_CACHE_DIR)."""
    horseshoe = np.ones((2, 12, 30), bool)
    horseshoe[:, :9, 10:13] = False
    tumour = Tumour(horseshoe, (1.0, 1.0, 1.0))
    compact = CompactPlacements(tumour, 200)
    compact.allowed = np.array([9])  # beside the gap: the nearest voxels do not hang together
    compact.grow(np.random.default_rng(0))
    shape = horseshoe & (np.indices(horseshoe.shape)[2] < 8)
    OwnShapePlacements(tumour, shape, tumour.members(shape), np.random.default_rng(0)).place(
        np.random.default_rng(0)
    )
