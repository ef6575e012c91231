"""All universes of one patient: the features of both regions as observed, of their draws and surrogates."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from npcradiomics.features.extraction import FEATURE_NAMES
from npcradiomics.features.region_meter import RegionMeter
from npcradiomics.multiverse.contours import LaidContour, Motions, Surroundings
from npcradiomics.multiverse.design import extraction_of
from npcradiomics.multiverse.records import UniverseRecord, digest, key_of, label
from npcradiomics.regions.recurrence import derive_regions
from npcradiomics.spatial_null.placements import NotDrawable, overlap
from npcradiomics.spatial_null.sampling import FEWEST_PLACES
from npcradiomics.spatial_null.shape import Tumour
from npcradiomics.spatial_null.streams import SURROGATE, generator_of
from npcradiomics.spatial_null.surrogates import SurrogateField


def measure_universes(
    patient: str,
    volumes: Callable[[set[str]], Mapping[str, np.ndarray]],
    made_from: Sequence[np.ndarray],
    gtv: np.ndarray,
    contours: Mapping[tuple, np.ndarray | str],
    spacing_zyx_mm: Sequence[float],
    universes: Sequence[Mapping],
    *,
    n_draws: int,
    surrogates: int,
    match: str,
    seed: int,
    min_voxels: int,
    code: Sequence[str] = (),
    kept: UniverseRecord | None = None,
) -> UniverseRecord:
    """Measure a patient in every universe, with the same motions of every universe's contour.

    Parameters
    ----------
    patient : str
    volumes : callable
        The planning MRI (z, y, x) by intensity, for a set of them: those that are measured now.
    made_from : sequence of (z, y, x)
        What all of them follow from: the planning MRI, and the reference tissue if there is one.
    gtv : (z, y, x)
    contours : {(grown_mm, moved): bool (z, y, x) or str}
        The uncut contour of the recurrence in each universe, (0, 0) the study's own; or why there
        is none.
    spacing_zyx_mm : (3)
    universes : sequence of {axis: value}
        Of design.measured_universes.
    n_draws, surrogates, match, seed
        As of spatial_null.sampling.sample_patient; the first draws are the same.
    min_voxels : int
        Of each region.
    code : sequence of str
        Of the modules this follows from: others, and everything is measured anew.
    kept : UniverseRecord, optional
        What was measured before: universes that it has from the same things are not measured again.

    Returns
    -------
    UniverseRecord
        A universe that cannot be measured in this patient has NaN and a note.
    """
    asked = [n_draws, surrogates, match, seed, min_voxels, list(code)]
    shared = digest(patient, gtv > 0, list(spacing_zyx_mm), asked)
    # A draw's motion is that of the study's own contour, whatever the universe's.
    own = digest(shared, contours[0, 0])
    image = digest(*made_from)
    outlines = {place: digest(contour) for place, contour in contours.items()}
    keys = [
        key_of(one, digest(own, image, outlines[one["grown_mm"], one["moved"]]))
        for one in universes
    ]
    before = {} if kept is None else {key: k for k, key in enumerate(kept.keys.tolist())}
    new = [k for k, key in enumerate(keys) if key not in before]
    measured, reason = {}, kept.reason if kept is not None else ""
    if new:
        wanted = [universes[k] for k in new]
        made = volumes({one["intensity"] for one in wanted})
        case = Case(patient, made, gtv > 0, contours, spacing_zyx_mm, min_voxels)
        case.move(n_draws, match, seed)
        reason = case.reason
        measured = case.measure(wanted, surrogates, seed)
        measured = dict(zip(new, measured, strict=True))
    rows = [
        measured[k]
        if k in measured
        else tuple(
            getattr(kept, name)[before[keys[k]]]
            for name in ("features", "surrogate_features", "notes")
        )
        for k in range(len(universes))
    ]
    return UniverseRecord(
        patient=patient,
        reason=reason,
        universes=np.array([label(one) for one in universes]),
        keys=np.array(keys),
        notes=np.array([str(note) for *_, note in rows]),
        feature_names=np.array(FEATURE_NAMES),
        features=np.array([features for features, *_ in rows]),
        surrogate_features=np.array([features for _, features, _ in rows]),
    )


class Case:
    """One patient's tumour with its contours, their motions, and the surrogate fields.

    Parameters: as of `measure_universes`; gtv bool. `volumes` may change between measurements.
    Attribute reason, after `move`: "" or why there are no draws.
    """

    def __init__(
        self,
        patient: str,
        volumes: Mapping[str, np.ndarray],
        gtv: np.ndarray,
        contours: Mapping[tuple, np.ndarray | str],
        spacing_mm: Sequence[float],
        min_voxels: int,
    ) -> None:
        self.patient, self.volumes, self.gtv, self.spacing_mm = patient, volumes, gtv, spacing_mm
        self.min_voxels = min_voxels
        self.contours = {k: mask for k, mask in contours.items() if not isinstance(mask, str)}
        self.why_none = {k: mask for k, mask in contours.items() if isinstance(mask, str)}
        self.tumour = Tumour(gtv, spacing_mm)
        self.reason, self.laid = "", {}

    def move(self, n_draws: int, match: str, seed: int) -> None:
        """Lay every contour at rest and by every motion; before `measure`."""
        motions, own = None, self.contours[0, 0]
        around = Surroundings(self.tumour, self.gtv, self.contours.values())
        try:
            if not self.tumour.members(own).any():
                raise NotDrawable("none of the recurrent region lies in the GTV")
            motions = Motions(self.patient, self.tumour, own, n_draws, match, seed)
            laid = LaidContour(own, self.tumour, motions, around)
            _require_places(laid.inside)
            self.laid[0, 0] = laid
        except NotDrawable as error:
            motions, self.reason = None, str(error)
        for key, contour in self.contours.items():
            if key not in self.laid:
                self.laid[key] = LaidContour(contour, self.tumour, motions, around)
        self.n_draws = 0 if motions is None else n_draws
        self.around = self.gtv.copy()
        for laid in self.laid.values():
            for cells in laid.outside:
                if cells is not None:
                    self.around.ravel()[cells] = True
        self.cells = np.flatnonzero(self.around)
        self.gtv_places = np.searchsorted(self.cells, self.tumour.cells)

    def _textures(self, volume, n, seed):
        """Orders of the tumour's voxels in n surrogate fields of an image."""
        orders = []
        if n:
            field = SurrogateField(self.gtv, volume.ravel()[self.tumour.cells])
        for pair in range(-(-n // 2)):
            two = field.draw(generator_of(seed, self.patient, SURROGATE, pair))
            orders += list(np.argsort(two, axis=1, kind="stable"))
        return orders[:n]

    def measure(
        self, universes: Sequence[Mapping], surrogates: int = 0, seed: int = 0
    ) -> list[tuple[np.ndarray, np.ndarray, str]]:
        """For each universe its features, those of its surrogates, and a note, as UniverseRecord."""
        found = [None] * len(universes)
        groups = {}
        for k, one in enumerate(universes):
            groups.setdefault((one["intensity"], *extraction_of(one).items()), []).append(k)
        textures = {
            name: self._textures(self.volumes[name], surrogates, seed)
            for name in dict.fromkeys(one["intensity"] for one in universes)
        }
        for (intensity, *extraction), members in groups.items():
            image = self.volumes[intensity], textures[intensity]
            done = self._measure_group(*image, dict(extraction), [universes[k] for k in members])
            for k, one in zip(members, done, strict=True):
                found[k] = one
        return found

    def _measure_group(self, volume, textures, extraction, universes):
        """Universes of one image with one extraction: they share its quantizer, slices and remainders."""
        shape = (2, len(FEATURE_NAMES))
        features = np.full((len(universes), self.n_draws + 1, *shape), np.nan)
        surrogates = np.full((len(universes), len(textures), *shape), np.nan)
        notes = [self._obstacle(one) for one in universes]
        try:
            meter = RegionMeter(volume, self.gtv, self.spacing_mm, extraction, self.around)
        except ValueError as error:
            notes = [note or str(error) for note in notes]
            return list(zip(features, surrogates, notes, strict=True))
        usable = [k for k, note in enumerate(notes) if not note]
        for draw in range(self.n_draws + 1):
            self._measure_draw(meter, universes, usable, draw, features[:, draw], notes)
            usable = [k for k in usable if not notes[k]]
        for number, order in enumerate(textures if usable else ()):
            meter.retexture(order)
            self._measure_draw(meter, universes, usable, 0, surrogates[:, number])
        return list(zip(features, surrogates, notes, strict=True))

    def _measure_draw(self, meter, universes, usable, draw, rows, notes=None):
        remainders = {}
        for k in usable:
            contour = universes[k]["grown_mm"], universes[k]["moved"]
            laid = self.laid[contour]
            inside = laid.inside[draw]
            outside = laid.outside[draw] if universes[k]["region"] == "whole" else ()
            if inside is None or outside is None:
                continue
            members = np.zeros(self.cells.size, bool)
            try:
                if contour not in remainders:
                    members[self.gtv_places[~inside]] = True
                    remainders[contour] = meter.measure_region(members)
                    members[:] = False
                members[self.gtv_places[inside]] = True
                members[np.searchsorted(self.cells, outside)] = True
                rows[k] = meter.measure_region(members), remainders[contour]
            except ValueError as error:
                if draw == 0 and notes is not None:
                    notes[k] = str(error)

    def _obstacle(self, universe):
        """Why a universe cannot be in this patient, "" if it can."""
        key = universe["grown_mm"], universe["moved"]
        if key in self.why_none:
            return self.why_none[key]
        try:
            voxel_cm3 = float(np.prod(self.spacing_mm)) / 1000
            derive_regions(
                self.gtv,
                self.contours[key],
                voxel_cm3,
                recurrent=universe["region"],
                min_voxels=self.min_voxels,
            )
        except ValueError as error:
            return str(error)
        return ""


def _require_places(inside):
    """NotDrawable where the draws are too much alike, as spatial_null.sampling has it."""
    drawn = np.packbits(np.array(inside[1:]), axis=1)
    worth = overlap(drawn, int(inside[0].sum()))[1]
    if worth < min(FEWEST_PLACES, (len(drawn) - 1) / 2):
        raise NotDrawable(
            f"the {len(drawn)} draws are worth {worth:.1f} different places, fewer than"
            f" {FEWEST_PLACES:g}: too few for a test"
        )
