"""The record of a patient's draws: places of the region's size in the same tumour, surrogates, and all their features."""

from dataclasses import asdict, dataclass, fields

import numpy as np

from npcradiomics.files import read_arrays, replacing


@dataclass(frozen=True, eq=False)
class Draws:
    """What `sampling.sample_patient` returns and the file keeps; B draws, S surrogates, n voxels in the GTV.

    reason: "" or why there are no draws (B = 0 then; S = 0 as well if the region itself does not
    allow a comparison); notes: sentences on what is special, "" mostly. features float64 (B + 1, 2,
    47): row 0 is observed; region (its part inside the GTV) first, remainder of the GTV second;
    surrogate_features float64 (S, 2, 47); both NaN where a feature is undefined. covariates float64
    (B + 1, 6), see shape.Shape. members uint8 (B + 1, ceil(n / 8)): packed bits over the
    GTV's voxels in (z, y, x) order; cells int64 (n): their flat indices in an image of this shape.
    fraction: share of the GTV's voxels that is region; mean_overlap, effective_placements:
    placements.overlap, nan without draws; depth_edges: of the bins of depth_mm, empty for match
    "none"; drawn_shape: own or compact; n_redrawn: places thrown away because the shape does not
    fit in as the observed one does (own) or the remainder is in pieces (compact), n_other_bin: for
    another depth bin.
    """

    patient: str
    reason: str
    notes: str
    feature_names: np.ndarray
    features: np.ndarray
    surrogate_features: np.ndarray
    covariate_names: np.ndarray
    covariates: np.ndarray
    members: np.ndarray
    cells: np.ndarray
    shape: np.ndarray
    spacing_zyx_mm: np.ndarray
    fraction: float
    mean_overlap: float
    effective_placements: float
    seed: int
    drawn_shape: str
    match: str
    depth_edges: np.ndarray
    n_redrawn: int
    n_other_bin: int

    @property
    def n_draws(self):
        """B."""
        return len(self.members) - 1

    def masks(self, first, last):
        """Regions first..last - 1 (0 is observed) as bool (last - first, z, y, x)."""
        bits = np.unpackbits(self.members[first:last], axis=1, count=self.cells.size).astype(bool)
        volumes = np.zeros((len(bits), int(np.prod(self.shape))), bool)
        volumes[:, self.cells] = bits
        return volumes.reshape(-1, *self.shape)

    def means(self, values):
        """Mean (B + 1) over each region, the observed one first, of values (n) of the GTV's voxels in their order."""
        if len(values) != self.cells.size:
            raise ValueError(f"{len(values)} values for {self.cells.size} voxels of the GTV")
        bits = np.unpackbits(self.members, axis=1, count=self.cells.size)
        return np.array([values[row > 0].mean() for row in bits])


def write(draws, path):
    """Write a Draws whole.

    Equal draws are equal bytes (numpy gives every member of the zip the same date).
    """
    with replacing(path) as temporary:
        np.savez_compressed(temporary, allow_pickle=False, **asdict(draws))


def read(path, places=True):
    """Read what `write` wrote. ValueError with the file: missing, not such a file, keys missing.

    places: False leaves members and cells empty, which are most of the file: of thousands of
    patients they would fill the memory.
    """
    names = [field.name for field in fields(Draws)]
    todo = "draw the regions again (rule draw_regions)"
    skipped = () if places else ("members", "cells")
    arrays = read_arrays(path, names, "draws", todo, without=skipped)
    if not places:
        arrays |= {
            "members": np.empty((len(arrays["features"]), 0), np.uint8),
            "cells": np.empty(0, np.int64),
        }
    return Draws(**{name: arrays[name] for name in names})
