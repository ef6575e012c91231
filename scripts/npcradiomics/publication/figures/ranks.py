"""Figure 7: where each patient's observed difference stands among its draws."""

import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from scipy.cluster.hierarchy import linkage

from npcradiomics.publication.figures.patient_labels import point_labels
from npcradiomics.publication.figures.spatial_null import NO_DRAWS
from npcradiomics.publication.figures.style import (
    COLUMN_WIDTH,
    CORRELATION_COLOURS,
    MM,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    SMALL_TYPE,
    TYPE,
    new_figure,
    plain_cells,
    plot_nothing,
    say_notice,
    words_width,
)
from npcradiomics.spatial_null.verdict import GEOMETRY, OPEN, TEXTURE

MARKS = {TEXTURE: " (T)", GEOMETRY: " (S)", OPEN: ""}
MOST_NAMED = 60  # patients; more are clustered and not named
BAR = {"location": "bottom", "aspect": 40, "pad": 0.01, "shrink": 0.9}
LABEL_MM = 45  # the longest feature name in type of 8 points


def plot_ranks(table: pd.DataFrame, verdicts: dict[str, str], notice: str) -> Figure:
    """Plot Figure 7: features by patients, the colour a patient's share of draws below the observed.

    Parameters
    ----------
    table : pandas.DataFrame
        patient, feature, rank (0 to 1, NaN where undefined).
    verdicts : dict
        {feature: its verdict}.
    notice : str
        Words that the picture must say, or "".

    Returns
    -------
    matplotlib.figure.Figure
        Above `MOST_NAMED` patients features and patients are in the order of their clusters.
    """
    patients, names = list(dict.fromkeys(table["patient"])), list(dict.fromkeys(table["feature"]))
    if not patients:
        return plot_nothing(NO_DRAWS, notice)
    wide = table.pivot(index="feature", columns="patient", values="rank").loc[names, patients]
    wide = wide.rename(index={name: name + MARKS[verdicts[name]] for name in names}).astype(float)
    wide = wide.rename(columns=point_labels(patients)).rename_axis(index=None, columns=None)
    size = (
        PAGE_WIDTH if len(patients) > 4 else COLUMN_WIDTH,
        min(35 * MM + len(names) * 3.7 * MM, PAGE_HEIGHT),
    )
    cells = {"vmin": 0, "vmax": 1, "cmap": CORRELATION_COLOURS}
    figure, axis = (_named if len(patients) <= MOST_NAMED else _clustered)(wide, size, cells)
    axis.set_facecolor("0.8")
    axis.tick_params(axis="y", rotation=0)
    bar = axis.collections[0].colorbar
    bar.set_ticks([0, 0.25, 0.5, 0.75, 1], labels=["0", "25", "50", "75", "100"])
    few = size[0] == COLUMN_WIDTH
    bar.set_label(f"draws below {'observed' if few else 'the observed difference'} (%)")
    plain_cells(axis)
    say_notice(figure, notice)
    return figure


def _named(wide, size, cells):
    figure, axis = new_figure(*size)
    cell = (size[0] - LABEL_MM * MM) / max(wide.shape[1], 14)
    lines = {"linewidths": 0.3, "xticklabels": True, "yticklabels": True}
    sns.heatmap(wide, ax=axis, cbar_kws=BAR, **cells | lines)
    upright = max(words_width(label) for label in wide) > 0.9 * cell
    small = upright and cell < 1.2 * TYPE / 72
    axis.tick_params(axis="x", rotation=90 * upright, labelsize=SMALL_TYPE if small else TYPE)
    axis.set_xlabel("patient")
    return figure, axis


def _clustered(wide, size, cells):
    # Half is what place alone gives: an undefined rank pulls to no side.
    known = wide.fillna(0.5)
    left, right, height = 0.02, 1 - LABEL_MM * MM / size[0], size[1]
    grid = sns.clustermap(
        wide, figsize=size, xticklabels=False, yticklabels=True, rasterized=True,
        row_linkage=linkage(known, "average"), col_linkage=linkage(known.T, "average"),
        dendrogram_ratio=(0.1, 0.06), tree_kws={"linewidths": 0.4},
        cbar_kws={"orientation": "horizontal"}, **cells,
    )  # fmt: skip
    # Not laid out by matplotlib: seaborn's trees would part from the rows and columns.
    places = {"left": left, "right": right, "bottom": 25 * MM / height, "top": 0.99}
    grid.figure.subplots_adjust(**places, wspace=0.01, hspace=0.005)
    grid.ax_cbar.set_position((0.15, 15 * MM / height, 0.5, 3 * MM / height))
    grid.ax_heatmap.set_xlabel(f"{wide.shape[1]} patients, similar ones side by side")
    return grid.figure, grid.ax_heatmap
