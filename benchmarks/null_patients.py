"""The patients of the cohorts that prove the spatial null: geometries with their draws, made once.

Many cohorts share them. The rate at which the negative controls reject is therefore that of these
geometries; textures are new in every cohort.
"""

from contextlib import suppress
from pathlib import Path

import numpy as np
import real_geometry
import simulated_geometry
from null_places import Placed, place
from null_textures import PatchedBrain

from npcradiomics.spatial_null.placements import NotDrawable

N_PATIENTS = real_geometry.COHORT
N_VARIANTS = 8  # of each real patient
N_GEOMETRIES = 280  # simulated ones of a situation, from which its cohorts take their patients
FRACTIONS = {"small": (0.08, 0.48), "large": (0.55, 0.80)}  # of the tumour that recurs


class Patients:
    """The geometries and draws that cohorts share; what of it is real comes from ../shared.

    Parameters
    ----------
    shared : Path
    seed, n_draws : int
    shape : str
        Of the draws, own or compact.
    """

    def __init__(self, shared: Path, seed: int, n_draws: int, shape: str):
        self.shared, self.seed, self.n_draws, self.shape = shared, seed, n_draws, shape
        self.real_tumour = simulated_geometry.real_tumour(shared)
        self.brain = PatchedBrain(*self.real_tumour[:2]) if self.real_tumour else None
        self.real = []  # for each real patient, its variants
        self.simulated = {}

    def of_cohort(self, rng: np.random.Generator, what: dict, number: int) -> list[Placed]:
        """Each patient of a cohort in a situation (spatial_null.WHAT)."""
        if what["geometry"] == "real":
            return self._real(rng)
        if what["texture"] == "image":  # one texture: cohorts that share regions would be the same
            first = N_PATIENTS * number
            return [self._simulated(what, "small", first + i) for i in range(N_PATIENTS)]
        chosen = []
        for size, n in (("large", what["n_large"]), ("small", N_PATIENTS - what["n_large"])):
            for k in rng.choice(N_GEOMETRIES, n, replace=False):
                chosen.append(self._simulated(what, size, int(k)))
        return chosen

    def _real(self, rng):
        if not self.real:
            options = (N_VARIANTS, self.n_draws, self.seed, self.shape)
            self.real = real_geometry.library(self.shared, *options)
        chosen = []
        counts = real_geometry.shares(rng, len(self.real))
        for variants, count in zip(self.real, counts, strict=True):
            chosen += [variants[k] for k in rng.choice(len(variants), count, replace=False)]
        return chosen

    def _simulated(self, what, size, k):
        is_image = what["texture"] == "image"
        key = (what["region"], what["scale"], what["match"], size, k)
        if key in self.simulated and not is_image:
            return self.simulated[key]
        rng = np.random.default_rng([self.seed, *repr(key).encode()])
        found = None
        while found is None:
            if is_image:
                gtv, _, spacing_mm = self.real_tumour
            else:
                gtv = simulated_geometry.random_tumour(rng, what["scale"])
                gtv = np.pad(gtv, simulated_geometry.ROOM)
                spacing_mm = simulated_geometry.SPACING_MM
            options = (rng.uniform(*FRACTIONS[size]), what["region"], self.shape)
            one = simulated_geometry.with_recurrence(rng, gtv, spacing_mm, *options)
            with suppress(NotDrawable):  # as in the workflow, such a patient does not enter
                found = place(rng, one, self.n_draws, self.shape, what["match"])
        if not is_image:
            found = self.simulated[key] = found.cropped()
        return found
