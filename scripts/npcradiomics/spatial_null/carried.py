"""The null of a further sequence: the places drawn for the main one, carried to the sequence's grid and measured there.

Draw i is one place in the head in all sequences, so that what is recombined keeps how the sequences
go together. Surrogate textures are those of the sequence's own values and covariance, independent
of the other sequences': nothing is known of how random textures of two sequences would go together.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

import numpy as np

from npcradiomics.features.region_meter import RegionMeter
from npcradiomics.spatial_null.draws import Draws
from npcradiomics.spatial_null.sampling import Record, with_progress
from npcradiomics.spatial_null.shape import Tumour
from npcradiomics.spatial_null.streams import generator_of


def measure_carried(
    drawn: Draws,
    sequence: str,
    places: Iterable[np.ndarray],
    volume: np.ndarray,
    gtv: np.ndarray,
    spacing_zyx_mm,
    *,
    extraction: dict,
    tell: Callable,
) -> Draws:
    """Measure the places of a patient's draws in another sequence, and as many surrogates.

    Parameters
    ----------
    drawn : Draws
        Of the main sequence.
    sequence : str
        Its name; the surrogates have random numbers of their own.
    places : bool (z, y, x), one after the other
        Those of `drawn` on the grid of the sequence, the observed one first.
    volume, gtv : (z, y, x)
        The sequence, and the tumour there.
    spacing_zyx_mm : (3)
    extraction : dict
        See RegionMeter.
    tell : callable
        Called with lines on progress.

    Returns
    -------
    Draws
        Of this grid: features, covariates, members and cells. How much the places overlap, the bins
        of depth and what was drawn in vain are those of `drawn`. A place of which nothing arrives,
        or too little to be measured, has no values and stands in the notes.
    """
    tumour, places = Tumour(gtv, spacing_zyx_mm), iter(places)
    observed = tumour.members(next(places))
    identity = {name: getattr(drawn, name) for name in ("patient", "seed", "drawn_shape", "match")}
    identity["shape"] = np.array(np.shape(gtv))
    record = Record(
        identity,
        tumour,
        observed,
        int(observed.sum()),
        drawn.n_draws,
        len(drawn.surrogate_features),
    )
    for name in ("depth_edges", "n_redrawn", "n_other_bin", "mean_overlap", "effective_placements"):
        setattr(record, name, getattr(drawn, name))
    meter = RegionMeter(volume, gtv, spacing_zyx_mm, extraction)
    try:
        record.features[0] = meter.measure(observed)
    except ValueError as error:
        return record.finish(f"the observed region cannot be measured: {error}")
    what = f"{drawn.patient}: carried draws in {tumour.n_voxels} voxels of {sequence}"
    for b in with_progress(drawn.n_draws, what, tell):
        members = tumour.members(next(places))
        if members.any():
            record.add_draw(b, members, tumour.measure(members), 0, 0)
        record.n_drawn = b + 1
        record.measure("draws", meter, members, record.features[b + 1])
    if len(drawn.surrogate_features):
        own = partial(generator_of, drawn.seed, f"{drawn.patient} {sequence}")
        record.measure_surrogates(meter, gtv, observed, own, tell)
    return record.finish(drawn.reason)


def left_out(drawn: Draws, reason: str) -> Draws:
    """The record of a sequence that is out in a patient: no draws, no surrogates, and no observed values."""
    return replace(
        drawn,
        reason=reason,
        notes="",
        features=np.full((1, *drawn.features.shape[1:]), np.nan),
        surrogate_features=drawn.surrogate_features[:0],
        covariates=np.full((1, drawn.covariates.shape[1]), np.nan),
        members=np.zeros((1, 0), np.uint8),
        cells=np.empty(0, np.int64),
        mean_overlap=np.nan,
        effective_placements=np.nan,
        n_redrawn=0,
        n_other_bin=0,
    )
