"""Compiled search for the voxels of a region: its tight box, and their places in the grid of it.

The grid is described in `kernels`.
"""

import numpy as np

from npcradiomics.compilation import at, compiled


@compiled
def find_box(region: np.ndarray) -> tuple[np.ndarray, int]:
    """Tight box of the cells > 0 of an array (z, y, x), and their number.

    The box is int64 (z0, z1, y0, y1, x0, x1), upper ends excluded.
    """
    nz, ny, nx = region.shape
    box = np.array([nz, 0, ny, 0, nx, 0])
    n = 0
    for z in range(nz):
        for y in range(ny):
            in_row = 0
            for x in range(nx):
                in_row += region[at(z), at(y), at(x)] > 0
            if in_row == 0:
                continue
            n += in_row
            box[0] = min(box[0], z)
            box[1] = z + 1
            box[2] = min(box[2], y)
            box[3] = max(box[3], y + 1)
            x = 0
            while region[z, y, x] <= 0:
                x += 1
            box[4] = min(box[4], x)
            x = nx
            while region[z, y, x - 1] <= 0:
                x -= 1
            box[5] = max(box[5], x)
    return box, n


@compiled
def list_voxels(region: np.ndarray, box: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """List the n cells > 0 of an array (z, y, x), rising.

    Returns
    -------
    (n,) int32, (n,) int64
        Positions in the grid of `box`, and the same cells' flat indices in the array.
    """
    _, ny, nx = region.shape
    wide = box[5] - box[4] + 2
    high = box[3] - box[2] + 2
    positions = np.empty(n + 1, np.int32)
    cells = np.empty(n + 1, np.int64)
    k = 0
    for z in range(box[0], box[1]):
        for y in range(box[2], box[3]):
            row = ((z - box[0] + 1) * high + y - box[2] + 1) * wide + 1 - box[4]
            for x in range(box[4], box[5]):
                # Written always, kept only inside: no branch to mispredict along the outline.
                positions[at(k)] = row + x
                cells[at(k)] = (z * ny + y) * nx + x
                k += region[at(z), at(y), at(x)] > 0
    return positions[:n], cells[:n]
