"""From contours to a mask on any grid.

In each plane the contours are combined by exclusive or (holes, keyholes, islands) on a fine raster;
between planes the signed distances to the outline are interpolated linearly (Raya & Udupa 1990,
IEEE Trans. Med. Imaging 9, 32); below the first and above the last plane the outline goes on for
half a plane distance (end caps), as treatment planning systems count a contour's volume. A voxel
belongs to the mask if its centre lies inside.
"""

import dataclasses
import itertools
import logging

import numpy as np
import SimpleITK as sitk
from scipy import ndimage

from npcradiomics.images.contour_overlaps import even_odd, without_copies
from npcradiomics.images.contour_planes import sort_into_planes
from npcradiomics.refusal import Refusal

RASTER_MM = (
    0.15,
    0.5,
)  # finest and coarsest raster of a plane; between: a third of the target's spacing
MARGIN_PIXELS = 3
MAX_RASTER = 12_000_000  # half a gigabyte of distances; beyond, the raster becomes coarser
MAX_EXTENT_MM = 2000.0
LARGE_GAP = 1.5  # plane distances: more means that planes are missing between
BRIDGED_GAP = 3.05  # up to here missing planes are interpolated, beyond they are refused
ROUNDING_MM = 1e-4  # a voxel centre on the border of two slabs falls to one side, not to either as rounding has it
log = logging.getLogger(__name__)


def rasterize(contours, reference, name, end_caps=True):
    """Mask (uint8 image, 0 and 1) on the grid of `reference` of closed contours, arrays (n, 3) in mm.

    name: of the structure, for messages. end_caps: extend the first and the last plane of a part by
    half a plane distance. Raises ValueError: contours not planar or not parallel, two planes or
    more missing in the middle, extent absurd, nothing of the structure on the grid.
    """
    planes = _without_copies(
        sort_into_planes(contours, name, _spacing_along_slices(reference)), reference, name
    )
    raster = _Raster(planes, reference)
    array = np.zeros(reference.GetSize()[::-1], np.uint8)
    for low, high, below, above in _slabs(planes, raster, name, end_caps):
        _fill(array, reference, planes, raster, (low, high), below, above)
    if not array.any():
        raise Refusal(
            f"{name}: no voxel centre of the grid "
            f"({'x'.join(map(str, reference.GetSize()))} voxels) lies in the "
            f"structure, whose {sum(map(len, planes.polygons))} contours lie in "
            f"{len(planes.positions)} planes round {_centre(planes)} mm",
            "check that patient, frame and grid belong together",
        )
    _tell_if_cut(planes, reference, name)
    mask = sitk.GetImageFromArray(array)
    mask.CopyInformation(reference)
    return mask


def _without_copies(planes, reference, name):
    extent = np.ptp(np.concatenate(list(itertools.chain.from_iterable(planes.polygons))), axis=0)
    if extent.max() > MAX_EXTENT_MM:
        raise Refusal(
            f"{name}: contours extend over {extent[0]:.0f} x {extent[1]:.0f} mm, "
            "which is no structure",
            "delete the stray contour",
        )
    pixel_mm, kept = min(reference.GetSpacing()[:2]), []
    for height, polygons in zip(planes.positions, planes.polygons, strict=True):
        where = f"{name}, plane at {height:.2f} mm along the normal"
        kept.append(without_copies(polygons, pixel_mm, where))
    n_all, n_kept = (sum(map(len, polygons)) for polygons in (planes.polygons, kept))
    if n_kept < n_all:
        log.warning(
            "%s: %d of %d contours stand twice; the copies are left out",
            name,
            n_all - n_kept,
            n_all,
        )
    return dataclasses.replace(planes, polygons=tuple(kept))


class _Raster:
    """Signed distances (mm, negative inside) of single planes on one fine raster;

    the last ones stay in memory.
    """

    def __init__(self, planes, reference):
        points = np.concatenate(list(itertools.chain.from_iterable(planes.polygons)))
        extent = np.ptp(points, axis=0)
        step = float(np.clip(min(reference.GetSpacing()) / 3.0, *RASTER_MM))
        self.step = max(step, float(np.sqrt(extent.prod() / MAX_RASTER)))
        self.origin = points.min(axis=0) - MARGIN_PIXELS * self.step
        columns, rows = (
            np.ceil((points.max(axis=0) - self.origin) / self.step).astype(int) + 1 + MARGIN_PIXELS
        )
        self.shape = (int(rows), int(columns))
        self._polygons = planes.polygons
        self._kept = {}

    def inside(self, plane):
        """Which raster points lie inside the contours of a plane, (rows, columns)."""
        return even_odd([(p - self.origin) / self.step for p in self._polygons[plane]], self.shape)

    def distance(self, plane):
        """Signed distance of a plane, (rows, columns), float32."""
        if plane not in self._kept:
            self._kept = {k: v for k, v in self._kept.items() if k == plane - 1}
            filled = self.inside(plane)
            outside = ndimage.distance_transform_edt(~filled) - 0.5
            within = ndimage.distance_transform_edt(filled) - 0.5
            self._kept[plane] = (self.step * np.where(filled, -within, outside)).astype(np.float32)
        return self._kept[plane]

    def sample(self, plane, uv):
        """Signed distance of a plane at points uv (2, n)."""
        index = (uv[::-1] - self.origin[::-1, None]) / self.step
        return ndimage.map_coordinates(
            self.distance(plane), index, order=1, mode="nearest", prefilter=False
        )


def _slabs(planes, raster, name, end_caps):
    """(low, high, plane below, plane above) of the slabs between planes, and the end caps, where both planes are one."""
    half = planes.distance / 2.0 if end_caps else 0.0
    positions = planes.positions
    last = len(positions) - 1
    yield positions[0] - half, positions[0], 0, 0
    for i in range(last):
        gap = positions[i + 1] - positions[i]
        if gap <= LARGE_GAP * planes.distance:
            yield positions[i], positions[i + 1], i, i + 1
        elif not (raster.inside(i) & raster.inside(i + 1)).any():
            # Two parts, one above the other: each ends by itself.
            yield positions[i], positions[i] + half, i, i
            yield positions[i + 1] - half, positions[i + 1], i + 1, i + 1
        elif gap <= BRIDGED_GAP * planes.distance:
            log.warning(
                "%s: planes missing between %.2f and %.2f mm along the normal (planes are %.2f mm apart): interpolated",
                *(name, positions[i], positions[i + 1], planes.distance),
            )
            yield positions[i], positions[i + 1], i, i + 1
        else:
            raise Refusal(
                f"{name}: planes missing: contours at {positions[i]:.2f} and "
                f"{positions[i + 1]:.2f} mm along the normal overlap, with nothing for "
                f"{gap:.2f} mm between, where planes are {planes.distance:.2f} mm apart",
                "draw the missing planes, or interpolate them in the planning system",
            )
    yield positions[last], positions[last] + half + 2 * ROUNDING_MM * (half == 0.0), last, last


def _fill(array, reference, planes, raster, slab, below, above):
    """Set the voxels of one slab whose interpolated distance is not positive."""
    low, high = slab
    box = _index_box(planes, raster, slab, reference)
    if box is None:
        return
    (z0, y0, x0), (z1, y1, x1) = box
    to_axes = (
        planes.axes
        @ np.array(reference.GetDirection()).reshape(3, 3)
        @ np.diag(reference.GetSpacing())
    )
    origin = planes.axes @ np.array(reference.GetOrigin())
    across = (
        to_axes[:, 1, None, None] * np.arange(y0, y1)[:, None]
        + to_axes[:, 0, None, None] * np.arange(x0, x1)[None, :]
    )
    for z in range(z0, z1):
        uvw = across + (origin + to_axes[:, 2] * z)[:, None, None]
        height = uvw[2] + ROUNDING_MM
        chosen = (height >= low) & (height < high)
        if not chosen.any():
            continue
        uv, height = uvw[:2, chosen], height[chosen]
        distance = raster.sample(below, uv)
        if above != below:
            share = (height - low) / (high - low)
            distance = (1.0 - share) * distance + share * raster.sample(above, uv)
        part = array[z, y0:y1, x0:x1]
        part[chosen] |= distance <= 0.0


def _index_box(planes, raster, slab, reference):
    """The part of the grid, (z, y, x) from and to, that holds a slab; None if they do not meet."""
    far = raster.origin + raster.step * (np.array(raster.shape[::-1]) - 1)
    corners = [
        np.array(c) @ planes.axes
        for c in itertools.product(
            *zip(raster.origin, far, strict=True), (slab[0] - 0.01, slab[1] + 0.01)
        )
    ]
    index = np.array(
        [reference.TransformPhysicalPointToContinuousIndex([float(x) for x in c]) for c in corners]
    )[:, ::-1]
    size = np.array(reference.GetSize()[::-1])
    start = np.clip(np.floor(index.min(axis=0)), 0, size).astype(int)
    stop = np.clip(np.ceil(index.max(axis=0)) + 1, 0, size).astype(int)
    return None if (start >= stop).any() else (start, stop)


def _tell_if_cut(planes, reference, name):
    points = np.concatenate(
        [
            np.column_stack([p, np.full(len(p), w)])
            for w, group in zip(planes.positions, planes.polygons, strict=True)
            for p in group
        ]
    )
    direction = np.array(reference.GetDirection()).reshape(3, 3)
    index = (
        (points @ planes.axes - reference.GetOrigin())
        @ direction
        / np.array(reference.GetSpacing())
    )
    out = ((index < -0.5) | (index > np.array(reference.GetSize()) - 0.5)).any(axis=1)
    if out.any():
        log.warning(
            "%s: %d of %d contour points lie outside the grid and are cut off",
            name,
            out.sum(),
            len(out),
        )


def _spacing_along_slices(reference):
    return reference.GetSpacing()[2]


def _centre(planes):
    u, v = np.concatenate(list(itertools.chain.from_iterable(planes.polygons))).mean(axis=0)
    centre = np.array([u, v, planes.positions.mean()]) @ planes.axes
    return "(" + ", ".join(f"{x:.1f}" for x in centre) + ")"
