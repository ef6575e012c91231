"""Rigid transforms: reading, comparing and composing them as matrices.

A linear transform is the pair (matrix, offset): x -> matrix @ x + offset, in mm.
"""

from pathlib import Path

import numpy as np
import SimpleITK as sitk

from npcradiomics.images.grids import nearest_orthonormal


def linear_parts(transform: sitk.Transform) -> tuple[np.ndarray, np.ndarray]:
    """Matrix (3, 3) and offset (3,) in mm of a linear transform (rigid, affine, or a chain of such).

    Raises ValueError with the deviation in mm if the transform is not linear (a displacement field,
    say).
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
        raise ValueError(
            f"transform is not linear: {deviation:.3g} mm off its linear part at {probe.tolist()}"
        )
    return matrix, offset


def apply(transform: sitk.Transform, points: np.ndarray) -> np.ndarray:
    """The linear ``transform`` of ``points`` (n, 3) in mm."""
    matrix, offset = linear_parts(transform)
    return points @ matrix.T + offset


def distances_mm(first: sitk.Transform, second: sitk.Transform, points: np.ndarray) -> np.ndarray:
    """How far apart (n,) in mm two linear transforms put each of the ``points`` (n, 3)."""
    return np.linalg.norm(apply(first, points) - apply(second, points), axis=1)


def euler(
    centre: np.ndarray, angles_rad=(0.0, 0.0, 0.0), translation_mm=(0.0, 0.0, 0.0)
) -> sitk.Euler3DTransform:
    """Rotation about ``centre`` by angles about x, y, z (ITK turns about y, then x, then z), then shift."""
    transform = sitk.Euler3DTransform()
    transform.SetCenter([float(c) for c in centre])
    transform.SetParameters([*map(float, angles_rad), *map(float, translation_mm)])
    return transform


def nearest_rigid(transform: sitk.Transform, centre: np.ndarray) -> sitk.Euler3DTransform:
    """The rigid transform about ``centre`` (3,) that rotates as ``transform`` and moves the centre alike.

    Exact for a rigid transform; for an affine one the nearest rotation of its matrix. Raises
    ValueError for a mirroring or a non-linear one.
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


def read_linear_transform(path: str) -> sitk.Transform:
    """Read a rigid or affine transform (ITK's .tfm, .txt, .h5, .mat) from planning to recurrence points, in mm.

    Raises ValueError with file and numbers: missing, unreadable, not three-dimensional, not linear
    (a displacement field or B-spline), mirroring or flattening. Whether it is the right one is for
    the checks of the registration.
    """
    if not Path(path).is_file():
        raise ValueError(f"{path}: no such file")
    try:
        transform = sitk.ReadTransform(str(path))
    except RuntimeError as error:
        raise ValueError(f"{path}: not a readable transform (.tfm)") from error
    if transform.GetDimension() != 3:
        raise ValueError(f"{path}: a transform of {transform.GetDimension()} dimensions, 3 needed")
    # A displacement field may be zero wherever one probes it, so its kind is asked first.
    if not transform.IsLinear():
        raise ValueError(
            f"{path}: {transform.GetName()} is not linear; a rigid or affine transform is needed, because a contour "
            "and its texture must not be deformed"
        )
    determinant = float(np.linalg.det(linear_parts(transform)[0]))
    if not determinant > 0.0:
        raise ValueError(
            f"{path}: the transform mirrors or flattens space (determinant {determinant:.3g})"
        )
    return transform


def motion(transform: sitk.Transform, centre_mm: np.ndarray) -> dict:
    """Motion of a point ``centre_mm`` (3,) and its surroundings by a linear ``transform``, as JSON can hold it.

    rotation_deg            about x, y, z (3 values); of an affine transform the nearest rotation's
    rotation_angle_deg      the angle of the one rotation they make
    translation_mm          of the centre along x, y, z (3 values); shift_mm is its length
    volume_change_percent   0 for a rigid transform

    x points to the patient's left, y to the back, z to the head. Raises ValueError for a mirroring
    or a non-linear one.
    """
    rigid = nearest_rigid(transform, np.asarray(centre_mm, dtype=float))
    determinant = np.linalg.det(linear_parts(transform)[0])
    translation = np.array(rigid.GetTranslation())
    return {
        "centre_mm": [float(c) for c in centre_mm],
        "rotation_deg": np.degrees(rigid.GetParameters()[:3]).tolist(),
        "rotation_angle_deg": rotation_angle_deg(transform),
        "translation_mm": translation.tolist(),
        "shift_mm": float(np.linalg.norm(translation)),
        "volume_change_percent": float(100.0 * (determinant - 1.0)),
    }
