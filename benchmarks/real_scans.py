"""Pairs of real scans for registration_real.py and its neighbours, with where points of one lie in the other.

A glioma before surgery and at recurrence (experts' landmarks), a head at two time points in two
sequences (the publishers' transforms), and a head and a leg moved, resampled and given another
contrast; left and right exchanged, and one person's scan with another's. The scans are looked for
in ../shared/data beside the repository.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import SimpleITK as sitk

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "scripts"), str(Path(__file__).resolve().parent)]

from head_phantom import Pair, make_real_pair  # noqa: E402

from npcradiomics.dicom.reading import read_series, read_structure  # noqa: E402
from npcradiomics.images.grids import voxel_points  # noqa: E402
from npcradiomics.images.masks import centroid  # noqa: E402
from npcradiomics.images.transforms import apply, linear_parts  # noqa: E402
from npcradiomics.registration.likeness import disturbances  # noqa: E402

DATA = ROOT.parent / "shared" / "data"


def real_pairs() -> Iterator[tuple[str, str, Callable[[], Pair]]]:
    """(scan, label, function that makes the pair)."""
    for forward in (True, False):
        for radius in (12.0, 22.0):
            for pose in (0, 1):
                label = f"glioma {'to' if forward else 'from'} recurrence, ball of {radius:g} mm, pose {pose}"
                yield (
                    "glioma",
                    label,
                    lambda f=forward, r=radius, p=pose: turned(glioma(f, r), 12.0 * p, 25.0 * p, p),
                )
    for first in ("FLAIR", "T1W"):
        for second in ("FLAIR", "T1W"):
            places = ((0, 0, 0), (28, -20, -20), (-25, 10, 15))
            for place, offset in enumerate(places[: 3 if first == second else 2]):
                yield (
                    "two time points",
                    f"{first} and {second}, place {place}",
                    lambda a=first, b=second, p=place, o=offset: turned(
                        two_timepoints(a, b, p != 1, o), 8.0 * p, 15.0 * p, p
                    ),
                )
    for seed in range(9, 13):
        yield "head, moved", f"head {seed}", lambda seed=seed: make_real_pair(*head(), seed)
    for seed in (3, 4):
        yield "leg, moved", f"leg {seed}", lambda seed=seed: make_real_pair(*leg(), seed)


def glioma(forward: bool, radius_mm: float) -> Pair:
    """CE-T1 before surgery and 262 days later.

    The contours are balls about the tumour, which nobody drew.
    """
    names = [DATA / "brats_reg" / f"BraTSReg_002_{stage}" for stage in ("00_0000", "01_0262")]
    images = [sitk.ReadImage(f"{name}_t1ce.nii.gz") for name in names]
    landmarks = [
        np.loadtxt(f"{name}_landmarks.csv", delimiter=",", skiprows=1)[:, 1:] for name in names
    ]
    first, second = (0, 1) if forward else (1, 0)
    return Pair(
        images[first],
        images[second],
        ball(images[first], (133.0, -102.0, 100.0), radius_mm),
        ball(images[second], (136.0, -98.0, 103.0), 8.0),
        landmarks[first],
        landmarks[second],
    )


def two_timepoints(first: str, second: str, forward: bool, offset_mm: tuple[int, int, int]) -> Pair:
    """A head at two time points; a ball of a tumour's size somewhere in it."""
    folder = DATA / "ms_two_timepoints"
    names = [(1, first), (2, second)] if forward else [(2, second), (1, first)]
    images = [
        sitk.ReadImage(str(folder / f"study{study}_{sequence}.nii.gz")) for study, sequence in names
    ]
    # Both files map points of the common space, or of the FLAIR, to points of the image.
    to_image = []
    for study, sequence in names:
        steps = [sitk.ReadTransform(str(folder / f"study{study}_FLAIR_to_common_space.txt"))]
        if sequence != "FLAIR":
            steps.insert(
                0,
                sitk.ReadTransform(
                    str(folder / f"study{study}_{sequence}_intrastudy_to_FLAIR.txt")
                ),
            )
        to_image.append(sitk.CompositeTransform(steps))
    truth = sitk.CompositeTransform([to_image[1], to_image[0].GetInverse()])
    middle = centroid(sitk.OtsuThreshold(images[0], 0, 1)) + offset_mm
    points = voxel_points(ball(images[0], middle, 24.0))
    points = points[:: max(1, len(points) // 2000)]
    recurrence = truth.TransformPoint((middle + np.array([3.0, 2.0, 2.0])).tolist())
    return Pair(
        images[0],
        images[1],
        ball(images[0], middle, 14.0),
        ball(images[1], recurrence, 8.4),
        points,
        apply(truth, points),
    )


def head() -> tuple[sitk.Image, sitk.Image]:
    folder = DATA / "brain1"
    return sitk.ReadImage(str(folder / "brain1_image.nrrd")), sitk.ReadImage(
        str(folder / "brain1_label.nrrd")
    )


def leg() -> tuple[sitk.Image, sitk.Image]:
    folder = DATA / "oblique_mr_dicom"
    image = read_series(folder / "image")
    return image, read_structure(folder / "1-1.dcm", "GTV_Mass", image)


def ball(image: sitk.Image, centre_mm, radius_mm: float) -> sitk.Image:
    whole = sitk.Image(image.GetSize(), sitk.sitkUInt8) + 1
    whole.CopyInformation(image)
    near = np.linalg.norm(voxel_points(whole) - np.asarray(centre_mm), axis=1) <= radius_mm
    mask = sitk.GetImageFromArray(near.reshape(image.GetSize()[::-1]).astype(np.uint8))
    mask.CopyInformation(image)
    return mask


def turned(pair: Pair, degrees: float, millimetres: float, seed: int) -> Pair:
    """The pair after the header of the second was turned about GTVr and shifted."""
    (pose,) = disturbances(pair.gtvr, 1, (millimetres, millimetres), (degrees, degrees), seed)
    matrix, _ = linear_parts(pose)
    images = []
    for image in (pair.moving, pair.gtvr):
        image = sitk.Image(image)
        image.SetOrigin(pose.TransformPoint(image.GetOrigin()))
        image.SetDirection((matrix @ np.array(image.GetDirection()).reshape(3, 3)).ravel())
        images.append(image)
    return Pair(pair.fixed, images[0], pair.gtv, images[1], pair.points, apply(pose, pair.truth))


def left_right_swapped(pair: Pair) -> Pair:
    """The second scan and its contour with left and right exchanged, as by a wrong header."""
    images = []
    axis = int(np.abs(np.array(pair.moving.GetDirection()).reshape(3, 3)[0]).argmax())
    for image in (pair.moving, pair.gtvr):
        swapped = sitk.Flip(image, [axis == a for a in range(3)])
        swapped.CopyInformation(image)
        images.append(swapped)
    return Pair(pair.fixed, images[0], pair.gtv, images[1], pair.points, pair.truth)


def somebody_elses() -> Iterator[tuple[str, Callable[[], Pair]]]:
    """Pairs of two people: (label, function that makes the pair).

    GTVr where the header puts the tumour's centre.
    """

    def made(one: Pair, other: Pair) -> Pair:
        return Pair(one.fixed, other.moving, one.gtv, other.gtvr, one.points, one.points)

    people = {
        "glioma": lambda: glioma(True, 22.0),
        "two time points, FLAIR": lambda: two_timepoints("FLAIR", "FLAIR", True, (0, 0, 0)),
        "two time points, T1W": lambda: two_timepoints("T1W", "T1W", True, (0, 0, 0)),
        "head": lambda: make_real_pair(*head(), 9),
    }
    for one, first in people.items():
        for other, second in people.items():
            if one < other and one.split(",")[0] != other.split(",")[0]:
                yield f"{one}; {other}", lambda a=first, b=second: made(a(), b())
