"""The pictures of a registration's page: cuts of both examinations with contours, edges, histograms, discrepancy."""

from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk
from matplotlib.colors import to_rgb

from npcradiomics.images.grids import box_corners
from npcradiomics.images.slices import (
    PLANES,
    SIDES,
    cut,
    edges,
    filled_range,
    fullest,
    outline,
    pixel_mm,
    spread,
    to_patient_axes,
)
from npcradiomics.publication.figures.style import CONTOUR_COLOURS
from npcradiomics.publication.pages.embedded import (
    coloured_png,
    data_uri,
    encode,
    flat_png,
    grey_webp,
    shrink_factor,
    shrink_picture,
    window,
)
from npcradiomics.registration.mutual_information import normalised_mutual_information
from npcradiomics.registration.pyramid import crop

MARGIN_MM = 25.0  # round GTV and carried GTVr: the volume of interest
MOST_CUTS = 9  # sagittal, and coronal
HISTOGRAM_BINS = 64
EDGE_COLOUR = (0, 229, 255)  # far from the contours' green and orange
MAP_COLOURS = "plasma"
TILE_MM = 12.0  # of a checkerboard
THUMBNAIL_SIDE = 200  # pixels, at least


@dataclass(frozen=True)
class ExaminationPair:
    """Both examinations on the planning grid (SimpleITK images).

    before, after           the recurrence MRI as its header places it, and with the transform
    gtvr_before, gtvr       its contour likewise; may be empty
    discrepancy             of the backward check, mm inside the GTV; None where it is not known
    gtvr_deformable         its contour carried by the deformable registration; None without that mode
    """

    planning: sitk.Image
    before: sitk.Image
    after: sitk.Image
    gtv: sitk.Image
    gtvr_before: sitk.Image
    gtvr: sitk.Image
    discrepancy: sitk.Image | None
    gtvr_deformable: sitk.Image | None = None

    def map(self, function) -> "ExaminationPair":
        """The pair with each of its images replaced by ``function(image)``."""
        return ExaminationPair(
            *(None if image is None else function(image) for image in vars(self).values())
        )

    def round_tumour(self, margin_mm: float) -> "ExaminationPair":
        """The box that holds GTV and carried GTVr, and ``margin_mm`` on every side."""
        box = crop(self.planning, box_corners(sitk.Or(self.gtv, self.gtvr)), margin_mm)
        # By index, not by place: headers of two formats round one grid differently, and would round
        # to other boxes.
        start = self.planning.TransformPhysicalPointToIndex(box.GetOrigin())
        return self.map(lambda image: sitk.RegionOfInterest(image, box.GetSize(), start))

    def thinned(self) -> "ExaminationPair":
        """Every n-th voxel along axes of more than LARGEST_SIDE voxels: enough to see the whole head."""
        factors = [shrink_factor((n,)) for n in self.planning.GetSize()]
        return self.map(lambda image: sitk.Shrink(image, factors))


class Volumes:
    """Arrays of an ExaminationPair on the patient's axes, with the grey windows that all its cuts share.

    whole   the planning MRI that ``pair`` is a part of: cuts are numbered in it, from the feet, front or right
    """

    def __init__(self, pair: ExaminationPair, whole: sitk.Image):
        oriented = pair.map(to_patient_axes)
        self.planning, self.whole = oriented.planning, to_patient_axes(whole)
        self.spacing = oriented.planning.GetSpacing()[::-1]
        self.arrays = {
            name: sitk.GetArrayFromImage(image)
            for name, image in vars(oriented).items()
            if image is not None
        }
        contours = ("gtv", "gtvr", "gtvr_before", "gtvr_deformable")
        self.masks = {name: self.arrays[name] > 0 for name in contours if name in self.arrays}
        self.windows = {"planning": _grey_range(self.arrays["planning"])}
        recurrence = np.concatenate([self.arrays[name].ravel() for name in ("before", "after")])
        self.windows |= dict.fromkeys(("before", "after"), _grey_range(recurrence))

    def key_slice(self, plane: str) -> int:
        """The index of the cut with most of GTVr, of the GTV where GTVr is nowhere."""
        return fullest(self.masks["gtvr" if self.masks["gtvr"].any() else "gtv"], plane)

    def grey(self, name: str, plane: str, index: int) -> np.ndarray:
        """A cut of "planning", "before" or "after" with values 0 to 1."""
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
        """The number of a cut in the whole planning MRI, from 1, and how many there are."""
        axis = 2 - PLANES[plane][0]
        voxel = [0, 0, 0]
        voxel[axis] = index
        place = self.whole.TransformPhysicalPointToContinuousIndex(
            self.planning.TransformIndexToPhysicalPoint(voxel)
        )
        return round(place[axis]) + 1, self.whole.GetSize()[axis]

    def describe(self, prefix: str, plane: str, index: int) -> dict:
        """Everything the page shows of one cut."""
        rows, columns = cut(self.arrays["planning"], plane, index).shape
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
            "pictures": {
                name: self.picture(name, plane, index) for name in ("planning", "before", "after")
            },
            "outlines": {name: outline(mask) for name, mask in flat.items()},
            "has_contour": bool(flat["gtv"].any() or flat["gtvr"].any()),
        }

    def edge_picture(self, plane: str, index: int) -> str:
        """Edges of the registered recurrence MRI on transparent ground."""
        found = edges(self.grey("after", plane, index), pixel_mm(self.spacing, plane))
        return data_uri(flat_png(found, EDGE_COLOUR), "png")

    def discrepancy_picture(self, plane: str, index: int, full_scale_mm: float) -> str | None:
        """The discrepancy of the backward check inside the GTV, in colour.

        None for a cut beside the GTV.
        """
        inside = cut(self.masks["gtv"], plane, index)
        if "discrepancy" not in self.arrays or not inside.any():
            return None
        values = cut(self.arrays["discrepancy"], plane, index) / full_scale_mm
        return data_uri(coloured_png(values, MAP_COLOURS, inside, opacity=0.8), "png")


def tumour_cuts(volumes: Volumes, full_scale_mm: float) -> list[dict]:
    """Every axial slice of the volume of interest, and sagittal and coronal cuts through the contours."""
    shown = volumes.masks["gtv"] | volumes.masks["gtvr"]
    wanted = [("axial", index) for index in range(shown.shape[0] - 1, -1, -1)]
    for plane in ("coronal", "sagittal"):
        chosen = {*spread(*filled_range(shown, plane), MOST_CUTS), volumes.key_slice(plane)}
        wanted += [(plane, index) for index in sorted(chosen)]
    return [
        volumes.describe("tumour", plane, index)
        | {
            "edges": volumes.edge_picture(plane, index),
            "discrepancy": volumes.discrepancy_picture(plane, index, full_scale_mm),
        }
        for plane, index in wanted
    ]


def head_cuts(volumes: Volumes) -> list[dict]:
    """One cut of the whole field of view in each plane, where GTVr is fullest."""
    wanted = [(plane, volumes.key_slice(plane)) for plane in ("axial", "coronal", "sagittal")]
    return [
        volumes.describe("head", plane, index)
        | {"edges": volumes.edge_picture(plane, index), "discrepancy": None}
        for plane, index in wanted
    ]


def thumbnail(volumes: Volumes) -> bytes:
    """Checkerboard of planning and registered recurrence MRI with both contours where GTVr is fullest, as WebP."""
    index = volumes.key_slice("axial")
    row_mm, column_mm = pixel_mm(volumes.spacing, "axial")
    planning, after = (volumes.grey(name, "axial", index) for name in ("planning", "after"))
    rows, columns = np.indices(planning.shape)
    board = (rows * row_mm // TILE_MM + columns * column_mm // TILE_MM) % 2 == 0
    times = -(-THUMBNAIL_SIDE // max(planning.shape))
    pixels = _enlarged(np.repeat(np.where(board, planning, after)[:, :, None], 3, axis=2), times)
    for name in ("gtv", "gtvr"):
        mask = _enlarged(cut(volumes.masks[name], "axial", index), times)
        pixels[_border(mask, 1 + times // 2)] = to_rgb(CONTOUR_COLOURS[name])
    return encode(np.rint(pixels * 255).astype(np.uint8), "webp")


def joint_histogram(volumes: Volumes, name: str) -> dict:
    """Joint histogram of the planning MRI (to the right) and "before" or "after" (upwards), log counts, as a picture.

    With the normalised mutual information of the same counts. Only voxels that the recurrence MRI
    covers are counted, by its value not being 0, which is what resampling writes outside.
    """
    recurrence = volumes.arrays[name]
    covered = recurrence != 0
    pair = [window(volumes.arrays[n][covered], *volumes.windows[n]) for n in ("planning", name)]
    if pair[0].size < HISTOGRAM_BINS:
        return {"uri": None, "similarity": None, "covered": float(covered.mean())}
    counts = np.histogram2d(*pair, bins=HISTOGRAM_BINS, range=[[0, 1], [0, 1]])[0]
    shade = np.log1p(counts).T[::-1]
    return {
        "uri": data_uri(coloured_png(shade / shade.max(), "viridis"), "png"),
        "similarity": normalised_mutual_information(*pair, HISTOGRAM_BINS),
        "covered": float(covered.mean()),
    }


def _enlarged(pixels: np.ndarray, times: int) -> np.ndarray:
    return pixels.repeat(times, axis=0).repeat(times, axis=1)


def _border(mask: np.ndarray, width: int) -> np.ndarray:
    padded = np.pad(mask, width)
    rows, columns = mask.shape
    shifts = ((0, width), (2 * width, width), (width, 0), (width, 2 * width))
    return mask & ~np.all([padded[r : r + rows, c : c + columns] for r, c in shifts], axis=0)


def _grey_range(values: np.ndarray) -> tuple[float, float]:
    low, high = np.percentile(values.ravel()[::4], [0.5, 99.5])
    return float(low), float(high)
