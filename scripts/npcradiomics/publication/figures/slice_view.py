"""A slice of one patient's images, cropped round the tumour, in millimetres and as radiologists see it."""

import numpy as np
import SimpleITK as sitk
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba

from npcradiomics.images.slices import PLANES, to_patient_axes
from npcradiomics.publication.figures.style import CONTOUR_COLOURS, SMALL_TYPE

MARGIN_MM = 30.0  # shown round the tumour
BAR_MM = 20.0


class SliceView:
    """The slice of the planning grid with most of a region, cropped round it.

    The patient's right is on the left, his head above, in the sagittal plane his face on the left.
    """

    def __init__(
        self,
        planning: sitk.Image,
        centre_of: sitk.Image,
        also: sitk.Image | None = None,
        plane: str = "axial",
        margin_mm: float = MARGIN_MM,
    ) -> None:
        """Choose slice and crop.

        Parameters
        ----------
        planning : SimpleITK.Image
            Whose grid all images have.
        centre_of, also : SimpleITK.Image
            Mask that the slice shows most of; mask that the crop shall hold too.
        plane : str
            axial, coronal or sagittal.
        margin_mm : float
            Shown round both masks, in mm.
        """
        self.axis, self.rows, self.columns = PLANES[plane]
        mask = _array(centre_of) > 0
        shown = mask if also is None else mask | (_array(also) > 0)
        self.index = int(mask.sum(axis=(self.rows, self.columns)).argmax())
        spacing = to_patient_axes(planning).GetSpacing()[::-1]
        self.window = tuple(
            crop(shown, axis, margin_mm, spacing[axis]) for axis in (self.rows, self.columns)
        )
        height, width = (
            (s.stop - s.start) * spacing[a]
            for s, a in zip(self.window, (self.rows, self.columns), strict=True)
        )
        self.size_mm = width, height
        # z grows to the head and belongs upwards; y grows to the back and is drawn downwards.
        self.upwards = self.rows == 0
        self.place = {
            "extent": (0, width, 0, height) if self.upwards else (0, width, height, 0),
            "origin": "lower" if self.upwards else "upper",
            "interpolation": "nearest",
        }
        self.labels = ("A", "P") if plane == "sagittal" else ("R", "L")

    def slice_of(self, image: sitk.Image) -> np.ndarray:
        """Cut the slice out of an image; (rows, columns) of the crop."""
        return np.take(_array(image), self.index, axis=self.axis)[self.window]

    def show(self, axis: Axes, values: np.ndarray) -> None:
        """Show a slice (rows, columns) in grey, with the sides' letters and a bar of 20 mm."""
        low, high = np.percentile(values, [0.5, 99.5])
        axis.imshow(values, cmap="gray", vmin=low, vmax=max(high, low + 1e-6), **self.place)
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set_visible(False)
        white = {"color": "white", "transform": axis.transAxes}
        axis.text(0.015, 0.5, self.labels[0], fontsize=7, **white)
        axis.text(0.985, 0.5, self.labels[1], fontsize=7, ha="right", **white)
        width, height = self.size_mm
        y, up = (0.04 * height, 0.8) if self.upwards else (0.96 * height, -0.8)
        axis.plot([0.96 * width - BAR_MM, 0.96 * width], [y, y], color="white", lw=1.5)
        words = {"ha": "center", "va": "bottom", "color": "white", "fontsize": SMALL_TYPE}
        axis.text(0.96 * width - BAR_MM / 2, y + up, f"{BAR_MM:g} mm", **words)

    def checkerboard(self, axis: Axes, first: sitk.Image, second: sitk.Image, tiles=8) -> None:
        """Show tiles of two images in turn, each on its own scale."""
        one, two = (_unit(self.slice_of(image)) for image in (first, second))
        rows, columns = np.indices(one.shape)
        pick = (rows * tiles // one.shape[0] + columns * tiles // one.shape[1]) % 2 == 0
        self.show(axis, np.where(pick, one, two))

    def contour(self, axis: Axes, mask: sitk.Image, name: str, style: str = "-") -> None:
        """Draw a mask's contour in the colour of CONTOUR_COLOURS[name]."""
        outline(axis, self.slice_of(mask), self.size_mm, name, 1.1, style)

    def fill(self, axis: Axes, mask: sitk.Image, name: str) -> None:
        """Cover a mask with a veil in the colour of CONTOUR_COLOURS[name]."""
        cut = self.slice_of(mask) > 0
        axis.imshow(cut[..., None] * np.array(to_rgba(CONTOUR_COLOURS[name], 0.45)), **self.place)


def outline(
    axis: Axes,
    cut: np.ndarray,
    size_mm: tuple[float, float],
    name: str,
    line_width: float,
    style: str = "-",
) -> None:
    """Draw the contour of a slice of a mask.

    Parameters
    ----------
    axis : matplotlib.axes.Axes
        In mm from the corner of the first voxel.
    cut : ndarray
        (rows, columns), 0 outside.
    size_mm : tuple
        Width and height of the slice.
    name : str
        Of the colour in CONTOUR_COLOURS.
    line_width, style
        Of the line, in points and as matplotlib's.
    """
    if not cut.any():
        return
    # A margin of nothing closes the contour where the region reaches the edge of the picture.
    padded = np.pad(cut.astype(float), 1)
    x, y = (
        (np.arange(n) - 0.5) * size / (n - 2)
        for n, size in zip(padded.shape[::-1], size_mm, strict=True)
    )
    line = {"colors": [CONTOUR_COLOURS[name]], "linewidths": line_width, "linestyles": style}
    axis.contour(x, y, padded, levels=[0.5], **line)


def crop(mask: np.ndarray, axis: int, margin_mm: float, spacing_mm: float) -> slice:
    """Range of a (z, y, x) mask along an axis, with a margin in mm as far as the image goes."""
    used = np.flatnonzero(mask.any(axis=tuple({0, 1, 2} - {axis})))
    margin = int(margin_mm / spacing_mm)
    return slice(max(used[0] - margin, 0), min(used[-1] + margin + 1, mask.shape[axis]))


def _array(image):
    return sitk.GetArrayFromImage(to_patient_axes(image))


def _unit(values):
    low, high = np.percentile(values, [1, 99])
    return np.clip((values - low) / max(high - low, 1e-6), 0, 1)
