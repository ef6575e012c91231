"""How the head lies differently in two examinations, in degrees and millimetres."""

import numpy as np
import SimpleITK as sitk

from npcradiomics.rigid import linear_parts, nearest_rigid, rotation_angle_deg


def motion(transform: sitk.Transform, centre_mm: np.ndarray) -> dict:
    """Motion of a point ``centre_mm`` (3,) and its surroundings by a linear ``transform``, as JSON can hold it.

    rotation_deg            about x, y, z (3 values); of an affine transform the nearest rotation's
    rotation_angle_deg      the angle of the one rotation they make
    translation_mm          of the centre along x, y, z (3 values); shift_mm is its length
    volume_change_percent   0 for a rigid transform

    x points to the patient's left, y to the back, z to the head. Raises ValueError for a mirroring or a non-linear one.
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
