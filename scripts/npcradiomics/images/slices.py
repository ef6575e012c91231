"""Flat cuts through a volume as radiologists see them: head up, the patient's right on the left.

Volumes are (z, y, x) arrays on axes of the patient (x to the left, y to the back, z to the head).
"""

import numpy as np
import SimpleITK as sitk

PLANES = {
    "axial": (0, 1, 2),
    "coronal": (1, 0, 2),
    "sagittal": (2, 0, 1),
}  # cut axis, rows, columns of (z, y, x)
SIDES = {
    "axial": ("R", "L", "A", "P"),
    "coronal": ("R", "L", "H", "F"),
    "sagittal": ("A", "P", "H", "F"),
}


def to_patient_axes(image: sitk.Image) -> sitk.Image:
    """The image with its axes permuted and flipped to the nearest of the patient's, without interpolation."""
    return sitk.DICOMOrient(image, "LPS")


def cut(volume: np.ndarray, plane: str, index: int) -> np.ndarray:
    """The cut of a (z, y, x) volume, (rows, columns), the first row on top."""
    axis, rows, _ = PLANES[plane]
    flat = np.take(volume, index, axis=axis)
    return flat[::-1] if rows == 0 else flat


def pixel_mm(spacing_zyx_mm: tuple, plane: str) -> tuple[float, float]:
    """Height and width in mm of a pixel of such a cut."""
    _, rows, columns = PLANES[plane]
    return float(spacing_zyx_mm[rows]), float(spacing_zyx_mm[columns])


def fullest(mask: np.ndarray, plane: str) -> int:
    """The index of the cut with most of the ``mask``."""
    _, rows, columns = PLANES[plane]
    return int(np.count_nonzero(mask, axis=(rows, columns)).argmax())


def filled_range(mask: np.ndarray, plane: str) -> tuple[int, int]:
    """The first and last index of the cuts that hold some of the ``mask``.

    Raises ValueError for an empty one.
    """
    _, rows, columns = PLANES[plane]
    used = np.flatnonzero(mask.any(axis=(rows, columns)))
    if used.size == 0:
        raise ValueError(f"the mask is empty: 0 of {mask.size} voxels")
    return int(used[0]), int(used[-1])


def spread(low: int, high: int, most: int) -> list[int]:
    """At most ``most`` indices from ``low`` to ``high``, both included, evenly apart."""
    count = min(most, high - low + 1)
    return sorted({round(i) for i in np.linspace(low, high, count).tolist()})


def outline(mask: np.ndarray) -> str:
    """The border of a flat ``mask`` along its pixel edges as an SVG path.

    One unit is a pixel, (0, 0) the upper left.
    """
    padded = np.pad(mask.astype(np.int8), 1)
    across, down = np.diff(padded, axis=0)[:, 1:-1], np.diff(padded, axis=1)[1:-1].T
    level = [f"M{start} {row}H{end}" for row, start, end in _runs(across)]
    upright = [f"M{column} {start}V{end}" for column, start, end in _runs(down)]
    return "".join(level + upright)


def _runs(lines: np.ndarray) -> list[tuple[int, int, int]]:
    """Line, first and one past the last place of every stretch of values that are not 0."""
    ends = np.diff(np.pad((lines != 0).astype(np.int8), ((0, 0), (1, 1))), axis=1)
    (line, first), last = np.nonzero(ends == 1), np.nonzero(ends == -1)[1]
    return list(zip(line.tolist(), first.tolist(), last.tolist(), strict=True))


def edges(values: np.ndarray, pixel: tuple[float, float]) -> np.ndarray:
    """Where a flat picture with values 0 to 1 has edges (Canny 1986, smoothed by 1 mm or 1.5 pixels), on square pixels.

    pixel   height and width in mm; the result has square pixels of the smaller of the two
    """
    flat = sitk.GetImageFromArray(np.ascontiguousarray(values, dtype=np.float32))
    flat.SetSpacing((pixel[1], pixel[0]))
    side = min(pixel)
    size = [
        max(1, round(n * s / side)) for n, s in zip(flat.GetSize(), flat.GetSpacing(), strict=True)
    ]
    # The corner of the first pixel stays where it is, not its centre.
    origin = [(side - s) / 2 for s in flat.GetSpacing()]
    nearest = sitk.ZeroFluxNeumannPad(flat, (1, 1), (1, 1))
    square = sitk.Resample(
        nearest, size, sitk.Transform(2, sitk.sitkIdentity), sitk.sitkLinear, origin, (side, side)
    )
    variance = max(1.0, 1.5 * side) ** 2
    found = sitk.CannyEdgeDetection(
        square, lowerThreshold=0.015, upperThreshold=0.04, variance=[variance, variance]
    )
    return sitk.GetArrayFromImage(found) > 0
