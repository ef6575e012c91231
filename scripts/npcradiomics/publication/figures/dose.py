"""Figure 9, the dose where the cancer came back, and the table that it draws; the histogram of one patient."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from npcradiomics.publication.figures.style import (
    ABOVE_NOTICE,
    MM,
    PAGE_WIDTH,
    REGION_COLOURS,
    REGION_LINES,
    new_figure,
    say_notice,
)
from npcradiomics.tables import is_true

CURVE_REGIONS = {"gtvr": "recurrent", "non_recurrent": "non_recurrent"}
CURVE_LABELS = {"recurrent": "GTVr", "non_recurrent": "rest of the GTV"}
# Colours that mean nothing else; markers differ too.
CLASS_COLOURS = {"in field": "#029E73", "marginal": "#CC78BC", "outside": "#332288"}
CLASS_MARKERS = {"in field": "s", "marginal": "D", "outside": "v"}
GUIDE = {"color": "0.35", "lw": 0.7, "ls": "--", "zorder": 0}
LOWEST_PERCENT = 60.0  # of the dose axis, unless a recurrence got less


def fig9_data(
    curves: pd.DataFrame, medians: pd.DataFrame, figures: pd.DataFrame, failures: pd.DataFrame
) -> pd.DataFrame:
    """Make the table of Figure 9.

    Parameters
    ----------
    curves, figures, failures : pandas.DataFrame
        Of rule collect_dose.
    medians : pandas.DataFrame
        Of `dose.cohort.median_curves`.

    Returns
    -------
    pandas.DataFrame
        panel ("A", "A median", "B"), patient, group (region or class), x, y, their _low and _high,
        borderline. A: x dose in % of the prescription, y % of the volume. B: x distance of GTVr's
        centroid to the 95 % isodose in mm, positive inside, y dose there in % of the prescription.
    """
    parts = []
    for panel, table in (("A", curves), ("A median", medians)):
        shown = table[table["structure"].isin(CURVE_REGIONS)]
        renamed = shown.rename(columns={"dose_percent": "x", "volume_percent": "y"})
        parts.append(renamed.assign(panel=panel, group=shown["structure"].map(CURVE_REGIONS)))
    centroid = figures[figures["structure"] == "centroid"].set_index("patient")
    of = {
        "x": centroid[centroid["quantity"] == "distance_to_isodose95"],
        "y": centroid[(centroid["quantity"] == "dose") & (centroid["unit"] == "% of prescription")],
    }
    points = failures[failures["patient"].isin(of["y"].index)]
    points = points.rename(columns={"class": "group"}).assign(panel="B")
    for axis, own in of.items():
        for column, ending in (("value", ""), ("low", "_low"), ("high", "_high")):
            points[axis + ending] = points["patient"].map(own[column])
    columns = ["panel", "patient", "group", "x", "y", "x_low", "x_high", "y_low", "y_high"]
    return pd.concat([*parts, points])[[*columns, "borderline"]].reset_index(drop=True)


def plot_dose(table: pd.DataFrame, notice: str) -> Figure:
    """Plot Figure 9.

    Parameters
    ----------
    table : pandas.DataFrame
        Of `fig9_data`.
    notice : str
        Words that the picture must say, or "".

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, (left, right) = new_figure(PAGE_WIDTH, 92 * MM, ncols=2)
    for region, own in table[table["panel"] == "A"].groupby("group", sort=False):
        for _, curve in own.groupby("patient", sort=False):
            left.plot(curve["x"], curve["y"], **_line(region), lw=0.5, alpha=0.45)
    for region, own in table[table["panel"] == "A median"].groupby("group", sort=False):
        left.plot(own["x"], own["y"], **_line(region), lw=2.0)
    dress_histogram(left, table.loc[table["panel"] == "A"])
    points = table[table["panel"] == "B"]
    for group, colour in CLASS_COLOURS.items():
        own = points[points["group"] == group]
        _points(right, own, colour, CLASS_MARKERS[group])
    right.axhline(95.0, **GUIDE)
    right.axvline(0.0, **GUIDE)
    right.set_xlabel("centroid to the 95 % isodose (mm), inside > 0")
    right.set_ylabel("dose at the centroid (% of prescription)")
    for axis, letter in ((left, "A"), (right, "B")):
        axis.set_title(letter, loc="left", fontweight="bold")
    handles = [
        plt.Line2D([], [], **_line(region), lw=2.0, label=f"{label}, median")
        for region, label in CURVE_LABELS.items()
    ]
    handles += [
        plt.Line2D([], [], color=colour, marker=CLASS_MARKERS[group], ls="", label=group)
        for group, colour in CLASS_COLOURS.items()
    ]
    figure.legend(handles=handles, ncols=5, loc="outside lower center", borderaxespad=ABOVE_NOTICE)
    say_notice(figure, notice)
    return figure


def plot_histogram(axis: Axes, curves: pd.DataFrame) -> None:
    """Draw the dose-volume histograms of one patient's GTVr and the rest into axes.

    Parameters
    ----------
    axis : matplotlib.axes.Axes
    curves : pandas.DataFrame
        structure, dose_percent, volume_percent.
    """
    renamed = curves.rename(columns={"dose_percent": "x", "volume_percent": "y"})
    for structure, region in CURVE_REGIONS.items():
        own = renamed[renamed["structure"] == structure]
        axis.plot(own["x"], own["y"], **_line(region), lw=1.4, label=CURVE_LABELS[region])
    dress_histogram(axis, renamed[renamed["structure"].isin(CURVE_REGIONS)])


def failure_words(failure: dict, figures: pd.DataFrame) -> str:
    """What S1 says beside the in-field rule: the class and, where a dose is known, D95 of GTVr.

    Parameters
    ----------
    failure : dict
        dose/failure.json of the patient.
    figures : pandas.DataFrame
        dose/dose.tsv of the patient.

    Returns
    -------
    str
    """
    found = figures.set_index(["structure", "quantity", "unit"])["value"].to_dict()
    words = f"class {failure['class']}"
    if ("gtvr", "d95", "Gy") in found:
        gray, percent = (found["gtvr", "d95", unit] for unit in ("Gy", "% of prescription"))
        words += f", D95 {gray:.1f} Gy ({percent:.0f} % of the prescription)"
    return words


def dress_histogram(axis: Axes, curves: pd.DataFrame) -> None:
    """Label the axes of a histogram, mark the prescription, and leave out the doses that everything gets."""
    axis.axvline(100.0, **GUIDE)
    falling = curves.loc[curves["y"] < 100.0, "x"]
    axis.set_xlim(min(LOWEST_PERCENT, falling.min() if len(falling) else LOWEST_PERCENT), None)
    axis.set_ylim(0, 102)
    axis.set_xlabel("dose (% of prescription)")
    axis.set_ylabel("volume with this dose or more (%)")


def _line(region):
    return {"color": REGION_COLOURS[region], "ls": REGION_LINES[region]}


def _points(axis, own, colour, marker):
    for row in own.itertuples():
        axis.plot([row.x_low, row.x_high], [row.y, row.y], color=colour, lw=0.7)
        axis.plot([row.x, row.x], [row.y_low, row.y_high], color=colour, lw=0.7)
        face = "white" if is_true(row.borderline) else colour
        axis.plot(row.x, row.y, marker, color=colour, markerfacecolor=face, ms=4.5)
    if not own.empty and np.isfinite(own["x"]).any():
        axis.margins(0.08)
