"""The record of a patient's universes: the features of every one, kept so that only new ones are measured."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np

from npcradiomics.files import read_arrays, replacing


@dataclass(frozen=True, eq=False)
class UniverseRecord:
    """U measured universes of one patient with B draws and S surrogates in each.

    reason: "" or why there are no draws (B = 0 then); universes: JSON of each one's measured axes
    (`label`); keys: what each was measured from (`key_of`); notes: "" or why it could not be
    measured; features float64 (U, B + 1, 2, 47): row 0 is observed, region first, remainder of the
    GTV second; surrogate_features float64 (U, S, 2, 47); NaN where undefined.
    """

    patient: str
    reason: str
    universes: np.ndarray
    keys: np.ndarray
    notes: np.ndarray
    feature_names: np.ndarray
    features: np.ndarray
    surrogate_features: np.ndarray

    def rows(self, labels):
        """Places of universes in this record; KeyError for one that is not there."""
        place = {label: k for k, label in enumerate(self.universes.tolist())}
        return [place[one] for one in labels]


def label(measured: Mapping) -> str:
    """A universe's measured axes as one text."""
    return json.dumps(measured)


def key_of(measured: Mapping, shared: str) -> str:
    """What a universe's features follow from: its axes and what all universes of the patient share."""
    return hashlib.sha256(f"{shared} {label(measured)}".encode()).hexdigest()


def digest(*parts: object) -> str:
    """Checksum of arrays and of whatever else JSON can say."""
    whole = hashlib.sha256()
    for part in parts:
        if isinstance(part, np.ndarray):
            whole.update(f"{part.dtype} {part.shape}".encode())
            whole.update(np.ascontiguousarray(part).tobytes())
        else:
            whole.update(json.dumps(part, sort_keys=True).encode())
    return whole.hexdigest()


def write(record: UniverseRecord, path: str | Path) -> None:
    """Write a record whole; equal records are equal bytes."""
    with replacing(path) as temporary:
        np.savez_compressed(temporary, allow_pickle=False, **asdict(record))


def read(path: str | Path) -> UniverseRecord:
    """Read what `write` wrote.

    Raises
    ------
    ValueError
        With the file: missing, not such a file, keys missing.
    """
    names = [field.name for field in fields(UniverseRecord)]
    todo = "measure them again (rule measure_universes)"
    arrays = read_arrays(path, names, "universes", todo)
    return UniverseRecord(**{name: arrays[name] for name in names})
