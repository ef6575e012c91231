"""A patient's contours, one per universe of the recurrence's outline, and the same motions of them all."""

from collections.abc import Mapping, Sequence

import numpy as np
import SimpleITK as sitk

from npcradiomics.images.grids import box_corners
from npcradiomics.images.masks import box_of, carry_or_empty, expand
from npcradiomics.images.transforms import apply
from npcradiomics.registration.pyramid import crop
from npcradiomics.spatial_null.own_shape import MovedShape, OwnShapePlacements
from npcradiomics.spatial_null.placements import bin_of
from npcradiomics.spatial_null.sampling import N_PILOT
from npcradiomics.spatial_null.shape import Tumour
from npcradiomics.spatial_null.streams import DRAW, PILOT, SHARES, generator_of


def contours_of(
    universes: Sequence[Mapping], gtvr: sitk.Image, shifts: Sequence[sitk.Transform], why_none: str
) -> dict:
    """The recurrence's outline in each universe.

    Parameters
    ----------
    universes : sequence of {axis: value}
    gtvr : mask on the planning MRI
    shifts : sequence of transforms
        Of dose.shifts.shifts_of, the k-th for `moved` k.
    why_none : str
        Why there are none; "" where the contour was drawn on the planning MRI and stays.

    Returns
    -------
    {(grown_mm, moved): bool (z, y, x)}
        In place of the mask, why there is none.
    """
    made = {}
    for grown_mm, moved in {(0, 0), *((one["grown_mm"], one["moved"]) for one in universes)}:
        mask = gtvr
        if moved and shifts:
            mask = _moved(gtvr, shifts[moved - 1])
        elif moved and why_none:
            made[grown_mm, moved] = why_none
            continue
        mask = sitk.GetArrayFromImage(expand(mask, grown_mm)) > 0
        made[grown_mm, moved] = mask if mask.any() else "nothing is left of the contour"
    return made


def _moved(gtvr, shift):
    """GTVr moved by a shift; only where it arrives is looked at."""
    arrives = apply(shift, box_corners(gtvr))
    whole = sitk.Image(gtvr.GetSize(), sitk.sitkUInt8)
    whole.CopyInformation(gtvr)
    try:
        near = crop(gtvr, arrives, 2.0 * max(gtvr.GetSpacing()))
    except ValueError:  # beyond the image
        return whole
    carried = carry_or_empty(gtvr, near, shift.GetInverse())
    place = gtvr.TransformPhysicalPointToIndex(near.GetOrigin())
    return sitk.Paste(whole, carried, carried.GetSize(), destinationIndex=place)


class Motions:
    """The motions of a patient's draws: those of the spatial null, by the contour it was drawn with.

    Parameters
    ----------
    patient : str
    tumour : Tumour
    gtvr : bool (z, y, x)
        The uncut contour of the study's own path.
    n_draws, seed : int
    match : str
        As of spatial_null.sampling.sample_patient; the motions are the same for the same seed.

    Raises
    ------
    NotDrawable
    """

    def __init__(
        self, patient: str, tumour: Tumour, gtvr: np.ndarray, n_draws: int, match: str, seed: int
    ):
        observed = tumour.members(gtvr)
        placements = OwnShapePlacements(tumour, gtvr, observed, generator_of(seed, patient, SHARES))
        edges = (
            placements.pilot_edges(generator_of(seed, patient, PILOT), N_PILOT)
            if match == "depth"
            else np.empty(0)
        )
        wanted = bin_of(tumour.measure(observed), edges)
        self.gtvr, self.shape = gtvr, placements
        self.moves = []  # turn, pick, start
        for b in range(n_draws):
            placements.draw(generator_of(seed, patient, DRAW, b), edges, wanted)
            turn, pick = placements.move
            self.moves.append((turn, pick, placements.start(pick)))


class Surroundings:
    """The voxels round a tumour that a contour may reach, with rows as `Tumour` has them."""

    def __init__(self, tumour: Tumour, gtv: np.ndarray, contours):
        # As far as a contour can stick out that still touches the tumour.
        far = np.max([_extent(contour) for contour in contours], axis=0)
        lowest, highest = (np.array(edge) for edge in _ends(gtv))
        first = np.maximum(lowest - far, 0)
        last = np.minimum(highest + far, gtv.shape)
        outside = np.zeros(gtv.shape, bool)
        outside[tuple(map(slice, first, last))] = True
        outside &= ~gtv
        self.cells = np.flatnonzero(outside)
        corner = np.array(np.unravel_index(tumour.cells[0], gtv.shape)) - tumour.places[:, 0]
        places = np.array(np.unravel_index(self.cells, gtv.shape)) - corner[:, None]
        in_row = (np.diff(self.cells) == 1) & (np.diff(places[:2], axis=1) == 0).all(axis=0)
        self.run_first = np.r_[0, 1 + np.flatnonzero(~in_row), self.cells.size]
        # The last one is the voxel of the tumour that a motion is told by.
        self.places = np.pad(places, ((0, 0), (0, 1))).astype(np.int32)

    def lay(self, shape: MovedShape, anchor, turn, pick, start, n):
        """Cells of the n voxels outside the tumour that are closest to a moved contour; or None."""
        self.places[:, -1] = anchor
        pick = np.array([*pick[:3], self.places.shape[1] - 1])
        members = shape.lay_on(self.places, self.run_first, turn, pick, start, n)
        return None if members is None else self.cells[members]


def _ends(mask):
    box = box_of(mask)
    return [part.start for part in box], [part.stop for part in box]


def _extent(mask):
    lowest, highest = _ends(mask)
    size = np.subtract(highest, lowest)
    # It may be turned in its plane.
    size[1:] = size[1:].max() * 1.5
    return size + 1


class LaidContour:
    """One contour of a patient as observed (0) and moved (1 .. B): what of it lies where.

    inside: bool (B + 1, n) members of the tumour; outside: for each the cells beyond the tumour, as
    many as of the contour itself; None where a move finds no room for it.
    """

    def __init__(self, contour, tumour, motions, surroundings):
        self.inside = [tumour.members(contour)]
        outside = contour.flatten()
        outside[tumour.cells] = False
        beyond = np.flatnonzero(outside)
        self.outside = [beyond]
        if motions is None or not self.inside[0].any():
            return
        shape = motions.shape if contour is motions.gtvr else MovedShape(tumour, contour)
        for turn, pick, start in motions.moves:
            # The same motion, told in this contour's own frame.
            own = start + motions.shape.to_tumour - shape.to_tumour
            self.inside.append(shape.lay(turn, pick, own))
            anchor = tumour.places[:, pick[3]]
            self.outside.append(
                surroundings.lay(shape, anchor, turn, pick, own, beyond.size)
                if beyond.size
                else beyond
            )
