"""Where voxels are: directions of image axes, grids, physical coordinates of voxels.

Arrays are (z, y, x); points are rows of (x, y, z) in millimetres, as ITK has them.
"""

import itertools

import numpy as np
import SimpleITK as sitk

from npcradiomics.refusal import Refusal

# Direction cosines that were written with three decimals are each off by up to 5e-4, which makes
# the product of two axes differ from 0 (or the length from 1) by up to 2 * sqrt(3) * 5e-4 = 1.7e-3.
# Two axes 2e-3 rad off the right angle displace a point 100 mm away by 0.1 mm at most once
# repaired. A gantry tilt or an affine that was fitted to an atlas is ten times that or more.
ROUNDING_TOLERANCE = 2e-3


def orthonormality_error(direction: np.ndarray) -> float:
    """Largest element of ``|D^T D - 1|``: 0 if the columns of ``direction`` are perpendicular unit axes."""
    direction = np.asarray(direction, dtype=float)
    return float(np.abs(direction.T @ direction - np.eye(3)).max())


def nearest_orthonormal(direction: np.ndarray) -> np.ndarray:
    """The orthonormal 3 x 3 matrix nearest to ``direction`` (Frobenius norm); its determinant keeps the sign.

    Source: orthogonal factor of the polar decomposition (Higham 1986, SIAM J. Sci. Stat. Comput. 7,
    1160).
    """
    left, _, right = np.linalg.svd(np.asarray(direction, dtype=float))
    return left @ right


def repair_direction(image: sitk.Image, tolerance: float = ROUNDING_TOLERANCE) -> sitk.Image:
    """The image with perpendicular unit axes.

    Oblique axes and a determinant of -1 (flipped rows, say) are legitimate and come back as they
    are. Axes that miss perpendicularity or unit length by at most ``tolerance`` (largest element of
    ``|D^T D - 1|``, no unit) are replaced by the nearest orthonormal ones: that much is rounding.
    The voxels and the origin stay. More is refused, because a sheared grid would have to be
    resampled, and whether the shear is real is not for this function to guess.

    Raises ValueError with the numbers: beyond the tolerance, not finite, or not three-dimensional.
    """
    if image.GetDimension() != 3:
        raise ValueError(f"image has {image.GetDimension()} dimensions, 3 needed")
    direction = np.array(image.GetDirection()).reshape(3, 3)
    refuse_shear(direction, "image", tolerance)
    if orthonormality_error(direction) == 0.0:
        return image
    repaired = sitk.Image(image)
    repaired.SetDirection(nearest_orthonormal(direction).ravel())
    return repaired


def require_same_grid(image: sitk.Image, other: sitk.Image, name: str, other_name: str) -> None:
    """Raise ValueError with the numbers unless both images have the same voxels at the same places.

    Positions may differ by a hundredth of a voxel: two programs that wrote one geometry round it
    differently.
    """
    if image.GetSize() != other.GetSize():
        raise Refusal(
            f"{name} has {_grid_text(image)}, {other_name} {_grid_text(other)}: not one grid",
            _WHAT_TO_TRY,
        )
    corners = itertools.product(*((0, n - 1) for n in image.GetSize()))
    apart = max(
        np.abs(
            np.subtract(
                other.TransformPhysicalPointToContinuousIndex(
                    image.TransformIndexToPhysicalPoint(corner)
                ),
                corner,
            )
        ).max()
        for corner in corners
    )
    if apart > 0.01:
        raise Refusal(
            f"{name} ({_grid_text(image)}) and {other_name} ({_grid_text(other)}) are {apart:.3g} voxels apart at a"
            " corner: not one grid",
            _WHAT_TO_TRY,
        )


_WHAT_TO_TRY = "resample the mask to the image's grid (nearest neighbour) or draw it there"


def _grid_text(image):
    spacing = " x ".join(f"{s:.4g}" for s in image.GetSpacing())
    return f"{' x '.join(map(str, image.GetSize()))} voxels of {spacing} mm"


def voxel_points(mask: sitk.Image) -> np.ndarray:
    """Physical coordinates (n, 3), x y z in mm, of the voxels of ``mask`` that are not 0, by z, y, x."""
    indices = np.argwhere(sitk.GetArrayViewFromImage(mask))[:, ::-1]
    direction = np.array(mask.GetDirection()).reshape(3, 3)
    return indices * np.array(mask.GetSpacing()) @ direction.T + np.array(mask.GetOrigin())


def box_corners(mask: sitk.Image) -> np.ndarray:
    """The corners (8, 3), x y z in mm, of the box of voxels that holds all of ``mask`` that is not 0.

    Raises ValueError for an empty mask.
    """
    filled = sitk.GetArrayViewFromImage(mask) != 0
    ends = []
    for axis in (2, 1, 0):
        used = np.flatnonzero(filled.any(axis=tuple(other for other in range(3) if other != axis)))
        if len(used) == 0:
            raise ValueError(f"the mask is empty: 0 of {filled.size} voxels")
        ends.append((int(used[0]), int(used[-1])))
    return np.array(
        [mask.TransformIndexToPhysicalPoint(corner) for corner in itertools.product(*ends)]
    )


def continuous_index(points: np.ndarray, image: sitk.Image) -> np.ndarray:
    """Where ``points`` (n, 3) in mm lie among the voxels of ``image``: (n, 3), x y z, 0 is the first's centre."""
    direction = np.array(image.GetDirection()).reshape(3, 3)
    return (
        (points - np.array(image.GetOrigin()))
        @ np.linalg.inv(direction).T
        / np.array(image.GetSpacing())
    )


def inside(points: np.ndarray, image: sitk.Image) -> np.ndarray:
    """Which of the ``points`` (n, 3) in mm lie in the field of view of ``image``, voxel edges included."""
    index = continuous_index(points, image)
    return ((index >= -0.5) & (index <= np.array(image.GetSize()) - 0.5)).all(axis=1)


def refuse_shear(direction: np.ndarray, name: str, tolerance: float = ROUNDING_TOLERANCE) -> None:
    """Raise ValueError with angles and lengths where the columns of ``direction`` are not perpendicular unit axes."""
    if not np.isfinite(direction).all():
        raise Refusal(
            f"{name}: direction {direction.ravel().tolist()} is not finite", "write the axes again"
        )
    error = orthonormality_error(direction)
    if error > tolerance:
        lengths = np.linalg.norm(direction, axis=0)
        x, y, z = (direction / lengths).T
        degrees = np.degrees(np.arccos(np.clip([x @ y, x @ z, y @ z], -1, 1)))
        raise Refusal(
            f"{name}: the image axes are not perpendicular unit vectors: angles "
            f"{degrees[0]:.3f}, {degrees[1]:.3f}, {degrees[2]:.3f} degrees, lengths "
            f"{lengths[0]:.5f}, {lengths[1]:.5f}, {lengths[2]:.5f}; off by {error:.2g}, at most "
            f"{tolerance:.2g} is taken for rounding",
            "resample it to perpendicular axes",
        )
