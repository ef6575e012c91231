"""The size-matched null of one patient: the 47 features of the recurrent region, of other places
for it in the same tumour, and of the same place in surrogate textures.
"""

import time
from functools import partial

import numpy as np

from npcradiomics.features.extraction import FEATURE_NAMES
from npcradiomics.features.region_meter import RegionMeter
from npcradiomics.spatial_null.draws import Draws
from npcradiomics.spatial_null.own_shape import OwnShapePlacements
from npcradiomics.spatial_null.placements import CompactPlacements, NotDrawable, bin_of, overlap
from npcradiomics.spatial_null.shape import COVARIATES, Tumour
from npcradiomics.spatial_null.streams import DRAW, PILOT, SHARES, SURROGATE, generator_of
from npcradiomics.spatial_null.surrogates import SurrogateField

SHAPES = ("own", "compact")
MATCHES = ("none", "depth")
# Of the recurrent region, outside the GTV, and outside its main piece of the GTV: more is no match
# for compact draws. With draws of its own shape the first is named.
MOST_OUTSIDE = 0.10
MOST_ELSEWHERE = 0.10
# Draws that are worth fewer different places (placements.overlap) are no test; of few draws, half
# of what they could be.
FEWEST_PLACES = 3.0
N_PILOT = 400
SECONDS_BETWEEN_LINES = 5.0


def sample_patient(
    patient: str,
    volume: np.ndarray,
    gtv: np.ndarray,
    recurrent: np.ndarray,
    spacing_zyx_mm,
    *,
    gtvr: np.ndarray | None = None,
    n_draws: int,
    surrogates: int,
    shape: str,
    match: str,
    seed: int,
    extraction: dict,
    tell,
) -> Draws:
    """Draw regions of one patient and surrogates, and measure them all.

    The result depends on seed and patient alone; draw b has random numbers of its own, so that more
    draws keep the first ones.

    Parameters
    ----------
    patient : str
    volume, gtv, recurrent : (z, y, x)
        On one grid.
    spacing_zyx_mm : (3)
    gtvr : (z, y, x), optional
        The uncut contour of the recurrence, whose shape the draws have; without it the shape is
        that of recurrent.
    n_draws, surrogates : int
    shape : str
        "own": the recurrence's shape elsewhere in the tumour (own_shape); "compact": blobs
        (placements).
    match : str
        "none", or "depth": placements of the observed region's depth bin only; the bins are the
        quartiles of N_PILOT placements of this tumour, wherever the observed region lies.
    seed : int
    extraction : dict
        See RegionMeter.
    tell : callable
        Called with lines on progress.

    Returns
    -------
    Draws
        What prevents draws is its `reason`, not an error.

    Raises
    ------
    ValueError
        Unknown shape or match; a recurrent region that is not gtvr inside the GTV.
    """
    for name, value, known in (("shape", shape, SHAPES), ("match", match, MATCHES)):
        if value not in known:
            raise ValueError(f"{name} is {value!r}; expected one of {', '.join(known)}")

    generator = partial(generator_of, seed, patient)
    tumour = Tumour(gtv, spacing_zyx_mm)
    observed = tumour.members(recurrent)
    n_region = int(observed.sum())
    identity = {
        "patient": patient,
        "seed": seed,
        "drawn_shape": shape,
        "match": match,
        "shape": np.array(np.shape(gtv)),
    }
    whole = recurrent if gtvr is None or shape == "compact" else gtvr
    n_whole = int(np.count_nonzero(whole))
    record = Record(identity, tumour, observed, n_whole, n_draws, surrogates)
    try:
        _require_comparable(tumour, observed, n_whole, shape)
        meter = RegionMeter(volume, gtv, spacing_zyx_mm, extraction)
        try:
            record.features[0] = meter.measure(observed)
        except ValueError as error:
            raise NotDrawable(f"the observed region cannot be measured: {error}") from error
    except NotDrawable as error:
        return record.finish(str(error))

    reason = ""
    try:
        if shape == "own":
            placements = OwnShapePlacements(tumour, whole, observed, generator(SHARES))
        else:
            placements = CompactPlacements(tumour, n_region)
        edges = (
            placements.pilot_edges(generator(PILOT), N_PILOT) if match == "depth" else np.empty(0)
        )
        record.depth_edges = edges
        wanted = bin_of(record.observed_shape, edges)
        for b in with_progress(
            n_draws, f"{patient}: draws of {n_region} in {tumour.n_voxels} voxels", tell
        ):
            members, found, refused, elsewhere = placements.draw(generator(DRAW, b), edges, wanted)
            record.add_draw(b, members, found, refused, elsewhere)
            record.measure("draws", meter, members, record.features[b + 1])
        record.require_places()
    except NotDrawable as error:
        reason = str(error)
        record.drop_draws()
    if surrogates:
        record.measure_surrogates(meter, gtv, observed, generator, tell)
    return record.finish(reason)


class Record:
    """What becomes a Draws."""

    def __init__(self, identity, tumour, observed, n_whole, n_draws, surrogates):
        self.identity = identity
        self.n_whole = n_whole
        self.tumour = tumour
        self.n_region = int(observed.sum())
        self.features = np.full((n_draws + 1, 2, len(FEATURE_NAMES)), np.nan)
        self.surrogate_features = np.full((surrogates, 2, len(FEATURE_NAMES)), np.nan)
        self.covariates = np.full((n_draws + 1, len(COVARIATES)), np.nan)
        self.members = np.zeros((n_draws + 1, -(-tumour.n_voxels // 8)), np.uint8)
        self.members[0] = np.packbits(observed)
        self.observed_shape = tumour.measure(observed) if self.n_region else None
        if self.n_region:
            self.covariates[0] = self.observed_shape.covariates
        self.failures = {"draws": [], "surrogates": []}
        self.depth_edges = np.empty(0)
        self.n_drawn = self.n_surrogates = self.n_redrawn = self.n_other_bin = 0
        self.mean_overlap = self.effective_placements = np.nan

    def measure(self, kind, meter, members, row):
        """Write the features of a draw or surrogate; where it has none, keep the reason for the notes."""
        try:
            row[:] = meter.measure(members)
        except ValueError as error:
            self.failures[kind].append(str(error))

    def measure_surrogates(self, meter, gtv, observed, generator, tell):
        """Measure the observed region in as many random textures as the record has room for; they stay in the meter."""
        n = len(self.surrogate_features)
        field = SurrogateField(gtv, meter.volume.ravel()[meter.cells])
        what = f"{self.identity['patient']}: pairs of surrogates"
        for pair in with_progress(-(-n // 2), what, tell):
            two = field.draw(generator(SURROGATE, pair))
            for k, texture in enumerate(two[: n - 2 * pair], start=2 * pair):
                meter.retexture(np.argsort(texture, kind="stable"))
                self.measure("surrogates", meter, observed, self.surrogate_features[k])
        self.n_surrogates = n

    def add_draw(self, b, members, shape, refused, elsewhere):
        self.covariates[b + 1] = shape.covariates
        self.members[b + 1] = np.packbits(members)
        self.n_redrawn += refused
        self.n_other_bin += elsewhere
        self.n_drawn = b + 1

    def require_places(self):
        """NotDrawable where the draws are too much alike."""
        drawn = self.members[1 : self.n_drawn + 1]
        self.mean_overlap, self.effective_placements = overlap(drawn, self.n_region)
        if self.effective_placements < min(FEWEST_PLACES, (self.n_drawn - 1) / 2):
            raise NotDrawable(
                f"the {self.n_drawn} draws share {self.mean_overlap:.0%} of their {self.n_region} of"
                f" {self.tumour.n_voxels} voxels and are worth {self.effective_placements:.1f} different places, fewer"
                f" than {FEWEST_PLACES:g}: too few for a test"
            )

    def drop_draws(self):
        self.n_drawn = 0
        self.failures["draws"].clear()

    def finish(self, reason):
        rows = self.n_drawn + 1
        return Draws(
            **self.identity,
            reason=reason,
            notes=" ".join(_notes(self)),
            feature_names=np.array(FEATURE_NAMES),
            features=self.features[:rows],
            surrogate_features=self.surrogate_features[: self.n_surrogates],
            covariate_names=np.array(COVARIATES),
            covariates=self.covariates[:rows],
            members=self.members[:rows],
            cells=self.tumour.cells,
            spacing_zyx_mm=self.tumour.spacing_mm,
            fraction=self.n_region / self.tumour.n_voxels,
            mean_overlap=self.mean_overlap,
            effective_placements=self.effective_placements,
            depth_edges=self.depth_edges,
            n_redrawn=self.n_redrawn,
            n_other_bin=self.n_other_bin,
        )


def _require_comparable(tumour, observed, n_recurrent, shape):
    """NotDrawable where the region is not one that draws can stand beside."""
    n_inside = int(observed.sum())
    if n_inside == 0:
        raise NotDrawable(
            f"none of the recurrent region's {n_recurrent} voxels lies in the GTV ({tumour.n_voxels})"
        )
    if shape == "own":
        return
    outside = 1.0 - n_inside / n_recurrent
    if outside > MOST_OUTSIDE:
        raise NotDrawable(
            f"{100 * outside:.4g}% of the recurrent region ({n_recurrent - n_inside} of {n_recurrent} voxels) lies outside the"
            f" GTV, more than {MOST_OUTSIDE:.0%}: draws inside the GTV are no match for it"
        )
    in_piece = np.bincount(tumour.piece[observed], minlength=len(tumour.pieces))
    if in_piece.max() < (1.0 - MOST_ELSEWHERE) * n_inside:
        raise NotDrawable(
            f"the GTV is in {len(tumour.pieces)} pieces and the recurrent region in {np.count_nonzero(in_piece)} of"
            f" them, only {in_piece.max()} of its {n_inside} voxels in one: connected draws are no match for it"
        )


def _notes(record):
    """Sentences on what does not prevent draws, but should be known."""
    tumour, compact = record.tumour, record.identity["drawn_shape"] == "compact"
    sentences = []
    if len(tumour.pieces) > 1:
        sizes = ", ".join(map(str, tumour.pieces[:5])) + (", ..." if len(tumour.pieces) > 5 else "")
        where = (
            "draws lie in one that is large enough"
            if compact
            else "draws lie in any of them, or across"
        )
        sentences.append(f"The GTV is in {len(tumour.pieces)} pieces ({sizes} voxels): {where}.")
    if not compact and record.n_region < (1.0 - MOST_OUTSIDE) * record.n_whole:
        sentences.append(
            f"{1 - record.n_region / record.n_whole:.0%} of GTVr ({record.n_whole - record.n_region} of {record.n_whole} voxels)"
            " lies outside the GTV: the null compares the rest of it, and as much of each draw lies outside."
        )
    if tumour.n_slices == 1:
        sentences.append(
            "The GTV lies in one slice: draws are flat, depth and surface are those in the plane."
        )
    if (
        compact
        and record.observed_shape is not None
        and (rest := tumour.n_voxels - record.n_region)
    ):
        pieces, cut_off = int(record.observed_shape.covariates[-1]), record.observed_shape.cut_off
        if pieces < 0.95 * record.n_region:
            sentences.append(
                f"The observed region is in pieces, its largest has {pieces} of {record.n_region} voxels; draws are in one."
            )
        if cut_off > 0.05 * rest:
            sentences.append(
                f"The observed region cuts {cut_off} of {rest} voxels off the remainder, more than a draw may (5 %)."
            )
    for kind, messages in record.failures.items():
        if messages:
            sentences.append(
                f"{len(messages)} of the {kind} could not be measured and have no values: {messages[0]}."
            )
    return sentences


def with_progress(n, what, tell):
    """Yield 0 to n - 1; tell every few seconds and at the end how far this is, how long it takes."""
    start = last = time.monotonic()
    for k in range(n):
        yield k
        now = time.monotonic()
        if now - last >= SECONDS_BETWEEN_LINES or k == n - 1:
            tell(
                f"{what}: {k + 1} of {n} after {now - start:.0f} s, {(now - start) / (k + 1) * (n - k - 1):.0f} s left"
            )
            last = now
