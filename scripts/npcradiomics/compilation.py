"""How loops over voxels and coefficients are compiled: numba, with its cache on disk where a folder can be written."""

import numba
import numpy as np

# x[at(i)]: numba tests a signed index for being negative at every access, which also keeps loops
# from becoming vector instructions.
at = np.uint64


def compiled(function):
    """numba.njit with its cache on disk, or without one where no folder can be written."""
    try:
        return numba.njit(cache=True, error_model="numpy")(function)
    except RuntimeError:  # numba: "cannot cache function: no locator available"
        return numba.njit(error_model="numpy")(function)
