"""Images and masks of one grid on a patient's axes, and what a page shows of a cut through them: pictures and contours."""

import numpy as np
import SimpleITK as sitk
from matplotlib.colors import to_rgb

from npcradiomics.images.grids import box_corners
from npcradiomics.images.slices import (
    PLANES,
    SIDES,
    cut,
    filled_range,
    fullest,
    outline,
    pixel_mm,
    spread,
    to_patient_axes,
)
from npcradiomics.publication.pages.embedded import (
    data_uri,
    encode,
    grey_webp,
    shrink_factor,
    shrink_picture,
    window,
)
from npcradiomics.registration.pyramid import crop

MOST_CUTS = 9  # of the planes that are not shown slice by slice
THUMBNAIL_SIDE = 200  # pixels, at least


class Cuts:
    """Arrays of images and masks (SimpleITK, one grid) on the patient's axes, each image with its grey window.

    images, masks   by name
    whole           the image that they are a part of: cuts are numbered in it, from the feet, front or right
    """

    def __init__(
        self, images: dict[str, sitk.Image], masks: dict[str, sitk.Image], whole: sitk.Image
    ):
        oriented = {name: to_patient_axes(image) for name, image in (images | masks).items()}
        self.grid, self.whole = oriented[next(iter(images))], to_patient_axes(whole)
        self.spacing = self.grid.GetSpacing()[::-1]
        self.arrays = {name: sitk.GetArrayFromImage(image) for name, image in oriented.items()}
        self.masks = {name: self.arrays[name] > 0 for name in masks}
        self.windows = {name: grey_range(self.arrays[name]) for name in images}

    def grey(self, name: str, plane: str, index: int) -> np.ndarray:
        """A cut of an image with values 0 to 1."""
        return window(cut(self.arrays[name], plane, index).astype(np.float32), *self.windows[name])

    def picture(self, name: str, plane: str, index: int) -> dict:
        """The same as an embedded picture: uri, and the width and height in mm that it covers."""
        values = self.grey(name, plane, index)
        factor = shrink_factor(values.shape)
        small = shrink_picture(values, factor)
        height, width = (
            n * factor * mm
            for n, mm in zip(small.shape, pixel_mm(self.spacing, plane), strict=True)
        )
        return {"uri": data_uri(grey_webp(small), "webp"), "width": width, "height": height}

    def number(self, plane: str, index: int) -> tuple[int, int]:
        """The number of a cut in the whole image, from 1, and how many there are."""
        axis = 2 - PLANES[plane][0]
        voxel = [0, 0, 0]
        voxel[axis] = index
        place = self.whole.TransformPhysicalPointToContinuousIndex(
            self.grid.TransformIndexToPhysicalPoint(voxel)
        )
        return round(place[axis]) + 1, self.whole.GetSize()[axis]

    def describe(self, prefix: str, plane: str, index: int) -> dict:
        """Everything a page shows of one cut."""
        rows, columns = cut(self.arrays[next(iter(self.windows))], plane, index).shape
        pixel = pixel_mm(self.spacing, plane)
        flat = {name: cut(mask, plane, index) for name, mask in self.masks.items()}
        return {
            "id": f"{prefix}-{plane}-{index}",
            "plane": plane,
            "label": "{} {} of {}".format(plane, *self.number(plane, index)),
            "sides": SIDES[plane],
            "width": columns * pixel[1],
            "height": rows * pixel[0],
            "pixel": pixel,
            "pictures": {name: self.picture(name, plane, index) for name in self.windows},
            "outlines": {name: outline(mask) for name, mask in flat.items()},
        }

    def through(
        self, shown: np.ndarray, centre: np.ndarray, every: str = "axial"
    ) -> list[tuple[str, int]]:
        """Plane and index of every cut in one plane, from the head down, and of some in the others.

        shown    mask that those run through from end to end, at most MOST_CUTS and one
        centre   mask whose fullest cut is among them
        """
        wanted = [(every, index) for index in range(shown.shape[PLANES[every][0]] - 1, -1, -1)]
        for plane in (name for name in PLANES if name != every):
            chosen = {*spread(*filled_range(shown, plane), MOST_CUTS), fullest(centre, plane)}
            wanted += [(plane, index) for index in sorted(chosen)]
        return wanted

    def thumbnail(
        self, grey: np.ndarray, plane: str, index: int, contours: dict[str, str]
    ) -> bytes:
        """A cut with values 0 to 1 and the borders of masks {name: colour} on it, as WebP."""
        times = -(-THUMBNAIL_SIDE // max(grey.shape))
        pixels = _enlarged(np.repeat(grey[:, :, None], 3, axis=2), times)
        for name, colour in contours.items():
            mask = _enlarged(cut(self.masks[name], plane, index), times)
            pixels[_border(mask, 1 + times // 2)] = to_rgb(colour)
        return encode(np.rint(pixels * 255).astype(np.uint8), "webp")


def box_round(
    mask: sitk.Image, image: sitk.Image, margin_mm: float
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Size and first index (x, y, z) of the part of an image that holds a mask and so much round it.

    By index, not by place: headers of two formats round one grid differently, and would round to
    other boxes.
    """
    box = crop(image, box_corners(mask), margin_mm)
    return box.GetSize(), image.TransformPhysicalPointToIndex(box.GetOrigin())


def grey_range(values: np.ndarray) -> tuple[float, float]:
    """The grey window of a volume: all but half a per cent at either end, by every fourth voxel."""
    low, high = np.percentile(values.ravel()[::4], [0.5, 99.5])
    return float(low), float(high)


def _enlarged(pixels: np.ndarray, times: int) -> np.ndarray:
    return pixels.repeat(times, axis=0).repeat(times, axis=1)


def _border(mask: np.ndarray, width: int) -> np.ndarray:
    padded = np.pad(mask, width)
    rows, columns = mask.shape
    shifts = ((0, width), (2 * width, width), (width, 0), (width, 2 * width))
    return mask & ~np.all([padded[r : r + rows, c : c + columns] for r, c in shifts], axis=0)
