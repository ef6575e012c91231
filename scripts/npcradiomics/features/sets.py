"""The features of one tumour, of whichever set the config asks for: the same model runs on each."""

import numpy as np

from npcradiomics.features.analysis_kit import kit_features
from npcradiomics.features.extraction import extract, quantize_region
from npcradiomics.features.pyradiomics import pyradiomics_features

FEATURE_SETS = ("396", "toolbox47", "pyradiomics")


def tumour_features(volume, mask, spacing_mm, feature_set, n_bins, pyradiomics_settings):
    """Features of the region mask > 0 of volume (both (z, y, x)), spacing_mm (z, y, x).

    feature_set: "396" (kit_features, n_bins grey levels), "toolbox47" (extraction.extract:
    Lloyd-Max, n_bins levels) or "pyradiomics" (its own, on n_bins equal steps, by the settings
    file). Returns (dict of features, list of notes). ValueError: as those, and features that are
    undefined for this region.
    """
    if feature_set == "396":
        region = kit_features(volume, mask, spacing_mm, n_bins)
        return region.features, region.notes
    if feature_set == "toolbox47":
        region = extract(volume, mask, n_levels=n_bins)
        features, notes = (
            region.features,
            [f"{name} undefined: {why}" for name, why in region.undefined.items()],
        )
        if notes:
            raise ValueError("; ".join(notes))
        return features, [
            "one slice: the toolbox's 2-D definitions"
        ] if region.branch == "2D" else []
    if feature_set == "pyradiomics":
        levels = quantize_region(volume, mask, n_levels=n_bins, quantizer="uniform").levels
        features = pyradiomics_features(levels, pyradiomics_settings)
        broken = [name for name, value in features.items() if not np.isfinite(value)]
        if broken:
            raise ValueError(
                f"pyradiomics: {len(broken)} undefined features, the first is {broken[0]}"
            )
        return features, []
    raise ValueError(f"feature set is {feature_set!r}; expected one of {', '.join(FEATURE_SETS)}")
