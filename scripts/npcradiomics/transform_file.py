"""A transform somebody hands in as a file: read it, or say in one line why it cannot be used."""

from pathlib import Path

import numpy as np
import SimpleITK as sitk

from npcradiomics.rigid import linear_parts


def read_linear_transform(path: str) -> sitk.Transform:
    """Read a rigid or affine transform (ITK's .tfm, .txt, .h5, .mat) from planning to recurrence points, in mm.

    Raises ValueError with file and numbers: missing, unreadable, not three-dimensional, not linear (a displacement
    field or B-spline), mirroring or flattening. Whether it is the right one is for the checks of the registration.
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
        raise ValueError(f"{path}: the transform mirrors or flattens space (determinant {determinant:.3g})")
    return transform
