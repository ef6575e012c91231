"""Simulated tumours and recurrences for the proof of the spatial null, and the one real tumour in
which random shapes play the recurrence (brain1).

Tumours are unions of three ellipsoids with a wobbly surface on a grid of 0.7 x 0.7 x 5 mm. A
recurrence grows round a random voxel of the tumour and beyond its surface: it is not cut there.
With compact draws it is a compact region that the surface cuts off.
"""

from pathlib import Path

import numpy as np
import SimpleITK as sitk
from null_places import Geometry
from scipy import ndimage

from npcradiomics.simulation.tumour import TumourShape
from npcradiomics.spatial_null.placements import REMAINDER_SHARE, CompactPlacements
from npcradiomics.spatial_null.shape import Tumour

SPACING_MM = (5.0, 0.7, 0.7)
ROOM = ((4, 4), (24, 24), (24, 24))  # voxels round a tumour, for what grows beyond it
LEAST_INSIDE = 0.6  # of a recurrence, in the GTV
FEWEST_LEFT = 64  # voxels of the GTV that did not recur
CENTRAL_OF = 4  # a central recurrence is the deepest of so many


def random_tumour(rng: np.random.Generator, scale: float) -> np.ndarray:
    """Mask bool (z, y, x) with one slice and one voxel of margin; scale 1: 10,000 voxels."""
    centre = np.zeros(3)
    centres = rng.uniform(-9, 9, (3, 3)) * [1.2, 0.8, 0.9]
    centres[0] = 0
    radii = rng.uniform([13, 11, 12], [20, 16, 18], (3, 3))
    wobble = np.column_stack([rng.normal(0, 0.16, (4, 3)), rng.uniform(0, 2 * np.pi, 4)])
    outline = TumourShape(centre, centres, radii, wobble)
    half = 36.0 * scale
    z, y, x = (np.arange(-half, half, step) / scale for step in SPACING_MM)
    points = np.stack(np.broadcast_arrays(x, y[:, None], z[:, None, None]), axis=-1)
    labels, n = ndimage.label(outline.distance(points) < 0)
    inside = labels == 1 + np.argmax(np.bincount(labels.ravel())[1:]) if n > 1 else labels > 0
    box = ndimage.find_objects(inside.astype(int))[0]
    return np.pad(inside[box], 1)


def real_tumour(shared: Path) -> tuple[np.ndarray, np.ndarray, tuple] | None:
    """The CE-T1 head of pyradiomics (brain1): mask, image, spacing; None without ../shared."""
    folder = shared / "data" / "brain1"
    if not folder.is_dir():
        return None
    image = sitk.ReadImage(str(folder / "brain1_image.nrrd"), sitk.sitkFloat64)
    gtv = sitk.GetArrayFromImage(sitk.ReadImage(str(folder / "brain1_label.nrrd"))) == 1
    box = ndimage.find_objects(gtv.astype(int))[0]
    gtv, volume = (np.pad(array[box], ROOM) for array in (gtv, sitk.GetArrayFromImage(image)))
    return gtv, volume, image.GetSpacing()[::-1]


def with_recurrence(
    rng: np.random.Generator,
    gtv: np.ndarray,
    spacing_mm: tuple,
    fraction: float,
    region: str,
    shape: str,
) -> Geometry:
    """A tumour and what comes back of it.

    Parameters
    ----------
    rng : numpy.random.Generator
    gtv : bool (z, y, x)
        With ROOM round it.
    spacing_mm : (z, y, x)
    fraction : float
        Voxels of the recurrence / of the GTV.
    region : str
        "bent": two lobes like an L in any direction; "ellipsoid": an upright one; "central": the
        deepest of CENTRAL_OF bent ones. With compact draws "bent" is a draw, and so is "central".
    shape : str
        Of the draws: "own" or "compact".
    """
    tumour = Tumour(gtv, spacing_mm)
    one = _uncut if shape == "own" else _compact
    found = [
        one(rng, gtv, tumour, fraction, region)
        for _ in range(CENTRAL_OF if region == "central" else 1)
    ]
    later = max(found, key=lambda mask: tumour.mean_depth(tumour.members(mask)))
    return Geometry(gtv, later, tuple(spacing_mm))


def _uncut(rng, gtv, tumour, fraction, region):
    n = round(fraction * tumour.n_voxels)
    second = (3 * n * np.prod(tumour.spacing_mm) / (4 * np.pi)) ** (1 / 3)  # mm from the first
    lobes = [1, 1, 1] if region == "ellipsoid" else [1, 0.7, 1.5]
    while True:
        half_axes = rng.uniform(0.8, 1.25, 3) * lobes
        voxel = np.unravel_index(tumour.cells[rng.integers(tumour.n_voxels)], gtv.shape)
        z, y, x = (
            step * (places - middle)
            for step, places, middle in zip(
                tumour.spacing_mm, np.ogrid[tuple(map(slice, gtv.shape))], voxel, strict=True
            )
        )
        if region != "ellipsoid":
            angle, mirror = rng.uniform(0, 2 * np.pi), rng.choice([-1, 1])
            cosine, sine = np.cos(angle), np.sin(angle)
            y, x = cosine * y + sine * x, mirror * (cosine * x - sine * y)
        cost = (z / half_axes[0]) ** 2 + (y / half_axes[1]) ** 2 + (x / half_axes[2]) ** 2
        if region != "ellipsoid":
            cost = np.minimum(cost, (z**2 + (y - second) ** 2 + (x - second) ** 2) / 0.6)
        whole = np.zeros(gtv.size, bool)
        whole[np.argpartition(cost, n, axis=None)[:n]] = True
        inside = np.count_nonzero(whole[tumour.cells])
        if LEAST_INSIDE * n <= inside <= tumour.n_voxels - FEWEST_LEFT:
            return whole.reshape(gtv.shape)


def _compact(rng, gtv, tumour, fraction, region):
    n = round(fraction * tumour.n_voxels)
    if region == "ellipsoid":
        members = _cut_ellipsoid(rng, tumour, n)
    else:
        members = CompactPlacements(tumour, n).draw(rng)[0]
    whole = np.zeros(gtv.shape, bool)
    whole.ravel()[tumour.cells[members]] = True
    return whole


def _cut_ellipsoid(rng, tumour, n):
    """Members of the n voxels round a random one, in one piece that cuts off little of the rest."""
    places = tumour.places.T * tumour.spacing_mm
    most = (1.0 - REMAINDER_SHARE) * (tumour.n_voxels - n)
    while True:
        seed = places[rng.integers(tumour.n_voxels)]
        radius = (((places - seed) / rng.uniform(0.8, 1.25, 3)) ** 2).sum(axis=1)
        members = np.zeros(tumour.n_voxels, bool)
        members[np.argsort(radius, kind="stable")[:n]] = True
        shape = tumour.measure(members)
        if shape.cut_off <= most and shape.covariates[-1] == n:
            return members
