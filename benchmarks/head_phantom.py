"""Pairs of head MRI with known motion, as hard as follow-up of nasopharyngeal carcinoma makes them; seeded.

The continuous anatomy (head_anatomy.py) is sampled on the grid of each examination, slices averaged
over their thickness, so no image is a resampled other image. The second examination has another
contrast, grid and noise, the tumour shrunk and grown again at one side, the neck bent from just
below the tumour, and the head moved. x to the left, y to the back, z up, in mm.
"""

from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk
from head_anatomy import LOW, STEP_MM, Head, sample_vectors, smooth_vectors
from scipy import ndimage

from npcradiomics.images import transforms
from npcradiomics.images.grids import inside, voxel_points
from npcradiomics.images.masks import centroid, expand
from npcradiomics.registration.pyramid import crop

POSES = {"as is": (0.0, 0.0), "5 deg, 10 mm": (5.0, 10.0), "6 deg, 50 mm": (6.0, 50.0)}


@dataclass(frozen=True)
class Pair:
    """A planning and a recurrence MRI, their contours, and where points of the first truly are in the second.

    points, truth   (n, 3) mm: bony landmarks and the GTV dilated by 10 mm, and their true places
    """

    fixed: sitk.Image
    moving: sitk.Image
    gtv: sitk.Image
    gtvr: sitk.Image
    points: np.ndarray
    truth: np.ndarray

    def errors_mm(self, transform: sitk.Transform) -> np.ndarray:
        """Target registration error (n,) in mm."""
        return np.linalg.norm(transforms.apply(transform, self.points) - self.truth, axis=1)

    def best_rigid_mm(self) -> float:
        """The mean error that the best rigid fit to the truth leaves (Kabsch)."""
        a, b = self.points - self.points.mean(axis=0), self.truth - self.truth.mean(axis=0)
        u, _, v = np.linalg.svd(a.T @ b)
        u[:, -1] *= np.sign(np.linalg.det(u @ v))
        return float(np.linalg.norm(a @ (u @ v) - b, axis=1).mean())

    def reposed(self, degrees: float, millimetres: float, seed: int) -> "Pair":
        """The same pair after the header of the second was turned and shifted, each axis by up to as much."""
        rng = np.random.default_rng(seed)
        pose = transforms.euler(
            np.zeros(3),
            np.radians(rng.uniform(-degrees, degrees, 3)),
            rng.uniform(-millimetres, millimetres, 3),
        )
        matrix, _ = transforms.linear_parts(pose)
        images = []
        for image in (self.moving, self.gtvr):
            image = sitk.Image(image)
            image.SetOrigin(pose.TransformPoint(image.GetOrigin()))
            image.SetDirection((matrix @ np.array(image.GetDirection()).reshape(3, 3)).ravel())
            images.append(image)
        return Pair(
            self.fixed,
            images[0],
            self.gtv,
            images[1],
            self.points,
            transforms.apply(pose, self.truth),
        )


@dataclass(frozen=True)
class Difficulty:
    """How hard: motion per axis, neck, distortion (RMS per axis), noise (share of the brightest tissue)."""

    rotation_deg: float = 9.0
    translation_mm: float = 18.0
    flexion_deg: tuple[float, float] = (6.0, 15.0)
    distortion_mm: float = 0.0
    noise: float = 0.04
    bias: float = 0.3
    slice_mm: tuple[float, float] = (3.0, 5.0)
    coverage_mm: tuple[float, float] = (130.0, 180.0)


def make_pair(seed: int, difficulty: Difficulty | None = None) -> Pair:
    """Planning and recurrence MRI of the head number ``seed``."""
    how = difficulty or Difficulty()
    rng = np.random.default_rng([seed, 2020])
    head = Head(rng)
    motion = transforms.euler(
        np.zeros(3),
        np.radians(rng.uniform(-how.rotation_deg, how.rotation_deg, 3)),
        rng.uniform(-how.translation_mm, how.translation_mm, 3),
    )
    deformation = smooth_vectors(rng, head.shape, 15.0 / STEP_MM, how.distortion_mm)
    contrasts = ["t1_contrast", rng.choice(["t1", "t1_contrast_fatsat", "t2", "inverted"])]

    fixed_grid = _grid(rng, how, np.zeros(3))
    moving_grid = _grid(rng, how, np.array(motion.TransformPoint((0.0, 0.0, 0.0))))
    planning = head.intensity(contrasts[0], recurrence=False, rng=rng)
    recurrence = head.intensity(contrasts[1], recurrence=True, rng=rng)
    flexion = np.radians(rng.uniform(*how.flexion_deg)) * rng.choice([-1, 1])

    def pull_back(points: np.ndarray) -> np.ndarray:
        """From the recurrence MRI to the anatomy: motion undone, neck straightened, distortion undone."""
        still = transforms.apply(motion.GetInverse(), points)
        bent = _bend(still, head.hinge_mm, flexion)
        return bent + sample_vectors(deformation, bent) if how.distortion_mm else bent

    fixed = _render(fixed_grid, planning, lambda points: points, rng, how)
    moving = _render(moving_grid, recurrence, pull_back, rng, how)
    gtv = _mask(fixed_grid, head.tumour, lambda points: points)
    gtvr = _mask(moving_grid, head.regrowth, pull_back)

    around = voxel_points(expand(crop(gtv, voxel_points(gtv), 15.0), 10.0))
    around = around[around[:, 2] > head.hinge_mm]
    points = np.concatenate([head.landmarks, around[:: max(1, len(around) // 2000)]])
    before = (
        points.copy()
    )  # where the anatomy of a planning point was before the distortion was undone
    for _ in range(10 if how.distortion_mm else 0):
        before = points - sample_vectors(deformation, before)
    return Pair(fixed, moving, gtv, gtvr, points, transforms.apply(motion, before))


def make_real_pair(
    image: sitk.Image, label: sitk.Image, seed: int, difficulty: Difficulty | None = None
) -> Pair:
    """A pair whose first examination is real;

    the second is the first moved, on another grid, remapped.
    """
    how = difficulty or Difficulty()
    rng = np.random.default_rng([seed, 2021])
    label = label != 0
    centre = centroid(label)
    motion = transforms.euler(
        centre,
        np.radians(rng.uniform(-how.rotation_deg, how.rotation_deg, 3)),
        rng.uniform(-how.translation_mm, how.translation_mm, 3),
    )
    grid = _grid(rng, how, np.array(motion.TransformPoint(_middle(image))))
    fixed = sitk.Cast(image, sitk.sitkFloat32)
    values = sitk.GetArrayFromImage(fixed)
    top = np.percentile(values, 99.5)
    relative = np.clip(values / top, 0, 1)
    remapped = 200 * (
        relative ** rng.uniform(0.6, 1.6) if rng.random() < 0.5 else np.sin(np.pi * relative**0.7)
    )
    other = sitk.GetImageFromArray(remapped.astype(np.float32))
    other.CopyInformation(image)
    moved = sitk.Resample(other, grid, motion.GetInverse(), sitk.sitkBSpline, 0.0, sitk.sitkFloat32)
    array = np.maximum(sitk.GetArrayFromImage(moved), 0)
    moving = sitk.GetImageFromArray(_spoil(array, rng, how))
    moving.CopyInformation(grid)
    points = voxel_points(label)
    cut = np.median(points @ [0.6, 0.6, 0.5])
    half = sitk.GetArrayFromImage(label)
    half[half != 0] = points @ [0.6, 0.6, 0.5] > cut
    half = sitk.GetImageFromArray(half)
    half.CopyInformation(label)
    gtvr = sitk.Resample(half, grid, motion.GetInverse(), sitk.sitkNearestNeighbor, 0)
    points = voxel_points(expand(crop(label, points, 40.0), 30.0))
    points = points[inside(points, image)]
    points = points[:: max(1, len(points) // 2000)]
    return Pair(fixed, moving, label, gtvr, points, transforms.apply(motion, points))


def _middle(image: sitk.Image) -> tuple[float, ...]:
    return image.TransformContinuousIndexToPhysicalPoint([(n - 1) / 2 for n in image.GetSize()])


def _grid(rng: np.random.Generator, how: Difficulty, middle: np.ndarray) -> sitk.Image:
    """An empty image: random voxels, field of view, tilt, half the time flipped rows."""
    spacing = np.array([*[rng.uniform(0.7, 1.0)] * 2, rng.uniform(*how.slice_mm)])
    size = np.array([256, 256, round(rng.uniform(*how.coverage_mm) / spacing[2])])
    tilt = transforms.euler(np.zeros(3), np.radians(rng.uniform(-6, 6, 3)))
    matrix = transforms.linear_parts(tilt)[0] @ np.diag([1.0, rng.choice([-1.0, 1.0]), 1.0])
    middle = middle + rng.uniform((-10, -10, -30), (10, 10, 10))
    image = sitk.Image([int(n) for n in size], sitk.sitkFloat32)
    image.SetSpacing(spacing)
    image.SetDirection(matrix.ravel())
    image.SetOrigin(middle - matrix @ (spacing * (size - 1) / 2))
    return image


def _grid_points(grid: sitk.Image, through: float = 0.0) -> np.ndarray:
    """Points (z, y, x, 3) of a grid, moved by a share of a slice."""
    matrix = np.array(grid.GetDirection()).reshape(3, 3) * np.array(grid.GetSpacing())
    nx, ny, nz = grid.GetSize()
    ix, iy, iz = (np.arange(n)[:, None] * matrix[:, axis] for axis, n in enumerate((nx, ny, nz)))
    return (
        ix[None, None]
        + iy[None, :, None]
        + iz[:, None, None]
        + through * matrix[:, 2]
        + np.array(grid.GetOrigin())
    )


def _render(grid, signal, pull_back, rng, how) -> sitk.Image:
    total = np.zeros(grid.GetSize()[::-1], dtype=np.float32)
    through = (-1 / 3, 0.0, 1 / 3)  # a slice is the mean over its thickness
    for share in through:
        points = pull_back(_grid_points(grid, share).reshape(-1, 3))
        index = ((points - LOW) / STEP_MM).T
        total += ndimage.map_coordinates(signal, index, order=1, mode="nearest").reshape(
            total.shape
        )
    image = sitk.GetImageFromArray(_spoil(total / len(through), rng, how))
    image.CopyInformation(grid)
    return image


def _spoil(array: np.ndarray, rng: np.random.Generator, how: Difficulty) -> np.ndarray:
    """Coil sensitivity and Rician noise (of two Gaussian channels)."""
    z, y, x = np.meshgrid(*(np.linspace(-1, 1, n) for n in array.shape), indexing="ij", sparse=True)
    a, b, c, d, e = rng.uniform(-how.bias, how.bias, 5)
    array = array * np.exp(a * x + b * y + c * z + d * x * y + e * (y**2 - 0.3))
    sigma = how.noise * np.percentile(array, 99)
    real, imaginary = rng.normal(0, sigma, (2, *array.shape))
    return np.hypot(array + real, imaginary).astype(np.float32)


def _mask(grid: sitk.Image, anatomy: np.ndarray, pull_back) -> sitk.Image:
    index = ((pull_back(_grid_points(grid).reshape(-1, 3)) - LOW) / STEP_MM).T
    inside = ndimage.map_coordinates(anatomy.astype(np.float32), index, order=1) >= 0.5
    image = sitk.GetImageFromArray(inside.reshape(grid.GetSize()[::-1]).astype(np.uint8))
    image.CopyInformation(grid)
    return image


def _bend(points: np.ndarray, hinge_mm: float, angle_rad: float) -> np.ndarray:
    """Points below the hinge turned about x, by an angle that grows over 40 mm;

    above it nothing moves.
    """
    depth = np.clip((hinge_mm - points[:, 2]) / 40.0, 0.0, 1.0)
    angle = angle_rad * depth * depth * (3.0 - 2.0 * depth)
    y, z = points[:, 1] - 25.0, points[:, 2] - hinge_mm
    bent = points.copy()
    bent[:, 1] = 25.0 + np.cos(angle) * y - np.sin(angle) * z
    bent[:, 2] = hinge_mm + np.sin(angle) * y + np.cos(angle) * z
    return bent
