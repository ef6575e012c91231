"""From a mask to closed contours, slice by slice: the 0.5 level between voxel centres, holes as contours of their own."""

import numpy as np
import SimpleITK as sitk


def trace(mask):
    """Contours of a 0/1 mask image: list of (slice index, points (n, 3) in mm), not closed by a repeated point.

    The outline runs at the 0.5 level of the linear interpolation between voxel centres (marching
    squares). Combined by exclusive or, the contours of a slice give its voxels back. Raises
    ValueError for an empty mask.
    """
    from contourpy import contour_generator

    array = sitk.GetArrayViewFromImage(mask) > 0
    filled = np.flatnonzero(array.any(axis=(1, 2)))
    if filled.size == 0:
        raise ValueError(f"the mask to trace is empty: 0 of {array.size} voxels")
    axes = np.array(mask.GetDirection()).reshape(3, 3) @ np.diag(mask.GetSpacing())
    origin = np.array(mask.GetOrigin())
    contours = []
    for z in filled:
        # A border of zeros closes contours that touch the edge of the image.
        generator = contour_generator(z=np.pad(array[z], 1).astype(float), line_type="Separate")
        for line in generator.lines(0.5):
            corners = _corners(line[:-1] - 1.0)
            index = np.column_stack([corners, np.full(len(corners), float(z))])
            contours.append((int(z), index @ axes.T + origin))
    return contours


def _corners(points):
    """The points at which a closed line (n, 2) turns."""
    before = points - np.roll(points, 1, axis=0)
    after = np.roll(points, -1, axis=0) - points
    turns = np.abs(before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]) > 1e-9
    return points[turns]
