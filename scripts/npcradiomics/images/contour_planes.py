"""Closed contours sorted into parallel planes: common normal, plane positions, gaps.

Points are (n, 3) in millimetres of the patient frame; in a plane they are (n, 2), u and v.
"""

import logging
from dataclasses import dataclass

import numpy as np

from npcradiomics.refusal import Refusal

PLANAR_MM = 0.2  # a point further from its contour's plane is no rounding
SAME_PLANE_MM = 0.05
# A contour is a little off its plane where that is at most an eighth of the distance to the next
# plane and a quarter of a slice of the image; planes less than half the usual distance apart, and
# more than that, are nobody's slices.
LITTLE, OF_A_SLICE, UNEVEN = 1 / 8, 1 / 4, 0.51
SMALLEST_AREA_MM2 = 1e-3
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Planes:
    """A structure in its own axes: rows of `axes` are u, v and the normal w; `positions` (mm along w, rising) and
    `polygons` (per plane a list of (n, 2) arrays) belong together; `distance` is the plane distance
    in mm.
    """

    axes: np.ndarray
    positions: np.ndarray
    polygons: tuple
    distance: float


def sort_into_planes(contours, name, slice_mm):
    """Sort contours, arrays (n, 3), into Planes.

    name: of the structure, for messages. slice_mm: slice distance of the image: the plane distance
    where there is one plane only, and the measure of what is a little off. A plane lies where its
    largest contour does. Contours without area are left out. Raises ValueError: none with an area,
    points off their plane by more than 0.2 mm, planes that are not parallel or whose distance is
    neither a slice nor a slip.
    """
    with_area = [c for c in contours if np.linalg.norm(area_vector(c)) > SMALLEST_AREA_MM2]
    if not with_area:
        raise Refusal(
            f"{name}: the structure is empty: none of {len(contours)} contours encloses an area",
            "draw the structure, or name another",
        )
    if len(with_area) < len(contours):
        log.warning("%s: %d contours without area left out", name, len(contours) - len(with_area))
    axes = _axes(with_area)
    heights = [c @ axes[2] for c in with_area]
    off = [float(np.abs(h - h.mean()).max()) for h in heights]
    worst = int(np.argmax(off))
    if off[worst] > PLANAR_MM:
        at = ", ".join(f"{x:.1f}" for x in with_area[worst].mean(axis=0))
        raise Refusal(
            f"{name}: {sum(o > PLANAR_MM for o in off)} of {len(off)} contours are "
            "not planar, or not parallel to the others: points lie up to "
            f"{off[worst]:.2f} mm off the plane (contour round {at} mm)",
            "draw it on parallel planes",
        )
    order = np.argsort([h.mean() for h in heights], kind="stable")
    height = np.array([heights[i].mean() for i in order])
    groups = np.split(order, 1 + np.flatnonzero(np.diff(height) > _off_plane(height, slice_mm)))
    areas = [np.linalg.norm(area_vector(c)) for c in with_area]
    positions = np.array([heights[max(group, key=lambda i: areas[i])].mean() for group in groups])
    polygons = tuple([with_area[i] @ axes[:2].T for i in group] for group in groups)
    slips = sum(
        abs(heights[i].mean() - p) > SAME_PLANE_MM
        for p, g in zip(positions, groups, strict=True)
        for i in g
    )
    if slips:
        log.warning(
            "%s: %d contours lie a little off the others' plane and were put into it", name, slips
        )
    # A low quantile: missing planes make some distances larger, nothing makes most of them smaller.
    steps = np.diff(positions)
    distance = float(np.quantile(steps, 0.25, method="lower")) if len(steps) else float(slice_mm)
    usual = float(np.median(steps)) if len(steps) else distance
    if len(steps) and steps.min() < UNEVEN * usual:
        i = int(np.argmin(steps))
        raise Refusal(
            f"{name}: contours at {positions[i]:.2f} and {positions[i + 1]:.2f} mm "
            f"along the normal lie {steps[i]:.2f} mm apart, where planes are "
            f"{usual:.2f} mm apart: neither one plane nor two",
            "draw them on the image's slices",
        )
    return Planes(axes, positions, polygons, distance)


def area_vector(points):
    """Area of a closed contour (n, 3) times its normal, mm2 (Newell)."""
    relative = points - points[0]
    return 0.5 * np.cross(relative, np.roll(relative, -1, axis=0)).sum(axis=0)


def _off_plane(height, slice_mm):
    """How far apart (mm) rising heights may be in one plane: the widest gap that is clearly none between planes."""
    gaps = np.sort(np.append(np.diff(height), slice_mm))
    slips = gaps[:-1][(gaps[:-1] <= LITTLE * gaps[1:]) & (gaps[:-1] <= OF_A_SLICE * slice_mm)]
    widest = max(SAME_PLANE_MM, float(slips.max()) if slips.size else 0.0)
    ends = np.split(height, 1 + np.flatnonzero(np.diff(height) > widest))
    # A chain of small steps is no plane but a stack of thin slices.
    return widest if all(np.ptp(e) <= OF_A_SLICE * slice_mm for e in ends) else SAME_PLANE_MM


def _axes(contours):
    scatter = sum((c - c.mean(axis=0)).T @ (c - c.mean(axis=0)) for c in contours)
    normal = np.linalg.eigh(scatter)[1][:, 0]
    normal = normal * np.sign(normal[np.argmax(np.abs(normal))])
    # u along the patient axis that lies best in the plane: rows of the usual image.
    u = np.eye(3)[np.argmin(np.abs(normal))]
    u = u - (u @ normal) * normal
    u /= np.linalg.norm(u)
    return np.array([u, np.cross(normal, u), normal])
