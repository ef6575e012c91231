"""Draws of the hook in a tumour, of noise, which further sequences carry to their own grids."""

import numpy as np

from hook_in_a_tumour import GTV, HOOK, SPACING
from npcradiomics.spatial_null.draws import Draws
from npcradiomics.spatial_null.sampling import sample_patient

PLAIN = {"n_levels": 16, "quantizer": "lloyd", "quantizer_fit": "region"}
PLAIN |= {"outliers": "none", "resampling": "none"}
VOLUME = np.random.default_rng(0).normal(100, 10, GTV.shape)


def hook_draws() -> Draws:
    """12 draws and 3 surrogates of one patient."""
    options = {"n_draws": 12, "surrogates": 3, "shape": "own", "match": "depth", "seed": 1}
    options |= {"extraction": PLAIN, "tell": lambda line: None}
    return sample_patient("P1", VOLUME, GTV, HOOK & GTV, SPACING, gtvr=HOOK, **options)
