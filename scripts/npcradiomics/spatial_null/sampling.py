"""The size-matched null of one patient: the 47 features of the recurrent region, of other places of its size in the
same tumour, and of the same place in surrogate textures.
"""

import time
import zlib

import numpy as np
from scipy import ndimage

from npcradiomics.features.extraction import FEATURE_NAMES, QUANTIZERS, extract
from npcradiomics.features.subregions import SubregionExtractor
from npcradiomics.spatial_null.draws import Draws
from npcradiomics.spatial_null.placements import NotDrawable, Placements, bin_of, overlap
from npcradiomics.spatial_null.shape import COVARIATES, Tumour
from npcradiomics.spatial_null.surrogates import SurrogateField

MATCHES = ("none", "depth")
MOST_OUTSIDE = 0.10  # of the recurrent region, outside the GTV
MOST_ELSEWHERE = 0.10  # of it, outside its main piece of the GTV
N_PILOT = 400
PILOT, DRAW, SURROGATE = range(3)  # streams of random numbers
SECONDS_BETWEEN_LINES = 5.0


class RegionMeter:
    """The 47 features of regions of one tumour and of their remainders, as the observed ones are computed.

    volume, gtv (z, y, x); extraction: settings of the study (n_levels, quantizer, quantizer_fit,
    outliers, resampling). What SubregionExtractor can do it does; with outlier removal, resampling
    or another quantizer per region, `extraction.extract` does it, some times slower.
    """

    def __init__(self, volume, gtv, spacing_zyx_mm, extraction):
        settings = dict(extraction)
        fit_on_gtv = settings.pop("quantizer_fit") == "gtv"
        # What lies beside the GTV's rows and columns enters no feature; slices above and below do
        # (resampling).
        _, rows, columns = ndimage.find_objects(np.asarray(gtv, np.uint8))[0]
        self.gtv = np.ascontiguousarray(gtv[:, rows, columns]) > 0
        self.fit_mask = self.gtv if fit_on_gtv else None
        self.volume = np.array(volume[:, rows, columns], order="C")
        self.options = settings | {"spacing_mm": spacing_zyx_mm}
        self.cells = np.flatnonzero(self.gtv)
        self.ordered = np.sort(self.volume.ravel()[self.cells])
        self.extractor = None
        plain = settings["outliers"] == settings["resampling"] == "none"
        if plain and settings["quantizer"] in (("lloyd", "optimal") if fit_on_gtv else ("lloyd",)):
            shared = QUANTIZERS[settings["quantizer"]](self.volume[self.gtv], settings["n_levels"])
            shared = shared if fit_on_gtv else None
            self.extractor = SubregionExtractor(self.volume, self.gtv, settings["n_levels"], shared)

    def measure(self, members):
        """Features float64 (2, 47) of region and remainder;

        members bool (n). ValueError: see extraction.extract.
        """
        if self.extractor is not None:
            return self.extractor.measure(members)
        features = np.empty((2, len(FEATURE_NAMES)))
        for row, part in zip(features, (members, ~members), strict=True):
            mask = np.zeros(self.volume.size, bool)
            mask[self.cells[part]] = True
            result = extract(
                self.volume, mask.reshape(self.gtv.shape), fit_mask=self.fit_mask, **self.options
            )
            row[:] = list(result.features.values())
        return features

    def retexture(self, field):
        """Give the tumour's own values to its voxels in the order of a field (n)."""
        order = np.argsort(field, kind="stable")
        if self.extractor is not None:
            self.extractor.order = order
            self.extractor.values[order] = self.extractor.ordered
        else:
            self.volume.ravel()[self.cells[order]] = self.ordered


def draw_patient(
    patient,
    volume,
    gtv,
    recurrent,
    spacing_zyx_mm,
    *,
    n_draws,
    surrogates,
    match,
    seed,
    extraction,
    tell,
):
    """The Draws of one patient: n_draws placements, as many surrogates as asked for, all measured.

    volume, gtv, recurrent: (z, y, x) on one grid. match: "none", or "depth": placements of the
    observed region's depth bin only; the bins are the quartiles of N_PILOT placements of this
    tumour, wherever the observed region lies. extraction: see RegionMeter. tell: called with lines
    on progress. The result depends on seed and patient alone; draw b has random numbers of its own,
    so that more draws keep the first ones. What prevents draws is the `reason` of the result, not
    an error. ValueError: unknown match.
    """
    if match not in MATCHES:
        raise ValueError(f"match is {match!r}; expected one of {', '.join(MATCHES)}")

    def generator(*stream):
        entropy = [seed, zlib.crc32(patient.encode())]
        return np.random.Generator(
            np.random.PCG64(np.random.SeedSequence(entropy, spawn_key=stream))
        )

    tumour = Tumour(gtv, spacing_zyx_mm)
    observed = tumour.members(recurrent)
    n_region = int(observed.sum())
    record = _Record(patient, tumour, observed, n_draws, surrogates, np.shape(gtv), seed, match)
    try:
        _require_comparable(tumour, observed, int(np.count_nonzero(recurrent)))
        meter = RegionMeter(volume, gtv, spacing_zyx_mm, extraction)
        try:
            record.features[0] = meter.measure(observed)
        except ValueError as error:
            raise NotDrawable(f"the observed region cannot be measured: {error}") from error
    except NotDrawable as error:
        return record.finish(str(error))

    reason = ""
    try:
        placements = Placements(tumour, n_region)
        edges = (
            placements.pilot_edges(generator(PILOT), N_PILOT) if match == "depth" else np.empty(0)
        )
        record.depth_edges = edges
        wanted = bin_of(record.observed_shape, edges)
        for b in _with_progress(
            n_draws, f"{patient}: draws of {n_region} in {tumour.n_voxels} voxels", tell
        ):
            members, shape, torn, elsewhere = placements.draw(generator(DRAW, b), edges, wanted)
            record.add_draw(b, members, shape, torn, elsewhere)
            record.measure("draws", meter, members, record.features[b + 1])
    except NotDrawable as error:
        reason = str(error)
        record.drop_draws()
    if surrogates:
        field = SurrogateField(gtv, meter.volume.ravel()[meter.cells])
        for pair in _with_progress(-(-surrogates // 2), f"{patient}: pairs of surrogates", tell):
            two = field.draw(generator(SURROGATE, pair))
            for k, texture in enumerate(two[: surrogates - 2 * pair], start=2 * pair):
                meter.retexture(texture)
                record.measure("surrogates", meter, observed, record.surrogate_features[k])
        record.n_surrogates = surrogates
    return record.finish(reason)


class _Record:
    """What becomes a Draws."""

    def __init__(self, patient, tumour, observed, n_draws, surrogates, shape, seed, match):
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
        self.identity = {"patient": patient, "seed": seed, "match": match, "shape": np.array(shape)}

    def measure(self, kind, meter, members, row):
        """Write the features of a draw or surrogate;

        where it has none, keep the reason for the notes.
        """
        try:
            row[:] = meter.measure(members)
        except ValueError as error:
            self.failures[kind].append(str(error))

    def add_draw(self, b, members, shape, torn, elsewhere):
        self.covariates[b + 1] = shape.covariates
        self.members[b + 1] = np.packbits(members)
        self.n_redrawn += torn
        self.n_other_bin += elsewhere
        self.n_drawn = b + 1

    def drop_draws(self):
        self.n_drawn = 0
        self.failures["draws"].clear()

    def finish(self, reason):
        rows = self.n_drawn + 1
        mean_overlap, effective = overlap(self.members[1:rows], self.n_region)
        return Draws(
            **self.identity,
            reason=reason,
            notes=" ".join(_notes(self.tumour, self.observed_shape, self.n_region, self.failures)),
            feature_names=np.array(FEATURE_NAMES),
            features=self.features[:rows],
            surrogate_features=self.surrogate_features[: self.n_surrogates],
            covariate_names=np.array(COVARIATES),
            covariates=self.covariates[:rows],
            members=self.members[:rows],
            cells=self.tumour.cells,
            spacing_zyx_mm=self.tumour.spacing_mm,
            fraction=self.n_region / self.tumour.n_voxels,
            mean_overlap=mean_overlap,
            effective_placements=effective,
            depth_edges=self.depth_edges,
            n_redrawn=self.n_redrawn,
            n_other_bin=self.n_other_bin,
        )


def _require_comparable(tumour, observed, n_recurrent):
    """NotDrawable where the region is not one that draws can stand beside."""
    n_inside = int(observed.sum())
    if n_inside == 0:
        raise NotDrawable(
            f"none of the recurrent region's {n_recurrent} voxels lies in the GTV ({tumour.n_voxels})"
        )
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


def _notes(tumour, observed_shape, n_region, failures):
    """Sentences on what does not prevent draws, but should be known."""
    sentences = []
    if len(tumour.pieces) > 1:
        sizes = ", ".join(map(str, tumour.pieces[:5])) + (", ..." if len(tumour.pieces) > 5 else "")
        sentences.append(
            f"The GTV is in {len(tumour.pieces)} pieces ({sizes} voxels): draws lie in one that is large enough."
        )
    if tumour.n_slices == 1:
        sentences.append(
            "The GTV lies in one slice: draws are flat, depth and surface are those in the plane."
        )
    if observed_shape is not None and (rest := tumour.n_voxels - n_region):
        pieces, cut_off = int(observed_shape.covariates[-1]), observed_shape.cut_off
        if pieces < 0.95 * n_region:
            sentences.append(
                f"The observed region is in pieces, its largest has {pieces} of {n_region} voxels; draws are in one."
            )
        if cut_off > 0.05 * rest:
            sentences.append(
                f"The observed region cuts {cut_off} of {rest} voxels off the remainder, more than a draw may (5 %)."
            )
    for kind, messages in failures.items():
        if messages:
            sentences.append(
                f"{len(messages)} of the {kind} could not be measured and have no values: {messages[0]}."
            )
    return sentences


def _with_progress(n, what, tell):
    """Yield 0 ..

    n - 1 and tell, every few seconds and at the end, how far this is and how long it will take.
    """
    start = last = time.monotonic()
    for k in range(n):
        yield k
        now = time.monotonic()
        if now - last >= SECONDS_BETWEEN_LINES or k == n - 1:
            tell(
                f"{what}: {k + 1} of {n} after {now - start:.0f} s, {(now - start) / (k + 1) * (n - k - 1):.0f} s left"
            )
            last = now
