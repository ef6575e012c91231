"""The page of one patient of the response study: the contour on its slices, and the checks of the files."""

import SimpleITK as sitk

from npcradiomics.images.slices import PLANES, fullest
from npcradiomics.publication.figures.style import CONTOUR_COLOURS
from npcradiomics.publication.pages.cuts import Cuts, box_round
from npcradiomics.publication.pages.embedded import shrink_factor

MARGIN_MM = 25.0  # shown round the tumour
CONTOUR = CONTOUR_COLOURS["gtv"]


def page_content(
    patient: str, image: sitk.Image, mask: sitk.Image, found: dict, checks: list[dict], simulated
) -> tuple[dict, bytes]:
    """Content of the template tumour_page.html, and a thumbnail (WebP).

    image, mask     one grid
    found, checks   of response.tumours
    """
    size, start = box_round(mask, image, MARGIN_MM)
    part = [sitk.RegionOfInterest(one, size, start) for one in (image, mask)]
    near = Cuts({"image": part[0]}, {"mask": part[1]}, image)
    factors = [shrink_factor((n,)) for n in image.GetSize()]
    thin = [sitk.Shrink(one, factors) for one in (image, mask)]
    whole = Cuts({"image": thin[0]}, {"mask": thin[1]}, image)
    plane = _plane_of_slices(near.spacing)
    inside = near.masks["mask"]
    key = fullest(inside, plane)
    contours = {"mask": CONTOUR}
    content = {
        "patient": patient,
        "simulated": simulated,
        "found": found,
        "checks": checks,
        "looks": [check for check in checks if check["verdict"] != "pass"],
        "plane": plane,
        "cuts": [near.describe("near", *where) for where in near.through(inside, inside, plane)],
        "whole": [
            whole.describe("whole", name, fullest(whole.masks["mask"], name)) for name in PLANES
        ],
        "margin_mm": MARGIN_MM,
        "colour": CONTOUR,
    }
    return content, near.thumbnail(near.grey("image", plane, key), plane, key, contours)


def _plane_of_slices(spacing_zyx_mm):
    """The plane in which the slices were taken: across the longest side of a voxel, axial where they are equal."""
    return max(PLANES, key=lambda plane: spacing_zyx_mm[PLANES[plane][0]])
