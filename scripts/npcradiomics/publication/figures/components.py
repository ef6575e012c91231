"""Figure 5: the regions on the first two principal components, labelled with their patients."""

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from npcradiomics.publication.figures.patient_labels import point_labels
from npcradiomics.publication.figures.style import (
    MM,
    PAGE_WIDTH,
    REGION_COLOURS,
    REGION_LABELS,
    REGION_MARKERS,
    SMALL_TYPE,
    TYPE,
    new_figure,
    say_notice,
    say_selection,
    words_width,
)
from npcradiomics.rounding import percent_text

CROWDED = 60  # points; more are smaller, and so are their labels
PLACES = np.array([(1, 1), (1, -1), (-1, 1), (-1, -1), (1, 0), (-1, 0), (0, 1), (0, -1)])


def plot_components(table: pd.DataFrame, selection_note: str, notice: str) -> Figure:
    """Plot Figure 5: a point is labelled with its patient where there is room.

    Parameters
    ----------
    table : pandas.DataFrame
        patient, region, PC1, PC2, PC1_share, PC2_share (of variance, 0 to 1, equal in all rows).
    selection_note, notice : str
        Words that the picture must say, or "".

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axis = new_figure(PAGE_WIDTH, 110 * MM)
    for line in (axis.axhline, axis.axvline):
        line(0, color="0.85", lw=0.5, zorder=0)
    sns.scatterplot(
        table, x="PC1", y="PC2", hue="region", style="region", hue_order=REGION_COLOURS,
        style_order=REGION_COLOURS, palette=REGION_COLOURS, markers=REGION_MARKERS,
        s=14 if len(table) > CROWDED else 24, linewidth=0.4, zorder=3, ax=axis,
    )  # fmt: skip
    axis.margins(0.07)
    for name, set_label in (("PC1", axis.set_xlabel), ("PC2", axis.set_ylabel)):
        share = percent_text(table[f"{name}_share"].iloc[0])
        set_label(f"{name} ({share} of variance; score, no unit)")
    # A legend of the axes: one of the figure stands where the sentence does.
    above = {"loc": "lower center", "bbox_to_anchor": (0.5, 1.0), "ncols": 2}
    axis.legend(axis.get_legend_handles_labels()[0], REGION_LABELS.values(), **above)
    say_selection(figure, selection_note)
    say_notice(figure, notice)
    _label_points(figure, axis, table, SMALL_TYPE if len(table) > CROWDED else TYPE)
    return figure


def _label_points(figure, axis, table, size):
    """Write each patient's label beside its point, at the first of eight places that hides nothing; else not at all."""
    figure.draw_without_rendering()
    names = point_labels(list(dict.fromkeys(table["patient"])))
    points = axis.transData.transform(table[["PC1", "PC2"]].to_numpy())
    pixel = figure.dpi / 72  # per point of type
    radius = 2.4 * pixel
    taken = np.hstack([points - radius, points + radius])
    inside = axis.get_window_extent()
    for point, patient in zip(points, table["patient"], strict=True):
        width, height = words_width(names[patient], size) * figure.dpi, 0.75 * size * pixel
        half = np.array([width, height]) / 2
        centres = point + PLACES * (radius + pixel + half)
        boxes = np.hstack([centres - half, centres + half])
        free = ((boxes[:, :2] > inside.min) & (boxes[:, 2:] < inside.max)).all(axis=1)
        free &= ~_overlap(boxes, taken)
        if not free.any():
            continue
        place = free.argmax()
        taken = np.vstack([taken, boxes[place]])
        offset = {"xytext": (centres[place] - point) / pixel, "textcoords": "offset points"}
        middle = {"ha": "center", "va": "center", "fontsize": size, "color": "0.25"}
        axis.annotate(names[patient], axis.transData.inverted().transform(point), **offset | middle)


def _overlap(boxes, others):
    """Which boxes (k, 4) of x0, y0, x1, y1 overlap any of the others (n, 4)."""
    apart = (boxes[:, None, :2] >= others[:, 2:]) | (boxes[:, None, 2:] <= others[:, :2])
    return ~apart.any(axis=2).all(axis=1)
