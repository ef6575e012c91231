"""Picture of one patient's risk map beside what it is scored against: the recurrence as drawn, and as well as it is known."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import SimpleITK as sitk
from matplotlib.figure import Figure

from npcradiomics.images.slices import to_patient_axes
from npcradiomics.publication.figures.slice_view import SliceView
from npcradiomics.publication.figures.style import (
    CONTOUR_COLOURS,
    MM,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    new_figure,
    say_notice,
    wrap_words,
)
from npcradiomics.publication.notices import simulated_note

COLOURS = "viridis"  # dark to bright, so that grey print keeps the order; GTVr is seen on all of it
MARGIN_MM = 12.0
LINES = {"gtv": "-", "gtvr": "-", "iso_risk": "--"}
OF_LEGEND = {"iso_risk": "0.6"}  # white is not seen on the page
TITLES = ("planning MRI", "risk", "GTVr within its error")


def plot_risk(
    patient: str,
    planning: sitk.Image,
    masks: Mapping[str, sitk.Image],
    risk: sitk.Image,
    blurred: sitk.Image,
    level: int,
    simulated: bool,
) -> Figure:
    """Plot the planning MRI, the risk map and the blurred recurrence on up to three axial slices.

    Slices: with most of GTVr, of the structure of highest risk, and of the GTV.

    Parameters
    ----------
    patient : str
        Name for the title.
    planning : SimpleITK.Image
        On whose grid all are.
    masks : mapping
        gtv, gtvr, and iso_risk, the structure of highest risk.
    risk, blurred : SimpleITK.Image
        From 0 to 1 in the GTV.
    level : int
        Percentile of iso_risk.
    simulated : bool
        Whether the picture must say so.

    Returns
    -------
    matplotlib.figure.Figure
    """
    view = SliceView(planning, masks["gtv"], masks["gtvr"], margin_mm=MARGIN_MM)
    chosen = [_fullest(masks[name]) for name in ("gtvr", "iso_risk", "gtv")]
    slices = sorted({index for index in chosen if index is not None}, reverse=True)
    title = wrap_words(
        f"{patient}: risk map made without this patient. Research use only", 0.95 * PAGE_WIDTH
    )
    panel = (PAGE_WIDTH - 26 * MM) / 3 * view.size_mm[1] / view.size_mm[0]
    height = min(len(slices) * (panel + 2 * MM) + 20 * MM, PAGE_HEIGHT)
    figure, axes = new_figure(
        PAGE_WIDTH, height, nrows=len(slices), ncols=3, squeeze=False, layout="compressed"
    )
    for row, index in zip(axes, slices, strict=True):
        view.index = index
        grey, inside = view.slice_of(planning), view.slice_of(masks["gtv"]) > 0
        for axis, values in zip(row, (None, risk, blurred), strict=True):
            view.show(axis, grey)
            if values is not None:
                shown = np.ma.masked_where(~inside, view.slice_of(values))
                colours = axis.imshow(shown, cmap=COLOURS, vmin=0, vmax=1, **view.place)
            else:
                view.contour(axis, masks["gtv"], "gtv")
            view.contour(axis, masks["gtvr"], "gtvr")
            if values is risk:
                view.contour(axis, masks["iso_risk"], "iso_risk", "--")
        row[0].set_ylabel(f"slice {index + 1}")
    for axis, words in zip(axes[0], TITLES, strict=True):
        axis.set_title(words)
    bar = figure.colorbar(colours, ax=axes, shrink=0.6, aspect=30)
    bar.outline.set_visible(False)
    named = {"gtv": "GTV", "gtvr": "GTVr", "iso_risk": f"highest {100 - level} % of the GTV"}
    handles = [
        plt.Line2D(
            [], [], color=OF_LEGEND.get(key, CONTOUR_COLOURS[key]), ls=LINES[key], label=label
        )
        for key, label in named.items()
    ]
    figure.legend(handles=handles, title=title, loc="outside upper center", ncols=3)
    say_notice(figure, simulated_note(simulated))
    return figure


def _fullest(mask):
    areas = (sitk.GetArrayFromImage(to_patient_axes(mask)) > 0).sum(axis=(1, 2))
    return int(areas.argmax()) if areas.any() else None
