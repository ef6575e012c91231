"""Figure 13: maps of where it comes back that never saw their patient, and what a boost by them would cover."""

from collections.abc import Mapping
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import SimpleITK as sitk
from matplotlib.figure import Figure

from npcradiomics.publication.figures.slice_view import BAR_MM, SliceView, outline
from npcradiomics.publication.figures.style import (
    ABOVE_NOTICE,
    CONTOUR_COLOURS,
    MM,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    SMALL_TYPE,
    say_notice,
)
from npcradiomics.risk.curves import DRAWN, WITHIN_ERROR

COLUMNS, ROWS_BESIDE_CURVES, ROWS = 6, 3, 6  # of maps, on the first page and on further ones
CURVES_MM, LEGEND_MM = 68, 12
MARGIN_MM = 4.0  # shown round GTV and GTVr
RISK_COLOURS = "viridis"
TARGETS = {DRAWN: "GTVr as drawn", WITHIN_ERROR: "GTVr within the registration's error"}
# name of the map: words, colour, line
LINES = {
    "model": ("risk map", "#332288", "-"),
    "depth": ("depth alone", "#DE8F05", "--"),
    "intensity": ("intensity alone", "#CC78BC", "-."),
    "centre": ("centre of the GTV first", "#029E73", (0, (5, 1))),
    "random": ("random places", "0.45", ":"),
}


class RiskSlice(NamedTuple):
    """What Figure 13 shows of a map: risk (rows, columns), 0 outside the GTV, gtvr there; size_mm: width, height."""

    risk: np.ndarray
    gtvr: np.ndarray
    size_mm: tuple[float, float]


def cut_map(risk: sitk.Image, gtvr: sitk.Image) -> RiskSlice:
    """Cut out the slice with most of GTVr inside the GTV.

    Parameters
    ----------
    risk : SimpleITK.Image
        In 0-1 in the GTV and 0 outside.
    gtvr : SimpleITK.Image
        Mask on the same grid.
    """
    gtv = risk > 0
    view = SliceView(
        risk, sitk.And(gtv, gtvr > 0), also=sitk.Or(gtv, gtvr > 0), margin_mm=MARGIN_MM
    )
    return RiskSlice(view.slice_of(risk).copy(), view.slice_of(gtvr).copy(), view.size_mm)


def plot_risk(maps: Mapping[str, RiskSlice], curves: pd.DataFrame, notice: str) -> list[Figure]:
    """Plot Figure 13.

    Parameters
    ----------
    maps : {patient: RiskSlice}
        As `cut_map` gives them.
    curves : pandas.DataFrame
        Of `risk.curves.coverage_curves`.
    notice : str
        Words that the picture must say, or "".

    Returns
    -------
    list of matplotlib.figure.Figure
        A: the maps, below them B: the curves, beside them C: those within the registration's error,
        of whom it is known; further maps on pages of their own.
    """
    names = list(maps)
    first = COLUMNS * ROWS_BESIDE_CURVES
    pages = [_page({name: maps[name] for name in names[:first]}, curves, notice)]
    for start in range(first, len(names), COLUMNS * ROWS):
        some = names[start : start + COLUMNS * ROWS]
        pages.append(_page({name: maps[name] for name in some}, None, notice))
    return pages


def _page(maps, curves, notice):
    rows = -(-len(maps) // COLUMNS)
    map_mm = 0.75 * (PAGE_WIDTH / MM - 4) / COLUMNS + 5
    curves_mm = 0 if curves is None else CURVES_MM
    height = min((rows * map_mm + curves_mm + LEGEND_MM + 14) * MM, PAGE_HEIGHT)
    figure = plt.figure(figsize=(PAGE_WIDTH, height), layout="constrained")
    if curves is None:
        above = figure
    else:
        above, below = figure.subfigures(2, 1, height_ratios=[rows * map_mm + 12, CURVES_MM])
        _draw_curves(below, curves)
    axes = above.subplots(rows, COLUMNS, squeeze=False).ravel()
    for axis in axes[len(maps) :]:
        axis.set_visible(False)
    for axis, (name, shown) in zip(axes, maps.items(), strict=False):
        shades = _draw_map(axis, shown)
        axis.set_title(name)
    bar = above.colorbar(shades, ax=list(axes), location="right", shrink=0.6, aspect=25)
    bar.set_label("risk")
    bar.outline.set_linewidth(0.4)
    bar.ax.tick_params(length=2, pad=2)
    if curves is not None:
        for part, letter, x in zip(
            (above, *[below] * len(below.axes)), "ABC", (0, 0, 0.5), strict=False
        ):
            part.text(0.004 + x, 0.985, letter, weight="bold", va="top")
    line = plt.Line2D([], [], color=CONTOUR_COLOURS["gtvr"], lw=1.2, label="GTVr")
    where = {"loc": "outside lower center", "borderaxespad": ABOVE_NOTICE, "ncols": 4}
    handles = [line] if curves is None else [line, *below.axes[0].get_legend_handles_labels()[0]]
    figure.legend(handles=handles, **where)
    say_notice(figure, notice)
    return figure


def _draw_map(axis, shown):
    """The GTV in the colours of the risk."""
    width, height = shown.size_mm
    place = {"extent": (0, width, height, 0), "interpolation": "nearest"}
    inside = np.ma.masked_equal(shown.risk, 0)
    shades = axis.imshow(inside, cmap=RISK_COLOURS, vmin=0, vmax=1, **place)
    outline(axis, shown.gtvr, shown.size_mm, "gtvr", 1.1)
    axis.plot([0, BAR_MM], [1.06 * height] * 2, color="0.2", lw=1.5, clip_on=False)
    axis.text(0, 1.09 * height, f"{BAR_MM:g} mm", fontsize=SMALL_TYPE, va="top")
    axis.set(xticks=[], yticks=[], xlim=(0, width), ylim=(1.2 * height, 0))
    axis.spines[:].set_visible(False)
    return shades


def _draw_curves(figure, curves):
    targets = [name for name in TARGETS if name in set(curves["target"])]
    axes = figure.subplots(1, len(targets), sharey=True, squeeze=False)[0]
    for axis, target in zip(axes, targets, strict=True):
        shown = curves[curves["target"] == target]
        axis.set_title(f"{TARGETS[target]} (n = {shown['n'].max()})")
        for name, (words, colour, line) in LINES.items():
            own = shown[shown["map"] == name]
            x, width = own["percent"], 1.6 if name == "model" else 1
            axis.plot(x, 100 * own["mean"], color=colour, linestyle=line, label=words, lw=width)
            if own["null_low"].notna().any():
                low, high = 100 * own["null_low"], 100 * own["null_high"]
                words = "risk map of cohorts of draws, 95 %"
                axis.fill_between(x, low, high, color=colour, alpha=0.18, lw=0, label=words)
        axis.set(xlim=(0, 100), ylim=(0, 100), xlabel="boost volume (% of the GTV)")
    axes[0].set_ylabel("coverage of the recurrence (%)")
