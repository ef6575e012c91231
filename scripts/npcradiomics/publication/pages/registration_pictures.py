"""The pictures of a registration's page: cuts of both examinations with contours, edges, histograms, discrepancy."""

from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk

from npcradiomics.images.slices import cut, edges, fullest, pixel_mm, to_patient_axes
from npcradiomics.publication.figures.style import CONTOUR_COLOURS
from npcradiomics.publication.pages.cuts import Cuts, box_round, grey_range
from npcradiomics.publication.pages.embedded import (
    coloured_png,
    data_uri,
    flat_png,
    shrink_factor,
    window,
)
from npcradiomics.registration.mutual_information import normalised_mutual_information

MARGIN_MM = 25.0  # round GTV and carried GTVr: the volume of interest
HISTOGRAM_BINS = 64
EDGE_COLOUR = (0, 229, 255)  # far from the contours' green and orange
MAP_COLOURS = "plasma"
TILE_MM = 12.0  # of a checkerboard


@dataclass(frozen=True)
class ExaminationPair:
    """Both examinations on the planning grid (SimpleITK images).

    before, after           the recurrence MRI as its header places it, and with the transform
    gtvr_before, gtvr       its contour likewise; may be empty
    discrepancy             of the backward check, mm inside the GTV; None where it is not known
    gtvr_deformable         its contour carried by the deformable registration; None without that mode
    isodose95               of the plan; None where no dose is known
    """

    planning: sitk.Image
    before: sitk.Image
    after: sitk.Image
    gtv: sitk.Image
    gtvr_before: sitk.Image
    gtvr: sitk.Image
    discrepancy: sitk.Image | None
    gtvr_deformable: sitk.Image | None = None
    isodose95: sitk.Image | None = None

    def map(self, function) -> "ExaminationPair":
        """The pair with each of its images replaced by ``function(image)``."""
        return ExaminationPair(
            *(None if image is None else function(image) for image in vars(self).values())
        )

    def round_tumour(self, margin_mm: float) -> "ExaminationPair":
        """The box that holds GTV and carried GTVr, and ``margin_mm`` on every side."""
        size, start = box_round(sitk.Or(self.gtv, self.gtvr), self.planning, margin_mm)
        return self.map(lambda image: sitk.RegionOfInterest(image, size, start))

    def thinned(self) -> "ExaminationPair":
        """Every n-th voxel along axes of more than LARGEST_SIDE voxels: enough to see the whole head."""
        factors = [shrink_factor((n,)) for n in self.planning.GetSize()]
        return self.map(lambda image: sitk.Shrink(image, factors))


class Volumes(Cuts):
    """Cuts of an ExaminationPair; both versions of the recurrence MRI share a grey window.

    whole   the planning MRI that ``pair`` is a part of
    """

    def __init__(self, pair: ExaminationPair, whole: sitk.Image):
        images = {name: getattr(pair, name) for name in ("planning", "before", "after")}
        contours = ("gtv", "gtvr", "gtvr_before", "gtvr_deformable", "isodose95")
        masks = {n: image for n in contours if (image := getattr(pair, n)) is not None}
        super().__init__(images, masks, whole)
        if pair.discrepancy is not None:
            oriented = to_patient_axes(pair.discrepancy)
            self.arrays["discrepancy"] = sitk.GetArrayFromImage(oriented)
        recurrence = np.concatenate([self.arrays[name].ravel() for name in ("before", "after")])
        self.windows |= dict.fromkeys(("before", "after"), grey_range(recurrence))

    def key_slice(self, plane: str) -> int:
        """The index of the cut with most of GTVr, of the GTV where GTVr is nowhere."""
        return fullest(self.masks["gtvr" if self.masks["gtvr"].any() else "gtv"], plane)

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
    gtv, gtvr = volumes.masks["gtv"], volumes.masks["gtvr"]
    wanted = volumes.through(gtv | gtvr, gtvr if gtvr.any() else gtv)
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
    """Checkerboard of planning and registered recurrence MRI with contours and isodose where GTVr is fullest, as WebP."""
    index = volumes.key_slice("axial")
    row_mm, column_mm = pixel_mm(volumes.spacing, "axial")
    planning, after = (volumes.grey(name, "axial", index) for name in ("planning", "after"))
    rows, columns = np.indices(planning.shape)
    board = (rows * row_mm // TILE_MM + columns * column_mm // TILE_MM) % 2 == 0
    shown = [name for name in ("isodose95", "gtv", "gtvr") if name in volumes.masks]
    contours = {name: CONTOUR_COLOURS[name] for name in shown}
    return volumes.thumbnail(np.where(board, planning, after), "axial", index, contours)


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
