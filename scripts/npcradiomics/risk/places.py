"""The record of a patient's places: compact sub-regions that cover the tumour, measured.

With them go the observed recurrence and those that the spatial null has drawn.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path

import numpy as np
from scipy import sparse

from npcradiomics.files import read_arrays, replacing
from npcradiomics.spatial_null.pools import ROUNDING

POSITION_NAMES = (
    *("depth", "centre_distance"),
    *("direction_left", "direction_posterior", "direction_superior"),
)
ROWS_AT_ONCE = 64  # unpacked together: 400,000 voxels each at most, a byte a voxel


@dataclass(frozen=True, eq=False)
class Places:
    """What `covering.measure_places` returns and the file keeps; P places, n voxels of the GTV, B draws.

    All places of a tumour have the same number of voxels, as the draws of the spatial null have:
    that is how features are matched for size. Between tumours sizes differ where voxels do or where
    a tumour is small, so features of several are compared as `adjusted`.

    Attributes
    ----------
    patient
    reason
        "" or why there are no places (P = 0 then).
    draws_reason
        "" or why there are no draws (B = 0): the spatial null's reason, or that no recurrence is
        given. Such a patient has a map and no part in the exact p.
    notes
        Sentences on what is special, "" mostly.
    feature_names : str (47)
    features : float64 (P, 47)
        As measured; NaN where undefined.
    position_names : str (5)
        POSITION_NAMES.
    position : float64 (P, 5)
        depth: mean over the place's voxels of the distance to the nearest voxel centre outside the
        GTV, / the largest in this GTV. centre_distance: from the GTV's centroid to the place's, /
        the radius of a ball as large as the GTV. direction_*: unit vector between the two along
        the patient's axes, 0 where they are one point.
    intensity : float64 (P)
        Mean over each place.
    n_voxels : int
        Of every place; 0 without places.
    places : scipy.sparse.csr_array, bool (P, n)
        Members of each place.
    observed : bool (n)
        Recurrent region inside the GTV; without a known recurrence empty (0).
    draws : scipy.sparse.csr_array, bool (B, n)
        The recurrences that the spatial null has drawn in this tumour.
    cells : int64 (n)
        Flat indices of the GTV's voxels in an image of `shape`, rising.
    shape : int64 (3)
    spacing_zyx_mm : float64 (3)
    seed : int
    blurred : float32 (n)
        The chance of each voxel to be recurrent, within the registration's error
        (target.blurred_target); empty (0) where that is not known.
    blur : str
        How far the recurrence may be off, or why that is not known (target.blur_words).
    """

    patient: str
    reason: str
    draws_reason: str
    notes: str
    feature_names: np.ndarray
    features: np.ndarray
    position_names: np.ndarray
    position: np.ndarray
    intensity: np.ndarray
    n_voxels: int
    places: sparse.csr_array
    observed: np.ndarray
    draws: sparse.csr_array
    cells: np.ndarray
    shape: np.ndarray
    spacing_zyx_mm: np.ndarray
    seed: int
    blurred: np.ndarray = field(default_factory=lambda: np.empty(0, np.float32))
    blur: str = ""

    @property
    def adjusted(self) -> np.ndarray:
        """Features float64 (P, 47) with mean 0 and SD 1 over this tumour's places.

        This is what the spatial null does with a patient's draws (pools.standardise): a place
        counts among places of its own size, in its own scan. It uses no recurrence. NaN stays NaN;
        a feature that is the same in all places is 0 in all.
        """
        defined = np.isfinite(self.features)
        n = np.maximum(defined.sum(axis=0), 1)
        values = np.where(defined, self.features, 0.0)
        size = np.maximum(np.abs(values).max(axis=0, initial=0.0), np.finfo(float).tiny)
        values = values / size  # 1e200 squared must not overflow
        centred = np.where(defined, values - values.sum(axis=0) / n, 0.0)
        spread = np.sqrt((centred**2).sum(axis=0) / n)
        alike = spread <= ROUNDING
        return np.where(defined, centred / np.where(alike, np.inf, spread), np.nan)

    def shares(self, regions: np.ndarray | sparse.csr_array) -> np.ndarray:
        """Share of each place's voxels that lie in a region.

        regions bool (n), `observed` say: float64 (P); or (k, n), `draws` say: float64 (P, k).
        """
        if regions.ndim == 1:
            return self.places.astype(float) @ regions / max(self.n_voxels, 1)
        common = self.places.astype(np.int32) @ sparse.csr_array(regions, dtype=np.int32).T
        return common.toarray() / max(self.n_voxels, 1)

    def at_voxels(self, values: np.ndarray) -> np.ndarray:
        """Mean over the places that hold a voxel of a value of each: (P) to (n), (P, k) to (n, k)."""
        weights = self.places.astype(np.float64).T
        coverage = weights.sum(axis=1)
        summed = weights @ np.asarray(values, float)
        summed /= coverage if summed.ndim == 1 else coverage[:, None]
        return summed

    def on_grid(self, values: np.ndarray) -> np.ndarray:
        """Values (n) of the GTV's voxels in an image (z, y, x), 0 elsewhere."""
        volume = np.zeros(int(np.prod(self.shape)), np.asarray(values).dtype)
        volume[self.cells] = values
        return volume.reshape(self.shape)


_ROWS = ("places", "draws")  # sparse; packed bits in the file


def write(record: Places, path: str | Path) -> None:
    """Write a record whole; equal records are equal bytes."""
    arrays = {one.name: getattr(record, one.name) for one in fields(Places)}
    for name in _ROWS:
        rows = arrays[name]
        packed = np.zeros((rows.shape[0], -(-rows.shape[1] // 8)), np.uint8)
        for first in range(0, rows.shape[0], ROWS_AT_ONCE):
            some = rows[first : first + ROWS_AT_ONCE].toarray()
            packed[first : first + ROWS_AT_ONCE] = np.packbits(some, axis=1)
        arrays[name] = packed
    with replacing(path) as temporary:
        np.savez_compressed(temporary, allow_pickle=False, **arrays)


def read(path: str | Path) -> Places:
    """Read what `write` wrote.

    Raises
    ------
    ValueError
        With the file: missing, not such a file, keys missing.
    """
    names = [one.name for one in fields(Places)]
    todo = "measure them again (rule measure_places)"
    arrays = read_arrays(path, names, "places", todo)
    for name in _ROWS:
        arrays[name] = rows_of(arrays[name], arrays["cells"].size)
    return Places(**{name: arrays[name] for name in names})


@dataclass(frozen=True)
class PlacesOfFiles:
    """The places of many patients, one at a time: each is read again whenever it is its turn."""

    paths: Sequence[str | Path]

    def __iter__(self) -> Iterator[Places]:
        """Read them in the order of the paths."""
        return map(read, self.paths)


def rows_of(packed: np.ndarray, n: int) -> sparse.csr_array:
    """Packed bits uint8 (rows, ceil(n / 8)) as a sparse bool array (rows, n)."""
    counts, members = [0], [np.empty(0, np.int32)]
    for first in range(0, len(packed), ROWS_AT_ONCE):
        some = np.unpackbits(packed[first : first + ROWS_AT_ONCE], axis=1, count=n)
        counts.extend(some.sum(axis=1, dtype=np.int64).tolist())
        members.append(np.nonzero(some)[1].astype(np.int32))
    indices = np.concatenate(members)
    data = np.ones(indices.size, bool)
    return sparse.csr_array((data, indices, np.cumsum(counts)), shape=(len(packed), n))
