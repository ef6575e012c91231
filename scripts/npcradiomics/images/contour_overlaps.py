"""Contours of one plane against each other: copies are dropped, overlaps that exclusive or would turn into holes refused.

A contour that stands in a file twice cancels itself under exclusive or. Two contours are one where
what only one of them encloses is no wider than `SAME_OUTLINE_MM` all round; they are a structure
and its hole where one lies in the other and the wall between them can be sampled; anything else is
two outlines of one thing, and nobody can say which is meant.
"""

import itertools

import numpy as np

from npcradiomics.refusal import Refusal

# Planning systems write hundredths of a millimetre; a contour resampled by one of them moves by a
# few of these.
SAME_OUTLINE_MM = 0.1
RASTER_MM = 0.1
MAX_RASTER = 100_000  # areas stay right to a tenth of what is told apart


def without_copies(polygons: list[np.ndarray], pixel_mm: float, where: str) -> list[np.ndarray]:
    """The contours of a plane without those that enclose the same as an earlier one.

    Parameters
    ----------
    polygons : arrays (n, 2)
        In mm.
    pixel_mm
        Of the image; a wall thinner than half of it cannot be sampled.
    where
        Structure and plane, for messages.

    Raises
    ------
    ValueError
        With areas in mm2: contours that overlap in part, nearly the same contour twice, one that
        goes round twice.
    """
    if len(polygons) == 1 and _turns(polygons[0]) == 1:
        return polygons  # nearly all planes: nothing to compare, and round once
    outlines = _outlines(polygons)
    for outline in outlines:
        if outline.signed - outline.area > SAME_OUTLINE_MM * outline.perimeter:
            raise Refusal(
                f"{where}: a contour goes round twice: it encloses {outline.area:.1f} mm2 "
                f"by exclusive or and {outline.signed:.1f} mm2 by its winding",
                "draw it once",
            )
    copies = set()
    for i, j in itertools.combinations(range(len(outlines)), 2):
        if (
            i not in copies
            and j not in copies
            and _is_copy(outlines[i], outlines[j], pixel_mm, where)
        ):
            copies.add(j)
    return [polygon for i, polygon in enumerate(polygons) if i not in copies]


def even_odd(polygons: list[np.ndarray], shape: tuple[int, int]) -> np.ndarray:
    """Which integer points (row j, column i) lie inside an odd number of polygons, (n, 2) arrays of (i, j).

    Each edge flips all points to its right in the rows it crosses; what was flipped an odd number
    of times is inside.
    """
    start = np.concatenate(polygons)
    end = np.concatenate([np.roll(p, -1, axis=0) for p in polygons])
    upward = start[:, 1] <= end[:, 1]
    lower, upper = np.where(upward[:, None], start, end), np.where(upward[:, None], end, start)
    first = np.clip(np.ceil(lower[:, 1]), 0, shape[0]).astype(int)
    last = np.clip(np.ceil(upper[:, 1]), 0, shape[0]).astype(int)  # half open: a vertex counts once
    count = last - first
    edge = np.repeat(np.arange(len(count)), count)
    row = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + first[edge]
    share = (row - lower[edge, 1]) / (upper[edge, 1] - lower[edge, 1])
    crossing = lower[edge, 0] + share * (upper[edge, 0] - lower[edge, 0])
    column = np.clip(np.ceil(crossing), 0, shape[1]).astype(int)
    flips = np.zeros((shape[0], shape[1] + 1), np.int32)
    np.add.at(flips, (row, column), 1)
    return np.cumsum(flips, axis=1)[:, :-1] % 2 == 1


def _turns(polygon):
    """How often the direction of a closed contour turns round; 1 where it does not cross itself."""
    edges = np.roll(polygon, -1, axis=0) - polygon
    angles = np.arctan2(edges[:, 1], edges[:, 0])[np.abs(edges).max(axis=1) > 0]
    turned = (np.roll(angles, -1) - angles + np.pi) % (2 * np.pi) - np.pi
    return abs(round(turned.sum() / (2 * np.pi)))


def _is_copy(one, other, pixel_mm, where):
    shared = one.shared(other)
    small, large = sorted((one, other), key=lambda outline: outline.area)
    rounding = SAME_OUTLINE_MM * small.perimeter
    if shared <= rounding:
        return False
    only_small, only_large = small.area - shared, large.area - shared
    if max(only_small, only_large) <= rounding:
        return True
    if only_small > rounding:
        raise Refusal(
            f"{where}: two contours overlap in part: {shared:.1f} mm2 belong to both, "
            f"{only_small:.1f} and {only_large:.1f} mm2 to one; by exclusive or the "
            "common part would be a hole",
            "unite them, or delete one",
        )
    wall = only_large / large.perimeter
    if wall < pixel_mm / 2:
        raise Refusal(
            f"{where}: two contours of {large.area:.1f} and {small.area:.1f} mm2 lie "
            f"{wall:.2f} mm apart, less than half a pixel ({pixel_mm:.2f} mm): "
            "neither a copy nor a hole",
            "delete one",
        )
    return False


class _Outline:
    """A contour on the plane's raster: which points it encloses, in a box of its own."""

    def __init__(self, polygon, origin, step):
        points = (polygon - origin) / step
        self.start = np.floor(points.min(axis=0)).astype(int)
        self.stop = np.ceil(points.max(axis=0)).astype(int) + 1
        self.filled = even_odd([points - self.start], tuple((self.stop - self.start)[::-1]))
        self.pixel = step**2
        self.area = self.filled.sum() * self.pixel
        following = np.roll(polygon, -1, axis=0)
        self.perimeter = float(np.linalg.norm(following - polygon, axis=1).sum())
        self.signed = (
            abs(float(np.sum(polygon[:, 0] * following[:, 1] - polygon[:, 1] * following[:, 0])))
            / 2
        )

    def shared(self, other):
        """Area in mm2 that both enclose."""
        start, stop = np.maximum(self.start, other.start), np.minimum(self.stop, other.stop)
        if (start >= stop).any():
            return 0.0
        return float((self._part(start, stop) & other._part(start, stop)).sum() * self.pixel)

    def _part(self, start, stop):
        (i0, j0), (i1, j1) = start - self.start, stop - self.start
        return self.filled[j0:j1, i0:i1]


def _outlines(polygons):
    points = np.concatenate(polygons)
    step = max(RASTER_MM, float(np.sqrt(np.ptp(points, axis=0).prod() / MAX_RASTER)))
    return [_Outline(polygon, points.mean(axis=0), step) for polygon in polygons]
