"""Pictures of one patient: appendix S1 and S2 of Akram 2020, and the registration seen in three planes.

All images are SimpleITK's on the planning grid. They are shown as radiologists see them: the
patient's right on the left.
"""

import matplotlib.pyplot as plt
import numpy as np
import SimpleITK as sitk

from npcradiomics.images.slices import PLANES, to_patient_axes
from npcradiomics.publication.figures.style import (
    CONTOUR_COLOURS,
    PAGE_WIDTH,
    RC,
    new_figure,
    say_notice,
)
from npcradiomics.publication.notices import simulated_note

MARGIN_MM = 30.0  # shown round the tumour
REGISTRATION_MARGIN_MM = 55.0


def draw_in_field(patient, planning, gtvr, isodose95, in_field_words, simulated):
    """S1: GTVr against the 95 % isodose on the axial slice with most of GTVr.

    isodose95 may be None.
    """
    view = _View(planning, gtvr)
    figure, axis = new_figure(PAGE_WIDTH / 2, PAGE_WIDTH / 2)
    with plt.rc_context(RC):
        view.show(axis, planning)
        view.contour(axis, gtvr, "gtvr")
        if isodose95 is not None:
            view.contour(axis, isodose95, "isodose95", "--")
        named = {"GTVr": "gtvr"} | ({} if isodose95 is None else {"95 % isodose": "isodose95"})
        _legend(axis, named, dashed=("isodose95",))
        axis.set_title(f"{patient}: {in_field_words}")
    say_notice(figure, simulated_note(simulated))
    return figure


def draw_fusion(patient, planning, recurrence_on_planning, gtv, gtvr, simulated):
    """S2: both examinations side by side with their contour, and all three regions on the planning MRI."""
    view = _View(planning, gtvr, also=gtv)
    figure, axes = new_figure(PAGE_WIDTH, PAGE_WIDTH / 2.75, ncols=3)
    with plt.rc_context(RC):
        view.show(axes[0], planning)
        view.contour(axes[0], gtv, "gtv")
        _legend(axes[0], {"GTV": "gtv"})
        axes[0].set_title(f"{patient}: planning MRI")
        view.show(axes[1], recurrence_on_planning)
        view.contour(axes[1], gtvr, "gtvr")
        _legend(axes[1], {"GTVr": "gtvr"})
        axes[1].set_title("recurrence MRI, registered")
        view.show(axes[2], planning)
        view.fill(axes[2], sitk.And(gtv, sitk.BinaryNot(gtvr, 1, 0)), "non_recurrent")
        view.contour(axes[2], gtv, "gtv")
        view.contour(axes[2], gtvr, "gtvr")
        _legend(axes[2], {"GTV": "gtv", "GTVr": "gtvr", "GTV \N{MINUS SIGN} GTVr": "non_recurrent"})
        axes[2].set_title("planning MRI, regions")
        for letter, axis in zip("ABC", axes, strict=True):
            axis.text(
                0.02,
                0.98,
                letter,
                transform=axis.transAxes,
                color="white",
                fontweight="bold",
                va="top",
            )
    say_notice(figure, simulated_note(simulated))
    return figure


def draw_registration(patient, pair, words, simulated):
    """The registration in three planes through the tumour: planning, recurrence before and after, checkerboard.

    pair: registration_pictures.ExaminationPair; before is the recurrence MRI as its header places
    it.
    """
    pair = pair.map(to_patient_axes)
    figure, axes = new_figure(PAGE_WIDTH, PAGE_WIDTH * 0.86, nrows=3, ncols=4)
    columns = [
        "planning MRI",
        "recurrence, as the headers say",
        "recurrence, registered",
        "checkerboard",
    ]
    with plt.rc_context(RC):
        for row, plane in enumerate(("axial", "coronal", "sagittal")):
            view = _View(pair.planning, pair.gtv, plane=plane, margin_mm=REGISTRATION_MARGIN_MM)
            for column, image in enumerate((pair.planning, pair.before, pair.after)):
                view.show(axes[row, column], image)
            view.checkerboard(axes[row, 3], pair.planning, pair.after)
            for axis, gtvr in zip(
                axes[row], (pair.gtvr, pair.gtvr_before, pair.gtvr, pair.gtvr), strict=True
            ):
                view.contour(axis, pair.gtv, "gtv")
                view.contour(axis, gtvr, "gtvr")
            axes[row, 0].text(
                0.02, 0.98, plane, transform=axes[row, 0].transAxes, color="white", va="top"
            )
        for axis, title in zip(axes[0], columns, strict=True):
            axis.set_title(title)
        _legend(axes[0, 0], {"GTV": "gtv", "GTVr carried": "gtvr"})
        figure.suptitle(f"{patient}: {words}", fontsize=8)
    say_notice(figure, simulated_note(simulated))
    return figure


class _View:
    """A slice of the planning grid in one plane, cropped round the tumour, in millimetres."""

    def __init__(self, planning, centre_of, also=None, plane="axial", margin_mm=MARGIN_MM):
        self.axis, self.rows, self.columns = PLANES[plane]
        mask = _array(centre_of) > 0
        shown = mask if also is None else mask | (_array(also) > 0)
        self.index = int(mask.sum(axis=(self.rows, self.columns)).argmax())
        spacing = to_patient_axes(planning).GetSpacing()[::-1]
        self.window = []
        for axis in (self.rows, self.columns):
            used = np.flatnonzero(shown.any(axis=tuple({0, 1, 2} - {axis})))
            margin = int(margin_mm / spacing[axis])
            self.window.append(
                slice(max(used[0] - margin, 0), min(used[-1] + margin + 1, shown.shape[axis]))
            )
        height, width = (
            (s.stop - s.start) * spacing[a]
            for s, a in zip(self.window, (self.rows, self.columns), strict=True)
        )
        # z grows to the head and belongs upwards; y grows to the back and is drawn downwards.
        self.upwards = self.rows == 0
        self.extent = (0, width, 0, height) if self.upwards else (0, width, height, 0)
        self.labels = ("A", "P") if plane == "sagittal" else ("R", "L")

    def slice_of(self, image):
        cut = np.take(_array(image), self.index, axis=self.axis)[tuple(self.window)]
        return cut

    def show(self, axis, image, values=None):
        values = self.slice_of(image) if values is None else values
        low, high = np.percentile(values, [0.5, 99.5])
        axis.imshow(
            values,
            cmap="gray",
            vmin=low,
            vmax=max(high, low + 1e-6),
            extent=self.extent,
            origin="lower" if self.upwards else "upper",
            interpolation="nearest",
        )
        axis.set(xticks=[], yticks=[])
        for spine in axis.spines.values():
            spine.set_visible(False)
        for x, letter in ((0.015, self.labels[0]), (0.985, self.labels[1])):
            axis.text(
                x,
                0.5,
                letter,
                transform=axis.transAxes,
                color="white",
                ha="left" if x < 0.5 else "right",
                fontsize=7,
            )
        width = self.extent[1]
        bottom = 0.04 * max(self.extent[2:])
        y = bottom if self.upwards else max(self.extent[2:]) - bottom
        axis.plot([0.96 * width - 20, 0.96 * width], [y, y], color="white", lw=1.5)
        up = 1 if self.upwards else -1
        axis.text(
            0.96 * width - 10,
            y + up * 0.8,
            "20 mm",
            color="white",
            ha="center",
            va="bottom",
            fontsize=6,
        )

    def checkerboard(self, axis, first, second, tiles=8):
        one, two = (_unit(self.slice_of(image)) for image in (first, second))
        rows, columns = np.indices(one.shape)
        pick = (rows * tiles // one.shape[0] + columns * tiles // one.shape[1]) % 2 == 0
        self.show(axis, None, np.where(pick, one, two))

    def contour(self, axis, mask, name, style="-"):
        cut = self.slice_of(mask).astype(float)
        if cut.any() and not cut.all():
            y0, y1 = (0, max(self.extent[2:]))
            x = (np.arange(cut.shape[1]) + 0.5) * self.extent[1] / cut.shape[1]
            y = (np.arange(cut.shape[0]) + 0.5) * (y1 - y0) / cut.shape[0]
            axis.contour(
                x,
                y,
                cut,
                levels=[0.5],
                colors=[CONTOUR_COLOURS[name]],
                linewidths=1.1,
                linestyles=style,
            )

    def fill(self, axis, mask, name):
        cut = self.slice_of(mask) > 0
        colour = np.zeros((*cut.shape, 4))
        colour[cut] = (*plt.matplotlib.colors.to_rgb(CONTOUR_COLOURS[name]), 0.45)
        axis.imshow(
            colour,
            extent=self.extent,
            origin="lower" if self.upwards else "upper",
            interpolation="nearest",
        )


def _array(image):
    return sitk.GetArrayFromImage(to_patient_axes(image))


def _unit(values):
    low, high = np.percentile(values, [1, 99])
    return np.clip((values - low) / max(high - low, 1e-6), 0, 1)


def _legend(axis, names, dashed=()):
    handles = [
        plt.Line2D(
            [], [], color=CONTOUR_COLOURS[key], ls="--" if key in dashed else "-", label=label
        )
        for label, key in names.items()
    ]
    legend = axis.legend(
        handles=handles,
        loc="lower left",
        fontsize=6,
        framealpha=0.6,
        facecolor="black",
        edgecolor="none",
    )
    plt.setp(legend.get_texts(), color="white")
