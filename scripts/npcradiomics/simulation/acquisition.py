"""How a simulated MR scanner renders a head on a grid.

Points, distances and grey values are made plane by plane along z: in double precision they would
take over a hundred bytes per voxel. Only what needs all voxels at once is held whole, in single
precision: random fields, noise, results.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk
from scipy import ndimage

from npcradiomics.simulation.head import CONTRASTS, TISSUES, Head


@dataclass(frozen=True)
class MRScanner:
    """How a scanner renders a head: contrast, bias field, noise, scale and range of grey values."""

    contrast: tuple  # in the order of TISSUES
    bias: float  # of the grey value
    noise_sd: float  # grey values, before the gain
    gain: float
    maximum: int

    @property
    def tumour(self) -> float:
        """Grey value of tumour."""
        return self.contrast[TISSUES.index("tumour")]

    def acquire(
        self,
        anatomy: Head,
        grid: sitk.Image,
        to_head: Callable[[np.ndarray], np.ndarray],
        inside: np.ndarray,
        tumour: np.ndarray,
        rng: np.random.Generator,
    ) -> sitk.Image:
        """Acquire an MRI of a head on a grid: int16.

        Parameters
        ----------
        anatomy, grid
        to_head
            Maps points (y, x, 3) of the grid to the frame of the anatomy.
        inside : (z, y, x) bool
            Where grey values of a tumour replace the anatomy's.
        tumour : (voxels inside,)
            These, in C order; their precision is the image's.
        rng
        """
        values = anatomy.grey_values(self.contrast, thickness_mm=grid.GetSpacing()[2])
        waves, phases = rng.normal(0, 1.0, (3, 3)), rng.uniform(0, 2 * np.pi, 3)
        # The noise is complex, and its real part is drawn for all voxels before the imaginary part
        # of the first.
        real_noise = rng.standard_normal(inside.shape, dtype=np.float32)
        tumour_planes = np.split(tumour, np.cumsum(inside.sum(axis=(1, 2)))[:-1])
        image = np.empty(inside.shape, np.int16)
        for k, points in enumerate(planes(grid)):
            plane = anatomy.sample(values, to_head(points), outside=self.contrast[0]).astype(
                tumour.dtype
            )
            plane[inside[k]] = tumour_planes[k]
            plane *= 1.0 + self.bias * _smooth_bias(points, waves, phases)
            imaginary_noise = rng.standard_normal(plane.shape, dtype=np.float32)
            magnitude = np.hypot(
                plane + self.noise_sd * real_noise[k], self.noise_sd * imaginary_noise
            )
            image[k] = np.clip(np.rint(self.gain * magnitude), 0, self.maximum)
        return image_on(grid, image)


# Contrast-enhanced fat-suppressed T1 with grey values 0..255 as the paper's images; T1 of another
# scanner.
PLANNING_SCANNER = MRScanner(CONTRASTS["ce_fs_t1"], bias=0.04, noise_sd=2.0, gain=1.0, maximum=255)
RECURRENCE_SCANNER = MRScanner(CONTRASTS["t1"], bias=0.15, noise_sd=4.0, gain=3.1, maximum=1500)


def grid_round(
    size: Sequence[int], spacing_mm: Sequence[float], centre_mm: Sequence[float]
) -> sitk.Image:
    """An empty image of a size and spacing (x, y, z) whose centre lies at centre_mm."""
    grid = sitk.Image([int(n) for n in size], sitk.sitkUInt8)
    grid.SetSpacing([float(s) for s in spacing_mm])
    extent = (np.array(size) - 1) * np.array(spacing_mm)
    grid.SetOrigin([float(o) for o in np.array(centre_mm) - extent / 2.0])
    return grid


def planes(grid: sitk.Image) -> Iterator[np.ndarray]:
    """Points of an axis-aligned grid, plane by plane: yields (y, x, 3) in mm, a new array each."""
    origin, spacing, size = grid.GetOrigin(), grid.GetSpacing(), grid.GetSize()
    x, y, planes_z = (o + s * np.arange(n) for o, s, n in zip(origin, spacing, size, strict=True))
    for z in planes_z:
        points = np.empty((len(y), len(x), 3))
        points[..., 0] = x
        points[..., 1] = y[:, None]
        points[..., 2] = z
        yield points


def random_field(
    rng: np.random.Generator, shape: Sequence[int], sigma: Sequence[float]
) -> np.ndarray:
    """Gaussian random field float32, mean 0, variance 1, smoothed by sigma voxels per axis."""
    field = rng.standard_normal(shape, dtype=np.float32)
    ndimage.gaussian_filter(field, sigma, output=field, mode="wrap")
    mean, sd = field.mean(), field.std()
    field -= mean
    field /= sd
    return field


def _smooth_bias(points, waves, phases):
    """Field at points (..., 3), about -1 to 1: waves of vectors (3, 3) in rad per 90 mm."""
    return np.sin((points / 90.0) @ waves.T + phases).mean(axis=-1)


def image_on(grid: sitk.Image, array: np.ndarray) -> sitk.Image:
    """Image of an array (z, y, x) on a grid."""
    image = sitk.GetImageFromArray(array)
    image.CopyInformation(grid)
    return image
