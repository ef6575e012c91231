"""The toolbox's reference runs: syn_tiny from tests/data, the other cases from ../shared where it exists."""

import json
from functools import cache

import numpy as np
import pytest

from repository import ROOT, SHARED

CARRIED = ROOT / "tests/data/texture_toolbox"
REFERENCE = SHARED / "reference/texture_toolbox"
CASES = {"syn_tiny": CARRIED, "syn_holes": REFERENCE, "syn_slice": REFERENCE, "brain1": REFERENCE}


@cache
def load_case(name):
    """Volume file and features.json of a case; skips the test where the case is not at hand."""
    folder = CASES[name] / name
    if not folder.exists():
        pytest.skip(
            f"{folder} is absent: the toolbox's reference values of {name} are not in the repository"
        )
    with np.load(folder / "volume.npz") as volume, open(folder / "features.json") as features:
        return dict(volume), json.load(features)


def runs(name):
    """Yield (region, setting, reference entry, npz arrays) of a case; MATLAB's Lloyd-Max only."""
    _, features = load_case(name)
    for region, settings in features.items():
        for setting, entry in settings.items():
            if not setting.endswith("_octave"):
                with np.load(CASES[name] / name / entry["file"]) as arrays:
                    yield region, setting, entry, dict(arrays)


def flat_features(entry):
    """{'GLCM_Energy': ...} of a reference entry."""
    return {
        f"{family}_{name}": v
        for family, values in entry["features"].items()
        for name, v in values.items()
    }
