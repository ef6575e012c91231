"""Structures as bodies and surfaces: points of equal volume in them, what holds a point, how far it is from a surface.

Points are rows of (x, y, z) in millimetres. A body that is a cloud of points can be moved without
being put on a grid again, and the dose is read at each point: how coarse the dose grid is against
the mask does not matter.
"""

import numpy as np
import SimpleITK as sitk
from scipy import ndimage

from npcradiomics.images.grids import continuous_index

FINE_MM = 1.0
ROUNDING_MM = 1e-4  # a point of a body must also be held by it


class Solid:
    """A mask as a body with an outline between its slices.

    Between two slices the outline goes over from the one to the other (shape-based interpolation:
    the signed distances to the outlines in each slice are interpolated linearly); beyond the last
    slices it ends half a slice away. Slices lie across the axis of the widest spacing.

    Parameters
    ----------
    mask : 0/1
        With at least one voxel that is not 0.

    References
    ----------
    Raya and Udupa 1990, IEEE Trans. Med. Imaging 9, 32.
    """

    def __init__(self, mask: sitk.Image):
        values = sitk.GetArrayViewFromImage(mask) != 0
        filled = np.argwhere(values)
        if len(filled) == 0:
            raise ValueError(f"the mask is empty: 0 of {values.size} voxels")
        low, high = filled.min(axis=0), filled.max(axis=0) + 1
        box = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
        self._box = sitk.Image([int(n) + 2 for n in (high - low)[::-1]], sitk.sitkUInt8)
        self._box.SetSpacing(mask.GetSpacing())
        self._box.SetDirection(mask.GetDirection())
        corner = [int(i) - 1 for i in low[::-1]]
        self._box.SetOrigin(mask.TransformIndexToPhysicalPoint(corner))
        spacing = np.array(mask.GetSpacing())[::-1]
        self._across = int(np.argmax(spacing))  # z among equals
        in_plane = np.delete(spacing, self._across)
        slices = np.moveaxis(np.pad(values[box], 1), self._across, 0)
        self._used = slices.any(axis=(1, 2))
        depth = np.empty(slices.shape, np.float32)
        for k in np.flatnonzero(self._used):
            depth[k] = ndimage.distance_transform_edt(slices[k], in_plane)
            depth[k] -= ndimage.distance_transform_edt(~slices[k], in_plane)
        nearest = ndimage.distance_transform_edt(
            ~self._used, return_distances=False, return_indices=True
        )
        self._depth_mm = depth[nearest[0]]

    def _depth_at(self, index):
        """Depth (...) in mm below the outline, negative outside, at indices z, y, x (three arrays) in the box."""
        across, plane = index[self._across], [index[a] for a in range(3) if a != self._across]
        last = len(self._used) - 1
        below = np.clip(np.floor(across), 0, last).astype(int)
        above = np.minimum(below + 1, last)
        nearer = np.where(across - below < 0.5, below, above)
        whole = self._used[below] & self._used[above]
        depth = ndimage.map_coordinates(
            self._depth_mm, [np.where(whole, across, nearer), *plane], np.float32, 1, "nearest"
        )
        return np.where(self._used[nearer], depth, -np.abs(depth))

    def holds(self, points: np.ndarray) -> np.ndarray:
        """Whether each of the points (n, 3) lies in the body, bool (n,)."""
        index = continuous_index(points, self._box)
        there = ((index > 0) & (index < np.array(self._box.GetSize()) - 1)).all(axis=1)
        found = np.zeros(len(points), bool)
        found[there] = self._depth_at(index[there, ::-1].T) > 0.0
        return found

    def points(self, fine_mm: float = FINE_MM) -> np.ndarray:
        """Points (n, 3) in the body, each the middle of an equal part of a voxel, at most `fine_mm` a side."""
        parts = _parts(self._box, fine_mm)
        index = _fine_index(self._box, parts, lambda n, m: (np.arange(n * m) + 0.5) / m - 0.5)
        inside = self._depth_at(index) > ROUNDING_MM
        return _places(np.column_stack([axis[inside] for axis in index[::-1]]), self._box)

    def surface(self, fine_mm: float = FINE_MM) -> np.ndarray:
        """Points (m, 3) on its surface, as of `surface`."""
        parts = _parts(self._box, fine_mm)
        index = _fine_index(self._box, parts, lambda n, m: np.arange((n - 1) * m + 1) / m)
        return _places(_crossings(self._depth_at(index), 0.0) / parts, self._box)


def value_at(points: np.ndarray, image: sitk.Image) -> np.ndarray:
    """Values (n,) of an image at points (n, 3), by linear interpolation between its voxels, 0 outside its grid."""
    index = continuous_index(points, image)[:, ::-1].T
    # Rounding must not push a point on the outermost plane out of the grid.
    index = np.round(index, 6)
    values = sitk.GetArrayViewFromImage(image)
    return ndimage.map_coordinates(values, index, float, order=1, mode="constant", cval=0.0)


def surface(image: sitk.Image, level: float, fine_mm: float = FINE_MM) -> np.ndarray:
    """Points (m, 3) in mm on the surface where an image passes a level.

    Parameters
    ----------
    image, level
        The surface lies where the image, interpolated linearly onto a grid of at most `fine_mm`,
        crosses the level between two neighbours along an axis.
    fine_mm : mm

    Returns
    -------
    Empty where no voxel, or every one, reaches the level.
    """
    reached = np.argwhere(sitk.GetArrayViewFromImage(image) >= level)[:, ::-1]
    if len(reached) == 0:
        return np.empty((0, 3))
    last = np.array(image.GetSize()) - 1
    low, high = np.maximum(reached.min(0) - 1, 0), np.minimum(reached.max(0) + 1, last)
    box = tuple(slice(int(a), int(b) + 1) for a, b in zip(low, high, strict=True))
    image, parts = sitk.Cast(image[box], sitk.sitkFloat32), _parts(image, fine_mm)
    index = _fine_index(image, parts, lambda n, m: np.arange((n - 1) * m + 1) / m)
    values = ndimage.map_coordinates(sitk.GetArrayViewFromImage(image), index, order=1)
    return _places(_crossings(values, level) / parts, image)


def signed_distance(point: np.ndarray, inside: bool, surface_mm: np.ndarray) -> float:
    """Distance in mm of a point (3,) to the points (m, 3) of a surface, positive inside; NaN where m is 0."""
    if len(surface_mm) == 0:
        return np.nan
    nearest = float(np.sqrt(((surface_mm - point) ** 2).sum(axis=1).min()))
    return nearest if inside else -nearest


def _parts(image, fine_mm):
    """Into how many parts (3,) a voxel is cut along x, y, z."""
    return np.ceil(np.array(image.GetSpacing()) / fine_mm - 1e-6).astype(int)


def _fine_index(image, parts, along):
    """Indices z, y, x (three arrays) of a finer grid; along: those of one axis, from its voxels and parts."""
    axes = [along(n, m) for n, m in zip(image.GetSize(), parts, strict=True)]
    return np.meshgrid(*axes[::-1], indexing="ij")


def _places(index, image):
    """Points (n, 3) in mm of indices (n, 3) x, y, z."""
    direction = np.array(image.GetDirection()).reshape(3, 3)
    return index * np.array(image.GetSpacing()) @ direction.T + np.array(image.GetOrigin())


def _crossings(values, level):
    """Indices (m, 3) x, y, z where an array passes a level between two neighbours along an axis."""
    above, found = values >= level, []
    for axis in range(3):
        first = tuple(slice(None, -1) if a == axis else slice(None) for a in range(3))
        second = tuple(slice(1, None) if a == axis else slice(None) for a in range(3))
        at = np.argwhere(above[first] != above[second])
        here, there = values[first][tuple(at.T)], values[second][tuple(at.T)]
        at = at.astype(float)
        at[:, axis] += (level - here) / (there - here)
        found.append(at[:, ::-1])
    return np.concatenate(found)
