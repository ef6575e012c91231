"""What pyradiomics itself gives for a quantized region, by its own settings file."""

import logging
from pathlib import Path

import numpy as np
import SimpleITK as sitk


def pyradiomics_features(levels: np.ndarray, settings_path: str | Path) -> dict[str, float]:
    """Measure the features of pyradiomics 3.0.1 of one region.

    Parameters
    ----------
    levels : (z, y, x)
        Integers: 0 outside, 1..n inside. The image it sees has unit spacing, because the toolbox
        counts in voxels.
    settings_path
        pyradiomics' native parameter file.

    Returns
    -------
    dict
        family_Feature to value, in pyradiomics' order.
    """
    # Imported here: it takes most of a second, and nothing else of the core needs it.
    from radiomics.featureextractor import RadiomicsFeatureExtractor

    logging.getLogger("radiomics").setLevel(logging.ERROR)
    # Cropped first: pyradiomics would copy the whole volume several times, and a 512 x 512 x 100
    # one costs 1 GB.
    box = tuple(slice(max(i.min() - 1, 0), i.max() + 2) for i in np.nonzero(levels))
    levels = levels[box]
    mask = sitk.GetImageFromArray((levels > 0).astype(np.uint8))
    extractor = RadiomicsFeatureExtractor(str(settings_path))
    result = extractor.execute(sitk.GetImageFromArray(levels.astype(np.float64)), mask)
    prefix = "original_"
    return {
        name.removeprefix(prefix): float(value)
        for name, value in result.items()
        if name.startswith(prefix)
    }
