"""Closed contours sorted into parallel planes: common normal, plane positions, gaps.

Points are (n, 3) in millimetres of the patient frame; in a plane they are (n, 2), u and v.
"""

import logging
from dataclasses import dataclass

import numpy as np

PLANAR_MM = 0.2  # a point further from its contour's plane is no rounding
SAME_PLANE_MM = 0.05
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


def sort_into_planes(contours, name, single_mm):
    """Sort contours, arrays (n, 3), into Planes.

    name: of the structure, for messages. single_mm: plane distance to be assumed where there is one
    plane only. Contours without area are left out. Raises ValueError: none with an area, points off
    their plane by more than 0.2 mm, planes that are not parallel.
    """
    with_area = [c for c in contours if np.linalg.norm(area_vector(c)) > SMALLEST_AREA_MM2]
    if not with_area:
        raise ValueError(
            f"{name}: the structure is empty: none of {len(contours)} contours encloses an area"
        )
    if len(with_area) < len(contours):
        log.warning("%s: %d contours without area left out", name, len(contours) - len(with_area))
    axes = _axes(with_area)
    heights = [c @ axes[2] for c in with_area]
    off = [float(np.abs(h - h.mean()).max()) for h in heights]
    worst = int(np.argmax(off))
    if off[worst] > PLANAR_MM:
        at = ", ".join(f"{x:.1f}" for x in with_area[worst].mean(axis=0))
        raise ValueError(
            f"{name}: {sum(o > PLANAR_MM for o in off)} of {len(off)} contours are not planar, or not parallel to the"
            f" others: points lie up to {off[worst]:.2f} mm off the plane (contour round {at} mm); at most {PLANAR_MM} mm"
            " is taken for rounding"
        )
    order = np.argsort([h.mean() for h in heights], kind="stable")
    height = np.array([heights[i].mean() for i in order])
    starts = np.flatnonzero(np.diff(height, prepend=-np.inf) > SAME_PLANE_MM)
    groups = np.split(order, starts[1:])
    positions = np.array([np.mean([heights[i].mean() for i in group]) for group in groups])
    polygons = tuple([with_area[i] @ axes[:2].T for i in group] for group in groups)
    # A low quantile: missing planes make some distances larger, nothing makes most of them smaller.
    distance = (
        float(np.quantile(np.diff(positions), 0.25, method="lower"))
        if len(positions) > 1
        else float(single_mm)
    )
    return Planes(axes, positions, polygons, distance)


def area_vector(points):
    """Area of a closed contour (n, 3) times its normal, mm2 (Newell)."""
    relative = points - points[0]
    return 0.5 * np.cross(relative, np.roll(relative, -1, axis=0)).sum(axis=0)


def _axes(contours):
    scatter = sum((c - c.mean(axis=0)).T @ (c - c.mean(axis=0)) for c in contours)
    normal = np.linalg.eigh(scatter)[1][:, 0]
    normal = normal * np.sign(normal[np.argmax(np.abs(normal))])
    # u along the patient axis that lies best in the plane: rows of the usual image.
    u = np.eye(3)[np.argmin(np.abs(normal))]
    u = u - (u @ normal) * normal
    u /= np.linalg.norm(u)
    return np.array([u, np.cross(normal, u), normal])
