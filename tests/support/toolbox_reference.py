"""The toolbox's reference runs: syn_tiny from tests/data, the other cases from ../shared where it exists."""

import json
from functools import cache

import numpy as np
import pytest

from npcradiomics.features.kernels_toolbox import run_table
from npcradiomics.features.scanning import scan_region
from npcradiomics.features.toolbox import N_DIRECTIONS
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


def texture_matrices(levels, n_levels):
    """The toolbox's four matrices, float64, of what the features of a region are counted from.

    GLCM (n_levels, n_levels), weighted pairs, each from both ends; GLRLM (n_levels, longest run),
    weighted; GLSZM (n_levels, largest zone); NGTDM (n_levels), sum of |level - neighbourhood mean|;
    NGTDM_count (n_levels), voxels in that sum.
    """
    scanner, branch = scan_region(levels, n_levels)
    face, edge, corner = scanner.pair_counts()
    runs = run_table(scanner.runs, scanner.counts, scanner.longest, N_DIRECTIONS[branch])
    return {
        "GLCM": face + np.sqrt(2) * edge + np.sqrt(3) * corner,
        "GLRLM": runs[:, 1:].T,
        "GLSZM": scanner.zone_counts(),
        "NGTDM": scanner.sums[1:],
        "NGTDM_count": scanner.deviations[1:].astype(np.float64),
    }
