"""A head as a formula: two examinations of it with a known motion, on small grids, in no time."""

from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk

from npcradiomics.images import transforms

# Centre and half axes in mm of ellipsoids, and the grey value each adds in two contrasts.
PARTS = (
    ((0, 5, 15), (72, 88, 75), 100, 60),
    ((0, 5, 18), (65, 81, 68), -70, 40),
    ((0, 5, 20), (60, 76, 62), 60, 70),
    ((18, -10, 30), (9, 25, 9), -50, 60),
    ((-15, 0, 33), (7, 22, 11), -50, 60),
    ((30, 30, -5), (22, 12, 10), -60, -120),
    ((-32, 26, -3), (20, 13, 11), -60, -120),
    ((0, -40, -10), (13, 30, 16), -80, -90),
    ((27, -45, -18), (16, 14, 15), -75, -85),
    ((-25, -48, -16), (15, 16, 13), -75, -85),
    ((4, -8, -2), (13, 11, 8), -70, -80),
    ((0, 35, -35), (14, 11, 30), 40, -30),
    ((48, -5, -30), (7, 16, 26), 45, -35),
    ((-46, -8, -28), (6, 15, 27), 45, -35),
)
GTV = ((6.0, 6.0, -14.0), (16.0, 13.0, 12.0))
GTVR = ((11.0, 8.0, -14.0), (9.0, 8.0, 8.0))


@dataclass(frozen=True)
class Examinations:
    fixed: sitk.Image
    moving: sitk.Image
    gtv: sitk.Image
    gtvr: sitk.Image
    truth: sitk.Euler3DTransform  # fixed to moving points

    def errors_mm(self, transform: sitk.Transform) -> np.ndarray:
        """Error at points through the head round the tumour."""
        corners = np.stack(
            np.meshgrid((-30.0, 0.0, 40.0), (-40.0, 0.0, 40.0), (-30.0, 0.0, 30.0)), axis=-1
        )
        return transforms.distances_mm(transform, self.truth, corners.reshape(-1, 3))


def examinations(
    angles_deg=(5.0, -4.0, 6.0),
    shift_mm=(7.0, -9.0, 6.0),
    *,
    moving_contrast: int = 1,
    pose: sitk.Euler3DTransform | None = None,
    flip: bool = False,
    tilt_deg=(0.0, 0.0, 0.0),
    moving_middle_mm=(0.0, 0.0, 0.0),
    slices: int = 26,
    seed: int = 0,
) -> Examinations:
    """Two examinations; the header of the second is then moved by ``pose``."""
    rng = np.random.default_rng(seed)
    truth = transforms.euler(np.zeros(3), np.radians(angles_deg), shift_mm)
    middle = np.array(truth.TransformPoint((0.0, 0.0, 0.0))) + moving_middle_mm
    fixed_grid = grid((96, 96, 26), (2.0, 2.0, 5.0), np.zeros(3))
    moving_grid = grid((100, 92, slices), (1.9, 2.1, 4.6), middle, tilt_deg, flip)
    back = truth.GetInverse()
    fixed = signal(points_of(fixed_grid), contrast=0)
    moving = signal(transforms.apply(back, points_of(moving_grid)), contrast=moving_contrast)
    fixed_image = image_of(fixed + rng.normal(0, 3, fixed.shape), fixed_grid, np.float32)
    moving_image = image_of(moving + rng.normal(0, 3, moving.shape), moving_grid, np.int16)
    gtv = image_of(level(points_of(fixed_grid), *GTV) < 1, fixed_grid, np.uint8)
    gtvr = image_of(
        level(transforms.apply(back, points_of(moving_grid)), *GTVR) < 1, moving_grid, np.uint8
    )
    if pose is not None:
        matrix, _ = transforms.linear_parts(pose)
        for image in (moving_image, gtvr):
            image.SetOrigin(pose.TransformPoint(image.GetOrigin()))
            image.SetDirection((matrix @ np.array(image.GetDirection()).reshape(3, 3)).ravel())
        truth = transforms.nearest_rigid(sitk.CompositeTransform([pose, truth]), np.zeros(3))
    return Examinations(fixed_image, moving_image, gtv, gtvr, truth)


def level(points: np.ndarray, centre, half_axes) -> np.ndarray:
    """Below 1 inside the ellipsoid."""
    return np.sqrt((((points - np.array(centre)) / np.array(half_axes)) ** 2).sum(axis=1))


def signal(points: np.ndarray, contrast: int) -> np.ndarray:
    total = np.full(len(points), 20.0)
    for centre, half_axes, *grey in PARTS:
        edge_mm = (level(points, centre, half_axes) - 1.0) * min(half_axes)
        total += grey[contrast] / (1.0 + np.exp(np.clip(edge_mm / 1.2, -50, 50)))
    return total


def grid(size, spacing, middle, tilt_deg=(0.0, 0.0, 0.0), flip: bool = False) -> sitk.Image:
    matrix = transforms.linear_parts(transforms.euler(np.zeros(3), np.radians(tilt_deg)))[0]
    matrix = matrix @ np.diag([1.0, -1.0 if flip else 1.0, 1.0])
    image = sitk.Image(list(size), sitk.sitkUInt8)
    image.SetSpacing(spacing)
    image.SetDirection(matrix.ravel())
    image.SetOrigin(middle - matrix @ (np.array(spacing) * (np.array(size) - 1) / 2))
    return image


def points_of(image: sitk.Image) -> np.ndarray:
    """Every voxel's point, ITK's arithmetic spelled out: origin + direction * (spacing * index)."""
    nx, ny, nz = image.GetSize()
    z, y, x = np.meshgrid(np.arange(nz), np.arange(ny), np.arange(nx), indexing="ij")
    index = np.stack([x, y, z], axis=-1).reshape(-1, 3)
    direction = np.array(image.GetDirection()).reshape(3, 3)
    return index * np.array(image.GetSpacing()) @ direction.T + np.array(image.GetOrigin())


def image_of(values: np.ndarray, like: sitk.Image, kind) -> sitk.Image:
    image = sitk.GetImageFromArray(values.reshape(like.GetSize()[::-1]).astype(kind))
    image.CopyInformation(like)
    return image


def ball(image: sitk.Image, centre_mm, radius_mm: float) -> sitk.Image:
    """Mask of the voxels of ``image`` within a radius of a point."""
    mask = level(points_of(image), centre_mm, (radius_mm,) * 3) <= 1.0
    return image_of(mask, image, np.uint8)
