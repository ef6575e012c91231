"""The places of a tumour: compact sub-regions of one size that cover every voxel many times, and
what each has: its 47 features and where it lies.
"""

import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from scipy import sparse

from npcradiomics.features.extraction import FEATURE_NAMES
from npcradiomics.features.region_meter import RegionMeter
from npcradiomics.risk.places import POSITION_NAMES, Places, rows_of
from npcradiomics.spatial_null.draws import Draws
from npcradiomics.spatial_null.placements import CompactPlacements, NotDrawable
from npcradiomics.spatial_null.shape import Tumour
from npcradiomics.spatial_null.streams import PLACE, generator_of

# Of the tumour's largest piece that a place has at most: of larger ones any two would be much the
# same place.
LARGEST_SHARE = 0.5
NO_RECURRENCE = "no recurrence is given"


def measure_places(
    patient: str,
    volume: np.ndarray,
    gtv: np.ndarray,
    spacing_zyx_mm: Sequence[float],
    *,
    direction: np.ndarray | None = None,
    draws: Draws | None = None,
    size_cm3: float,
    minimum_voxels: int,
    coverage: int,
    seed: int,
    extraction: Mapping[str, object],
    tell: Callable[[str], None],
) -> Places:
    """Cover a tumour with places and measure them.

    The result depends on seed and patient alone; the recurrence and its draws are put beside the
    places and do not move them.

    Parameters
    ----------
    patient
    volume, gtv : (z, y, x)
        On one grid.
    spacing_zyx_mm : (3)
    direction : (3, 3)
        The image's direction cosines as ITK has them, (x, y, z) in columns; without it the axes are
        the patient's.
    draws
        The spatial null's record of the same GTV; None for a patient whose recurrence is not known.
    size_cm3, minimum_voxels, coverage
        See `size_of_places` and `cover`.
    seed
    extraction
        See RegionMeter.
    tell
        Called with a line on what was done.

    Returns
    -------
    Places
        What prevents places is its `reason`, not an error.

    Raises
    ------
    ValueError
        Empty GTV; draws of another GTV.
    """
    started = time.monotonic()
    tumour = Tumour(gtv, spacing_zyx_mm)
    meter = RegionMeter(volume, gtv, spacing_zyx_mm, extraction)
    if draws is not None and not np.array_equal(draws.cells, tumour.cells):
        raise ValueError(
            f"{patient}: draws.npz has {draws.cells.size} voxels of another GTV than this one"
            f" ({tumour.n_voxels}); draw the regions again (rule draw_regions)"
        )
    reason, notes, members = "", [], sparse.csr_array((0, tumour.n_voxels), dtype=bool)
    try:
        n_voxels, note = size_of_places(tumour, size_cm3, minimum_voxels)
        members = cover(tumour, n_voxels, coverage, generator_of(seed, patient, PLACE))
        notes.append(note)
    except NotDrawable as error:
        n_voxels, reason = 0, str(error)
    values = np.asarray(volume, float).ravel()[tumour.cells]
    features, failures = np.full((members.shape[0], len(FEATURE_NAMES)), np.nan), []
    for k in range(members.shape[0]):
        try:
            features[k] = meter.measure_region(_dense(members, k))
        except ValueError as error:
            failures.append(str(error))
    if failures:
        notes.append(
            f"{len(failures)} of {members.shape[0]} places could not be measured and have no"
            f" features: {failures[0]}."
        )
    if draws is None:
        observed, drawn, draws_reason = np.empty(0, bool), None, NO_RECURRENCE
    else:
        observed, *_ = np.unpackbits(draws.members[:1], axis=1, count=tumour.n_voxels).astype(bool)
        drawn, draws_reason = draws.members[1:], draws.reason
        if (draws.drawn_shape, draws.match) != ("own", "depth"):
            notes.append(
                f"The exact p rests on draws of {draws.drawn_shape} shape, matched for"
                f" {draws.match} (spatial_null: shape, match)."
            )
    tell(
        f"{patient}: {members.shape[0]} places of {n_voxels} voxels in {tumour.n_voxels},"
        f" {time.monotonic() - started:.1f} s"
    )
    return Places(
        patient=patient,
        reason=reason,
        draws_reason=draws_reason,
        notes=" ".join(filter(None, notes)),
        feature_names=np.array(FEATURE_NAMES),
        features=features,
        position_names=np.array(POSITION_NAMES),
        position=positions_of(tumour, members, direction),
        intensity=members.astype(float) @ values / max(n_voxels, 1),
        n_voxels=n_voxels,
        places=members,
        observed=observed,
        draws=rows_of(np.empty((0, 0), np.uint8) if drawn is None else drawn, tumour.n_voxels),
        cells=tumour.cells,
        shape=np.array(np.shape(gtv)),
        spacing_zyx_mm=tumour.spacing_mm,
        seed=seed,
    )


def size_of_places(tumour: Tumour, size_cm3: float, minimum_voxels: int) -> tuple[int, str]:
    """Voxels of a place, and "" or a sentence if it is smaller than asked for.

    size_cm3 or minimum_voxels, whichever is more; at most LARGEST_SHARE of the tumour's largest
    piece.

    Raises
    ------
    NotDrawable
        That would be fewer than minimum_voxels.
    """
    voxel_cm3 = float(np.prod(tumour.spacing_mm)) / 1000.0
    asked = max(round(size_cm3 / voxel_cm3), minimum_voxels)
    piece = int(tumour.pieces[0])
    most = int(LARGEST_SHARE * piece)
    if most < minimum_voxels:
        where = (
            f"the GTV has {tumour.n_voxels} voxels"
            if len(tumour.pieces) == 1
            else f"the largest of the GTV's {len(tumour.pieces)} pieces has {piece} of"
            f" {tumour.n_voxels} voxels"
        )
        raise NotDrawable(
            f"{where} ({piece * voxel_cm3:.3g} cm3); places of {minimum_voxels} voxels"
            f" (risk_map: minimum_voxels) need {int(minimum_voxels / LARGEST_SHARE)}"
        )
    if asked <= most:
        return asked, ""
    return most, (
        f"Places have {most} voxels ({most * voxel_cm3:.2g} cm3) instead of {asked}:"
        f" {LARGEST_SHARE:.0%} of the largest piece of the GTV."
    )


def cover(
    tumour: Tumour, n_voxels: int, coverage: int, rng: np.random.Generator
) -> sparse.csr_array:
    """Grow compact places until every voxel of a tumour lies in so many.

    Each place is grown from one of the voxels that lie in the fewest so far, hence holds it. Places
    are those of the spatial null (CompactPlacements.grow): 26-connected; from a piece of the tumour
    that is smaller than a place they reach into the next.

    Returns
    -------
    sparse.csr_array, bool (places, n)
    """
    placements = CompactPlacements(tumour, n_voxels)
    counts = np.zeros(tumour.n_voxels, np.int64)
    rows = []
    while (fewest := counts.min()) < coverage:
        placements.allowed = np.flatnonzero(counts == fewest)
        members = placements.grow(rng)[0]
        counts += members
        rows.append(np.flatnonzero(members).astype(np.int32))
    indices = np.concatenate(rows)
    starts = n_voxels * np.arange(len(rows) + 1)
    data = np.ones(indices.size, bool)
    return sparse.csr_array((data, indices, starts), shape=(len(rows), tumour.n_voxels))


def positions_of(
    tumour: Tumour, members: sparse.csr_array, direction: np.ndarray | None = None
) -> np.ndarray:
    """Where places lie in a tumour, float64 (places, 5) in the order of places.POSITION_NAMES.

    members: bool (places, n); direction: see `measure_places`.
    """
    weights = sparse.csr_array(members, dtype=float)
    sizes = np.maximum(weights.sum(axis=1), 1.0)[:, None]
    points = tumour.places.T * tumour.spacing_mm  # z, y, x in mm
    away = (weights @ points / sizes - points.mean(axis=0))[:, ::-1]
    if direction is not None:
        away = away @ np.asarray(direction, float).reshape(3, 3).T
    distance = np.sqrt((away**2).sum(axis=1, keepdims=True))
    volume = tumour.n_voxels * float(np.prod(tumour.spacing_mm))
    radius = (3.0 * volume / (4.0 * np.pi)) ** (1 / 3)
    depth = weights @ tumour.depth_mm[:, None] / sizes / tumour.depth_mm.max()
    unit = away / np.where(distance > 1e-9 * radius, distance, np.inf)
    return np.hstack([depth, distance / radius, unit])


def _dense(members, k):
    """Row k of a sparse bool array as it is measured."""
    row = np.zeros(members.shape[1], bool)
    row[members.indices[members.indptr[k] : members.indptr[k + 1]]] = True
    return row
