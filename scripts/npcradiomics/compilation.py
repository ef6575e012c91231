"""How loops over voxels and coefficients are compiled: numba, its cache on disk where it can be."""

from collections.abc import Callable
from pathlib import Path

import numba
import numpy as np

# Beside the code and the same for every job, where the environment (NUMBA_CACHE_DIR) says nothing.
numba.config.CACHE_DIR = numba.config.CACHE_DIR or str(
    Path(__file__).parents[2] / ".cache" / "numba"
)

# x[at(i)]: numba tests a signed index for being negative at every access, which also keeps loops
# from becoming vector instructions.
at = np.uint64


def compiled(function: Callable, fastmath: bool | set[str] = False) -> Callable:
    """Compile by numba.njit, cached on disk unless no folder can be written.

    fastmath: what LLVM may do that moves last bits; nothing, as a rule.
    """
    options = {"error_model": "numpy", "fastmath": fastmath}
    try:
        return numba.njit(cache=True, **options)(function)
    except RuntimeError:  # numba: "cannot cache function: no locator available"
        return numba.njit(**options)(function)
