"""Random places in a tumour for a region of given size: compact blobs here, the region's own shape
in own_shape.

Everything is a function of the tumour, the number of voxels, what is conditioned on and the random
generator: never of where the observed region lies among the places that are left, or observed and
drawn would not be exchangeable.
"""

import numpy as np

from npcradiomics.spatial_null.kernels_placements import flood, nearest
from npcradiomics.spatial_null.shape import COVARIATES, Tumour

MIN_VOXELS = 64  # of region and remainder: below, texture means nothing
REMAINDER_SHARE = 0.95  # of the remainder must hang together
MAX_TRIES = 2000  # for one draw
HALF_AXES = (0.8, 1.25)  # range of the relative half axes
WAVE_DEPTH = 0.1  # the surface wobbles by at most this share of the radius
WAVE_LENGTHS = (1.5, 3.0)  # in radii; shorter ones would tear islands off the region
N_BINS = 4
DEPTH = COVARIATES.index("depth_mm")


class NotDrawable(ValueError):
    """No region of this size can be drawn in this tumour; the message says why, with numbers."""


class Placements:
    """Draws of regions of n_voxels in a tumour (shape.Tumour); the subclasses say how one is made.

    NotDrawable: region or remainder below MIN_VOXELS.
    """

    most_tries = 0  # for one draw
    refused_words = ""  # what is wrong with places that `place` refuses

    def __init__(self, tumour: Tumour, n_voxels: int):
        rest = tumour.n_voxels - n_voxels
        if n_voxels < MIN_VOXELS:
            raise NotDrawable(
                f"the region has {n_voxels} voxels inside the GTV, at least {MIN_VOXELS} are needed"
            )
        if rest < MIN_VOXELS:
            raise NotDrawable(
                f"the region has {n_voxels} of the GTV's {tumour.n_voxels} voxels and leaves {rest}, at least"
                f" {MIN_VOXELS} are needed"
            )
        self.tumour = tumour
        self.n_voxels = n_voxels

    def place(self, rng: np.random.Generator):
        """Try one place or some.

        Returns members bool (n), None where all were refused; their Shape, None where it has not
        been measured; how many were tried.
        """
        raise NotImplementedError

    def pilot_edges(self, rng: np.random.Generator, n_pilot: int) -> np.ndarray:
        """Quartiles float64 (3) of depth_mm of n_pilot placements: the edges of the depth bins of
        this tumour.
        """
        depths = [self.tumour.mean_depth(self._search(rng, (), 0)[0]) for _ in range(n_pilot)]
        return np.quantile(depths, np.arange(1, N_BINS) / N_BINS)

    def draw(self, rng: np.random.Generator, edges=(), wanted: int = 0):
        """One region in a depth bin.

        Parameters
        ----------
        rng : numpy.random.Generator
        edges : array (3) or empty
            Of the bins of depth_mm.
        wanted : int
            Number of the bin, see `bin_of`.

        Returns
        -------
        members : bool (n)
        shape : Shape
        refused, elsewhere : int
            Places thrown away: refused by `place`, and of another bin.

        Raises
        ------
        NotDrawable
            After most_tries.
        """
        members, shape, refused, elsewhere = self._search(rng, edges, wanted)
        return members, shape or self.tumour.measure(members), refused, elsewhere

    def _search(self, rng, edges, wanted):
        tries = elsewhere = 0
        while tries < self.most_tries:
            members, shape, tried = self.place(rng)
            tries += tried
            if members is None:
                continue
            if _bin(self.tumour.mean_depth(members), edges) == wanted:
                return members, shape, tries - 1 - elsewhere, elsewhere
            elsewhere += 1
        raise NotDrawable(
            f"{tries} tries gave no region of {self.n_voxels} of the GTV's {self.tumour.n_voxels} voxels:"
            f" {tries - elsewhere} {self.refused_words}"
            + (
                f", {elsewhere} lay in another depth bin than the observed region"
                if len(edges)
                else ""
            )
        )


class CompactPlacements(Placements):
    """Compact blobs in one piece, cut off by the tumour's surface; they know nothing of the
    observed region's shape.

    Attribute allowed: the voxels a region may start from, those in pieces of the GTV with at least
    n_voxels. NotDrawable: no piece large enough.
    """

    most_tries = MAX_TRIES
    refused_words = f"left a remainder with less than {REMAINDER_SHARE:.0%} in one piece"

    def __init__(self, tumour: Tumour, n_voxels: int):
        super().__init__(tumour, n_voxels)
        if tumour.pieces[0] < n_voxels:
            raise NotDrawable(
                f"the GTV is in {len(tumour.pieces)} pieces, the largest of {tumour.pieces[0]} voxels: no connected"
                f" region of {n_voxels} voxels fits in one"
            )
        self.allowed = np.flatnonzero(tumour.pieces[tumour.piece] >= n_voxels)
        volume = n_voxels * float(np.prod(tumour.spacing_mm))
        # Rounded: powers differ in the last bit between machines.
        self.radius_mm = round((3.0 * volume / (4.0 * np.pi)) ** (1 / 3), 6)

    def grow(self, rng):
        """One region, grown from a random voxel in a random metric; returns members bool (n) and
        their Shape.

        The metric is an ellipsoid (half axes uniform in HALF_AXES, any orientation, millimetres)
        whose surface three random waves distort. The region is what a flood by that metric reaches
        first, hence 26-connected (as the zones of GLSZM are); the remainder may be in pieces. From
        a piece of the tumour with fewer than n_voxels (`allowed` set by the caller) it is the
        nearest voxels of the whole tumour.
        """
        seed = int(self.allowed[rng.integers(self.allowed.size)])
        normals = rng.standard_normal(13)
        uniform = rng.random(9)
        metric = _rotation(normals[:4]) / (
            HALF_AXES[0] + (HALF_AXES[1] - HALF_AXES[0]) * uniform[:3, None]
        )
        directions = normals[4:].reshape(3, 3)
        directions /= np.sqrt((directions * directions).sum(axis=1, keepdims=True))
        lengths = self.radius_mm * (
            WAVE_LENGTHS[0] + (WAVE_LENGTHS[1] - WAVE_LENGTHS[0]) * uniform[3:6, None]
        )
        waves = np.hstack([directions / lengths, uniform[6:, None]])
        tumour, members = self.tumour, np.empty(self.tumour.n_voxels, bool)
        field = (tumour.spacing_mm, seed, self.n_voxels, metric, waves, WAVE_DEPTH)
        fits = tumour.pieces[tumour.piece[seed]] >= self.n_voxels
        run_piece = tumour.run_piece if fits else np.zeros_like(tumour.run_piece)
        nearest(tumour.places, tumour.run_first, run_piece, *field, 1.5 * self.radius_mm, members)
        shape = tumour.measure(members)
        if fits and shape.covariates[-1] < self.n_voxels:
            flood(tumour.places, tumour.grid, tumour.positions, tumour.steps, *field, members)
            shape = tumour.measure(members)
        return members, shape

    def place(self, rng: np.random.Generator):
        """One region, refused where more than 1 - REMAINDER_SHARE of the remainder is cut off."""
        members, shape = self.grow(rng)
        if shape.cut_off > (1.0 - REMAINDER_SHARE) * (self.tumour.n_voxels - self.n_voxels):
            return None, None, 1
        return members, shape, 1


def bin_of(shape, edges):
    """Number of the depth bin, 0 .. len(edges), a region lies in; a bin holds its lower edge."""
    return _bin(shape.covariates[DEPTH], edges)


def _bin(depth_mm, edges):
    return int(np.searchsorted(edges, depth_mm, side="right"))


def _rotation(quaternion):
    """Rotation matrix (3, 3) of a quaternion (4) of any length but 0; of four normals: uniform over all rotations."""
    w, x, y, z = (quaternion / np.sqrt((quaternion * quaternion).sum())).tolist()
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def overlap(packed, n_voxels):
    """How much draws are the same: mean overlap and number of effectively different placements.

    packed: uint8 (draws, bytes), packed bits of the members; n_voxels of each draw. Mean overlap:
    mean of |A & B| / n over all pairs (the same as their Dice coefficient; regions of share f
    overlap by at least 2 - 1/f of their size). Effective placements: participation ratio of the
    centred Gram matrix of the members, (sum of eigenvalues)^2 / sum of their squares: draws - 1
    where all differ equally, 1 where all lie along one line of change. Taken over the first 1000
    draws at most; nan for fewer than 2.
    """
    packed = packed[:1000]
    n_draws = len(packed)
    if n_draws < 2:
        return np.nan, np.nan
    padded = np.zeros((n_draws, -(-packed.shape[1] // 8) * 8), np.uint8)
    padded[:, : packed.shape[1]] = packed
    words = padded.view(np.uint64)
    gram = np.empty((n_draws, n_draws))
    for k in range(n_draws):
        gram[k, k:] = gram[k:, k] = np.bitwise_count(words[k] & words[k:]).sum(axis=1)
    mean_overlap = (gram.sum() - np.trace(gram)) / (n_draws * (n_draws - 1) * n_voxels)
    centred = gram - gram.mean(axis=0) - gram.mean(axis=1)[:, None] + gram.mean()
    total = np.trace(centred)
    effective = total**2 / (centred**2).sum() if total > 1e-9 * np.trace(gram) else 1.0
    return float(mean_overlap), float(effective)
