"""What a patient's image and contour say before any feature: size, slices, grey values, and what in them wants a look."""

import numpy as np
import SimpleITK as sitk

from npcradiomics.images.grids import box_corners
from npcradiomics.images.masks import expand
from npcradiomics.images.volumes import voxel_volume_cm3
from npcradiomics.registration.pyramid import crop

SURROUNDINGS_MM = 10.0  # round the tumour, for its brightness
AT_LIMIT = 0.01  # share of the tumour with the image's lowest or highest value that wants a look
CRUMB = 0.01  # pieces below this share of the tumour are not told


def describe_tumour(image: sitk.Image, mask: sitk.Image) -> dict:
    """Numbers of one tumour in its image.

    Parameters
    ----------
    image, mask : SimpleITK.Image
        One grid; the mask holds 0 and 1, not all 0. Slices are the planes of the image's third
        axis, numbered from 1.

    Returns
    -------
    dict
        JSON-ready: size_xyz, spacing_xyz_mm, axes (patient's direction of each image axis),
        n_voxels, volume_cm3, first_slice, last_slice, n_slices (with contour), missing_slices
        (between them without), pieces (voxels of each connected part, largest first), at_edge
        (voxels in the outermost rows, columns or slices of the image), median, q1, q3, lowest,
        highest (grey values of the tumour), surroundings (median within SURROUNDINGS_MM of it, None
        where the image ends there), at_lowest and at_highest (shares of the tumour with the lowest
        and the highest value of the image).
    """
    values, inside = sitk.GetArrayViewFromImage(image), sitk.GetArrayViewFromImage(mask) > 0
    tumour = values[inside].astype(np.float64)
    ring = _ring(image, mask)
    used = np.flatnonzero(inside.any(axis=(1, 2)))
    inner = inside[1:-1, 1:-1, 1:-1]
    quartiles = np.percentile(tumour, [25, 50, 75]).tolist()
    return {
        "size_xyz": list(image.GetSize()),
        "spacing_xyz_mm": list(image.GetSpacing()),
        "axes": sitk.DICOMOrientImageFilter.GetOrientationFromDirectionCosines(
            image.GetDirection()
        ),
        "n_voxels": int(tumour.size),
        "volume_cm3": float(tumour.size * voxel_volume_cm3(image)),
        "first_slice": int(used[0]) + 1,
        "last_slice": int(used[-1]) + 1,
        "n_slices": int(used.size),
        "missing_slices": [int(k) + 1 for k in np.setdiff1d(np.arange(used[0], used[-1]), used)],
        "pieces": _pieces(mask),
        "at_edge": int(tumour.size - np.count_nonzero(inner)),
        "lowest": float(tumour.min()),
        "q1": quartiles[0],
        "median": quartiles[1],
        "q3": quartiles[2],
        "highest": float(tumour.max()),
        "surroundings": float(np.median(ring)) if ring.size else None,
        "at_lowest": float(np.mean(tumour == values.min())),
        "at_highest": float(np.mean(tumour == values.max())),
    }


def _ring(image, mask):
    """Grey values within SURROUNDINGS_MM of the tumour, outside it."""
    same_place = sitk.Image(mask)
    same_place.CopyInformation(image)  # the two headers may round differently
    corners = box_corners(same_place)
    near, inside = (crop(one, corners, SURROUNDINGS_MM) for one in (image, same_place))
    within = sitk.GetArrayFromImage(expand(inside, SURROUNDINGS_MM)) > 0
    return sitk.GetArrayFromImage(near)[within & (sitk.GetArrayFromImage(inside) == 0)]


def _pieces(mask):
    """Voxels of each part whose voxels touch by a face, an edge or a corner, largest first."""
    parts = sitk.ConnectedComponent(mask > 0, True)
    return np.sort(np.bincount(sitk.GetArrayViewFromImage(parts).ravel())[1:])[::-1].tolist()


def tumour_checks(found: dict) -> list[dict]:
    """What a person should look at in a tumour's files: one dict a check.

    found: of `describe_tumour`. Returns title, value (in words), verdict ("pass" or "look") and
    sentence of each. None of them refuses: what cannot be measured, the features refuse.
    """
    n, edge, missing = found["n_voxels"], found["at_edge"], found["missing_slices"]
    large = [size for size in found["pieces"] if size >= CRUMB * n]
    slices = f"{found['n_slices']} ({found['first_slice']} to {found['last_slice']})"
    if found["n_slices"] == 1:
        slices = f"1 ({found['first_slice']})"
    return [
        _check(
            "Inside the image",
            f"{edge} of {n} voxels at its edge",
            edge > 0,
            "The contour ends where the image ends: the tumour may go on.",
            "The contour ends before the image does.",
        ),
        _check(
            "Slices with contour",
            slices,
            found["n_slices"] == 1 or missing,
            f"Without contour between them: slice {', '.join(map(str, missing[:5]))}"
            f"{' and more' * (len(missing) > 5)}. Was it forgotten?"
            if missing
            else "One slice: nothing is known of the third direction.",
            "No slice between the first and the last is without contour.",
        ),
        _check(
            "Pieces",
            f"{len(found['pieces'])}",
            len(large) > 1,
            f"The contour has {len(large)} parts that do not touch ({', '.join(map(str, large[:5]))}"
            f" voxels{' and more' * (len(large) > 5)}): is each of them tumour?",
            f"One part{', and crumbs' * (len(found['pieces']) > 1)}.",
        ),
        _check(
            "Grey values",
            f"{found['lowest']:g} to {found['highest']:g}",
            # One voxel is the brightest of every image.
            max(found["at_lowest"], found["at_highest"]) > AT_LIMIT + 1 / n,
            f"{100 * found['at_lowest']:.1f} % of the tumour have the image's lowest value and "
            f"{100 * found['at_highest']:.1f} % its highest: the values were cut, or the contour"
            " lies partly where there is no image.",
            "Neither cut at the top nor empty at the bottom.",
        ),
    ]


def _check(title, value, odd, look, well):
    return {
        "title": title,
        "value": value,
        "verdict": "look" if odd else "pass",
        "sentence": look if odd else well,
    }
