"""The features of one tumour, of whichever set the config asks for: the same model runs on each."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from npcradiomics.features.analysis_kit import kit_features
from npcradiomics.features.extraction import extract
from npcradiomics.features.pyradiomics import pyradiomics_features

FEATURE_SETS = ("396", "toolbox47", "pyradiomics")


def tumour_features(
    volume: np.ndarray,
    mask: np.ndarray,
    spacing_mm: Sequence[float],
    feature_set: str,
    n_levels: int,
    pyradiomics_settings: str | Path,
) -> tuple[dict[str, float], list[str]]:
    """Measure the features of one tumour.

    Parameters
    ----------
    volume, mask : (z, y, x)
        Image, and > 0 inside.
    spacing_mm : (z, y, x)
    feature_set
        "396" (`kit_features`), "toolbox47" (`extraction.extract`: Lloyd-Max) or "pyradiomics" (its
        own, on n_levels equal steps, by the settings file).
    n_levels
        2 to 1024.

    Returns
    -------
    (dict, list)
        Features by name, and notes on them.

    Raises
    ------
    ValueError
        As those, and features that are undefined for this region.
    """
    if feature_set == "396":
        region = kit_features(volume, mask, spacing_mm, n_levels)
        return region.features, region.notes
    if feature_set == "toolbox47":
        region = extract(volume, mask, n_levels=n_levels)
        if region.undefined:
            reasons = (f"{name} undefined: {why}" for name, why in region.undefined.items())
            raise ValueError("; ".join(reasons))
        notes = ["one slice: the toolbox's 2-D definitions"] if region.branch == "2D" else []
        return region.features, notes
    if feature_set == "pyradiomics":
        levels = extract(volume, mask, n_levels=n_levels, quantizer="uniform").levels
        features = pyradiomics_features(levels, pyradiomics_settings)
        broken = [name for name, value in features.items() if not np.isfinite(value)]
        if broken:
            raise ValueError(
                f"pyradiomics: {len(broken)} undefined features, the first is {broken[0]}"
            )
        return features, []
    raise ValueError(f"feature set is {feature_set!r}; expected one of {', '.join(FEATURE_SETS)}")
