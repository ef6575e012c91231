"""Rigid transforms: reading, comparing and composing them as matrices.

A linear transform is the pair (matrix, offset): x -> matrix @ x + offset, in mm.
"""

import numpy as np
import SimpleITK as sitk

from npcradiomics.geometry import nearest_orthonormal


def linear_parts(transform: sitk.Transform) -> tuple[np.ndarray, np.ndarray]:
    """Matrix (3, 3) and offset (3,) in mm of a linear transform (rigid, affine, or a chain of such).

    Raises ValueError with the deviation in mm if the transform is not linear (a displacement field, say).
    """
    if transform.GetDimension() != 3:
        raise ValueError(f"transform has {transform.GetDimension()} dimensions, 3 needed")
    # 100 mm off the origin, so that rounding of the differences stays below 1e-15 of the result.
    offset = np.array(transform.TransformPoint((0.0, 0.0, 0.0)))
    ends = np.array([transform.TransformPoint(tuple(row)) for row in 100.0 * np.eye(3)])
    matrix = (ends - offset).T / 100.0
    probe = np.array([-37.0, 53.0, -71.0])
    deviation = np.linalg.norm(transform.TransformPoint(tuple(probe)) - (matrix @ probe + offset))
    if not deviation < 1e-6:
        raise ValueError(f"transform is not linear: {deviation:.3g} mm off its linear part at {probe.tolist()}")
    return matrix, offset


def apply(transform: sitk.Transform, points: np.ndarray) -> np.ndarray:
    """The linear ``transform`` of ``points`` (n, 3) in mm."""
    matrix, offset = linear_parts(transform)
    return points @ matrix.T + offset


def distances_mm(first: sitk.Transform, second: sitk.Transform, points: np.ndarray) -> np.ndarray:
    """How far apart (n,) in mm two linear transforms put each of the ``points`` (n, 3)."""
    return np.linalg.norm(apply(first, points) - apply(second, points), axis=1)


def euler(centre: np.ndarray, angles_rad=(0.0, 0.0, 0.0), translation_mm=(0.0, 0.0, 0.0)) -> sitk.Euler3DTransform:
    """Rotation about ``centre`` by angles about x, y, z (ITK turns about y, then x, then z), then shift."""
    transform = sitk.Euler3DTransform()
    transform.SetCenter([float(c) for c in centre])
    transform.SetParameters([*map(float, angles_rad), *map(float, translation_mm)])
    return transform


def nearest_rigid(transform: sitk.Transform, centre: np.ndarray) -> sitk.Euler3DTransform:
    """The rigid transform about ``centre`` (3,) that rotates as ``transform`` and moves the centre alike.

    Exact for a rigid transform; for an affine one the nearest rotation of its matrix. Raises ValueError for a
    mirroring or a non-linear one.
    """
    matrix, offset = linear_parts(transform)
    determinant = np.linalg.det(matrix)
    if determinant <= 0.0:
        raise ValueError(f"transform mirrors or flattens space: determinant {determinant:.3g}")
    rigid = euler(centre)
    rigid.SetMatrix(nearest_orthonormal(matrix).ravel(), 1e-9)
    rigid.SetTranslation([float(t) for t in matrix @ centre + offset - centre])
    return rigid


def rotation_angle_deg(transform: sitk.Transform) -> float:
    """The angle of the one rotation that ``transform`` makes, in degrees, 0 to 180 (an affine's nearest)."""
    rotation = nearest_orthonormal(linear_parts(transform)[0])
    # atan2 keeps its digits at small angles, where the arc cosine of the trace has none.
    skew = rotation - rotation.T
    sine = np.linalg.norm([skew[2, 1], skew[0, 2], skew[1, 0]]) / 2.0
    return float(np.degrees(np.arctan2(sine, (np.trace(rotation) - 1.0) / 2.0)))
