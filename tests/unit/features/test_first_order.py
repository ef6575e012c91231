"""First-order features are told apart by name in every set."""

import numpy as np

from npcradiomics.features.analysis_kit import kit_histogram
from npcradiomics.features.first_order import HISTOGRAM_396, first_order
from npcradiomics.features.histogram import HISTOGRAM_NAMES


def test_the_names_are_those_that_the_kit_measures():
    measured = kit_histogram(np.array([1.0, 2.0, 4.0]), np.array([1, 2, 3]), 3)
    assert tuple(measured) == HISTOGRAM_396
    assert len(HISTOGRAM_396) == 42


def test_texture_and_shape_are_left_out():
    names = ["Sphericity", "Energy", "GLCMEnergy_angle0_offset1", "GLCM_Energy", "glcm_Idm"]
    names += ["firstorder_Entropy", *HISTOGRAM_NAMES]
    assert first_order(names) == ["Energy", "firstorder_Entropy", *HISTOGRAM_NAMES]
