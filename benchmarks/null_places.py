"""Where the draws of the spatial null lie in a geometry: placed once, for many textures."""

from typing import NamedTuple

import numpy as np
from scipy import ndimage

from npcradiomics.spatial_null.own_shape import OwnShapePlacements
from npcradiomics.spatial_null.placements import CompactPlacements, NotDrawable, bin_of, overlap
from npcradiomics.spatial_null.sampling import FEWEST_PLACES, N_PILOT
from npcradiomics.spatial_null.shape import Tumour


class Geometry(NamedTuple):
    """Masks bool (z, y, x) of the tumour and of what is there later, uncut; spacing in mm."""

    gtv: np.ndarray
    later: np.ndarray
    spacing_mm: tuple


class Placed(NamedTuple):
    """A geometry with its draws: regions bool (B + 1, n), covariates (B + 1, 6), observed first."""

    gtv: np.ndarray
    spacing_mm: tuple
    tumour: Tumour
    regions: np.ndarray
    covariates: np.ndarray

    def cropped(self) -> "Placed":
        """The same without the room round the tumour: textures cost less."""
        box = ndimage.find_objects(self.gtv.astype(np.uint8))[0]
        return self._replace(gtv=np.pad(self.gtv[box], 1))


def place(
    rng: np.random.Generator, one: Geometry, n_draws: int, shape: str, match: str = "depth"
) -> Placed:
    """Draw regions in a geometry as the workflow does; NotDrawable where it would say so."""
    tumour = Tumour(one.gtv, one.spacing_mm)
    observed = tumour.members(one.later)
    if shape == "own":
        placements = OwnShapePlacements(tumour, one.later, observed, rng)
    else:
        placements = CompactPlacements(tumour, int(observed.sum()))
    first = tumour.measure(observed)
    edges = placements.pilot_edges(rng, N_PILOT) if match == "depth" else ()
    drawn = [placements.draw(rng, edges, bin_of(first, edges))[:2] for _ in range(n_draws)]
    regions = np.array([observed, *(members for members, _ in drawn)])
    worth = overlap(np.packbits(regions[1:], axis=1), placements.n_voxels)[1]
    if worth < min(FEWEST_PLACES, (n_draws - 1) / 2):
        raise NotDrawable(f"the draws are worth {worth:.1f} different places")
    covariates = np.array([first.covariates, *(found.covariates for _, found in drawn)])
    return Placed(one.gtv, one.spacing_mm, tumour, regions, covariates)
