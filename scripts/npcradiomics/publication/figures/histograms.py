"""Figure 2: the intensity histograms of both regions of each patient."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from npcradiomics.publication.figures.patient_labels import panel_titles
from npcradiomics.publication.figures.style import (
    MM,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    REGION_COLOURS,
    REGION_LABELS,
    REGION_LINES,
    SMALL_TYPE,
    TYPE,
    new_figure,
    plain_cells,
    say_below,
    say_notice,
    words_width,
)
from npcradiomics.region_names import PAIR

MOST_PANELS = 60  # more patients are rows of heat maps
HISTOGRAM = ["intensity_low", "intensity_high", "share"]
INTENSITY_WORDS = "intensity (each patient's own scale, 0\N{EN DASH}255)"
COLUMNS = 51  # of a heat map, 5 units of intensity each: patients' own bins are about as wide
ROW = 2.2 * MM  # of a heat map whose rows are all named


def plot_histograms(table: pd.DataFrame, notice: str) -> Figure:
    """Plot Figure 2: a panel per patient, above `MOST_PANELS` patients a heat map per region.

    Parameters
    ----------
    table : pandas.DataFrame
        patient, region, intensity_low, intensity_high, share; a row per bin.
    notice : str
        Words that the picture must say, or "".

    Returns
    -------
    matplotlib.figure.Figure
    """
    few = table["patient"].nunique() <= MOST_PANELS
    figure = _panels(table) if few else _heat_maps(table)
    say_notice(figure, notice)
    return figure


def _panels(table):
    titles = panel_titles(table["patient"].unique().tolist())
    columns = 3 if len(titles) <= 6 else 5 if len(titles) <= 40 else 6
    rows = -(-len(titles) // columns)
    grid = sns.FacetGrid(
        table, col="patient", col_wrap=columns, sharey=False, height=30 * MM, despine=False,
        hue="region", hue_order=REGION_COLOURS, palette=REGION_COLOURS,
        hue_kws={"ls": list(REGION_LINES.values())},
    )  # fmt: skip
    grid.map(_outline, *HISTOGRAM)
    widest = max(words_width(title) for title in titles.values())
    size = min(TYPE, max(SMALL_TYPE, 0.8 * PAGE_WIDTH / columns * TYPE / widest))
    for place, (patient, axis) in enumerate(grid.axes_dict.items()):
        axis.set_title(titles[patient], pad=2, size=size)
        axis.set_xticks([0, 100, 200])
        axis.yaxis.set_major_locator(MaxNLocator(3, integer=True))
        axis.tick_params(length=2, pad=2, labelbottom=place + columns >= len(titles))
    grid.set_axis_labels("", "")
    figure = grid.figure
    figure.set_size_inches(PAGE_WIDTH, min(22 * MM + rows * 30 * MM, PAGE_HEIGHT))
    figure.set_layout_engine("constrained")  # seaborn's own is matplotlib's older, tight one
    say_below(figure, INTENSITY_WORDS)
    figure.supylabel("voxels of the region (%)")
    lines, regions = grid.axes.flat[0].get_legend_handles_labels()
    names = [REGION_LABELS[region] for region in regions]
    figure.legend(lines, names, loc="outside upper center", ncols=2)
    return figure


def _outline(low, high, share, color, label, ls):
    edges = np.append(low, high.iloc[-1])
    plt.stairs(100 * share, edges, fill=True, alpha=0.25, color=color)
    plt.stairs(100 * share, edges, lw=0.9, ls=ls, label=label, color=color)


def _heat_maps(table):
    titles = panel_titles(table["patient"].unique().tolist())
    edges = np.linspace(0, 255, COLUMNS + 1)
    shares = {
        key: _on_common_bins(part, edges) for key, part in table.groupby(["patient", "region"])
    }
    maps = {
        region: pd.DataFrame([shares[patient, region] for patient in titles], index=titles)
        for region in REGION_COLOURS
    }
    # Sorted by the shift between the regions: what differs stands at both ends of the page.
    middle = (edges[1:] + edges[:-1]) / 2
    shift = (maps[PAIR[0]] - maps[PAIR[1]]) @ middle
    order = shift.sort_values(ascending=False, kind="stable").index
    height = min(30 * MM + ROW * len(titles), PAGE_HEIGHT)
    every = int(np.ceil(ROW * len(titles) / (height - 30 * MM)))
    figure, axes = new_figure(PAGE_WIDTH, height, ncols=2, sharey=True)
    highest = max(one.to_numpy().max() for one in maps.values())
    for axis, (region, colour) in zip(axes, REGION_COLOURS.items(), strict=True):
        shades = sns.blend_palette(["white", colour, "black"], as_cmap=True)
        bar = {"location": "bottom", "aspect": 40, "pad": 0.01, "label": "voxels of the region (%)"}
        sns.heatmap(
            maps[region].loc[order].rename(index=titles), ax=axis, cmap=shades, vmin=0,
            vmax=highest, xticklabels=False, yticklabels=every, cbar_kws=bar, rasterized=True,
        )  # fmt: skip
        axis.set_title(REGION_LABELS[region])
        axis.set_xticks(np.array([0, 100, 200]) / 255 * COLUMNS, ["0", "100", "200"])
        axis.tick_params(axis="y", labelsize=SMALL_TYPE, rotation=0)
        plain_cells(axis)
    say_below(figure, INTENSITY_WORDS)
    return figure


def _on_common_bins(part, edges):
    """Percent of the voxels in each of the common bins: a bin that is cut gives as much as its width says."""
    low, high, share = (part[name].to_numpy() for name in HISTOGRAM)
    below = np.interp(edges, [low[0], *high], [0.0, *np.cumsum(share)])
    return 100 * np.diff(below)
