"""Pictures of one patient: appendix S1 and S2 of Akram 2020, and the registration in three planes.

All images are SimpleITK's on the planning grid. They are shown as radiologists see them: the
patient's right on the left.
"""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import SimpleITK as sitk
from matplotlib.figure import Figure

from npcradiomics.images.slices import to_patient_axes
from npcradiomics.publication.figures.dose import plot_histogram
from npcradiomics.publication.figures.slice_view import SliceView
from npcradiomics.publication.figures.style import (
    COLUMN_WIDTH,
    CONTOUR_COLOURS,
    MM,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    SMALL_TYPE,
    new_figure,
    say_notice,
    wrap_words,
)
from npcradiomics.publication.notices import simulated_note

REGISTRATION_MARGIN_MM = 55.0


def plot_in_field(
    patient: str,
    planning: sitk.Image,
    gtvr: sitk.Image,
    isodose95: sitk.Image | None,
    in_field_words: str,
    simulated: bool,
    curves: pd.DataFrame | None = None,
) -> Figure:
    """Plot S1: GTVr against the 95 % isodose on the axial slice with most of GTVr, and the histograms of the dose.

    Parameters
    ----------
    patient : str
        Name for the title.
    planning, gtvr : SimpleITK.Image
        Planning MRI and mask.
    isodose95 : SimpleITK.Image or None
        Mask inside the isodose, None where no dose is known.
    in_field_words : str
        What the title says of the share in field.
    simulated : bool
        Whether the picture must say so.
    curves : pandas.DataFrame, optional
        structure, dose_percent, volume_percent; without rows, or without it, no histogram.

    Returns
    -------
    matplotlib.figure.Figure
    """
    view = SliceView(planning, gtvr)
    columns = 1 if curves is None or curves.empty else 2
    title = wrap_words(f"{patient}: {in_field_words}", 0.95 * COLUMN_WIDTH)
    figure, axes = _figure_of(COLUMN_WIDTH * columns, columns, view, title)
    axis = np.ravel(axes)[0]
    if columns == 2:
        plot_histogram(axes[1], curves)
        axes[1].set_box_aspect(1)
        axes[1].legend(loc="lower left")
    view.show(axis, view.slice_of(planning))
    view.contour(axis, gtvr, "gtvr")
    named = {"GTVr": "gtvr"}
    if isodose95 is not None:
        view.contour(axis, isodose95, "isodose95", "--")
        named["95 % isodose"] = "isodose95"
    _legend(axis, named, dashed=("isodose95",))
    axis.set_title(title)
    say_notice(figure, simulated_note(simulated))
    return figure


def plot_fusion(
    patient: str,
    planning: sitk.Image,
    recurrence_on_planning: sitk.Image,
    gtv: sitk.Image,
    gtvr: sitk.Image,
    simulated: bool,
) -> Figure:
    """Plot S2: both examinations side by side with their contour, and all three regions on the planning MRI.

    Parameters
    ----------
    patient : str
        Name for the title.
    planning, recurrence_on_planning : SimpleITK.Image
        Planning MRI, and the recurrence MRI as the registration places it.
    gtv, gtvr : SimpleITK.Image
        Masks.
    simulated : bool
        Whether the picture must say so.

    Returns
    -------
    matplotlib.figure.Figure
    """
    view = SliceView(planning, gtvr, also=gtv)
    title = wrap_words(patient, 0.95 * PAGE_WIDTH)
    figure, axes = _figure_of(PAGE_WIDTH, 3, view, title + "\n")
    figure.suptitle(title)
    rest = sitk.And(gtv, sitk.BinaryNot(gtvr, 1, 0))
    panels = [
        ("planning MRI", planning, {"GTV": "gtv"}),
        ("recurrence MRI, registered", recurrence_on_planning, {"GTVr": "gtvr"}),
        (
            "planning MRI, regions",
            planning,
            {"GTV": "gtv", "GTVr": "gtvr", "GTV \N{MINUS SIGN} GTVr": "non_recurrent"},
        ),
    ]
    for letter, axis, (words, image, named) in zip("ABC", axes, panels, strict=True):
        view.show(axis, view.slice_of(image))
        if "non_recurrent" in named.values():
            view.fill(axis, rest, "non_recurrent")
        for name, mask in (("gtv", gtv), ("gtvr", gtvr)):
            if name in named.values():
                view.contour(axis, mask, name)
        _legend(axis, named)
        axis.set_title(words)
        _corner_words(axis, letter, fontweight="bold")
    say_notice(figure, simulated_note(simulated))
    return figure


def plot_registration(
    patient: str, pair: Any, words: str, simulated: bool, moving: str = "recurrence"
) -> Figure:
    """Plot the registration in three planes with most of GTVr, of the GTV where GTVr is nowhere.

    Parameters
    ----------
    patient : str
        Name for the title.
    pair : pages.registration_pictures.ExaminationPair
        Planning MRI and the recurrence MRI before (as its header places it) and after.
    words : str
        What the title says of the registration.
    simulated : bool
        Whether the picture must say so.
    moving : str
        What is registered; of anything but the recurrence there is no GTVr to be missed.

    Returns
    -------
    matplotlib.figure.Figure
    """
    pair = pair.map(to_patient_axes)
    figure, axes = new_figure(PAGE_WIDTH, PAGE_WIDTH * 0.86, nrows=3, ncols=4, layout="compressed")
    arrived = bool(sitk.GetArrayViewFromImage(pair.gtvr).any())
    centre = pair.gtvr if arrived else pair.gtv
    for row, plane in zip(axes, ("axial", "coronal", "sagittal"), strict=True):
        view = SliceView(pair.planning, centre, pair.gtv, plane, REGISTRATION_MARGIN_MM)
        for axis, image in zip(row, (pair.planning, pair.before, pair.after), strict=False):
            view.show(axis, view.slice_of(image))
        view.checkerboard(row[3], pair.planning, pair.after)
        for axis, gtvr in zip(
            row, (pair.gtvr, pair.gtvr_before, pair.gtvr, pair.gtvr), strict=True
        ):
            view.contour(axis, pair.gtv, "gtv")
            view.contour(axis, gtvr, "gtvr")
        _corner_words(row[0], plane)
    titles = "planning MRI", f"{moving}, by its headers", f"{moving}, registered", "checkerboard"
    for axis, title in zip(axes[0], titles, strict=True):
        axis.set_title(title)
    _legend(axes[0, 0], {"GTV": "gtv"} | ({"GTVr carried": "gtvr"} if arrived else {}))
    lost = "; GTVr is nowhere on the planning MRI" * (moving == "recurrence" and not arrived)
    figure.suptitle(wrap_words(f"{patient}: {words}{lost}", 0.95 * PAGE_WIDTH))
    say_notice(figure, simulated_note(simulated))
    return figure


def _figure_of(width, columns, view, title):
    """A figure of panels of a view side by side, as high as they and the lines of the title are."""
    image = (width - 2 * MM * (columns + 1)) / columns * view.size_mm[1] / view.size_mm[0]
    height = image + 10 * MM + 4.5 * MM * title.count("\n")
    return new_figure(width, min(height, PAGE_HEIGHT), ncols=columns, layout="compressed")


def _corner_words(axis, words, **style):
    axis.text(0.02, 0.98, words, transform=axis.transAxes, color="white", va="top", **style)


def _legend(axis, names, dashed=()):
    handles = [
        plt.Line2D(
            [], [], color=CONTOUR_COLOURS[key], ls="--" if key in dashed else "-", label=label
        )
        for label, key in names.items()
    ]
    box = {"frameon": True, "framealpha": 0.6, "facecolor": "black", "edgecolor": "none"}
    words = {"loc": "lower left", "fontsize": SMALL_TYPE, "labelcolor": "white"}
    axis.legend(handles=handles, **box | words)
